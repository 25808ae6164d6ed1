"""Which ellipses touch which square tile of the picture, nearest first.

The lists of all tiles stand one after another in one array (CSR): tile ``t`` owns
``splats[starts[t] : starts[t + 1]]``.
"""

import math
from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Int32, Int64, Shaped
from numba import njit, prange

_CHUNKS = 8
"""Runs of splats binned independently; fixed, so that the lists do not depend on the number of threads."""


@dataclass(frozen=True)
class Tiling:
    """A picture cut into squares, row by row, with the splats that each needs."""

    size: int
    """Side of a tile in pixels, a power of two."""
    across: int
    """Tiles in one row of tiles."""
    starts: Int64[np.ndarray, " tiles_and_end"]
    """Where the list of each tile begins."""
    splats: Int32[np.ndarray, " hits"]
    """Indices of ellipses, increasing within a tile."""


def bin_into_tiles(ellipses: Shaped[np.ndarray, " m"], width: int, height: int, size: int) -> Tiling:
    """The tiles of a picture of ``width`` x ``height`` pixels, for ``ellipses`` (project.ELLIPSE) in depth order."""
    across, down = -(-width // size), -(-height // size)
    # Tile numbers by shifts: integer division would take most of the time here.
    shift = size.bit_length() - 1
    hits = np.zeros((_CHUNKS, across * down), np.int64)
    _visit(ellipses, width, height, shift, hits, np.empty(0, np.int32), False)

    # Tile by tile, and within a tile chunk by chunk: the depth order survives.
    starts = np.zeros(across * down + 1, np.int64)
    np.cumsum(hits.sum(0), out=starts[1:])
    cursors = starts[:-1] + np.cumsum(hits, 0) - hits
    splats = np.empty(starts[-1], np.int32)
    _visit(ellipses, width, height, shift, cursors, splats, True)
    return Tiling(size, across, starts, splats)


# No fast math here: the pass that counts and the pass that writes must agree to the last bit.
# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(parallel=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def _visit(ellipses, width, height, shift, cursors, splats, write):
    """Advance ``cursors`` (chunks, tiles) by one for each hit, and if ``write`` put the splat there."""
    size = 1 << shift
    across = (width + size - 1) >> shift
    for chunk in prange(cursors.shape[0]):
        first = chunk * ellipses.shape[0] // cursors.shape[0]
        last = (chunk + 1) * ellipses.shape[0] // cursors.shape[0]
        for k in range(first, last):
            ellipse = ellipses[k]
            radius = ellipse.radius_y
            if radius < 0:
                continue
            mean_y, tilt = ellipse.mean_y, ellipse.tilt
            top = max(math.ceil(mean_y - radius), 0)
            bottom = min(math.floor(mean_y + radius), height - 1)
            if top > bottom:
                continue
            for tile_y in range(top >> shift, (bottom >> shift) + 1):
                # An ellipse is convex: in a band of rows it reaches furthest at its tilt, or at the row next to it.
                low = np.float32(max(tile_y << shift, top)) - mean_y
                high = np.float32(min((tile_y << shift) + size - 1, bottom)) - mean_y
                right_at, left_at = min(max(tilt, low), high), min(max(-tilt, low), high)
                right_half = ellipse.narrow * math.sqrt(max(radius * radius - right_at * right_at, np.float32(0)))
                left_half = ellipse.narrow * math.sqrt(max(radius * radius - left_at * left_at, np.float32(0)))
                left = max(math.ceil(ellipse.mean_x + ellipse.slope * left_at - left_half), 0)
                right = min(math.floor(ellipse.mean_x + ellipse.slope * right_at + right_half), width - 1)
                if left > right:
                    continue
                for tile_x in range(left >> shift, (right >> shift) + 1):
                    tile = tile_y * across + tile_x
                    if write:
                        splats[cursors[chunk, tile]] = k
                    cursors[chunk, tile] += 1
