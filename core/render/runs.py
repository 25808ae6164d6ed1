"""How the pixels of a tile lie in memory, and what every compositing loop does with them.

Inside a tile a row of pixels is stored in runs of 16 (:data:`LANES`), and a run holds its channels one after
another: 16 transmittances, 16 reds, and so on. The innermost loop then always takes 16 steps at constant
offsets, which LLVM turns into vector instructions; it leaves a loop of 8 steps scalar, three times slower.
The transmittance is the first channel of a run.
"""

import math
from typing import no_type_check

import numpy as np
from numba import njit

LANES = 16
"""Pixels in a run; a tile's side is a multiple of it."""
MAX_ALPHA = np.float32(0.999)
"""No splat hides what is behind it completely (as in gsplat)."""
MIN_TRANSMITTANCE = np.float32(1e-4)
"""A row of pixels is finished when less than this share of what lies behind would show."""
CHECK_EVERY = 16
"""Splats between two looks for finished rows."""


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def fast_exp(x):
    """exp(x) for x in [-5.6, 0], to 2e-6 of its value: a fitted polynomial of x / 8, to the eighth power."""
    v = x * np.float32(0.125)
    p = np.float32(0.04017679) + v * np.float32(0.00606248)
    p = np.float32(0.49995782) + v * (np.float32(0.16624382) + v * p)
    p = np.float32(1) + v * (np.float32(1) + v * p)
    p = p * p
    p = p * p
    return p * p


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def rows_of(splat, top, height):
    """First and last row of the tile that the outline of a splat reaches."""
    middle = splat.mean_y - np.float32(top)
    return max(0, math.ceil(middle - splat.radius_y)), min(height - 1, math.floor(middle + splat.radius_y))


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def stretch_of(splat, y, left, top):
    """Where the outline crosses row ``y`` of the tile: its middle and half width, in pixels of the tile."""
    dy = np.float32(y) - (splat.mean_y - np.float32(top))
    middle = splat.mean_x - np.float32(left) + splat.slope * dy
    half = splat.narrow * math.sqrt(max(splat.radius_y * splat.radius_y - dy * dy, np.float32(0)))
    return dy, middle, half


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def runs_of(middle, half, size):
    """First and last run that holds a pixel of a stretch; the last comes before the first if none does."""
    first = max(0, math.ceil(middle - half)) // LANES
    last = min(size - 1, math.floor(middle + half)) // LANES
    if middle + half < 0 or middle - half > size - 1:
        last = first - 1
    return first, last


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def retire(pixels, channels, alive, height):
    """Mark rows of pixels that nothing further would change; the number of rows still open."""
    runs = alive.shape[0] // LANES
    still_open = 0
    for y in range(height):
        if alive[y]:
            clearest = np.float32(0)
            for run in range(runs):
                at = np.uint64((y * runs + run) * channels * LANES)
                for lane in range(LANES):
                    clearest = max(clearest, pixels[at + np.uint64(lane)])
            alive[y] = clearest >= MIN_TRANSMITTANCE
            still_open += alive[y]
    return still_open
