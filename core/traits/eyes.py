"""Eyeballs: caps of splats with iris, pupil, limbal ring and catchlights."""

import numpy as np
from jaxtyping import Float32

from core.gaussians import quats_from_axes
from core.oklab import to_oklab, to_srgb
from core.rig.style import CartoonHead
from core.rig.surface import Geometry
from core.smoothstep import smoothstep

EYE_SPLATS = 1300
"""Of one eyeball."""
BLINK_RETREAT_CM = 0.4
"""How far an eyeball draws back while its lid closes, so that it never shines through the stretched lid."""
# The cap reaches past the corners of the lids, which hide the rest.
_CAP_RAD = np.radians(78)
_IRIS_TO_BALL = 0.55
_PUPIL_TO_IRIS = 0.4
# Behind the lids by this much, so that a closed lid hides the ball from every side.
_SUNK_CM = 0.13
_STEP_CM = 0.02


def eye_geometry(head: CartoonHead, side: int) -> Geometry:
    """The splats of one eyeball, 0 the left and 1 the right, evenly spread over its front."""
    k = np.arange(EYE_SPLATS) + 0.5
    polar = _CAP_RAD * np.sqrt(k / EYE_SPLATS)
    azimuth = k * np.pi * (3 - np.sqrt(5)) * (1 if side == 0 else -1)
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
    outward = np.cross(along, across)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    spacing = head.eye_radius * _CAP_RAD * np.sqrt(np.pi / EYE_SPLATS)
    scales = np.stack(
        [
            spacing * 0.62 * np.linalg.norm(along, axis=1),
            spacing * 0.62 * np.linalg.norm(across, axis=1),
            np.full(EYE_SPLATS, spacing * 0.15),
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
        opening: the rim of the lids at rest, warped; the gaze is level when the iris sits in its middle.
        iris: display sRGB.
    """
    front = head.warp(head.eye_centres[side : side + 1] + np.array((0, 0, head.eye_radius), np.float32))[0]
    middle = (opening.min(0) + opening.max(0)) / 2
    # The upper lid covers a little more of the iris than the lower one.
    front = np.array([0.6 * front[0] + 0.4 * middle[0], middle[1] + 0.04 * np.ptp(opening[:, 1])])
    growth = 1 + head.style.eye_growth[0]
    iris_cm = _IRIS_TO_BALL * head.eye_radius * growth
    x, y = (geometry.means[:, :2] - front).T / iris_cm
    radius = np.hypot(x, y)
    inside = radius < 1

    white = to_oklab(np.array((0.97, 0.965, 0.95), np.float32))
    lab = np.tile(white, (len(x), 1))
    # The ball darkens towards the corners, and under the upper lid and its lashes.
    lab[:, 0] -= 0.05 * np.clip(radius - 1.2, 0, 1.5) + 0.22 * smoothstep(0.62, 1.15, y)
    colour = to_oklab(iris)
    # Light enters above and leaves below: an iris is dark at the top and glows at the bottom.
    glow = 0.13 * (-y) + 0.03
    fibres = 0.02 * np.sin(np.arctan2(y, x) * 23)
    iris_lab = np.tile(colour, (len(x), 1))
    iris_lab[:, 0] += glow + fibres
    ring = smoothstep(0.78, 0.98, radius)
    iris_lab[:, 0] -= 0.2 * ring
    pupil = 1 - smoothstep(_PUPIL_TO_IRIS - 0.06, _PUPIL_TO_IRIS + 0.06, radius)
    iris_lab = iris_lab * (1 - pupil[:, None]) + np.array([0.12, 0, 0]) * pupil[:, None]
    cover = (1 - smoothstep(0.94, 1.06, radius))[:, None]
    lab = lab * (1 - cover) + iris_lab * cover
    lab[:, 0] -= 0.12 * smoothstep(0.45, 1.0, y) * inside
    colors = to_srgb(lab)
    # Both eyes catch the same window, up on the light's side, and a smaller reflection opposite.
    for at_x, at_y, size, strength in ((0.36, 0.4, 0.27, 1.0), (-0.36, -0.42, 0.13, 0.6)):
        spot = strength * (1 - smoothstep(size * 0.75, size * 1.15, np.hypot(x - at_x, y - at_y)))[:, None]
        colors = colors * (1 - spot) + spot
    return colors.astype(np.float32), inside
