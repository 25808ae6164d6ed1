"""Rebuilding an avatar of cubes: its splats become the faces of blocks, so that it still moves."""

import numpy as np
from jaxtyping import Float
from scipy.spatial import KDTree

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.gaussians import DC, LOG_SCALE, LOGIT, MEAN, QUAT, SH_C0, quats_from_axes
from core.oklab import to_oklab, to_srgb
from core.unit import unit

_INSIDE = [PARTS.index(part) for part in ("teeth", "tongue", "mouth")]
_EYES = [PARTS.index(part) for part in ("sclera", "iris", "lash", "glasses")]
_FEATURES = [PARTS.index(part) for part in ("lips", "brow")]
_FACES = np.array(((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)))
# Lightness that light from above and in front gives each face.
_LIGHT = np.array((-0.05, -0.05, 0.07, -0.13, 0.02, -0.03))
_CLEAR = 0.3
_MIDDLE = np.array((0.0, 0.5, -0.8))
_SIGMA, _THIN = 0.42, 0.03
_WIDE = 2000
# Share of a face that a block's splats would cover.
_LEAST = 0.28
_TONES = 0.05


def in_blocks(avatar: Avatar, edge_cm: float, amount: float) -> Avatar:
    """The avatar built of blocks.

    Args:
        avatar: already recoloured.
        edge_cm: of a block.
        amount: 0 for the avatar as it is, 1 for blocks; between them splats are on their way.
    """
    rest = avatar.rest
    opaque = 1 / (1 + np.exp(-rest[:, LOGIT])) > _CLEAR
    eyes = np.isin(avatar.labels, _EYES) | _lids(avatar)
    rows = np.flatnonzero(opaque & ~np.isin(avatar.labels, _INSIDE) & ~eyes)
    means = rest[rows, MEAN].astype(float)
    cells = np.floor(means / edge_cm).astype(int)
    keys = _key(cells)
    unique, first, block = np.unique(keys, return_index=True, return_inverse=True)
    middles = (cells[first] + 0.5) * edge_cm
    areas = np.exp(rest[rows, 7:9].astype(float).sum(1)) / edge_cm**2
    unique, middles, block = _solid(unique, middles, block, areas)
    faces = _faces(unique, middles)
    spots, shine, facing = _spots(block, middles, faces, edge_cm)
    colours = _colours(avatar, rows, block, len(unique))
    colours[:, 0] += shine

    new = rest[rows].copy()
    new[:, MEAN] = spots[:, :3]
    new[:, DC] = (to_srgb(colours) - 0.5) / np.float32(SH_C0)
    new[:, LOG_SCALE] = np.log(np.stack([spots[:, 3], spots[:, 3], np.full(len(rows), _THIN * edge_cm)], 1))
    normals = _FACES[facing].astype(np.float32)
    quats = quats_from_axes(np.roll(normals, 1, axis=1), normals)
    quats[(quats * rest[rows, QUAT]).sum(1) < 0] *= -1
    new[:, QUAT] = quats
    result = rest.copy()
    result[rows] += np.float32(amount) * (new - rest[rows])
    result[rows, QUAT] = unit(result[rows, QUAT])
    # Eyes would lie deep between blocks: they are a little window in front of them.
    result[eyes, 2] += np.float32(0.5 * edge_cm * amount)
    offsets = tuple(_shared(offset, rows, block, len(unique), amount, result) for offset in avatar.offsets)
    return Avatar(result, offsets, avatar.labels, avatar.shapes)


def _lids(avatar: Avatar) -> np.ndarray:
    """Skin close round the eyes, which must be able to close."""
    x, y, z = avatar.rest[:, MEAN].T
    lids = np.zeros(len(avatar), bool)
    skin = (avatar.labels == PARTS.index("skin")) & (z > 0)
    for sign in (1, -1):
        iris = (avatar.labels == PARTS.index("iris")) & (sign * x > 0)
        if iris.any():
            middle = avatar.rest[iris, MEAN].mean(0)
            lids |= skin & (np.hypot((x - middle[0]) / 2.25, (y - middle[1]) / 1.55) < 1)
    return lids


def _solid(
    unique: np.ndarray, middles: np.ndarray, block: np.ndarray, areas: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The blocks worth building: loose strands, and blocks buried in others, join a neighbour."""
    kept = np.bincount(block, areas, len(unique)) >= _LEAST
    kept &= ~np.all([np.isin(unique + _step(face), unique[kept]) for face in _FACES], axis=0)
    if not kept.any():
        return unique, middles, block
    _, nearest = KDTree(middles[kept]).query(middles)
    return unique[kept], middles[kept], np.asarray(nearest)[block]


def _step(face: np.ndarray) -> int:
    return int(_key(face) - _key(np.zeros(3, int)))


def _key(cells: np.ndarray) -> np.ndarray | np.int64:
    """One number for each cell (..., 3)."""
    return (cells + _WIDE // 2) @ np.array((_WIDE * _WIDE, _WIDE, 1))


def _faces(unique: np.ndarray, middles: np.ndarray) -> np.ndarray:
    """Which of the six faces of every block show: no block lies beyond, and they look outward."""
    open_ = np.stack([~np.isin(unique + _step(face), unique) for face in _FACES], 1)
    outward = (middles - _MIDDLE) @ _FACES.T
    outward /= np.linalg.norm(middles - _MIDDLE, axis=1, keepdims=True) + 1e-9
    shows = open_ & (outward > -0.3)
    # Every splat needs a place.
    none = ~shows.any(1)
    shows[none, outward[none].argmax(1)] = True
    return shows


def _spots(block: np.ndarray, middles: np.ndarray, faces: np.ndarray, edge: float):
    """For every splat a spot (n, 4: place and spread) on a face of its block, that face's light, and the face."""
    order = np.argsort(block, kind="stable")
    counts = np.bincount(block, minlength=len(middles))
    rank = np.empty(len(block), int)
    rank[order] = np.arange(len(block)) - np.repeat(np.cumsum(counts) - counts, counts)
    number = faces.sum(1)
    # As fine a grid on each face as the block has splats for.
    grid = np.clip(np.sqrt(counts / number).astype(int), 1, 3)
    outward = (middles - _MIDDLE) @ _FACES.T
    listed = np.argsort(np.where(faces, -outward, np.inf), axis=1, kind="stable")
    face = listed[block, rank % number[block]]
    slot = (rank // number[block]) % (grid[block] ** 2)
    side = grid[block]
    step = edge / side
    a, b = (slot % side + 0.5) * step - edge / 2, (slot // side + 0.5) * step - edge / 2
    normal = _FACES[face].astype(float)
    first, second = np.roll(np.abs(normal), 1, axis=1), np.roll(np.abs(normal), 2, axis=1)
    place = middles[block] + normal * edge / 2 + a[:, None] * first + b[:, None] * second
    # Gaps between blocks show as thin lines of shade.
    rim = (np.maximum(np.abs(a), np.abs(b)) > edge / 2 - step) & (side > 2)
    return np.column_stack([place, _SIGMA * step]), _LIGHT[face] - 0.025 * rim, face


def _colours(avatar: Avatar, rows: np.ndarray, block: np.ndarray, count: int) -> Float[np.ndarray, "n 3"]:
    """One colour for each block (OKLab); brows and lips outweigh the skin round them."""
    lab = to_oklab(np.clip(avatar.rest[rows, DC] * np.float32(SH_C0) + 0.5, 0, 1))
    weight = np.where(np.isin(avatar.labels[rows], _FEATURES), 6.0, 1.0) * avatar.rest[rows, 7:9].astype(float).sum(
        1
    ).clip(-6, 0).__add__(6.5)
    total = np.bincount(block, weight, count)
    mean = np.stack([np.bincount(block, weight * lab[:, k], count) / total for k in range(3)], 1)
    mean[:, 0] += _TONES * (np.random.default_rng(1).random(count) - 0.5)
    return mean[block].astype(np.float32)


def _shared(
    offset: OffsetSet, rows: np.ndarray, block: np.ndarray, count: int, amount: float, rest: np.ndarray
) -> OffsetSet:
    """Offsets in which a block moves as one."""
    place = np.full(len(rest), -1)
    place[rows] = block
    inside = place[offset.index]
    moved = inside >= 0
    sizes = np.bincount(block, minlength=count)
    mean = np.stack([np.bincount(inside[moved], offset.delta[moved, k], count) / sizes for k in range(3)], 1)
    near = np.linalg.norm(mean, axis=1) > 0.02
    joined = np.flatnonzero(near[block])
    index = np.union1d(offset.index, rows[joined]).astype(np.int32)
    delta = np.zeros((len(index), offset.delta.shape[1]), np.float32)
    delta[np.searchsorted(index, offset.index)] = offset.delta
    here = np.searchsorted(index, rows[joined])
    at = np.isin(index, rows)
    soft = np.float32(1 - amount)
    delta[at, QUAT] *= soft
    delta[at, LOG_SCALE] *= soft
    delta[at, MEAN] *= soft
    # A colour that was shared may have less room to change.
    low, high = (np.array((0, 1)) - 0.5) / SH_C0
    changes = np.flatnonzero((delta[:, DC] != 0).any(1))
    posed = np.clip(rest[index[changes], DC] + delta[changes, DC], low, high)
    delta[changes, DC] = posed - rest[index[changes], DC]
    delta[here, MEAN] += np.float32(amount) * mean[block[joined]].astype(np.float32)
    return OffsetSet(index, delta)
