"""One pose of an avatar as Niantic's SPZ, a tenth of the PLY's size.

SPZ's axes are x right, y up, z towards the viewer, which are those of the head frame seen from the front, and
its unit is free: centimetres, like everything else of ours.
"""

import struct
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from gsply.spz import read_spz, write_spz
from jaxtyping import Float32

from core.errors import InvalidRequest, UnreadableAvatar
from core.formats.checks import MAX_STILL_SPLATS
from core.formats.files import read_limited, replacing
from core.formats.gsply_data import from_gsply, to_gsply
from core.gaussians import Gaussians

VERSIONS = (3, 4)
"""Of SPZ, that can be written: 3 is one gzip stream, 4 one zstd stream for each attribute."""

_HEADER = struct.Struct("<4sIIBBBB")
_TOC_START, _TOC_ENTRY = 32, struct.Struct("<QQ")
_MAGIC, _GZIP_MAGIC = b"NGSP", b"\x1f\x8b"
_HARMONICS = (0, 3, 8, 15)
_MAX_EXTENSION_BYTES = 1 << 20
_MAX_WINDOW_BYTES = 1 << 26
# 0.0024 mm in centimetres, finer than a bundle's; finer steps make the file larger and no picture better.
_FRACTION_BITS = 12
_MAX_STEPS = (1 << 23) - 1
_SCALE_STEPS = 16


def save_spz(gaussians: Gaussians, path: str | Path, version: int = 3) -> None:
    """Writes the splats in order.

    Args:
        gaussians: what to write.
        path: of the file.
        version: one of :data:`VERSIONS`; every reader knows 3.

    Raises:
        InvalidRequest: if there is no such version, or its compression is not installed.
        OSError: if the file cannot be written.
    """
    if version not in VERSIONS:
        raise InvalidRequest(f"There is no SPZ version {version} to write; choose 3 or 4.")
    if version == 4 and not _has_zstd():
        raise InvalidRequest("Writing SPZ version 4 needs the package zstandard; install it, or write version 3.")
    farthest = float(np.abs(gaussians.means).max(initial=1.0))
    bits = min(_FRACTION_BITS, int(np.log2(_MAX_STEPS / farthest)))
    splats = to_gsply(gaussians)
    splats.scales[:] = _on_steps(splats.scales)
    with replacing(path) as unfinished:
        write_spz(unfinished, splats, version=version, fractional_bits=bits)


def load_spz(path: str | Path) -> Gaussians:
    """The splats of an SPZ file of version 2, 3 or 4, without higher spherical harmonics.

    Not for two threads at once: gsply decodes in a parallel loop of numba's.

    Raises:
        UnreadableAvatar: if there is no such file, or it is damaged, too large, or of another version.
    """
    data = read_limited(path, "SPZ")
    if data.startswith(_GZIP_MAGIC):
        _check_gzip(data)
    elif data.startswith(_MAGIC):
        _check_zstd(data)
    else:
        raise UnreadableAvatar(f"{Path(path).name} is not an SPZ file.")
    try:
        return from_gsply(read_spz(path))
    except ValueError as error:
        raise UnreadableAvatar(f"{Path(path).name} is damaged: it does not hold the splats it declares.") from error


def _on_steps(log_scales: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Log scales at SPZ's steps of 1/16, each splat taking over what the one before it lost.

    Hair has thousands of splats of one size: rounded each for itself, all would grow or shrink by the same 3 %, which
    costs 3 dB. Carried on, the errors of neighbours cancel, and what lies on the steps already stays there.
    """
    sums = np.rint(np.cumsum(log_scales.astype(np.float64) * _SCALE_STEPS, axis=0))
    return (np.diff(sums, axis=0, prepend=0) / _SCALE_STEPS).astype(np.float32)


def _check_gzip(data: bytes) -> None:
    """Refuses what would unpack to more than its header tells: gsply unpacks everything first."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        header = unpacker.decompress(data, _HEADER.size)
        expected = sum(_section_bytes(header, versions=(2, 3)))
        body = unpacker.decompress(unpacker.unconsumed_tail, expected + _MAX_EXTENSION_BYTES + 1)
    except zlib.error as error:
        raise UnreadableAvatar("The file is damaged: its contents do not unpack.") from error
    if not expected <= len(body) <= expected + _MAX_EXTENSION_BYTES or not unpacker.eof or unpacker.unused_data:
        raise UnreadableAvatar("The file is damaged: its contents have the wrong length.")


def _check_zstd(data: bytes) -> None:
    """Refuses streams that would unpack to another size than the header tells."""
    sections = _section_bytes(data[: _HEADER.size], versions=(4,))
    if not _has_zstd():
        raise UnreadableAvatar("Reading SPZ version 4 needs the package zstandard; install it, or use version 3.")
    import zstandard

    sections = [size for size in sections if size]
    if len(data) < _TOC_START:
        raise UnreadableAvatar("The file is damaged: its header is cut short.")
    (at,) = struct.unpack_from("<I", data, _HEADER.size)
    start = at + len(sections) * _TOC_ENTRY.size
    if at < _TOC_START or start > len(data):
        raise UnreadableAvatar("The file is damaged: its table of contents is cut short.")
    for size in sections:
        packed, unpacked = _TOC_ENTRY.unpack_from(data, at)
        if unpacked != size or packed > len(data) - start:
            raise UnreadableAvatar("The file is damaged: its contents have the wrong length.")
        try:
            # A frame may claim any size, and zstandard would take the memory for it.
            frame = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES).stream_reader(
                data[start : start + packed]
            )
            fits = zstandard.frame_content_size(data[start : start + packed]) in (size, -1)
            fits = fits and len(frame.read(size + 1)) == size
        except zstandard.ZstdError as error:
            raise UnreadableAvatar("The file is damaged: its contents do not unpack.") from error
        if not fits:
            raise UnreadableAvatar("The file is damaged: its contents have the wrong length.")
        at, start = at + _TOC_ENTRY.size, start + packed


def _section_bytes(header: bytes, versions: tuple[int, ...]) -> list[int]:
    """How long each unpacked part has to be, by a header of one of these versions."""
    if len(header) < _HEADER.size:
        raise UnreadableAvatar("The file is damaged: its header is cut short.")
    magic, version, count, degree, bits, _, _ = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise UnreadableAvatar("This is not an SPZ file.")
    if version not in versions:
        raise UnreadableAvatar(f"The file has SPZ version {version}; this program reads versions 2, 3 and 4.")
    if not 1 <= count <= MAX_STILL_SPLATS:
        raise UnreadableAvatar(f"The file declares {count:,} splats; between 1 and {MAX_STILL_SPLATS:,} can be read.")
    if degree >= len(_HARMONICS) or not 1 <= bits <= 24:
        raise UnreadableAvatar("The file is damaged: its header names steps or harmonics that do not exist.")
    rotation = 3 if version == 2 else 4
    return [bytes_each * count for bytes_each in (9, 1, 3, 3, rotation, 3 * _HARMONICS[degree])]


def _has_zstd() -> bool:
    return find_spec("zstandard") is not None
