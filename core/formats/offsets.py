"""The companion of a PLY: what each blendshape changes, as a PLY too, exact in float32.

Its name ends in ``.offsets.ply``: ``ada.offsets.ply`` belongs to ``ada.ply``, written at rest.

A second file, because other programs' readers of splats stumble over a PLY with more than its one ``vertex``
element; and a PLY, because every language can read one, and nothing in it can run.
"""

from pathlib import Path

import numpy as np

from core.avatar.model import Avatar, OffsetSet
from core.errors import UnreadableAvatar
from core.formats.checks import MAX_STILL_SPLATS, check_deltas
from core.formats.files import read_limited, replacing
from core.formats.header import MAX_PAIRS, MAX_SHAPES
from core.gaussians import COLUMNS

_MAX_HEADER_BYTES = 1 << 16
_ROW = np.dtype([("row", "<u4"), ("delta", "<f4", len(COLUMNS))])
_END = b"end_header\n"


def save_offsets(avatar: Avatar, path: str | Path) -> None:
    """Writes the offset sets, for use with the PLY of the avatar at rest.

    Raises:
        ValueError: if the name of a shape is not one word of ASCII.
        OSError: if the file cannot be written.
    """
    for shape in avatar.shapes:
        if not (shape.isascii() and shape.isprintable() and shape.split() == [shape] and len(shape) <= 64):
            raise ValueError(f"a shape's name must be one word of at most 64 ASCII letters in a PLY, got {shape!r}")
    sets = [(shape, len(s.index)) for shape, s in zip(avatar.shapes, avatar.offsets, strict=True)]
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        file.write(_header(len(avatar), sets))
        for offset in avatar.offsets:
            rows = np.empty(len(offset.index), _ROW)
            rows["row"], rows["delta"] = offset.index, offset.delta
            file.write(rows.tobytes())


def load_offsets(path: str | Path, splats: int) -> tuple[tuple[str, ...], tuple[OffsetSet, ...]]:
    """The names of the shapes, and the set of each.

    Args:
        path: of the companion.
        splats: how many the PLY has.

    Raises:
        UnreadableAvatar: if there is no such file, it is damaged or too large, or belongs to another PLY.
    """
    data = read_limited(path, "offsets")
    head, found, _ = data[:_MAX_HEADER_BYTES].partition(_END)
    sets, declared = _parse(head.decode("ascii", "replace"))
    if not found or head + found != _header(declared, sets):
        raise UnreadableAvatar(f"{Path(path).name} is not a PLY of what blendshapes change.")
    if declared != splats:
        raise UnreadableAvatar(f"{Path(path).name} belongs to a PLY of {declared:,} splats, not of {splats:,}.")
    pairs = sum(count for _, count in sets)
    if len(sets) > MAX_SHAPES or pairs > MAX_PAIRS or len({name for name, _ in sets}) != len(sets):
        raise UnreadableAvatar(f"{Path(path).name} declares too many changes, or a shape twice.")
    if len(data) != len(head) + len(found) + _ROW.itemsize * pairs:
        raise UnreadableAvatar(f"{Path(path).name} is damaged: its length does not fit what it declares.")
    offsets, at = [], len(head) + len(found)
    for _, count in sets:
        rows = np.frombuffer(data, _ROW, count, at)
        at += _ROW.itemsize * count
        index = rows["row"].astype(np.int64)
        if (np.diff(index, prepend=-1) <= 0).any() or (index >= splats).any():
            raise UnreadableAvatar("The file is damaged: an expression moves splats that do not exist.")
        delta = rows["delta"].astype(np.float32)
        check_deltas(delta)
        offsets.append(OffsetSet(index.astype(np.int32), delta))
    return tuple(name for name, _ in sets), tuple(offsets)


def _header(splats: int, sets: list[tuple[str, int]]) -> bytes:
    """The whole header; a reader makes it anew and compares."""
    lines = ["ply", "format binary_little_endian 1.0", f"comment snapmoji offsets 1 of {splats} splats"]
    for name, count in sets:
        lines += [f"element {name} {count}", "property uint row", *(f"property float {c}" for c in COLUMNS)]
    return "\n".join([*lines, ""]).encode("ascii", "replace") + _END


def _parse(head: str) -> tuple[list[tuple[str, int]], int]:
    """The sets, and the number of splats, that a header declares; what does not fit is passed over."""
    sets, splats = [], 0
    for line in head.splitlines():
        words = line.split(" ")
        number = words[-2] if words[0] == "comment" and len(words) == 7 else words[-1]
        # Nine digits: Python would take its time over a million of them.
        if not (number.isascii() and number.isdecimal() and len(number) <= 9):
            continue
        if words[0] == "element" and len(words) == 3:
            sets.append((words[1], int(number)))
        elif words[0] == "comment":
            splats = min(int(number), MAX_STILL_SPLATS)
    return sets, splats
