"""Eyebrows: short strands between the lower and the upper edge of the brow, which follow the rig."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.gaussians import quats_from_axes
from core.landmarks import LEFT_BROW, RIGHT_BROW
from core.rig.head import HeadRig
from core.rig.sight import Sight
from core.rig.surface import Geometry

_COLUMNS, _ROWS = 46, 7
_LIFT_CM = 0.1


@dataclass(frozen=True)
class Brows:
    """How the brows are grown."""

    density: float = 1.0
    """How much of the band between the brow's landmarks is hair, in [0.45, 1.25]."""


def measure_brows(sight: Sight) -> tuple[Brows, str]:
    """The brows of a portrait, and a sentence if they could not be read."""
    portrait = sight.portrait
    band = 0.0
    for lower, upper in (LEFT_BROW, RIGHT_BROW):
        outline = portrait.points[[*lower, *upper[::-1]], :2]
        x, y = outline.T
        band += 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    covered = portrait.mask("brows").sum()
    if covered < 0.1 * band or portrait.mask("hair")[150:230, 150:362].mean() > 0.25:
        return Brows(), "The brows are hidden; usual ones were chosen."
    return Brows(density=float(np.clip(covered / max(band, 1.0), 0.45, 1.25))), ""


def brow_geometry(rig: HeadRig, vertices: Float32[np.ndarray, "v 3"], brows: Brows) -> Geometry:
    """The strands of both brows on a posed and warped head; their number is the same for everybody.

    Every strand's place is a fixed mixture of ten landmarks, so brows move exactly as the skin does.

    Args:
        rig: the head.
        vertices: posed and warped.
        brows: how they are grown.
    """
    landmarks = rig.landmarks(vertices)
    parts = [
        _strands(landmarks, brow, mirrored, brows.density) for brow, mirrored in ((LEFT_BROW, 1), (RIGHT_BROW, -1))
    ]
    return Geometry(*(np.concatenate([getattr(p, f) for p in parts]) for f in ("means", "quats", "scales", "normals")))


def _strands(landmarks: np.ndarray, brow: tuple, mirrored: int, density: float) -> Geometry:
    lower, upper = landmarks[list(brow[0])], landmarks[list(brow[1])]
    # t runs from the temple (0) to the nose (1), s from the lower edge (0) to the upper.
    t, s = (a.ravel() for a in np.meshgrid(np.linspace(0.02, 0.98, _COLUMNS), np.linspace(0.08, 0.92, _ROWS)))
    # A fixed scatter, the same on both sides.
    wave = np.sin(np.arange(len(t)) * 12.9898) * 43758.5453
    scatter = wave - np.floor(wave) - 0.5
    t = np.clip(t + 0.016 * scatter, 0, 1)
    # Slim at the temple, full in the inner third, rounded at the nose.
    height = density * np.interp(t, (0, 0.25, 0.6, 0.9, 1.0), (0.22, 0.55, 0.82, 0.86, 0.55))
    centre = 0.46
    s = centre + (s - 0.5) * height
    low, high = _curve(lower, t), _curve(upper, t)
    places = low + (high - low) * s[:, None]
    ahead = _curve(lower, t - 0.04) + (_curve(upper, t - 0.04) - _curve(lower, t - 0.04)) * s[:, None]
    upward = high - low
    upward /= np.linalg.norm(upward, axis=1, keepdims=True)
    outward = ahead - places
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    normals = np.cross(upward, outward) * -mirrored
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    # Hairs stand up near the nose and lie along the brow further out; those above lean down, those below up.
    lean = np.interp(t, (0, 0.6, 1.0), (-0.1, 0.25, 1.1)) + 0.25 * (0.5 - s) + 0.3 * scatter
    direction = outward + upward * lean[:, None]
    count = len(t)
    slim = np.interp(t, (0, 0.3, 1), (0.7, 1, 1))
    scales = np.stack([0.17 * slim, np.full(count, 0.05), np.full(count, 0.035)], axis=1)
    means = places + normals * _LIFT_CM
    return Geometry(
        means.astype(np.float32),
        quats_from_axes(direction.astype(np.float32), normals.astype(np.float32)),
        scales.astype(np.float32),
        normals.astype(np.float32),
    )


def _curve(knots: np.ndarray, t: np.ndarray) -> np.ndarray:
    """A Catmull-Rom spline through the knots, which reaches the last of them at t = 1; linear beyond its ends."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    position = t * (len(knots) - 1)
    segment = np.clip(np.floor(position).astype(int), 0, len(knots) - 2)
    u = (position - segment)[:, None]
    p0, p1, p2, p3 = (padded[segment + k] for k in range(4))
    return 0.5 * (2 * p1 + (p2 - p0) * u + (2 * p0 - 5 * p1 + 4 * p2 - p3) * u**2 + (3 * p1 - p0 - 3 * p2 + p3) * u**3)
