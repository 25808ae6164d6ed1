"""From Gaussians in space to ellipses on the picture: EWA splatting, as in gsplat.

The quadratic form of an :data:`ELLIPSE` is stored with the square completed along the row::

    q(dx, dy) = a * (dx - slope * dy)^2 + dy^2 / var_y,    alpha = opacity * exp(-q / 2)

so that a row of pixels knows the middle and the half width of the part it crosses. It is also stable: the
usual conic subtracts nearly equal numbers for a long thin splat, and float32 loses it.
"""

import math
from typing import no_type_check

import numpy as np
from jaxtyping import Float32, Int64
from numba import njit, prange

_OUTLINE = [
    ("mean_x", np.float32),  # middle in pixels; an integer is the middle of a pixel
    ("mean_y", np.float32),
    ("slope", np.float32),  # pixels the middle moves along x for one row down
    ("narrow", np.float32),  # a row's half width is narrow * sqrt(radius_y^2 - dy^2), in pixels
    ("radius_y", np.float32),  # half height in pixels; -1: hidden
    ("tilt", np.float32),  # dy in pixels where the rim is furthest right; at -tilt it is furthest left
]
"""An ellipse outside which a splat does not show."""
_SHOWN = [
    ("opacity", np.float32),
    ("red", np.float32),
    ("green", np.float32),
    ("blue", np.float32),
    ("depth", np.float32),  # camera z of the centre, in centimetres
]
"""What a splat shows inside its outline."""

ELLIPSE = np.dtype(
    [
        *_OUTLINE,  # here alpha is MIN_ALPHA at the rim
        ("half_a", np.float32),  # -a / 2, to multiply (dx - slope * dy)^2
        ("half_c", np.float32),  # -1 / (2 var_y), to multiply dy^2
        *_SHOWN,
    ]
)
"""One 3D Gaussian on the picture.

A record rather than column numbers: numba's cache does not see that a constant of another file changed, but
does see a type change.
"""

SURFEL = np.dtype(
    [
        *_OUTLINE,
        ("centre_x", np.float32),  # projection of the splat's centre, which is not quite the outline's middle
        ("centre_y", np.float32),
        ("x0", np.float32),  # pixels along x and y that the first axis of the disc spans, at the centre
        ("y0", np.float32),
        ("x1", np.float32),  # likewise the second axis
        ("y1", np.float32),
        ("t0", np.float32),  # share of the distance by which the end of the first axis is further away
        ("t1", np.float32),
        *_SHOWN,
    ]
)
"""One 2D Gaussian on the picture: see :mod:`core.render.surfels`."""

NEAR_CM = 1.0
"""Splats whose centre is nearer to the camera's plane than this are not drawn."""
BLUR_PX2 = np.float32(0.3)
"""Variance added to every ellipse so that none falls between the pixels (gsplat's eps2d)."""
MIN_ALPHA = np.float32(1 / 255)
"""A splat leaves a pixel alone where its alpha is less."""

_MARGIN = np.float32(0.15)
"""This share of the picture past its border, the slope of the projection stops growing (as in gsplat)."""
_MAX_RADIUS_PX = np.float32(1e7)
"""Ellipses above this size come from broken numbers; float32 could not place them anyway."""
_HIDDEN = np.float32(-1)
_HALF, _ONE, _TWO = np.float32(0.5), np.float32(1), np.float32(2)  # a plain 1 would turn float32 into float64

# Not the whole of fast math: splats with NaN or infinite numbers must compare as such, to be dropped.
_FAST = {"contract", "reassoc", "arcp", "nsz", "afn"}


def depth_order(
    means: Float32[np.ndarray, "n 3"], world_to_camera: Float32[np.ndarray, "4 4"]
) -> tuple[Int64[np.ndarray, " m"], Float32[np.ndarray, " m"]]:
    """The splats in front of the camera, nearest first, and their camera z in centimetres.

    Ties keep the order of ``means``, so a scene has one picture.
    """
    x, y, z, shift = world_to_camera[2]
    # Spelled out: a matrix product may round rows differently by their place in memory.
    depths = means[:, 0] * x + means[:, 1] * y + means[:, 2] * z + shift
    visible = np.flatnonzero((depths >= NEAR_CM) & (depths < np.inf))
    depths = depths[visible]
    # Positive floats sort like their bits. One integer of (depth, place) sorts fast, and stably.
    keys = (depths.view(np.uint32).astype(np.uint64) << np.uint64(32)) | np.arange(len(depths), dtype=np.uint64)
    keys.sort()
    place = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return visible[place], depths[place]


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(parallel=True, fastmath=_FAST, error_model="numpy", cache=True, nogil=True)
@no_type_check
def project(order, depths, means, quats, scales, opacities, colors, view, lens, width, height, ellipses):
    """Fill ``ellipses`` (m) with the splats named by ``order``; those that touch no pixel are hidden.

    Args:
        order: int64 (m), from :func:`depth_order`.
        depths: float32 (m), likewise.
        means: float32 (n, 3), like all that follow as in Gaussians.
        quats: float32 (n, 4).
        scales: float32 (n, 3).
        opacities: float32 (n).
        colors: float32 (n, 3).
        view: float32 (4, 4), head frame to camera frame.
        lens: float32 (4): fx, fy, cx, cy in pixels.
        width: float32, of the picture in pixels.
        height: float32, of the picture in pixels.
        ellipses: ELLIPSE (m), written.
    """
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    for k in prange(order.shape[0]):
        i = order[k]
        ellipse = ellipses[k]
        ellipse.radius_y = _HIDDEN
        # Written, like the test below, so that a NaN anywhere hides the splat.
        if not (opacities[i] > MIN_ALPHA and abs(colors[i, 0] + colors[i, 1] + colors[i, 2]) < np.inf):
            continue
        x, y, z, depth = means[i, 0], means[i, 1], means[i, 2], depths[k]
        tan_x = (view[0, 0] * x + view[0, 1] * y + view[0, 2] * z + view[0, 3]) / depth
        tan_y = (view[1, 0] * x + view[1, 1] * y + view[1, 2] * z + view[1, 3]) / depth

        # J W R S, a 2x3 matrix with rows u and v; the covariance on the picture is its square.
        row = jacobian_row(fx, limited(tan_x, fx, cx, width), view[0], view[2], depth)
        u0, u1, u2 = along_axes(row, quats[i])
        u0, u1, u2 = scales[i, 0] * u0, scales[i, 1] * u1, scales[i, 2] * u2
        row = jacobian_row(fy, limited(tan_y, fy, cy, height), view[1], view[2], depth)
        v0, v1, v2 = along_axes(row, quats[i])
        v0, v1, v2 = scales[i, 0] * v0, scales[i, 1] * v1, scales[i, 2] * v2
        cut = _TWO * math.log(opacities[i] / MIN_ALPHA)
        mean_x, mean_y = fx * tan_x + cx - _HALF, fy * tan_y + cy - _HALF
        var_y, det = outline(ellipse, mean_x, mean_y, (u0, u1, u2), (v0, v1, v2), BLUR_PX2, cut, width, height)
        ellipse.half_a, ellipse.half_c = -_HALF * var_y / det, -_HALF / var_y
        show(ellipse, opacities[i], colors[i], depth)


@njit(fastmath=_FAST, error_model="numpy")
@no_type_check
def outline(splat, mean_x, mean_y, u, v, blur, cut, width, height):
    """Write the ellipse where q reaches ``cut``, for a covariance u u, u v, v v plus ``blur``; var_y and det of that.

    The splat stays hidden if the ellipse lies outside the picture, or is no ellipse.
    """
    sharp_x, sharp_y = u[0] * u[0] + u[1] * u[1] + u[2] * u[2], v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    cov = u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
    var_x, var_y = sharp_x + blur, sharp_y + blur
    # det = var_x var_y - cov^2, by Lagrange's identity as a sum of squares: nothing cancels.
    n0, n1, n2 = u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]
    det = n0 * n0 + n1 * n1 + n2 * n2 + blur * (sharp_x + sharp_y + blur)
    radius_x, radius_y = math.sqrt(cut * var_x), math.sqrt(cut * var_y)
    inside_x = mean_x + radius_x >= 0 and mean_x - radius_x < width
    inside_y = mean_y + radius_y >= 0 and mean_y - radius_y < height
    if inside_x and inside_y and radius_x < _MAX_RADIUS_PX and radius_y < _MAX_RADIUS_PX:
        splat.mean_x, splat.mean_y, splat.radius_y = mean_x, mean_y, radius_y
        splat.slope, splat.narrow, splat.tilt = cov / var_y, math.sqrt(det) / var_y, cov * math.sqrt(cut / var_x)
    return var_y, det


@njit(error_model="numpy")
@no_type_check
def show(splat, opacity, color, depth):
    """Write what a splat shows."""
    splat.opacity, splat.red, splat.green, splat.blue, splat.depth = opacity, color[0], color[1], color[2], depth


@njit(fastmath=_FAST, error_model="numpy")
@no_type_check
def limited(tan, focal, centre, extent):
    """The slope of a line of sight at which the projection is taken to be linear."""
    # A splat far outside the picture would be smeared over it without this.
    margin = _MARGIN * extent / focal
    return min(max(tan, -centre / focal - margin), (extent - centre) / focal + margin)


@njit(fastmath=_FAST, error_model="numpy")
@no_type_check
def jacobian_row(focal, tan, across, forward, depth):
    """By how many pixels along one axis of the picture a centimetre of head space moves a point (row of J W)."""
    scale = focal / depth
    return (
        scale * (across[0] - tan * forward[0]),
        scale * (across[1] - tan * forward[1]),
        scale * (across[2] - tan * forward[2]),
    )


@njit(fastmath=_FAST, error_model="numpy")
@no_type_check
def along_axes(row, quat):
    """A row vector times the rotation matrix of a quaternion of any length."""
    x, y, z = row
    w, a, b, c = quat[0], quat[1], quat[2], quat[3]
    s = _TWO / (w * w + a * a + b * b + c * c)
    return (
        x * (_ONE - s * (b * b + c * c)) + y * s * (a * b + w * c) + z * s * (a * c - w * b),
        x * s * (a * b - w * c) + y * (_ONE - s * (a * a + c * c)) + z * s * (b * c + w * a),
        x * s * (a * c + w * b) + y * s * (b * c - w * a) + z * (_ONE - s * (a * a + b * b)),
    )
