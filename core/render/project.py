"""From Gaussians in space to ellipses on the picture: EWA splatting, as in gsplat.

An ellipse is kept as one row of float32 numbers (:data:`FIELDS` of them). Its quadratic form is stored with
the square completed along the row::

    q(dx, dy) = (dx - slope * dy)^2 * a + dy^2 / var_y,    alpha = opacity * exp(-q / 2)

so that a row of pixels knows the middle and the half width of the part it crosses. It is also stable: the
usual conic subtracts nearly equal numbers for a long thin splat, and float32 loses it.
"""

import math

import numpy as np
from jaxtyping import Float32, Int64
from numba import njit, prange

MEAN_X, MEAN_Y = 0, 1
"""Centre, in pixels; an integer is the middle of a pixel."""
SLOPE = 2
"""Pixels the middle of the ellipse moves along x for one row down."""
NARROW = 3
"""Half width of a row is NARROW * sqrt(RADIUS_Y^2 - dy^2), in pixels."""
RADIUS_Y = 4
"""Rows beyond this many pixels from the centre fall under :data:`MIN_ALPHA`; negative: the splat is hidden."""
TILT = 5
"""dy, in pixels, where the ellipse reaches furthest to the right; -TILT to the left."""
HALF_A, HALF_C = 6, 7
"""-a / 2 and -1 / (2 var_y): the exponent is their sum over the two squares."""
OPACITY, RED, GREEN, BLUE, DEPTH = 8, 9, 10, 11, 12
FIELDS = 13

NEAR_CM = 1.0
"""Splats whose centre is nearer to the camera's plane than this are not drawn."""
BLUR_PX2 = np.float32(0.3)
"""Variance added to every ellipse so that none falls between the pixels (gsplat's eps2d)."""
MIN_ALPHA = np.float32(1 / 255)
"""A splat leaves a pixel alone where its alpha is less."""

_MARGIN = np.float32(0.3)
"""Past the picture's border by this share of it, the projection's slope is held constant (as in gsplat)."""
_MAX_RADIUS_PX = np.float32(1e7)
"""Ellipses above this size come from broken numbers; float32 could not place them anyway."""

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


@njit(parallel=True, fastmath=_FAST, error_model="numpy", cache=True, nogil=True)
def project(order, depths, means, quats, scales, opacities, colors, view, lens, width, height, rows):  # noqa: D417
    """Fill ``rows`` (m, FIELDS) with the ellipses of the splats named by ``order``.

    Args:
        order: int64 (m,), with ``depths`` float32 (m,) from :func:`depth_order`.
        view: float32 (4, 4), head frame to camera frame.
        lens: float32 (4,): fx, fy, cx, cy in pixels.
        width: float32, of the picture in pixels.
        height: float32, of the picture in pixels.
        rows: float32 (m, FIELDS), written. Splats that touch no pixel get a negative RADIUS_Y.
    """
    fx, fy, cx, cy = lens[0], lens[1], lens[2], lens[3]
    margin_x, margin_y = _MARGIN * np.float32(0.5) * width / fx, _MARGIN * np.float32(0.5) * height / fy
    for k in prange(order.shape[0]):
        i = order[k]
        rows[k, RADIUS_Y] = np.float32(-1)
        opacity = opacities[i]
        if not opacity > MIN_ALPHA:
            continue
        x, y, z = means[i, 0], means[i, 1], means[i, 2]
        inverse_z = np.float32(1) / depths[k]
        tan_x = (view[0, 0] * x + view[0, 1] * y + view[0, 2] * z + view[0, 3]) * inverse_z
        tan_y = (view[1, 0] * x + view[1, 1] * y + view[1, 2] * z + view[1, 3]) * inverse_z

        # Rows of J W: the projection's Jacobian (EWA) times the camera's rotation.
        held_x = min(max(tan_x, -cx / fx - margin_x), (width - cx) / fx + margin_x)
        held_y = min(max(tan_y, -cy / fy - margin_y), (height - cy) / fy + margin_y)
        jx, jy = fx * inverse_z, fy * inverse_z
        px = jx * (view[0, 0] - held_x * view[2, 0])
        py = jx * (view[0, 1] - held_x * view[2, 1])
        pz = jx * (view[0, 2] - held_x * view[2, 2])
        qx = jy * (view[1, 0] - held_y * view[2, 0])
        qy = jy * (view[1, 1] - held_y * view[2, 1])
        qz = jy * (view[1, 2] - held_y * view[2, 2])

        # J W R S, a 2x3 matrix with rows u and v; the covariance on the picture is its square.
        w, a, b, c = quats[i, 0], quats[i, 1], quats[i, 2], quats[i, 3]
        one = np.float32(1)
        s = np.float32(2) / (w * w + a * a + b * b + c * c)
        u0 = scales[i, 0] * (px * (one - s * (b * b + c * c)) + py * s * (a * b + w * c) + pz * s * (a * c - w * b))
        u1 = scales[i, 1] * (px * s * (a * b - w * c) + py * (one - s * (a * a + c * c)) + pz * s * (b * c + w * a))
        u2 = scales[i, 2] * (px * s * (a * c + w * b) + py * s * (b * c - w * a) + pz * (one - s * (a * a + b * b)))
        v0 = scales[i, 0] * (qx * (one - s * (b * b + c * c)) + qy * s * (a * b + w * c) + qz * s * (a * c - w * b))
        v1 = scales[i, 1] * (qx * s * (a * b - w * c) + qy * (one - s * (a * a + c * c)) + qz * s * (b * c + w * a))
        v2 = scales[i, 2] * (qx * s * (a * c + w * b) + qy * s * (b * c - w * a) + qz * (one - s * (a * a + b * b)))
        sharp_x, sharp_y = u0 * u0 + u1 * u1 + u2 * u2, v0 * v0 + v1 * v1 + v2 * v2
        var_x, var_y, cov = sharp_x + BLUR_PX2, sharp_y + BLUR_PX2, u0 * v0 + u1 * v1 + u2 * v2
        # det = var_x var_y - cov^2, by Lagrange's identity as a sum of squares: nothing cancels.
        n0, n1, n2 = u1 * v2 - u2 * v1, u2 * v0 - u0 * v2, u0 * v1 - u1 * v0
        det = n0 * n0 + n1 * n1 + n2 * n2 + BLUR_PX2 * (sharp_x + sharp_y + BLUR_PX2)

        # The ellipse ends where alpha falls to MIN_ALPHA, at q = cut.
        cut = np.float32(2) * math.log(opacity / MIN_ALPHA)
        radius_x, radius_y = math.sqrt(cut * var_x), math.sqrt(cut * var_y)
        mean_x, mean_y = fx * tan_x + cx - np.float32(0.5), fy * tan_y + cy - np.float32(0.5)
        # Written so that a NaN anywhere hides the splat.
        inside_x = mean_x + radius_x >= 0 and mean_x - radius_x < width
        inside_y = mean_y + radius_y >= 0 and mean_y - radius_y < height
        if not (inside_x and inside_y and radius_x < _MAX_RADIUS_PX and radius_y < _MAX_RADIUS_PX):
            continue
        rows[k, MEAN_X], rows[k, MEAN_Y] = mean_x, mean_y
        rows[k, SLOPE] = cov / var_y
        rows[k, NARROW] = math.sqrt(det) / var_y
        rows[k, RADIUS_Y] = radius_y
        rows[k, TILT] = cov * math.sqrt(cut / var_x)
        rows[k, HALF_A], rows[k, HALF_C] = np.float32(-0.5) * var_y / det, np.float32(-0.5) / var_y
        rows[k, OPACITY], rows[k, DEPTH] = opacity, depths[k]
        rows[k, RED], rows[k, GREEN], rows[k, BLUE] = colors[i, 0], colors[i, 1], colors[i, 2]
