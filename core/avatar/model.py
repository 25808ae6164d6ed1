"""An avatar: Gaussians at rest and one sparse set of offsets for each blendshape."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int32, UInt8

from core.expressions import SHAPES
from core.gaussians import COLUMNS, LOG_SCALE, LOGIT, MEAN, QUAT, Gaussians, from_columns, to_columns

PARTS = (
    *("skin", "ear", "neck", "lips", "sclera", "iris", "brow", "lash", "hair", "beard"),
    *("teeth", "tongue", "mouth", "glasses", "headwear", "clothes", "accessory"),
)
"""What a splat belongs to; ``Avatar.labels`` holds indices into this tuple."""

# An offset smaller than this in every column cannot be seen: 0.03 mm, 1/4 of an 8-bit colour step,
# 1% of size, half a degree.
_VISIBLE = np.empty(len(COLUMNS), np.float32)
_VISIBLE[:] = 0.0035
_VISIBLE[MEAN] = 0.003
_VISIBLE[LOGIT] = 0.02
_VISIBLE[LOG_SCALE] = 0.01
_VISIBLE[QUAT] = 0.005


@dataclass(frozen=True)
class OffsetSet:
    """What one blendshape at weight 1 adds to the ``m`` splats it changes."""

    index: Int32[np.ndarray, " m"]
    """Rows of the avatar that change, ascending, no repeats."""
    delta: Float[np.ndarray, "m 14"]
    """Added to those rows, in the space of :data:`core.gaussians.COLUMNS`; quaternions sign-aligned to rest."""


@dataclass(frozen=True)
class Avatar:
    """An animatable head of ``n`` splats (paper Eq. 7)."""

    rest: Float[np.ndarray, "n 14"]
    """Rows of :data:`core.gaussians.COLUMNS` in the rest pose; quaternions have unit length."""
    offsets: tuple[OffsetSet, ...]
    """One for each name in ``shapes``, in that order."""
    labels: UInt8[np.ndarray, " n"]
    """Index into :data:`PARTS` of every splat."""
    shapes: tuple[str, ...] = SHAPES
    """Names of the blendshapes."""

    def __len__(self) -> int:
        return len(self.rest)

    def posed(self, weights: Float[np.ndarray, " k"]) -> Gaussians:
        """The Gaussians at these weights: ``rest + sum_i w_i (set_i - rest)`` (Eq. 7), plainly.

        The fast, incremental form is :class:`core.avatar.blend.Blender`; both give the same numbers.

        Raises:
            ValueError: if there is not one weight for each shape.
        """
        if len(weights) != len(self.shapes):
            raise ValueError(f"weights must hold {len(self.shapes)} numbers, got {len(weights)}")
        rows = self.rest.copy()
        for weight, offset in zip(weights, self.offsets, strict=True):
            if weight:
                rows[offset.index] += np.float32(weight) * offset.delta
        return from_columns(rows)


def without(avatar: Avatar, dropped: Bool[np.ndarray, " n"]) -> Avatar:
    """The avatar without some of its splats."""
    kept = ~dropped
    place = np.cumsum(kept, dtype=np.int32) - np.int32(1)
    offsets = []
    for offset in avatar.offsets:
        stays = kept[offset.index]
        offsets.append(OffsetSet(place[offset.index[stays]], offset.delta[stays]))
    return Avatar(avatar.rest[kept], tuple(offsets), avatar.labels[kept], avatar.shapes)


def offset_between(
    rest: Float[np.ndarray, "n 14"],
    posed: Float[np.ndarray, "m 14"],
    rows: Int32[np.ndarray, " m"] | None = None,
) -> OffsetSet:
    """The sparse difference of two sets of columns; what cannot be seen is dropped, by size and never by count.

    Args:
        rest: all splats.
        posed: those splats of which ``rows`` gives the numbers; all of them by default.
        rows: ascending.
    """
    rows = np.arange(len(rest), dtype=np.int32) if rows is None else rows
    before, aligned = rest[rows], posed.copy()
    flipped = (before[:, QUAT] * posed[:, QUAT]).sum(1) < 0
    aligned[flipped, QUAT] *= -1
    delta = (aligned - before).astype(np.float32)
    seen = (np.abs(delta) > _VISIBLE).any(1)
    return OffsetSet(rows[seen], np.ascontiguousarray(delta[seen]))


def from_sets(
    rest: Gaussians,
    sets: Sequence[Gaussians],
    labels: UInt8[np.ndarray, " n"],
    shapes: tuple[str, ...] = SHAPES,
) -> Avatar:
    """An avatar from its Gaussians at rest and at weight 1 of each shape.

    Raises:
        ValueError: if the number of sets, or of splats in any of them, does not fit.
    """
    if len(sets) != len(shapes):
        raise ValueError(f"sets must hold one set for each of {len(shapes)} shapes, got {len(sets)}")
    if any(len(s) != len(rest) for s in sets) or len(labels) != len(rest):
        raise ValueError("every set, and labels, must have as many splats as rest")
    rows = to_columns(rest)
    return Avatar(rows, tuple(offset_between(rows, to_columns(s)) for s in sets), labels, shapes)
