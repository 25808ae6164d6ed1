"""The JSON header of a bundle, read with suspicion."""

from dataclasses import dataclass
from typing import Any

from core.avatar.model import PARTS
from core.errors import UnreadableAvatar
from core.formats.planes import MAX_BASE, MAX_EXPONENT, Grid
from core.formats.untrusted_json import member, names, parse_json, whole
from core.gaussians import COLUMNS

MAX_HEADER_BYTES = 1 << 20
"""A longer header is refused."""
MAX_SPLATS = 500_000
"""A file with more splats is refused; ours have about 30,000."""
MAX_PAIRS = 3_000_000
"""A file whose sets hold more rows than this, all together, is refused."""
MAX_SHAPES = 64
"""A file with more blendshapes is refused; ARKit has 52."""


@dataclass(frozen=True)
class Header:
    """What a bundle says of itself, checked."""

    splats: int
    parts: tuple[str, ...]
    """Names from :data:`core.avatar.model.PARTS`; labels in the file are indices into this tuple."""
    shapes: tuple[str, ...]
    rest: Grid
    sets: tuple[tuple[int, Grid], ...]
    """For each shape, how many splats it changes, and the steps of the changes."""
    meta: dict[str, Any]


def parse_header(text: bytes) -> Header:
    """The header of a bundle.

    Raises:
        UnreadableAvatar: if it is not what ``docs/format.md`` describes, or asks for too much memory.
    """
    raw = parse_json(text)
    if not isinstance(raw, dict) or raw.get("columns") != list(COLUMNS):
        raise UnreadableAvatar("The file is damaged: its header does not list the 14 columns of a splat.")
    shapes = names(raw.get("shapes"), "shapes", MAX_SHAPES)
    parts = names(raw.get("parts"), "parts", 256)
    if not parts or not set(parts) <= set(PARTS):
        raise UnreadableAvatar("The file lists parts of a head that this program does not know.")
    splats = whole(raw.get("splats"), 1, MAX_SPLATS, "number of splats")
    raw_sets = raw.get("sets")
    if not isinstance(raw_sets, list) or len(raw_sets) != len(shapes):
        raise UnreadableAvatar("The file is damaged: it does not hold one set of changes for each shape.")
    sets = tuple((whole(member(s, "splats"), 0, splats, "size of a set"), _grid(s)) for s in raw_sets)
    if sum(count for count, _ in sets) > MAX_PAIRS:
        raise UnreadableAvatar(f"The file holds more than {MAX_PAIRS:,} changes, too many for an avatar.")
    meta = raw.get("meta")
    if not isinstance(meta, dict):
        raise UnreadableAvatar("The file is damaged: its notes are missing.")
    return Header(splats, parts, shapes, _grid(raw.get("rest")), sets, meta)


def _grid(raw: Any) -> Grid:
    """The steps of one block."""
    exponents, base = member(raw, "exponents"), member(raw, "base")
    if not (isinstance(exponents, list) and isinstance(base, list) and len(exponents) == len(base) == len(COLUMNS)):
        raise UnreadableAvatar("The file is damaged: a block does not give the steps of its 14 columns.")
    return Grid(
        tuple(whole(e, 0, MAX_EXPONENT, "step") for e in exponents),
        tuple(whole(b, -MAX_BASE, MAX_BASE, "smallest number") for b in base),
    )
