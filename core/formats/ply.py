"""One pose of an avatar as a standard 3DGS PLY, which other splat tools open.

A PLY has no unit; ours are in centimetres, in the head frame. It has no expressions either: it is a still, to
which :mod:`core.formats.offsets` adds a companion.
"""

from pathlib import Path

from gsply.reader import read_uncompressed
from gsply.writer import write_uncompressed

from core.errors import UnreadableAvatar
from core.formats.checks import MAX_STILL_SPLATS
from core.formats.files import check_size, replacing
from core.formats.gsply_data import from_gsply, to_gsply
from core.gaussians import Gaussians

_MAX_HEADER_BYTES = 8192
# Python refuses to read a number of thousands of digits, and nobody wants to.
_MAX_DIGITS = 12


def save_ply(gaussians: Gaussians, path: str | Path) -> None:
    """Writes the splats in order, float32, with the 14 properties of :data:`core.gaussians.COLUMNS`.

    Raises:
        OSError: if the file cannot be written.
    """
    with replacing(path) as unfinished:
        write_uncompressed(unfinished, to_gsply(gaussians))


def load_ply(path: str | Path) -> Gaussians:
    """The splats of a binary 3DGS PLY; spherical harmonics above degree 0 and normals are left out.

    Raises:
        UnreadableAvatar: if there is no such file, or it is not such a PLY, or is damaged or too large.
    """
    path = Path(path)
    if not path.is_file():
        raise UnreadableAvatar(f"There is no PLY file at {path}.")
    _check_header(path)
    data = read_uncompressed(path)
    if data is None:
        raise UnreadableAvatar(f"{path.name} is not a PLY of Gaussian splats.")
    return from_gsply(data)


def _check_header(path: Path) -> None:
    """Refuses what gsply would misread or allocate without limit."""
    with path.open("rb") as file:
        head, found, _ = file.read(_MAX_HEADER_BYTES).partition(b"end_header\n")
    lines = [line.split() for line in head.decode("ascii", "replace").splitlines()]
    if not found or not lines or lines[0] != ["ply"] or ["format", "binary_little_endian", "1.0"] not in lines:
        raise UnreadableAvatar(f"{path.name} is not a binary PLY of Gaussian splats.")
    elements = [words for words in lines if words[:1] == ["element"]]
    properties = [words for words in lines if words[:1] == ["property"]]
    # gsply counts float properties alone and would read a file with others out of step.
    only_floats = all(len(words) == 3 and words[1] in ("float", "float32") for words in properties)
    one_element = len(elements) == 1 and elements[0][1:2] == ["vertex"] and len(elements[0]) == 3
    if not one_element or not only_floats or not elements[0][2].isdecimal():
        raise UnreadableAvatar(f"{path.name} does not have the properties of Gaussian splats.")
    if len(elements[0][2]) > _MAX_DIGITS:
        raise UnreadableAvatar(f"{path.name} declares a number of splats that no file can hold.")
    count = int(elements[0][2])
    if not 1 <= count <= MAX_STILL_SPLATS:
        raise UnreadableAvatar(
            f"{path.name} declares {count:,} splats; between 1 and {MAX_STILL_SPLATS:,} can be read."
        )
    check_size(path)
    if path.stat().st_size != len(head) + len(found) + 4 * count * len(properties):
        raise UnreadableAvatar(f"{path.name} is damaged: its length does not fit the number of splats it declares.")
