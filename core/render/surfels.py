"""From flat Gaussians in space to discs on the picture: 2D Gaussian splatting, exact in perspective.

A surfel lies in the plane of its first two axes; its third axis is the normal, whose scale is not used. The line
of sight of a pixel meets that plane at (u, v), in standard deviations. With d the pixel's offset from the
projected centre, and (x0, y0), (x1, y1) the pixels that one standard deviation of each axis spans there::

    n0 = d_x y1 - d_y x1,    n1 = d_y x0 - d_x y0,    w = (x0 y1 - x1 y0) - t0 n0 - t1 n1,
    (u, v) = (n0, n1) / w

which is the intersection of 2DGS written about the centre: float32 then loses nothing by the place of the
splat on the picture. As there, a splat seen from its edge keeps a spot of 0.7 pixels::

    q = min(u^2 + v^2, LOW_PASS * |d|^2),    alpha = opacity * exp(-q / 2)
"""

import math
from typing import no_type_check

import numpy as np
from numba import njit, prange

from core.render.project import MIN_ALPHA, along_axes, jacobian_row, outline, show

LOW_PASS = np.float32(2)
"""Inverse variance in 1/px^2 of the spot that every surfel covers at least (as in 2DGS and gsplat)."""
MIN_W2 = np.float32(1e-20)
"""Least square of w to divide by. Where w is less, the disc is seen from its edge or is far smaller than a pixel:
the spot shows in either case, and the quotient has only to stay finite."""
MIN_SCALE_CM = np.float32(1e-6)
"""Smaller discs are drawn at this size, which is less than a pixel by far and keeps the division defined."""

_HALF, _ONE, _TWO = np.float32(0.5), np.float32(1), np.float32(2)
_FAST = {"contract", "reassoc", "arcp", "nsz", "afn"}  # not the whole of it: NaN must stay NaN


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(parallel=True, fastmath=_FAST, error_model="numpy", cache=True, nogil=True)
@no_type_check
def project_surfels(order, depths, means, quats, scales, opacities, colors, view, lens, width, height, surfels):
    """Fill ``surfels`` (project.SURFEL) as :func:`core.render.project.project` fills ellipses.

    A surfel whose visible part reaches behind the camera is hidden: its outline would not be an ellipse.
    """
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    for k in prange(order.shape[0]):
        i = order[k]
        surfel = surfels[k]
        surfel.radius_y = -_ONE
        if not (opacities[i] > MIN_ALPHA and abs(colors[i, 0] + colors[i, 1] + colors[i, 2]) < np.inf):
            continue
        x, y, z, depth = means[i, 0], means[i, 1], means[i, 2], depths[k]
        tan_x = (view[0, 0] * x + view[0, 1] * y + view[0, 2] * z + view[0, 3]) / depth
        tan_y = (view[1, 0] * x + view[1, 1] * y + view[1, 2] * z + view[1, 3]) / depth
        s0, s1 = scales[i, 0], scales[i, 1]
        # Not max(), which may drop a NaN.
        s0, s1 = MIN_SCALE_CM if s0 < MIN_SCALE_CM else s0, MIN_SCALE_CM if s1 < MIN_SCALE_CM else s1
        x0, x1, _ = along_axes(jacobian_row(fx, tan_x, view[0], view[2], depth), quats[i])
        y0, y1, _ = along_axes(jacobian_row(fy, tan_y, view[1], view[2], depth), quats[i])
        t0, t1, _ = along_axes((view[2, 0] / depth, view[2, 1] / depth, view[2, 2] / depth), quats[i])
        x0, y0, t0, x1, y1, t1 = s0 * x0, s0 * y0, s0 * t0, s1 * x1, s1 * y1, s1 * t1

        # The image of the circle u^2 + v^2 = cut: an ellipse, moved and stretched along the tilt by perspective.
        cut = _TWO * math.log(opacities[i] / MIN_ALPHA)
        left = _ONE - cut * (t0 * t0 + t1 * t1)
        if not left > 0:
            continue
        along_x, along_y = x0 * t0 + x1 * t1, y0 * t0 + y1 * t1
        shift_x, shift_y = -cut / left * along_x, -cut / left * along_y
        stretch, unit = math.sqrt(cut / left), _ONE / math.sqrt(left)
        u = (x0 * unit, x1 * unit, along_x * unit * stretch)
        v = (y0 * unit, y1 * unit, along_y * unit * stretch)
        # The sum of two variances makes an ellipse that holds both the disc and the spot about the centre.
        spot = math.sqrt(_ONE / LOW_PASS) + math.sqrt((shift_x * shift_x + shift_y * shift_y) / cut)
        centre_x, centre_y = fx * tan_x + cx - _HALF, fy * tan_y + cy - _HALF
        outline(surfel, centre_x + shift_x, centre_y + shift_y, u, v, spot * spot, cut, width, height)
        surfel.centre_x, surfel.centre_y = centre_x, centre_y
        surfel.x0, surfel.y0, surfel.x1, surfel.y1, surfel.t0, surfel.t1 = x0, y0, x1, y1, t0, t1
        show(surfel, opacities[i], colors[i], depth)
