"""Binding: how splats that were added follow the avatar's own through every blendshape."""

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import KDTree

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.gaussians import MEAN, QUAT
from core.stylize.accents.model import Piece

_ANCHORS = [PARTS.index(part) for part in ("skin", "ear", "neck", "lips", "hair", "headwear", "brow")]
_NEAR, _ROUND = 4, 24
_STILL_CM = 0.01


def follow(
    avatar: Avatar, pieces: list[Piece], rows: Float[np.ndarray, "m 14"], first: int
) -> list[list[tuple[np.ndarray, np.ndarray]]]:
    """For every shape, the (index, delta) blocks of the added splats that it moves.

    Args:
        avatar: whose splats they follow.
        pieces: in the order of their splats.
        rows: of the added splats at rest.
        first: row of the first of them in the new avatar.
    """
    blocks: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in avatar.offsets]
    if all(piece.follows == "still" for piece in pieces):
        return blocks
    solid = np.flatnonzero(np.isin(avatar.labels, _ANCHORS))
    if not len(solid):
        return blocks
    means = avatar.rest[:, MEAN]
    tree = KDTree(means[solid])
    start = 0
    for piece in pieces:
        here = slice(start, start + len(piece.patch))
        start += len(piece.patch)
        if piece.follows == "still":
            continue
        if piece.follows == "rigid":
            _, near = tree.query(piece.base, k=min(_ROUND, len(solid)))
            anchors = solid[np.atleast_1d(near)]
        else:
            _, near = tree.query(rows[here, MEAN], k=min(_NEAR, len(solid)))
            anchors = solid[np.asarray(near).reshape(len(piece.patch), -1)]
        index = np.arange(first + here.start, first + here.stop, dtype=np.int32)
        for shape, offset in enumerate(avatar.offsets):
            moved = _moved(offset, anchors)
            if np.abs(moved).max() < _STILL_CM:
                continue
            if piece.follows == "rigid":
                delta = _rigid(rows[here], means[anchors], moved)
            else:
                delta = np.zeros((len(index), rows.shape[1]), np.float32)
                delta[:, MEAN] = moved.mean(1)
            blocks[shape].append((index, delta))
    return blocks


def _moved(offset: OffsetSet, anchors: Int[np.ndarray, "*k"]) -> Float[np.ndarray, "*k 3"]:
    """How far a shape moves rows of the avatar."""
    if not len(offset.index):
        return np.zeros((*anchors.shape, 3), np.float32)
    place = np.minimum(np.searchsorted(offset.index, anchors), len(offset.index) - 1)
    hit = offset.index[place] == anchors
    return np.where(hit[..., None], offset.delta[place][..., MEAN], 0)


def _rigid(rows: np.ndarray, anchors: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Offsets of splats that turn and shift as one with their anchors (Kabsch)."""
    middle = anchors.mean(0)
    after = middle + moved.mean(0)
    u, _, vt = np.linalg.svd((anchors - middle).T @ (anchors + moved - after))
    sign = np.sign(np.linalg.det(vt.T @ u.T))
    turn = (vt.T * (1, 1, sign)) @ u.T
    delta = np.zeros_like(rows)
    delta[:, MEAN] = (rows[:, MEAN] - middle) @ turn.T + after - rows[:, MEAN]
    delta[:, QUAT] = _turned(rows[:, QUAT], turn) - rows[:, QUAT]
    return delta.astype(np.float32)


def _turned(quats: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Quaternions turned by a small rotation, sign-aligned to what they were."""
    w = np.sqrt(max(0.0, 1 + np.trace(turn))) / 2
    if w < 0.3:
        return quats
    x, y, z = (turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]) / (4 * w)
    a, b, c, d = quats.T
    return np.stack(
        [w * a - x * b - y * c - z * d, w * b + x * a + y * d - z * c,
         w * c - x * d + y * a + z * b, w * d + x * c - y * b + z * a], 1
    )  # fmt: skip
