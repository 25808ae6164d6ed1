"""The ``.snapmoji`` bundle: a whole animatable avatar in one small file.

``docs/format.md`` describes it byte by byte; it needs no more than JSON, deflate and whole numbers, so that a
web page reads it in a few dozen lines. Files come from strangers: nothing is allocated before its size is checked.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.errors import UnreadableAvatar
from core.formats.checks import check_deltas, check_rest, fault_in_deltas, fault_in_rest
from core.formats.files import read_limited, replacing
from core.formats.header import MAX_HEADER_BYTES, MAX_PAIRS, MAX_SHAPES, MAX_SPLATS, Header, parse_header
from core.formats.planes import Grid, from_planes, join, settle_quats, split, to_planes
from core.gaussians import COLUMNS, QUAT

MAGIC = b"SNAPMOJI"
"""The first eight bytes of a bundle."""
VERSION = 1
"""The version written, and the only one read."""

_PREFIX = struct.Struct("<8sII")
_ROW_BYTES = 2 * len(COLUMNS)
_GAP_BYTES = 3
_PIECE_BYTES = 8 << 20


def save_bundle(avatar: Avatar, path: str | Path, meta: Mapping[str, Any] | None = None) -> int:
    """Writes the avatar, replacing the file only once it is whole; returns the number of bytes.

    Raises:
        ValueError: see :func:`encode`.
        OSError: if the file cannot be written.
    """
    data = encode(avatar, meta)
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)
    return len(data)


def load_bundle(path: str | Path) -> tuple[Avatar, dict[str, Any]]:
    """The avatar in a file, and its free-form notes.

    Raises:
        UnreadableAvatar: if there is no such file, or it is damaged, too large, or from a newer version.
    """
    return decode(read_limited(path, "avatar"))


def encode(avatar: Avatar, meta: Mapping[str, Any] | None = None) -> bytes:
    """The avatar as the bytes of a bundle.

    Args:
        avatar: what to store; ``docs/format.md`` states the rounding.
        meta: free-form notes that JSON can hold: creator, style, settings.

    Raises:
        ValueError: if the avatar could not be read again (numbers not finite or too large, more splats than the
            format allows), or ``meta`` is not JSON or too long.
        TypeError: if ``meta`` holds what JSON has no form for.
    """
    _check_storable(avatar)
    rest = avatar.rest.astype(np.float64)
    rest[:, QUAT] = settle_quats(rest[:, QUAT])
    planes, grid = split(rest)
    blocks, sets = [avatar.labels.tobytes(), planes], []
    for offset in avatar.offsets:
        planes, set_grid = split(offset.delta)
        blocks += [_gaps(offset.index), planes]
        sets.append({"splats": len(offset.index), **_grid_json(set_grid)})
    header = {
        "splats": len(avatar),
        "columns": COLUMNS,
        "parts": PARTS,
        "shapes": avatar.shapes,
        "rest": _grid_json(grid),
        "sets": sets,
        "meta": dict(meta or {}),
    }
    text = json.dumps(header, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()
    if len(text) > MAX_HEADER_BYTES:
        raise ValueError(f"meta must stay under {MAX_HEADER_BYTES} bytes as JSON")
    return _PREFIX.pack(MAGIC, VERSION, len(text)) + text + zlib.compress(b"".join(blocks))


def decode(data: bytes) -> tuple[Avatar, dict[str, Any]]:
    """The avatar in the bytes of a bundle, and its free-form notes.

    Raises:
        UnreadableAvatar: if the bytes are damaged, too large, or from a newer version.
    """
    if len(data) < _PREFIX.size or not data.startswith(MAGIC):
        raise UnreadableAvatar("This is not a .snapmoji file.")
    _, version, header_bytes = _PREFIX.unpack_from(data)
    if version != VERSION:
        raise UnreadableAvatar(f"The file has format version {version}; this program reads version {VERSION}.")
    if header_bytes > min(MAX_HEADER_BYTES, len(data) - _PREFIX.size):
        raise UnreadableAvatar("The file is damaged: its header is cut short.")
    body_start = _PREFIX.size + header_bytes
    header = parse_header(data[_PREFIX.size : body_start])
    body = memoryview(_inflate(memoryview(data)[body_start:], _body_bytes(header)))
    return _read_body(header, body), header.meta


def _check_storable(avatar: Avatar) -> None:
    """Refuses to write what could not be read again."""
    pairs = sum(len(s.index) for s in avatar.offsets)
    if not 1 <= len(avatar) <= MAX_SPLATS or pairs > MAX_PAIRS or len(avatar.shapes) > MAX_SHAPES:
        raise ValueError(
            f"a bundle holds 1 to {MAX_SPLATS} splats, {MAX_SHAPES} shapes and {MAX_PAIRS} changes in all; "
            f"got {len(avatar)}, {len(avatar.shapes)} and {pairs}"
        )
    if not len(set(avatar.shapes)) == len(avatar.shapes) == len(avatar.offsets) or len(avatar.labels) != len(avatar):
        raise ValueError("the avatar must hold one offset set for each of its shapes and one label for each splat")
    if avatar.labels.max() >= len(PARTS):
        raise ValueError(f"labels must be below {len(PARTS)}, got {avatar.labels.max()}")
    for fault in (fault_in_rest(avatar.rest), *(fault_in_deltas(s.delta) for s in avatar.offsets)):
        if fault:
            raise ValueError(f"the avatar holds {fault}")
    for offset in avatar.offsets:
        ascends = (np.diff(offset.index, prepend=-1) > 0).all()
        if not ascends or (len(offset.index) and offset.index[-1] >= len(avatar)):
            raise ValueError("the rows of an offset set must exist and ascend without repeats")


def _read_body(header: Header, body: memoryview) -> Avatar:
    """The avatar in an inflated body of the right length."""
    n, at = header.splats, header.splats
    labels = np.frombuffer(body[:n], np.uint8)
    if n and labels.max() >= len(header.parts):
        raise UnreadableAvatar("The file is damaged: it labels splats with parts that it does not list.")
    # A file lists the parts in its own order; translate to ours.
    labels = np.array([PARTS.index(part) for part in header.parts], np.uint8)[labels]

    rest = join(body[at : at + n * _ROW_BYTES], n, header.rest)
    at += n * _ROW_BYTES
    check_rest(rest)
    rest[:, QUAT] /= np.linalg.norm(rest[:, QUAT].astype(np.float64), axis=1, keepdims=True)
    offsets = []
    for m, grid in header.sets:
        index = _from_gaps(body[at : at + m * _GAP_BYTES], m)
        at += m * _GAP_BYTES
        if m and index[-1] >= n:
            raise UnreadableAvatar("The file is damaged: an expression moves splats that do not exist.")
        delta = join(body[at : at + m * _ROW_BYTES], m, grid)
        at += m * _ROW_BYTES
        check_deltas(delta)
        offsets.append(OffsetSet(index.astype(np.int32), delta))
    return Avatar(rest, tuple(offsets), labels, header.shapes)


def _body_bytes(header: Header) -> int:
    """How long the inflated body has to be."""
    return header.splats * (1 + _ROW_BYTES) + sum(m for m, _ in header.sets) * (_GAP_BYTES + _ROW_BYTES)


def _inflate(packed: memoryview, size: int) -> bytearray:
    """Exactly ``size`` bytes out of a zlib stream that holds no more and no less."""
    # Piece by piece into its place: at once, zlib would hold it twice.
    inflater, body, at = zlib.decompressobj(), bytearray(size), 0
    left: memoryview | bytes = packed
    while not inflater.eof:
        try:
            piece = inflater.decompress(left, _PIECE_BYTES)
        except zlib.error as error:
            raise UnreadableAvatar("The file is damaged: its contents do not unpack.") from error
        left = inflater.unconsumed_tail
        # What is too long, a bomb perhaps, gets no further.
        if at + len(piece) > size or not (piece or left or inflater.eof):
            break
        body[at : at + len(piece)] = piece
        at += len(piece)
    if at != size or not inflater.eof or inflater.unused_data:
        raise UnreadableAvatar("The file is damaged: its contents have the wrong length.")
    return body


def _gaps(index: Int32[np.ndarray, " m"]) -> bytes:
    """Ascending rows as the number of rows skipped before each."""
    skipped = np.diff(index.astype(np.int64), prepend=-1) - 1
    return to_planes(skipped[None], width=_GAP_BYTES)


def _from_gaps(data: memoryview, count: int) -> np.ndarray:
    """The inverse of :func:`_gaps`; ascends whatever the bytes."""
    return np.cumsum(from_planes(data, (1, count), width=_GAP_BYTES)[0] + 1) - 1


def _grid_json(grid: Grid) -> dict[str, list[int]]:
    return {"exponents": list(grid.exponents), "base": list(grid.base)}
