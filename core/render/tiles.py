"""Which ellipses touch which square tile of the picture, nearest first.

The lists of all tiles stand one after another in one array (CSR): tile ``t`` owns
``splats[starts[t] : starts[t + 1]]``.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64
from numba import njit, prange

from core.render.project import MEAN_X, MEAN_Y, NARROW, RADIUS_Y, SLOPE, TILT

_CHUNKS = 8
"""Runs of splats binned independently; fixed, so that the lists do not depend on the number of threads."""


@dataclass(frozen=True)
class Tiling:
    """A picture cut into squares, row by row, with the splats that each needs."""

    size: int
    """Side of a tile in pixels."""
    across: int
    """Tiles in one row of tiles."""
    starts: Int64[np.ndarray, " t+1"]
    """Where the list of each tile begins."""
    splats: Int32[np.ndarray, " hits"]
    """Rows of the ellipses, increasing within a tile."""


def bin_into_tiles(rows: Float32[np.ndarray, "m fields"], width: int, height: int, size: int) -> Tiling:
    """The tiles of a picture of ``width`` x ``height`` pixels, for ellipses already in depth order."""
    across, down = -(-width // size), -(-height // size)
    hits = np.zeros((_CHUNKS, across * down), np.int64)
    _visit(rows, width, height, size, hits, np.empty(0, np.int32), False)

    # Tile by tile, and within a tile chunk by chunk: the depth order survives.
    starts = np.zeros(across * down + 1, np.int64)
    np.cumsum(hits.sum(0), out=starts[1:])
    cursors = starts[:-1] + np.cumsum(hits, 0) - hits
    splats = np.empty(starts[-1], np.int32)
    _visit(rows, width, height, size, cursors, splats, True)
    return Tiling(size, across, starts, splats)


# No fast math here: the pass that counts and the pass that writes must agree to the last bit.
@njit(parallel=True, error_model="numpy", cache=True, nogil=True)
def _visit(rows, width, height, size, cursors, splats, write):
    """Advance ``cursors`` (chunks, tiles) by one for each hit, and if ``write`` put the splat there."""
    across = (width + size - 1) // size
    for chunk in prange(cursors.shape[0]):
        first = chunk * rows.shape[0] // cursors.shape[0]
        last = (chunk + 1) * rows.shape[0] // cursors.shape[0]
        for k in range(first, last):
            radius = rows[k, RADIUS_Y]
            if radius < 0:
                continue
            mean_y, tilt = rows[k, MEAN_Y], rows[k, TILT]
            top = max(math.ceil(mean_y - radius), 0)
            bottom = min(math.floor(mean_y + radius), height - 1)
            for tile_y in range(top // size, bottom // size + 1) if top <= bottom else range(0):
                # An ellipse is convex: over a band of rows it is widest at TILT, or at the row next to it.
                low = np.float32(max(tile_y * size, top)) - mean_y
                high = np.float32(min(tile_y * size + size - 1, bottom)) - mean_y
                right_at, left_at = min(max(tilt, low), high), min(max(-tilt, low), high)
                right_half = rows[k, NARROW] * math.sqrt(max(radius * radius - right_at * right_at, np.float32(0)))
                left_half = rows[k, NARROW] * math.sqrt(max(radius * radius - left_at * left_at, np.float32(0)))
                left = max(math.ceil(rows[k, MEAN_X] + rows[k, SLOPE] * left_at - left_half), 0)
                right = min(math.floor(rows[k, MEAN_X] + rows[k, SLOPE] * right_at + right_half), width - 1)
                if left > right:
                    continue
                for tile_x in range(left // size, right // size + 1):
                    tile = tile_y * across + tile_x
                    if write:
                        splats[cursors[chunk, tile]] = k
                    cursors[chunk, tile] += 1
