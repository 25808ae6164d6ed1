"""Picture files made on the spot: ordinary, odd and hostile ones."""

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    if format == "HEIF":
        import pillow_heif

        pillow_heif.from_pillow(image).save(buffer, **options)
    else:
        image.save(buffer, format, **options)
    return buffer.getvalue()


def lively(width: int = 37, height: int = 24) -> np.ndarray:
    """A picture that no turn or reflection leaves as it is."""
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colors: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG from its raw rows, each with its filter byte; ``colors`` is PNG's number for the kind of colours."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colors, 0, 0, 0))
    body = b"".join([*extra, png_chunk(b"IDAT", zlib.compress(rows, 1)), png_chunk(b"IEND", b"")])
    return b"\x89PNG\r\n\x1a\n" + head + body


def png16(pixels: np.ndarray) -> bytes:
    """16-bit RGB, which Pillow cannot write; ``pixels`` is h w 3, uint16."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    return png(pixels.shape[1], pixels.shape[0], 16, 2, rows)


def after_jpeg_start(jpeg: bytes, *segments: tuple[int, bytes]) -> bytes:
    """A JPEG with segments put before all others: marker and contents."""
    written = [b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body for marker, body in segments]
    return jpeg[:2] + b"".join(written) + jpeg[2:]


def exif_bomb(tags: int = 5000, bytes_each: int = 60_000) -> bytes:
    """EXIF whose every tag points to the same long stretch, after one that says: turn it."""
    size = 8 + 2 + 12 * (tags + 1) + 4 + bytes_each
    entries = [struct.pack("<HHII", 0x0112, 3, 1, 6)]
    entries += [struct.pack("<HHII", 0x0113 + k, 7, bytes_each, size - bytes_each) for k in range(tags)]
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", tags + 1) + b"".join(entries)).ljust(size, b"x")


def icc_profile(primaries: Sequence[Sequence[float]], gamma: float = 2.2) -> bytes:
    """A profile of a display: the XYZ (D50) of its red, green and blue, and its gamma. One row makes a grey one."""
    grey = len(primaries) == 1

    def fixed(*numbers: float) -> bytes:
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    white = b"XYZ " + bytes(4) + fixed(0.9642, 1.0, 0.8249)
    tags = {b"wtpt": white, b"kTRC": curve} if grey else {b"wtpt": white}
    for letter, row in zip("rgb", [] if grey else primaries, strict=not grey):
        tags[f"{letter}XYZ".encode()] = b"XYZ " + bytes(4) + fixed(*row)
        tags[f"{letter}TRC".encode()] = curve
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    rest = struct.pack(">I", len(tags)) + table + body
    head = bytearray(128)
    struct.pack_into(">I4sI4s4s4s", head, 0, 128 + len(rest), b"lcms", 0x02400000, b"mntr", b"", b"XYZ ")
    head[16:20] = b"GRAY" if grey else b"RGB "
    head[36:40] = b"acsp"
    head[68:80] = fixed(0.9642, 1.0, 0.8249)
    return bytes(head) + rest


DISPLAY_P3 = icc_profile([(0.5151, 0.2412, -0.0011), (0.292, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)])
"""What telephones use, with a plain gamma."""
