"""Compositing of the ellipses of each tile, front to back.

Inside a tile a row of pixels is stored in runs of 16 (:data:`LANES`), and a run holds its channels one after
another: 16 transmittances, 16 reds, and so on. The innermost loop then always takes 16 steps at constant
offsets, which LLVM turns into vector instructions; it leaves a loop of 8 steps scalar, three times slower.
"""

import math
from typing import no_type_check

import numpy as np
from numba import njit, prange

LANES = 16
"""Pixels in a run; a tile's side is a multiple of it."""
MAX_ALPHA = np.float32(0.999)
"""No splat hides what is behind it completely (as in gsplat)."""
MIN_TRANSMITTANCE = np.float32(1e-4)
"""A row of pixels is finished when less than this share of what lies behind would show."""

_CHANNELS = 5  # transmittance, red, green, blue, depth
_RUN = _CHANNELS * LANES
_CHECK_EVERY = 16  # splats between two looks for finished rows


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _exp(x):
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
def _blend(pixels, ellipse, height, alive, left, top):
    """Put one ellipse behind what the tile at (left, top) holds."""
    size = alive.shape[0]
    mean_x, mean_y = ellipse.mean_x - np.float32(left), ellipse.mean_y - np.float32(top)
    half_a, opacity, radius = ellipse.half_a, ellipse.opacity, ellipse.radius_y
    red, green, blue, depth = ellipse.red, ellipse.green, ellipse.blue, ellipse.depth
    first = max(0, math.ceil(mean_y - radius))
    last = min(height - 1, math.floor(mean_y + radius))
    for y in range(first, last + 1):
        if not alive[y]:
            continue
        dy = np.float32(y) - mean_y
        middle = mean_x + ellipse.slope * dy
        half = ellipse.narrow * math.sqrt(max(radius * radius - dy * dy, np.float32(0)))
        if middle + half < 0 or middle - half > size - 1:
            continue
        from_run = max(0, math.ceil(middle - half)) // LANES
        to_run = min(size - 1, math.floor(middle + half)) // LANES
        row_exponent = ellipse.half_c * dy * dy
        for run in range(from_run, to_run + 1):
            # Unsigned: numba's wrap-around of negative indices would keep the loop from being vectorised.
            at = np.uint64((y * (size // LANES) + run) * _RUN)
            offset = np.float32(run * LANES) - middle
            for lane in range(LANES):
                dx = offset + np.float32(lane)
                alpha = opacity * _exp(half_a * dx * dx + row_exponent)
                alpha = alpha if alpha < MAX_ALPHA else MAX_ALPHA
                alpha = alpha if abs(dx) <= half else np.float32(0)
                p = at + np.uint64(lane)
                transmittance = pixels[p]
                weight = alpha * transmittance
                pixels[p] = transmittance - weight
                pixels[p + np.uint64(LANES)] += weight * red
                pixels[p + np.uint64(2 * LANES)] += weight * green
                pixels[p + np.uint64(3 * LANES)] += weight * blue
                pixels[p + np.uint64(4 * LANES)] += weight * depth


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _retire(pixels, alive, height):
    """Mark rows of pixels that nothing further would change; the number of rows still open."""
    runs = alive.shape[0] // LANES
    still_open = 0
    for y in range(height):
        if alive[y]:
            clearest = np.float32(0)
            for run in range(runs):
                at = np.uint64((y * runs + run) * _RUN)
                for lane in range(LANES):
                    clearest = max(clearest, pixels[at + np.uint64(lane)])
            alive[y] = clearest >= MIN_TRANSMITTANCE
            still_open += alive[y]
    return still_open


@njit(parallel=True, fastmath=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def composite(ellipses, starts, splats, tiles, size, color, alpha, depth):
    """Fill the pictures, tile by tile.

    Args:
        ellipses: project.ELLIPSE (m), in depth order.
        starts: int64 (t + 1,), with ``splats`` int32 the lists of a Tiling.
        splats: indices of ellipses.
        tiles: int64 (t,), the order in which to take the tiles.
        size: side of a tile in pixels, a multiple of LANES.
        color: float32 (h, w, 3), written: premultiplied.
        alpha: float32 (h, w), written.
        depth: float32 (h, w), written: the mean camera z in centimetres, 0 where alpha is 0.
    """
    height, width = alpha.shape
    across = (width + size - 1) // size
    runs = size // LANES
    for turn in prange(tiles.shape[0]):
        tile = tiles[turn]
        top, left = tile // across * size, tile % across * size
        tile_height, tile_width = min(size, height - top), min(size, width - left)
        pixels = np.zeros(size * runs * _RUN, np.float32)
        for y in range(tile_height):
            # Columns past the border start with transmittance 0 and so stay out of _retire's way.
            for x in range(tile_width):
                pixels[(y * runs + x // LANES) * _RUN + x % LANES] = np.float32(1)
        alive = np.ones(size, np.uint8)
        start = starts[tile]
        for k in range(starts[tile + 1] - start):
            _blend(pixels, ellipses[splats[start + k]], tile_height, alive, left, top)
            if k % _CHECK_EVERY == _CHECK_EVERY - 1 and _retire(pixels, alive, tile_height) == 0:
                break
        for y in range(tile_height):
            for x in range(tile_width):
                p = (y * runs + x // LANES) * _RUN + x % LANES
                covered = np.float32(1) - pixels[p]
                alpha[top + y, left + x] = covered
                color[top + y, left + x, 0] = pixels[p + LANES]
                color[top + y, left + x, 1] = pixels[p + 2 * LANES]
                color[top + y, left + x, 2] = pixels[p + 3 * LANES]
                depth[top + y, left + x] = pixels[p + 4 * LANES] / covered if covered > 0 else np.float32(0)
