"""Eyeballs: caps of splats with iris, pupil, limbal ring, catchlights and the shadow of the upper lid."""

import numpy as np
from jaxtyping import Float, Float32

from core.gaussians import quats_from_axes
from core.oklab import to_oklab, to_srgb
from core.rig.style import CartoonHead
from core.rig.surface import Geometry
from core.smoothstep import smoothstep
from core.spread import GOLDEN_ANGLE_RAD
from core.unit import unit

EYE_SPLATS = 1600
"""Of one eyeball."""
BLINK_RETREAT_CM = 0.55
"""How far an eyeball draws back while its lid closes, so that it never shines through the stretched lid."""
# The cap reaches past the corners of the lids, which hide the rest.
_CAP_RAD = np.radians(76)
# Splats lie closer together in the middle, where the iris has fine detail: below 0.5, further out would be finer.
_CROWDING = 0.62
# Behind the lids by this much, so that a closed lid hides the ball from every side.
_SUNK_CM = 0.13
_STEP_CM = 0.02

# The iris over the height of the opening and over the width of the ball: eyes that are narrow show less of it.
_IRIS_TO_OPENING, _IRIS_TO_BALL = 0.54, 0.66
# The upper lid covers more of it than the lower one.
_RAISED = 0.03
_PUPIL = 0.46
_WHITE = np.array((0.965, 0.962, 0.955), np.float32)
_PUPIL_LIGHTNESS = 0.1
_LIMBAL_DARK = 0.2
_GLOW, _TOP_DARK = 0.14, 0.12
_FIBRES = 0.018
# How deep the shadow of the upper lid reaches onto the ball, in cm, and how dark it is.
_LID_SHADOW_CM, _LID_SHADOW = 0.75, 0.26
_CORNER_SHADOW_CM, _CORNER_SHADOW = 0.5, 0.1
# Both eyes catch the same window, up on the light's side, and a smaller reflection opposite: x, y and size over the
# radius of the iris, and strength.
_CATCHLIGHTS = ((0.34, 0.4, 0.3, 1.0), (-0.4, -0.46, 0.13, 0.75))


def eye_geometry(head: CartoonHead, side: int) -> Geometry:
    """The splats of one eyeball, 0 the left and 1 the right, spread over its front."""
    t = (np.arange(EYE_SPLATS) + 0.5) / EYE_SPLATS
    polar = _CAP_RAD * t**_CROWDING
    azimuth = np.arange(EYE_SPLATS) * GOLDEN_ANGLE_RAD * (1 if side == 0 else -1)
    normals = np.stack(
        [np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], axis=1
    ).astype(np.float32)
    first = np.stack([np.cos(polar) * np.cos(azimuth), np.cos(polar) * np.sin(azimuth), -np.sin(polar)], axis=1)
    second = np.cross(normals, first)
    ball = head.eye_centres[side] - (0, 0, _SUNK_CM) + head.eye_radius * normals
    means = head.warp(ball)
    # The warp's derivative turns and stretches the splats with the ball.
    along = (head.warp(ball + _STEP_CM * first) - means) / _STEP_CM
    across = (head.warp(ball + _STEP_CM * second) - means) / _STEP_CM
    outward = unit(np.cross(along, across))
    area = 2 * np.pi * np.sin(polar) * _CAP_RAD * _CROWDING * t ** (_CROWDING - 1) / EYE_SPLATS
    spacing = head.eye_radius * np.sqrt(area)
    scales = np.stack(
        [
            spacing * 0.6 * np.linalg.norm(along, axis=1),
            spacing * 0.6 * np.linalg.norm(across, axis=1),
            spacing * 0.15,
        ],
        axis=1,
    )
    return Geometry(
        means, quats_from_axes(along, outward.astype(np.float32)), scales.astype(np.float32), outward.astype(np.float32)
    )


def eye_colors(
    head: CartoonHead,
    side: int,
    geometry: Geometry,
    opening: Float32[np.ndarray, "r 3"],
    iris: Float32[np.ndarray, "3"],
) -> tuple[Float32[np.ndarray, "n 3"], np.ndarray]:
    """Colours of an eyeball's splats, and which of them belong to the iris (with pupil and catchlights).

    Args:
        head: whose eye it is.
        side: 0 the left, 1 the right.
        geometry: from :func:`eye_geometry`.
        opening: the rim of the lids at rest, warped, from the outer corner along the upper lid and back;
            the gaze is level when the iris sits in its middle.
        iris: display sRGB.
    """
    front = head.warp(head.eye_centres[side : side + 1] + np.array((0, 0, head.eye_radius), np.float32))[0]
    low, high = opening.min(0), opening.max(0)
    middle, height = (low + high) / 2, high[1] - low[1]
    centre = np.array([0.5 * front[0] + 0.5 * middle[0], middle[1] + _RAISED * height])
    iris_cm = 0.5 * (_IRIS_TO_OPENING * height + _IRIS_TO_BALL * head.eye_radius)
    x, y = (geometry.means[:, :2] - centre).T / iris_cm
    radius = np.hypot(x, y)

    lab = np.tile(to_oklab(_WHITE), (len(x), 1))
    cover = (1 - smoothstep(0.95, 1.05, radius))[:, None]
    lab = lab * (1 - cover) + _iris(x, y, to_oklab(iris)) * cover
    below_lid, inside = _from_rim(geometry.means, opening)
    shadow = _LID_SHADOW * (1 - smoothstep(0.0, _LID_SHADOW_CM, below_lid))
    shadow += _CORNER_SHADOW * (1 - smoothstep(0.0, _CORNER_SHADOW_CM, inside))
    lab[:, 0] *= 1 - shadow
    # Light that comes through the lid is warm.
    lab[:, 1] += 0.02 * shadow
    colors = to_srgb(lab)
    for at_x, at_y, size, strength in _CATCHLIGHTS:
        spot = strength * (1 - smoothstep(size * 0.85, size * 1.1, np.hypot(x - at_x, y - at_y)))[:, None]
        colors = colors * (1 - spot) + spot
    return colors.astype(np.float32), radius < 1


def _iris(x: np.ndarray, y: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Oklab of iris and pupil at places over the radius of the iris (n, 3)."""
    radius = np.hypot(x, y)
    lab = np.tile(color, (len(x), 1))
    # Light enters above and leaves below: an iris is dark at the top and glows in a crescent at the bottom.
    crescent = smoothstep(0.1, 0.9, -y) * smoothstep(0.3, 0.6, radius) * (1 - smoothstep(0.72, 0.9, radius))
    lab[:, 0] += _GLOW * crescent - _TOP_DARK * smoothstep(0.0, 1.0, y) + 0.02
    lab[:, 1:] *= (1 + 0.5 * crescent)[:, None]
    lab[:, 0] += _FIBRES * np.sin(np.arctan2(y, x) * 19)
    lab[:, 0] -= _LIMBAL_DARK * smoothstep(0.76, 0.94, radius)
    pupil = (1 - smoothstep(_PUPIL - 0.05, _PUPIL + 0.05, radius))[:, None]
    lab = lab * (1 - pupil) + np.array([_PUPIL_LIGHTNESS, 0.0, 0.0]) * pupil
    return np.maximum(lab, (_PUPIL_LIGHTNESS, -1.0, -1.0))


def _from_rim(
    places: Float[np.ndarray, "n 3"], opening: Float32[np.ndarray, "r 3"]
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """How far places lie below the upper lid, and from the nearer corner, in cm, as seen from the front."""
    inner = int(np.argmin(np.abs(opening[:, 0])))
    upper = opening[: inner + 1]
    order = np.argsort(upper[:, 0])
    lid = np.interp(places[:, 0], upper[order, 0], upper[order, 1])
    corners = opening[[0, inner], 0]
    return lid - places[:, 1], np.minimum(places[:, 0] - corners.min(), corners.max() - places[:, 0])
