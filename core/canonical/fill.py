"""Pictures with holes, filled smoothly from what is known around them."""

from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float32
from numba import njit


def push_pull(values: Float32[np.ndarray, "h w c"], known: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w c"]:
    """The picture with its unknown pixels filled from ever coarser means of the known ones.

    Known pixels stay as they are. If none is known, all is 0.
    """
    weight = known.astype(np.float32)[..., None]
    # Premultiplied, with the weight as the last channel.
    sums = np.concatenate([values * weight, weight], axis=2, dtype=np.float32)
    finer = []
    while min(sums.shape[:2]) > 1:
        finer.append(sums)
        sums = _halved(sums)
    filled = sums[..., :-1] / np.maximum(sums[..., -1:], 1e-6)
    for sums in reversed(finer):
        filled = _doubled(filled, sums)
    return np.where(known[..., None], values, filled)


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(error_model="numpy", cache=True, nogil=True)
@no_type_check
def _halved(sums):
    """Sums over squares of four pixels, so scaled that no weight is above 1."""
    height, width, channels = sums.shape
    coarse = np.zeros(((height + 1) // 2, (width + 1) // 2, channels), np.float32)
    for y in range(height):
        for x in range(width):
            for c in range(channels):
                coarse[y // 2, x // 2, c] += sums[y, x, c]
    for y in range(coarse.shape[0]):
        for x in range(coarse.shape[1]):
            # A cell counts as known as soon as a quarter of it is, or holes would never close.
            weight = max(coarse[y, x, channels - 1], np.float32(1))
            for c in range(channels):
                coarse[y, x, c] /= weight
    return coarse


@njit(error_model="numpy", cache=True, nogil=True)
@no_type_check
def _doubled(filled, sums):
    """What is filled at half the size at that of ``sums``, under what is known there.

    Between pixels linearly: nearest pixels would show as blocks.
    """
    height, width, channels = sums.shape
    finer = np.empty((height, width, channels - 1), np.float32)
    bottom, right = filled.shape[0] - 1, filled.shape[1] - 1
    near, far = np.float32(0.75), np.float32(0.25)
    for y in range(height):
        row = y // 2
        beside = min(row + 1, bottom) if y % 2 else max(row - 1, 0)
        for x in range(width):
            weight = sums[y, x, channels - 1]
            column = x // 2
            next_to = min(column + 1, right) if x % 2 else max(column - 1, 0)
            for c in range(channels - 1):
                under = near * (near * filled[row, column, c] + far * filled[beside, column, c])
                under += far * (near * filled[row, next_to, c] + far * filled[beside, next_to, c])
                finer[y, x, c] = sums[y, x, c] + under * (1 - weight)
    return finer
