"""A PNG without its notes and animation: a decoder in Python takes a minute over a file of empty chunks."""

import struct
import zlib

from core.face.intake.kinds import unreadable

_SIGNATURE_BYTES = 8
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"iCCP")
# Some writers use chunks of 4 kB.
_MAX_CHUNKS = 50_000


def read_png(data: bytes) -> tuple[bytes, bytes]:
    """The file with its pixels, palette and colour profile alone, and its EXIF (empty if there is none).

    Raises:
        UnreadablePhoto: if it is cut short, damaged, or of too many chunks.
    """
    kept, pixels, exif, at = [data[:_SIGNATURE_BYTES]], [], b"", _SIGNATURE_BYTES
    for _ in range(_MAX_CHUNKS):
        if len(data) < at + 12:
            break
        size, kind = struct.unpack_from(">I4s", data, at)
        body, end = data[at + 8 : at + 8 + size], at + 12 + size
        if len(data) < end:
            break
        if kind in (*_KEPT, b"IDAT") and zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            break
        if kind == b"IDAT":
            pixels.append(body)
        elif kind == b"eXIf":
            exif = exif or body
        elif kind in _KEPT:
            kept.append(data[at:end])
        elif kind == b"IEND":
            return b"".join([*kept, _chunk(b"IDAT", b"".join(pixels)), _chunk(b"IEND", b"")]), exif
        at = end
    raise unreadable()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
