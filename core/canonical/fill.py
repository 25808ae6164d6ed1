"""Pictures with holes, filled smoothly from what is known around them."""

import numpy as np
from jaxtyping import Bool, Float32


def push_pull(values: Float32[np.ndarray, "h w c"], known: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w c"]:
    """The picture with its unknown pixels filled from ever coarser means of the known ones.

    Known pixels stay as they are. If none is known, all is 0.
    """
    weight = known.astype(np.float32)[..., None]
    filled = _filled(np.concatenate([values * weight, weight], axis=2))
    return np.where(known[..., None], values, filled).astype(np.float32)


def _filled(sums: np.ndarray) -> np.ndarray:
    """Means of premultiplied sums, whose last channel is the weight."""
    height, width = sums.shape[:2]
    weight = np.minimum(sums[..., -1:], 1.0)
    own = sums[..., :-1] / np.maximum(sums[..., -1:], 1e-6)
    if min(height, width) < 2:
        return own
    even = np.pad(sums, ((0, height % 2), (0, width % 2), (0, 0)))
    coarse = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    # A cell counts as known as soon as a quarter of it is, or holes would never close.
    coarse /= np.maximum(coarse[..., -1:], 1.0)
    return own * weight + _doubled(_filled(coarse))[:height, :width] * (1 - weight)


def _doubled(picture: np.ndarray) -> np.ndarray:
    """Twice the size, between pixels linearly: nearest pixels would show as blocks."""
    for axis in (0, 1):
        before = np.concatenate([picture.take([0], axis), picture.take(range(picture.shape[axis] - 1), axis)], axis)
        after = np.concatenate([picture.take(range(1, picture.shape[axis]), axis), picture.take([-1], axis)], axis)
        pairs = np.stack([0.75 * picture + 0.25 * before, 0.75 * picture + 0.25 * after], axis + 1)
        shape = list(picture.shape)
        shape[axis] *= 2
        picture = pairs.reshape(shape)
    return picture
