"""Gradients of the compositing: from the pictures back to the splats on the picture.

The splats of a tile are replayed front to back. What lies behind a splat is what the finished pixel shows less
what it has shown so far, so one pass is enough. With weights w_k, and g_k the gradient of the loss by w_k while
nothing else changes (a splat's colour, depth and presence, each times the gradient of its picture)::

    alpha_k dL/dalpha_k = w_k g_k - alpha_k / (1 - alpha_k) * sum over j behind k of w_j g_j

Sums over the pixels of a splat are its *moments*: a row of 10 numbers for an ellipse, 16 for a surfel, opacity,
red, green, blue and depth first. :mod:`core.render.project_backward` turns the others into gradients of means,
rotations and scales.
"""

from typing import no_type_check

import numpy as np
from numba import njit, prange

from core.render.project import MIN_ALPHA
from core.render.runs import CHECK_EVERY, LANES, MAX_ALPHA, fast_exp, retire, rows_of, runs_of, stretch_of
from core.render.surfels import LOW_PASS, MIN_W2

# Transmittance; sum of w g of the splats still to come; gradients by red, green, blue, by weight, by weight * depth.
_CHANNELS = 7
_RUN = _CHANNELS * LANES


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(parallel=True, fastmath=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def replay_ellipses(ellipses, starts, splats, tiles, size, pictures, gradients, moments):
    """Add up the moments of all ellipses.

    Args:
        ellipses: project.ELLIPSE (m), like all up to ``size`` as composite_ellipses had them.
        starts: int64 (t + 1,).
        splats: int32.
        tiles: int64 (t,).
        size: side of a tile in pixels.
        pictures: the finished color (h, w, 3), alpha (h, w) and depth (h, w), float32.
        gradients: of the loss by each of those, in the same shapes.
        moments: float32 (threads, m, 10), added to; one sheet for each thread.
    """
    across = (pictures[1].shape[1] + size - 1) // size
    for part in prange(moments.shape[0]):
        for turn in range(part, tiles.shape[0], moments.shape[0]):
            tile = tiles[turn]
            top, left = tile // across * size, tile % across * size
            start, height = starts[tile], min(size, pictures[1].shape[0] - top)
            sums = np.empty(5 * LANES, np.float32)
            pixels, alive = _open_tile(size, left, top, pictures, gradients)
            for k in range(starts[tile + 1] - start):
                splat = splats[start + k]
                _replay_ellipse(pixels, ellipses[splat], height, alive, left, top, sums, moments[part, splat])
                if k % CHECK_EVERY == CHECK_EVERY - 1 and retire(pixels, _CHANNELS, alive, height) == 0:
                    break


@njit(parallel=True, fastmath=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def replay_surfels(surfels, starts, splats, tiles, size, pictures, gradients, moments):
    """Add up the moments of all surfels (project.SURFEL), float32 (threads, m, 16), as replay_ellipses does."""
    across = (pictures[1].shape[1] + size - 1) // size
    for part in prange(moments.shape[0]):
        for turn in range(part, tiles.shape[0], moments.shape[0]):
            tile = tiles[turn]
            top, left = tile // across * size, tile % across * size
            start, height = starts[tile], min(size, pictures[1].shape[0] - top)
            sums = np.empty(5 * LANES, np.float32)
            pixels, alive = _open_tile(size, left, top, pictures, gradients)
            for k in range(starts[tile + 1] - start):
                splat = splats[start + k]
                _replay_surfel(pixels, surfels[splat], height, alive, left, top, sums, moments[part, splat])
                if k % CHECK_EVERY == CHECK_EVERY - 1 and retire(pixels, _CHANNELS, alive, height) == 0:
                    break


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _open_tile(size, left, top, pictures, gradients):
    """A tile's pixels before the first splat, and the rows whose gradients are not all zero."""
    color, alpha, depth = pictures
    color_bar, alpha_bar, depth_bar = gradients
    pixels = np.zeros(size * size * _CHANNELS, np.float32)
    alive = np.zeros(size, np.uint8)
    for y in range(top, min(top + size, alpha.shape[0])):
        for x in range(left, min(left + size, alpha.shape[1])):
            p = ((y - top) * (size // LANES) + (x - left) // LANES) * _RUN + (x - left) % LANES
            red, green, blue, weight = color_bar[y, x, 0], color_bar[y, x, 1], color_bar[y, x, 2], alpha_bar[y, x]
            # depth = sum(w z) / sum(w): by w its gradient is (z - depth) / sum(w), and those cancel over a pixel.
            by_depth = depth_bar[y, x] / alpha[y, x] if alpha[y, x] > 0 else np.float32(0)
            shown = color[y, x, 0] * red + color[y, x, 1] * green + color[y, x, 2] * blue
            pixels[p] = np.float32(1)
            pixels[p + LANES] = shown + alpha[y, x] * weight
            pixels[p + 2 * LANES], pixels[p + 3 * LANES], pixels[p + 4 * LANES] = red, green, blue
            pixels[p + 5 * LANES], pixels[p + 6 * LANES] = weight - by_depth * depth[y, x], by_depth
            if red != 0 or green != 0 or blue != 0 or weight != 0 or by_depth != 0:
                alive[y - top] = 1
    return pixels, alive


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _replay_ellipse(pixels, ellipse, height, alive, left, top, sums, moments):
    """Put one ellipse behind what the tile holds, and add what its pixels say to its moments.

    With e = alpha dL/dalpha, and s the distance from the middle of the row, the moments from the sixth on are sums
    of e s, e s^2, e s dy, e dy and e dy^2. ``sums`` is room for five runs.
    """
    size = alive.shape[0]
    zero = np.float32(0)
    sums[:] = zero
    sum_s, sum_ss, sum_sy, sum_y, sum_yy = zero, zero, zero, zero, zero
    first, last = rows_of(ellipse, top, height)
    for y in range(first, last + 1):
        if not alive[y]:
            continue
        dy, middle, half = stretch_of(ellipse, y, left, top)
        from_run, to_run = runs_of(middle, half, size)
        row_exponent = ellipse.half_c * dy * dy
        for run in range(from_run, to_run + 1):
            at = np.uint64((y * (size // LANES) + run) * _RUN)
            offset = np.float32(run * LANES) - middle
            run_e, run_s, run_ss = zero, zero, zero
            for lane in range(LANES):
                s = offset + np.float32(lane)
                raw = ellipse.opacity * fast_exp(ellipse.half_a * s * s + row_exponent)
                alpha = raw if raw < MAX_ALPHA else MAX_ALPHA
                alpha = alpha if abs(s) <= half else zero
                e = _replay_pixel(pixels, at + np.uint64(lane), np.uint64(lane), ellipse, raw, alpha, sums)
                run_e += e
                run_s += e * s
                run_ss += e * s * s
            sum_s += run_s
            sum_ss += run_ss
            sum_sy += run_s * dy
            sum_y += run_e * dy
            sum_yy += run_e * dy * dy
    _add_shown(moments, sums)
    moments[5] += sum_s
    moments[6] += sum_ss
    moments[7] += sum_sy
    moments[8] += sum_y
    moments[9] += sum_yy


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _replay_surfel(pixels, surfel, height, alive, left, top, sums, moments):
    """Put one surfel behind what the tile holds, and add what its pixels say to its moments.

    With e = alpha dL/dalpha, the moments from the sixth on are sums of e dx, e dy where the spot shows; and where
    the disc shows, of the gradients by n0, n1, w, then of each times dx, then of each times dy.
    ``sums`` is room for five runs. The names are those of core.render.surfels.
    """
    size = alive.shape[0]
    x0, y0, x1, y1, t0, t1 = surfel.x0, surfel.y0, surfel.x1, surfel.y1, surfel.t0, surfel.t1
    area, w_x = x0 * y1 - x1 * y0, t1 * y0 - t0 * y1
    centre_x, centre_y = surfel.centre_x - np.float32(left), surfel.centre_y - np.float32(top)
    zero = np.float32(0)
    sums[:] = zero
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
            spot, spot_x, k0, k1, k2, k0_x, k1_x, k2_x = zero, zero, zero, zero, zero, zero, zero, zero
            for lane in range(LANES):
                dx = offset + np.float32(lane)
                n0, n1, w = row_0 + dx * y1, row_1 - dx * y0, row_w + dx * w_x
                per_w2 = np.float32(1) / max(w * w, MIN_W2)
                per_w = w * per_w2
                u, v = n0 * per_w, n1 * per_w
                # Not u^2 + v^2, which is too little where w^2 is less than MIN_W2.
                disc_q, spot_q = (n0 * n0 + n1 * n1) * per_w2, LOW_PASS * (dx * dx + dy2)
                raw = surfel.opacity * fast_exp(max(np.float32(-0.5) * min(disc_q, spot_q), np.float32(-5.6)))
                alpha = raw if raw < MAX_ALPHA else MAX_ALPHA
                alpha = alpha if raw >= MIN_ALPHA else zero
                e = _replay_pixel(pixels, at + np.uint64(lane), np.uint64(lane), surfel, raw, alpha, sums)
                of_disc = e if disc_q <= spot_q else zero
                of_spot = e - of_disc
                of_disc *= per_w
                spot += of_spot
                spot_x += of_spot * dx
                k0 -= of_disc * u
                k1 -= of_disc * v
                k2 += of_disc * disc_q
                k0_x -= of_disc * u * dx
                k1_x -= of_disc * v * dx
                k2_x += of_disc * disc_q * dx
            _add_shape(moments, spot, spot_x, (k0, k1, k2), (k0_x, k1_x, k2_x), dy)
    _add_shown(moments, sums)


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _replay_pixel(pixels, p, lane, splat, raw, alpha, sums):
    """Show a splat in one pixel and add to the sums of its run; alpha dL/dalpha, 0 where alpha is clamped."""
    weight = alpha * pixels[p]
    pixels[p] -= weight
    by_red, by_green = pixels[p + np.uint64(2 * LANES)], pixels[p + np.uint64(3 * LANES)]
    by_blue, by_depth = pixels[p + np.uint64(4 * LANES)], pixels[p + np.uint64(6 * LANES)]
    g = pixels[p + np.uint64(5 * LANES)] + splat.depth * by_depth
    g += splat.red * by_red + splat.green * by_green + splat.blue * by_blue
    behind = pixels[p + np.uint64(LANES)] - weight * g
    pixels[p + np.uint64(LANES)] = behind
    e = weight * g - behind * alpha / (np.float32(1) - alpha)
    e = e if raw < MAX_ALPHA else np.float32(0)
    # Sums in memory, a lane each: adding up the lanes of every run would take longer.
    sums[lane] += e
    sums[lane + np.uint64(LANES)] += weight * by_red
    sums[lane + np.uint64(2 * LANES)] += weight * by_green
    sums[lane + np.uint64(3 * LANES)] += weight * by_blue
    sums[lane + np.uint64(4 * LANES)] += weight * by_depth
    return e


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _add_shown(moments, sums):
    """Add the sums over the lanes to the first five moments."""
    for m in range(5):
        moments[m] += sums[m * LANES : m * LANES + LANES].sum()


@njit(fastmath=True, error_model="numpy", inline="always")
@no_type_check
def _add_shape(moments, spot, spot_x, disc, disc_x, dy):
    """Add what a run of pixels says to the moments of a surfel's shape."""
    moments[5] += spot_x
    moments[6] += spot * dy
    for k in range(3):
        moments[7 + k] += disc[k]
        moments[10 + k] += disc_x[k]
        moments[13 + k] += disc[k] * dy
