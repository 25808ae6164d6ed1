"""Gradients of the projection: from the moments of a splat on the picture to its place, rotation and size.

Everything a splat is on the picture follows from a few products of its axes R with three directions: the rows of
J W along x and y, and the line of sight over the depth. Both kinds of splat therefore share the way back from
there (:func:`_to_parameters`), and differ in how their moments become gradients of these products.
"""

from typing import no_type_check

import numpy as np
from numba import njit, prange

from core.render.project import along_axes, jacobian_row, limited

_ZERO, _ONE, _TWO = np.float32(0), np.float32(1), np.float32(2)


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(parallel=True, fastmath=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def ellipse_gradients(ellipses, moments, normal_bars, order, means, quats, scales, view, lens, size, out):
    """Write the gradients of the 3D Gaussians named by ``order``; the others keep what ``out`` holds.

    Args:
        ellipses: project.ELLIPSE (m).
        moments: float32 (m, 10), from raster_backward.replay_ellipses.
        normal_bars: float32 (m, 3), gradient by the third axis as a direction in head space.
        order: int64 (m), into the arrays that follow.
        means: float32 (n, 3).
        quats: float32 (n, 4).
        scales: float32 (n, 3).
        view: float32 (4, 4), head frame to camera frame.
        lens: float32 (4): fx, fy, cx, cy in pixels.
        size: float32 (2), width and height of the picture in pixels.
        out: gradients of means, quats, scales, opacities and colors, written.
    """
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    for k in prange(order.shape[0]):
        ellipse, m, i = ellipses[k], moments[k], order[k]
        if ellipse.radius_y < 0:
            continue
        half_a, slope, half_c = ellipse.half_a, ellipse.slope, ellipse.half_c
        # Gradients by the middle of the ellipse, and by its variances: q = a (dx - slope dy)^2 + dy^2 / var_y.
        by_mean_x, by_mean_y = -_TWO * half_a * m[5], _TWO * half_a * slope * m[5] - _TWO * half_c * m[8]
        by_var_x = _TWO * half_a * half_a * m[6]
        by_slope = -_TWO * half_a * m[7]
        by_cov = -_TWO * slope * by_var_x - _TWO * half_c * by_slope
        by_var_y = slope * slope * by_var_x + _TWO * half_c * slope * by_slope + _TWO * half_c * half_c * m[9]

        x, y, z = means[i, 0], means[i, 1], means[i, 2]
        depth = ellipse.depth
        tan_x = (view[0, 0] * x + view[0, 1] * y + view[0, 2] * z + view[0, 3]) / depth
        tan_y = (view[1, 0] * x + view[1, 1] * y + view[1, 2] * z + view[1, 3]) / depth
        near_x, near_y = limited(tan_x, fx, cx, size[0]), limited(tan_y, fy, cy, size[1])
        row_x, row_y = (
            jacobian_row(fx, near_x, view[0], view[2], depth),
            jacobian_row(fy, near_y, view[1], view[2], depth),
        )
        u0, u1, u2 = along_axes(row_x, quats[i])
        v0, v1, v2 = along_axes(row_y, quats[i])
        s = scales[i]
        u0, u1, u2, v0, v1, v2 = s[0] * u0, s[1] * u1, s[2] * u2, s[0] * v0, s[1] * v1, s[2] * v2
        xx, yy, xy = _TWO * by_var_x, _TWO * by_var_y, by_cov
        du = (xx * u0 + xy * v0, xx * u1 + xy * v1, xx * u2 + xy * v2)
        dv = (yy * v0 + xy * u0, yy * v1 + xy * u1, yy * v2 + xy * u2)
        follow_x, follow_y = _ONE if near_x == tan_x else _ZERO, _ONE if near_y == tan_y else _ZERO
        _shown_gradients(i, ellipse.opacity, m, out)
        _to_parameters(
            i, (du, dv, (_ZERO, _ZERO, _ZERO)), (row_x, row_y), (tan_x, tan_y), (follow_x, follow_y),
            (by_mean_x, by_mean_y, m[4]), normal_bars[k], depth, quats[i], scales[i], view, lens, out,
        )  # fmt: skip


@njit(parallel=True, fastmath=True, error_model="numpy", cache=True, nogil=True)
@no_type_check
def surfel_gradients(surfels, moments, normal_bars, order, means, quats, scales, view, lens, size, out):
    """Write the gradients of the surfels named by ``order`` (see :func:`ellipse_gradients`).

    ``surfels`` is project.SURFEL (m), ``moments`` float32 (m, 16).
    """
    fx, fy = lens[0], lens[1]
    for k in prange(order.shape[0]):
        surfel, m, i = surfels[k], moments[k], order[k]
        if surfel.radius_y < 0:
            continue
        x0, y0, x1, y1, t0, t1 = surfel.x0, surfel.y0, surfel.x1, surfel.y1, surfel.t0, surfel.t1
        # w = area - t0 n0 - t1 n1, so what reaches w reaches n0 and n1 too; each name is a sum over pixels.
        n0, n0_x, n0_y = m[7] - t0 * m[9], m[10] - t0 * m[12], m[13] - t0 * m[15]
        n1, n1_x, n1_y = m[8] - t1 * m[9], m[11] - t1 * m[12], m[14] - t1 * m[15]
        du = (n1_y + m[9] * y1, -n0_y - m[9] * y0, _ZERO)
        dv = (-n1_x - m[9] * x1, n0_x + m[9] * x0, _ZERO)
        dt = (x1 * m[15] - y1 * m[12], y0 * m[12] - x0 * m[15], _ZERO)
        by_mean_x, by_mean_y = _TWO * m[5] - n0 * y1 + n1 * y0, _TWO * m[6] + n0 * x1 - n1 * x0

        x, y, z = means[i, 0], means[i, 1], means[i, 2]
        depth = surfel.depth
        tan_x = (view[0, 0] * x + view[0, 1] * y + view[0, 2] * z + view[0, 3]) / depth
        tan_y = (view[1, 0] * x + view[1, 1] * y + view[1, 2] * z + view[1, 3]) / depth
        row_x, row_y = (
            jacobian_row(fx, tan_x, view[0], view[2], depth),
            jacobian_row(fy, tan_y, view[1], view[2], depth),
        )
        _shown_gradients(i, surfel.opacity, m, out)
        _to_parameters(
            i, (du, dv, dt), (row_x, row_y), (tan_x, tan_y), (_ONE, _ONE),
            (by_mean_x, by_mean_y, m[4]), normal_bars[k], depth, quats[i], scales[i], view, lens, out,
        )  # fmt: skip


@njit(fastmath=True, error_model="numpy")
@no_type_check
def _shown_gradients(i, opacity, moments, out):
    """Gradients of opacity and colour."""
    out[3][i] = moments[0] / opacity
    out[4][i, 0], out[4][i, 1], out[4][i, 2] = moments[1], moments[2], moments[3]


@njit(fastmath=True, error_model="numpy")
@no_type_check
def _to_parameters(i, bars, rows, tans, follow, by_place, normal_bar, depth, quat, scale, view, lens, out):
    """From gradients by scaled products of axes and directions to gradients of mean, rotation and scales.

    Args:
        i: the splat's place in ``out``.
        bars: for the directions x, y and sight: gradients by scale_k (direction . axis_k), three each.
        rows: the directions x and y.
        tans: slopes of the line of sight to the centre.
        follow: 1 where the direction moves with the centre, 0 where it is held at the picture's margin.
        by_place: gradients by the projected centre in pixels and by its depth.
        normal_bar: gradient by the third axis.
        depth: camera z of the centre.
        quat: wxyz, of any length.
        scale: three standard deviations.
        view: head frame to camera frame.
        lens: fx, fy, cx, cy.
        out: see :func:`ellipse_gradients`.
    """
    x, y, forward = rows[0], rows[1], view[2]
    sight = (forward[0] / depth, forward[1] / depth, forward[2] / depth)
    px, py, ps = along_axes(x, quat), along_axes(y, quat), along_axes(sight, quat)
    for k in range(3):
        out[2][i, k] = bars[0][k] * px[k] + bars[1][k] * py[k] + bars[2][k] * ps[k]
    # Gradients by direction . axis_k without the scale.
    bx = (scale[0] * bars[0][0], scale[1] * bars[0][1], scale[2] * bars[0][2])
    by = (scale[0] * bars[1][0], scale[1] * bars[1][1], scale[2] * bars[1][2])
    bs = (scale[0] * bars[2][0], scale[1] * bars[2][1], scale[2] * bars[2][2])
    n = normal_bar
    _to_quat(
        i,
        (x[0] * bx[0] + y[0] * by[0] + sight[0] * bs[0], x[1] * bx[0] + y[1] * by[0] + sight[1] * bs[0],
         x[2] * bx[0] + y[2] * by[0] + sight[2] * bs[0]),
        (x[0] * bx[1] + y[0] * by[1] + sight[0] * bs[1], x[1] * bx[1] + y[1] * by[1] + sight[1] * bs[1],
         x[2] * bx[1] + y[2] * by[1] + sight[2] * bs[1]),
        (x[0] * bx[2] + y[0] * by[2] + n[0], x[1] * bx[2] + y[1] * by[2] + n[1], x[2] * bx[2] + y[2] * by[2] + n[2]),
        quat,
        out[1],
    )  # fmt: skip
    # A direction's own gradient is a sum of axes; only its parts along the view's rows are needed.
    fp = along_axes((forward[0], forward[1], forward[2]), quat)
    by_tan_x = -lens[0] / depth * (fp[0] * bx[0] + fp[1] * bx[1] + fp[2] * bx[2]) * follow[0] + lens[0] * by_place[0]
    by_tan_y = -lens[1] / depth * (fp[0] * by[0] + fp[1] * by[1] + fp[2] * by[2]) * follow[1] + lens[1] * by_place[1]
    shrink = _ZERO
    for k in range(3):
        shrink += px[k] * bx[k] + py[k] * by[k] + ps[k] * bs[k]
    by_x, by_y = by_tan_x / depth, by_tan_y / depth
    by_z = by_place[2] - (by_tan_x * tans[0] + by_tan_y * tans[1] + shrink) / depth
    for k in range(3):
        out[0][i, k] = view[0, k] * by_x + view[1, k] * by_y + view[2, k] * by_z


@njit(fastmath=True, error_model="numpy")
@no_type_check
def _to_quat(i, a, b, c, quat, out):
    """From the gradients ``a``, ``b``, ``c`` by the three columns of a rotation matrix to that of its quaternion."""
    length = np.sqrt(quat[0] * quat[0] + quat[1] * quat[1] + quat[2] * quat[2] + quat[3] * quat[3])
    w, x, y, z = quat[0] / length, quat[1] / length, quat[2] / length, quat[3] / length
    by_w = _TWO * (z * (a[1] - b[0]) + y * (c[0] - a[2]) + x * (b[2] - c[1]))
    by_x = _TWO * (y * (b[0] + a[1]) + z * (c[0] + a[2]) + w * (b[2] - c[1]) - _TWO * x * (b[1] + c[2]))
    by_y = _TWO * (x * (b[0] + a[1]) + z * (b[2] + c[1]) + w * (c[0] - a[2]) - _TWO * y * (a[0] + c[2]))
    by_z = _TWO * (x * (c[0] + a[2]) + y * (b[2] + c[1]) + w * (a[1] - b[0]) - _TWO * z * (a[0] + b[1]))
    # Lengthening a quaternion does not turn it.
    along = by_w * w + by_x * x + by_y * y + by_z * z
    out[i, 0], out[i, 1] = (by_w - along * w) / length, (by_x - along * x) / length
    out[i, 2], out[i, 3] = (by_y - along * y) / length, (by_z - along * z) / length
