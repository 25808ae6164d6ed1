"""What a picture did to the splats that it shows, carried over to those that it does not show."""

import numpy as np
from jaxtyping import Float, Float32, UInt8
from scipy.spatial import KDTree

from core.avatar.model import PARTS

_ENOUGH = 20
"""Seen splats that tell about a part."""
_LIKE = {"ear": "skin", "neck": "skin", "beard": "hair", "brow": "hair", "accessory": "clothes"}
"""Whom a part follows that is not seen itself; others keep their colours: teeth stay white."""
_NEAR_CM = 1.5
_OTHER_HALF_CM = 1.0
"""How much farther than it is the other half of the head counts."""
_NEIGHBOURS = 6
_LEAST_CONTRAST, _MOST_CONTRAST = 0.5, np.array((1.6, 1.0, 1.0))
"""Of lightness and of the two axes of colour: stretched, these would end in foreign hues."""


def spread(
    means: Float[np.ndarray, "n 3"],
    labels: UInt8[np.ndarray, " n"],
    before: Float[np.ndarray, "n 3"],
    after: Float[np.ndarray, "n 3"],
    seen: Float32[np.ndarray, " n"],
) -> Float32[np.ndarray, "n 3"]:
    """Colours (OKLab) of all splats when ``after`` is right only for those that are seen.

    Args:
        means: centres, head frame, centimetres.
        labels: index into :data:`core.avatar.model.PARTS`.
        before: colours before.
        after: colours as the picture asks for.
        seen: how far to believe ``after``, in [0, 1].
    """
    result = before.astype(np.float32).copy()
    counts = {part: int(((labels == number) & (seen > 0.5)).sum()) for number, part in enumerate(PARTS)}
    for number, part in enumerate(PARTS):
        model = part if counts[part] >= _ENOUGH else _LIKE.get(part, part)
        rows = np.flatnonzero(labels == number)
        if not len(rows) or counts[model] < _ENOUGH:
            continue
        shown = np.flatnonzero((labels == PARTS.index(model)) & (seen > 0.5))
        follow = _transfer(before[shown], after[shown])
        residual = after[shown] - follow(before[shown])
        if model != part:
            residual = residual * 0
        result[rows] = follow(before[rows]) + _nearby(means[rows], means[shown], residual)
    return (result + seen[:, None] * (after - result)).astype(np.float32)


def _transfer(before: np.ndarray, after: np.ndarray):
    """The change of middle and contrast between two sets of colours, as a function."""
    # Quartiles, not mean and deviation: a flower painted in the hair is not to tint all of it.
    (low, was, high), (new_low, now, new_high) = (
        np.quantile(lab, (0.25, 0.5, 0.75), axis=0) for lab in (before, after)
    )
    contrast = (new_high - new_low + 0.005) / (high - low + 0.005)
    contrast = np.clip(contrast, _LEAST_CONTRAST, _MOST_CONTRAST)
    return lambda lab: now + contrast * (lab - was)


def _nearby(
    points: Float[np.ndarray, "m 3"], known: Float[np.ndarray, "k 3"], values: Float[np.ndarray, "k 3"]
) -> Float[np.ndarray, "m 3"]:
    """Values at points from those known near them, on either half of the head; they fade to 0 with distance."""
    tree = KDTree(known)
    total, weights = np.zeros((len(points), 3), np.float32), np.zeros((len(points), 1), np.float32)
    for mirrored, farther in ((1.0, 0.0), (-1.0, _OTHER_HALF_CM)):
        distance, index = tree.query(
            points * np.array((mirrored, 1, 1), np.float32), k=_NEIGHBOURS, distance_upper_bound=4.0
        )
        weight = np.exp(-(((distance + farther) / _NEAR_CM) ** 2))
        # Where there are too few, the query answers with an index past the end and an infinite distance.
        total += (weight[..., None] * values[np.minimum(index, len(known) - 1)]).sum(1)
        weights += weight.sum(1, keepdims=True)
    return total / (weights + 0.3)
