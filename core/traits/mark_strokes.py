"""Freckles, moles and lines of age as thin splats on the skin, which move with it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.oklab import to_oklab, to_srgb
from core.rig.head import HeadRig
from core.rig.shading import lit
from core.rig.surface import Geometry, SurfacePattern, place
from core.smoothstep import smoothstep
from core.traits.marks import Marks
from core.traits.rooted import on_face, rooted
from core.unit import unit

# Off the skin, over the distance of the skin's splats: where it slopes, those beside would hide what lies closer.
_LIFT = 0.5
_STEP_CM = 0.11
_FRECKLES = 150
_LIGHT_BELOW_CM = 0.13
_STRETCH = (0.7, 1.5)
# On the avatar's left, mirrored to its right unless they cross the middle: knots on the neutral head in cm, width in
# cm, darkness, and from which age on. A line is the skin's own colour, a little darker and redder, and swells and
# fades along its length.
_LINES = (
    (((1.78, -2.35), (2.25, -2.95), (2.75, -3.75), (3.0, -4.75)), 0.085, 1.0, 0.0),
    (((2.72, -5.55), (2.86, -6.0), (2.82, -6.65)), 0.075, 0.7, 0.35),
    (((5.15, 1.75), (5.55, 2.05), (6.0, 2.2)), 0.05, 0.75, 0.15),
    (((5.2, 1.3), (5.65, 1.25), (6.15, 1.05)), 0.05, 0.8, 0.1),
    (((5.1, 0.9), (5.5, 0.6), (5.9, 0.2)), 0.05, 0.65, 0.3),
    (((1.75, 0.15), (2.6, -0.6), (3.6, -0.6), (4.4, 0.0)), 0.075, 0.8, 0.05),
    (((0.42, 2.5), (0.46, 3.0), (0.55, 3.5)), 0.05, 0.6, 0.3),
    (((-2.7, 5.4), (-1.35, 5.78), (0.0, 5.9), (1.35, 5.78), (2.7, 5.4)), 0.06, 0.42, 0.15),
    (((-3.0, 4.55), (-1.5, 5.05), (0.0, 5.22), (1.5, 5.05), (3.0, 4.55)), 0.065, 0.55, 0.0),
    (((0.35, 4.6), (1.2, 4.46), (2.2, 4.1)), 0.055, 0.5, 0.45),
)


@dataclass(frozen=True)
class Strokes:
    """What is drawn on the skin; the same in every pose."""

    pattern: SurfacePattern
    lift: Float32[np.ndarray, " n"]
    """How far each lies off the skin, in cm."""
    sizes: Float32[np.ndarray, "n 2"]
    """Standard deviations along and across, in cm."""
    opacities: Float32[np.ndarray, " n"]
    shift: Float32[np.ndarray, "n 3"]
    """Added to the skin's colour in OKLab."""

    def __len__(self) -> int:
        return len(self.opacities)


def draw_marks(rig: HeadRig, pattern: SurfacePattern, marks: Marks) -> Strokes:
    """The strokes of a face's marks; none for a plain face."""
    rows = [row for line in _LINES for row in _line(*line, marks.age)]
    rows += _freckles(marks.freckles)
    # A mole is round, and slightly raised in tone at its edge.
    rows += [(x, y, 1.0, 0.0, 0.34 * size, 0.34 * size, 0.88, -0.3, 0.01, 0.0) for x, y, size in marks.moles]
    table = np.array(rows, np.float64).reshape(-1, 10)
    source, barycentric, keep = on_face(rig, pattern, table[:, :2])
    directions = np.concatenate([table[:, 2:4], np.zeros((len(table), 1))], axis=1)
    source = source[keep]
    return Strokes(
        pattern=rooted(rig, pattern.corners[source], barycentric[keep], directions[keep]),
        lift=(_LIFT * pattern.spacing[source]).astype(np.float32),
        sizes=table[keep, 4:6].astype(np.float32),
        opacities=table[keep, 6].astype(np.float32),
        shift=table[keep, 7:10].astype(np.float32),
    )


def stroke_geometry(rig: HeadRig, vertices: Float32[np.ndarray, "v 3"], strokes: Strokes) -> Geometry:
    """The strokes on a posed and warped head: they stretch with the skin, but never to needles."""
    roots = place(strokes.pattern, rig, vertices)
    stretch = np.clip(roots.scales[:, :2], *_STRETCH)
    scales = np.concatenate([strokes.sizes * stretch, np.full((len(strokes), 1), 0.008)], axis=1)
    means = roots.means + strokes.lift[:, None] * roots.normals
    return Geometry(means.astype(np.float32), roots.quats, scales.astype(np.float32), roots.normals)


def stroke_colors(skin: Float32[np.ndarray, "3"], strokes: Strokes, geometry: Geometry) -> Float32[np.ndarray, "n 3"]:
    """Lit colours: the skin's, shifted."""
    lab = to_oklab(skin) + strokes.shift * np.array((max(float(to_oklab(skin)[0]), 0.4) / 0.75, 1, 1), np.float32)
    lab[:, 0] = np.clip(lab[:, 0], 0.12, 0.95)
    return lit(to_srgb(lab).astype(np.float32), geometry.normals, warmth=0.55)


def _line(knots: tuple, width: float, darkness: float, onset: float, age: float) -> list[tuple[float, ...]]:
    """Rows of one line and its mirror image: x, y, direction, sizes, opacity and shift of colour."""
    strength = darkness * float(smoothstep(onset, onset + 0.65, age)) if age > onset else 0.0
    if strength < 0.04:
        return []
    places = np.array(knots)
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))])
    count = max(int(lengths[-1] / _STEP_CM), 4)
    # A parabola near all knots: smooth enough at this size.
    t = np.linspace(0, 1, count)
    curve = np.stack([np.polyval(np.polyfit(lengths / lengths[-1], axis, 2), t) for axis in places.T], axis=1)
    along = unit(np.gradient(curve, axis=0))
    swell = np.sin(np.pi * np.clip(0.06 + 0.9 * t, 0, 1)) ** 0.7
    below = np.stack([along[:, 1], -along[:, 0]], axis=1)
    below *= np.where(below[:, 1:] > 0, -1, 1)
    rows = []
    for side in (1, -1) if places[0, 0] > 0 else (1,):
        for k in range(count):
            direction = (side * along[k, 0], along[k, 1])
            size = (1.1 * lengths[-1] / count, 1.35 * width * (0.45 + 0.55 * swell[k]))
            x, y = curve[k]
            rows.append((side * x, y, *direction, *size, min(0.72 * strength * swell[k], 0.9), -0.15, 0.022, 0.008))
            x, y = curve[k] + _LIGHT_BELOW_CM * below[k]
            rows.append((side * x, y, *direction, *size, 0.3 * strength * swell[k], 0.04, 0.0, 0.0))
    return rows


def _freckles(strength: float) -> list[tuple[float, ...]]:
    """Rows of freckles over cheeks and nose, densest below the eyes; the same scatter for everybody."""
    if strength < 0.02:
        return []
    rng = np.random.default_rng(7)
    rows = []
    for _ in range(round(_FRECKLES * min(strength, 1.0) ** 0.7)):
        x, y = (rng.normal(0, 3.0), rng.normal(-1.1, 0.75))
        x, y = np.clip(x, -5.6, 5.6), np.clip(y, -3.0, 0.2) + 0.5 * np.exp(-((x / 1.2) ** 2))
        size, dark = rng.uniform(0.028, 0.062), rng.uniform(0.3, 0.6) * (0.55 + 0.45 * strength)
        rows.append((x, y, 1.0, 0.0, size * 1.1, size, dark, -0.11, 0.022, 0.024))
    return rows
