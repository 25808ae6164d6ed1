"""Glasses: two rims, a bridge and temples, as wide, high, dark and tinted as in the photo."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.gaussians import Gaussians, concatenate, quats_from_axes
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.oklab import to_oklab, to_srgb
from core.rig.masks import eroded
from core.rig.sculpt import Sculpt
from core.rig.shading import lit
from core.rig.sight import Sight

_MIN_PIXELS = 700
_WIRE_CM = 0.09
# Of a superellipse: between an oval (2) and a rectangle.
_SQUARENESS = 3.2
_IN_FRONT_CM = 0.95
_TEMPLE_END = np.array((7.6, 1.6, -1.2))


@dataclass(frozen=True)
class Glasses:
    """Measured glasses; lengths in cm."""

    half_width: float
    half_height: float
    drop: float
    """How far the lenses' middle lies below the eyes' (negative: above)."""
    color: Float32[np.ndarray, "3"]
    """Of the frame, display sRGB."""
    tint: float
    """How dark the lenses are: 0 clear, 1 sunglasses."""


def measure_glasses(sight: Sight) -> tuple[Glasses | None, str]:
    """The glasses of a portrait, None without any; and a sentence if they could not be read."""
    fit, portrait = sight.fit, sight.portrait
    mask = portrait.mask("glasses")
    if mask.sum() < _MIN_PIXELS:
        return None, ""
    rows, columns = np.nonzero(mask)
    # Lenses show eyes and skin through them, so the outline is what counts: robust extremes.
    left, right = np.quantile(columns, (0.01, 0.99))
    top, bottom = np.quantile(rows, (0.02, 0.98))
    eyes = [portrait.points[list(rim), :2].mean(0) for rim in (LEFT_EYE, RIGHT_EYE)]
    turned = max(np.cos(np.radians(fit.yaw_deg)), 0.7)
    reach = (right - left) / 2 / fit.scale / turned
    apart = np.linalg.norm(eyes[0] - eyes[1]) / 2 / fit.scale / turned
    lab = portrait.lab
    edge = lab[mask & ~eroded(mask, 3)]
    dark = edge[edge[:, 0] <= np.quantile(edge[:, 0], 0.3)]
    inner = lab[eroded(mask, 6)]
    skin = np.median(lab[portrait.mask("skin")][:, 0]) if portrait.mask("skin").any() else 0.7
    lens = np.median(inner[:, 0]) if len(inner) > 300 else skin
    glasses = Glasses(
        half_width=float(np.clip(reach - apart, 2.0, 3.1)),
        half_height=float(np.clip((bottom - top) / 2 / fit.scale, 1.3, 2.5)),
        drop=float(np.clip(((top + bottom) / 2 - (eyes[0][1] + eyes[1][1]) / 2) / fit.scale, -0.3, 0.9)),
        color=to_srgb(np.median(dark, axis=0).astype(np.float32)).astype(np.float32),
        tint=float(np.clip((skin - lens - 0.18) / 0.15, 0, 1)),
    )
    return glasses, ""


def glasses_splats(sculpt: Sculpt, glasses: Glasses) -> Gaussians:
    """The glasses on a head at rest."""
    landmarks = sculpt.landmarks
    parts = []
    inner = []
    for rim, sign in ((LEFT_EYE, 1.0), (RIGHT_EYE, -1.0)):
        eye = landmarks[list(rim)]
        size = np.ptp(eye[:, :2], axis=0) / 2
        centre = (eye.min(0) + eye.max(0)) / 2 - (0, 0.6 * glasses.drop, 0)
        # The cartoon's eyes are larger than the measured: the lenses always leave them room.
        half = np.maximum((glasses.half_width * 1.06, glasses.half_height * 1.06), size * (1.22, 1.5))
        outline = _rim(centre, half, sign, float(landmarks[:, 2].max()))
        parts.append(_wire(outline, _WIRE_CM * 1.15, glasses.color, closed=True))
        if glasses.tint > 0.15:
            parts.append(_lens(outline, glasses))
        inner.append(outline[np.argmin(sign * outline[:, 0] - 0.2 * outline[:, 1])])
        hinge = outline[np.argmax(sign * outline[:, 0] + 0.4 * outline[:, 1])]
        t = np.linspace(0, 1, 40)[:, None]
        side = np.array((sign * max(abs(hinge[0]) + 0.35, 7.3), hinge[1], hinge[2] - 1.2))
        end = _TEMPLE_END * (sign, 1, 1)
        temple = (1 - t) ** 2 * hinge + 2 * t * (1 - t) * side + t**2 * end
        parts.append(_wire(temple, _WIRE_CM, glasses.color, closed=False))
    t = np.linspace(0, 1, 14)[:, None]
    middle = (inner[0] + inner[1]) / 2 + (0, 0.35, 0.3)
    bridge = (1 - t) ** 2 * inner[0] + 2 * t * (1 - t) * middle + t**2 * inner[1]
    parts.append(_wire(bridge, _WIRE_CM, glasses.color, closed=False))
    return concatenate(parts)


def _rim(centre: np.ndarray, half: np.ndarray, sign: float, front_z: float) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    cos, sin = np.cos(turn), np.sin(turn)
    power = 2 / _SQUARENESS
    x = centre[0] + half[0] * np.sign(cos) * np.abs(cos) ** power
    y = centre[1] + half[1] * np.sign(sin) * np.abs(sin) ** power
    # The frame follows the face: further back at the temples.
    z = centre[2] + _IN_FRONT_CM + 0.35 - 0.1 * np.clip(sign * (x - centre[0]), -2, 9) - 0.03 * x**2 * (sign * x > 4)
    return np.stack([x, y, np.minimum(z, front_z)], axis=1)


def _wire(line: np.ndarray, radius: float, color: np.ndarray, closed: bool) -> Gaussians:
    tangent = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    if not closed:
        tangent[0], tangent[-1] = line[1] - line[0], line[-1] - line[-2]
    step = np.linalg.norm(tangent, axis=1) / 2
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    # Four splats round each point give the wire a lit and a shaded side.
    turns = np.arange(4) * np.pi / 2 + np.pi / 4
    side = np.cross(tangent, (0.0, 0.0, 1.0))
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    other = np.cross(tangent, side)
    normals = side[:, None] * np.cos(turns)[None, :, None] + other[:, None] * np.sin(turns)[None, :, None]
    means = line[:, None] + 0.6 * radius * normals
    count = means.shape[0] * means.shape[1]
    scales = np.empty((count, 3), np.float32)
    scales[:, 0] = np.repeat(0.75 * step, 4)
    scales[:, 1] = 0.6 * radius
    scales[:, 2] = 0.35 * radius
    flat = normals.reshape(-1, 3).astype(np.float32)
    return Gaussians(
        means=means.reshape(-1, 3).astype(np.float32),
        quats=quats_from_axes(np.repeat(tangent, 4, axis=0).astype(np.float32), flat),
        scales=scales,
        opacities=np.full(count, 0.97, np.float32),
        colors=lit(np.tile(color, (count, 1)), flat, 0.0, depth=1.6),
    )


def _lens(outline: np.ndarray, glasses: Glasses) -> Gaussians:
    centre = outline.mean(0)
    rings = np.linspace(0.1, 0.95, 9)
    means = (centre + (outline[None, ::2] - centre) * rings[:, None, None]).reshape(-1, 3)
    count = len(means)
    normals = np.tile(np.array((0, 0, 1), np.float32), (count, 1))
    # Lighter at the bottom, as sunglasses are, with one broad reflection.
    height = (means[:, 1] - centre[1]) / max(np.ptp(outline[:, 1]) / 2, 1e-6)
    lab = np.tile(to_oklab(glasses.color) * (0.6, 0.8, 0.8), (count, 1))
    lab[:, 0] += 0.12 - 0.1 * height
    lab[:, 0] += 0.25 * np.exp(-((((means[:, 0] - centre[0]) - 0.5 * (means[:, 1] - centre[1]) - 0.5) / 0.35) ** 2))
    return Gaussians(
        means=means.astype(np.float32),
        quats=quats_from_axes(np.tile(np.array((1, 0, 0), np.float32), (count, 1)), normals),
        scales=np.tile(np.array((0.24, 0.24, 0.02), np.float32), (count, 1)),
        opacities=np.full(count, 0.55 * glasses.tint, np.float32),
        colors=to_srgb(lab).astype(np.float32),
    )
