"""Compositing of the splats of each tile, front to back (see :mod:`core.render.runs` for the pixels)."""

from typing import no_type_check

import numpy as np
from numba import njit, prange

from core.render.project import MIN_ALPHA
from core.render.runs import CHECK_EVERY, LANES, MAX_ALPHA, fast_exp, retire, rows_of, runs_of, stretch_of
from core.render.surfels import LOW_PASS, MIN_W2

_CHANNELS = 5  # transmittance, red, green, blue, depth
_RUN = _CHANNELS * LANES


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(parallel=True, fastmath=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def composite_ellipses(ellipses, starts, splats, tiles, size, color, alpha, depth):
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
    for turn in prange(tiles.shape[0]):
        tile = tiles[turn]
        top, left = tile // across * size, tile % across * size
        tile_height, tile_width = min(size, height - top), min(size, width - left)
        pixels = _clear_tile(size, tile_height, tile_width)
        alive = np.ones(size, np.uint8)
        start = starts[tile]
        for k in range(starts[tile + 1] - start):
            _blend_ellipse(pixels, ellipses[splats[start + k]], tile_height, alive, left, top)
            if k % CHECK_EVERY == CHECK_EVERY - 1 and retire(pixels, _CHANNELS, alive, tile_height) == 0:
                break
        _hand_over(pixels, size, tile_height, tile_width, left, top, color, alpha, depth)


@njit(parallel=True, fastmath=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def composite_surfels(surfels, starts, splats, tiles, size, color, alpha, depth):
    """Fill the pictures as :func:`composite_ellipses` does, with project.SURFEL (m)."""
    height, width = alpha.shape
    across = (width + size - 1) // size
    for turn in prange(tiles.shape[0]):
        tile = tiles[turn]
        top, left = tile // across * size, tile % across * size
        tile_height, tile_width = min(size, height - top), min(size, width - left)
        pixels = _clear_tile(size, tile_height, tile_width)
        alive = np.ones(size, np.uint8)
        start = starts[tile]
        for k in range(starts[tile + 1] - start):
            _blend_surfel(pixels, surfels[splats[start + k]], tile_height, alive, left, top)
            if k % CHECK_EVERY == CHECK_EVERY - 1 and retire(pixels, _CHANNELS, alive, tile_height) == 0:
                break
        _hand_over(pixels, size, tile_height, tile_width, left, top, color, alpha, depth)


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _clear_tile(size, height, width):
    """A tile's pixels before the first splat."""
    pixels = np.zeros(size * size * _CHANNELS, np.float32)
    for y in range(height):
        # Columns past the border start with transmittance 0 and so stay out of the way of retire.
        for x in range(width):
            pixels[(y * (size // LANES) + x // LANES) * _RUN + x % LANES] = np.float32(1)
    return pixels


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _blend_ellipse(pixels, ellipse, height, alive, left, top):
    """Put one ellipse behind what the tile at (left, top) holds."""
    size = alive.shape[0]
    half_a, opacity = ellipse.half_a, ellipse.opacity
    red, green, blue, depth = ellipse.red, ellipse.green, ellipse.blue, ellipse.depth
    first, last = rows_of(ellipse, top, height)
    for y in range(first, last + 1):
        if not alive[y]:
            continue
        dy, middle, half = stretch_of(ellipse, y, left, top)
        from_run, to_run = runs_of(middle, half, size)
        row_exponent = ellipse.half_c * dy * dy
        for run in range(from_run, to_run + 1):
            # Unsigned: numba's wrap-around of negative indices would keep the loop from being vectorised.
            at = np.uint64((y * (size // LANES) + run) * _RUN)
            offset = np.float32(run * LANES) - middle
            for lane in range(LANES):
                dx = offset + np.float32(lane)
                alpha = opacity * fast_exp(half_a * dx * dx + row_exponent)
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
def _blend_surfel(pixels, surfel, height, alive, left, top):
    """Put one surfel behind what the tile at (left, top) holds. The names are those of core.render.surfels."""
    size = alive.shape[0]
    x0, y0, x1, y1, t0, t1 = surfel.x0, surfel.y0, surfel.x1, surfel.y1, surfel.t0, surfel.t1
    opacity, red, green, blue, depth = surfel.opacity, surfel.red, surfel.green, surfel.blue, surfel.depth
    area, w_x = x0 * y1 - x1 * y0, t1 * y0 - t0 * y1
    centre_x, centre_y = surfel.centre_x - np.float32(left), surfel.centre_y - np.float32(top)
    first, last = rows_of(surfel, top, height)
    for y in range(first, last + 1):
        if not alive[y]:
            continue
        _, middle, half = stretch_of(surfel, y, left, top)
        from_run, to_run = runs_of(middle, half, size)
        dy = np.float32(y) - centre_y
        row_0, row_1, dy2 = -dy * x1, dy * x0, dy * dy
        row_w = area - t0 * row_0 - t1 * row_1
        for run in range(from_run, to_run + 1):
            at = np.uint64((y * (size // LANES) + run) * _RUN)
            offset = np.float32(run * LANES) - centre_x
            for lane in range(LANES):
                dx = offset + np.float32(lane)
                n0, n1, w = row_0 + dx * y1, row_1 - dx * y0, row_w + dx * w_x
                q = (n0 * n0 + n1 * n1) / max(w * w, MIN_W2)
                q = min(q, LOW_PASS * (dx * dx + dy2))
                alpha = opacity * fast_exp(max(np.float32(-0.5) * q, np.float32(-5.6)))
                alpha = alpha if alpha >= MIN_ALPHA else np.float32(0)
                alpha = alpha if alpha < MAX_ALPHA else MAX_ALPHA
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
def _hand_over(pixels, size, height, width, left, top, color, alpha, depth):
    """Copy a finished tile into the pictures."""
    for y in range(height):
        for x in range(width):
            p = (y * (size // LANES) + x // LANES) * _RUN + x % LANES
            covered = np.float32(1) - pixels[p]
            alpha[top + y, left + x] = covered
            color[top + y, left + x, 0] = pixels[p + LANES]
            color[top + y, left + x, 1] = pixels[p + 2 * LANES]
            color[top + y, left + x, 2] = pixels[p + 3 * LANES]
            depth[top + y, left + x] = pixels[p + 4 * LANES] / covered if covered > 0 else np.float32(0)
