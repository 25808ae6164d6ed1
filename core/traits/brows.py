"""Eyebrows: where they run, how thick and how dense they are, and their strands, which follow the rig."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from core.gaussians import quats_from_axes
from core.landmarks import LEFT_BROW, RIGHT_BROW
from core.oklab import to_oklab, to_srgb
from core.rig.head import HeadRig
from core.rig.shading import lit
from core.rig.sight import Sight
from core.rig.surface import Geometry
from core.smoothstep import smoothstep
from core.spread import scattered
from core.unit import unit

Three = tuple[float, float, float]
"""One number each for the inner third, the middle and the outer third of a brow."""

_COLUMNS, _ROWS = 44, 8
_LIFT_CM = 0.09
# A cartoon's brows carry its expression: they are a little larger than life.
_GROWTH = 1.08
# How far along a brow, from the temple (0) to the nose (1), the three numbers hold.
_AT = np.array((0.86, 0.52, 0.18))
_TURNED_DEG = 22.0
# Three thicknesses, three heights, two reaches, density: means over portraits of many people, and how far what is
# measured is followed. Left and right agree well (correlation 0.8) but for the outer end, which hair often hides.
_USUAL = np.array((0.66, 0.6, 0.48, 0.05, 0.03, 0.12, 0.0, 0.08, 0.7))
_AMPLIFIED = np.array((1.25, 1.25, 0.9, 1.2, 1.2, 0.9, 0.9, 0.4, 1.1))
_LEAST = np.array((0.25, 0.25, 0.14, -0.35, -0.35, -0.25, -0.35, -0.3, 0.1))
_MOST = np.array((1.1, 1.15, 0.85, 0.45, 0.45, 0.45, 0.35, 0.35, 1.0))


@dataclass(frozen=True)
class Brows:
    """How the brows are grown; both alike. Lengths in cm of a measured head, from inner to outer."""

    thickness: Three = (0.66, 0.6, 0.44)
    """From the lower to the upper edge."""
    height: Three = (0.05, 0.03, 0.1)
    """How far the middle line runs above that of the landmarks."""
    reach: tuple[float, float] = (0.0, 0.0)
    """How much further than the landmarks the inner and the outer end reach."""
    density: float = 0.7
    """0 sparse, 1 bushy."""


def preset_brows(name: str) -> Brows:
    """Usual brows.

    Args:
        name: one of ``thin, soft, straight, arched, bushy``.

    Raises:
        ValueError: if there are no such brows.
    """
    brows = {
        "thin": Brows((0.36, 0.32, 0.22), (0.05, 0.1, 0.1), (0.0, 0.0), 0.75),
        "soft": Brows((0.6, 0.54, 0.36), (0.05, 0.04, 0.1), (0.0, 0.0), 0.4),
        "straight": Brows((0.62, 0.62, 0.44), (0.2, -0.08, 0.2), (0.0, 0.0), 0.7),
        "arched": Brows((0.56, 0.52, 0.3), (-0.1, 0.24, 0.04), (0.0, 0.1), 0.75),
        "bushy": Brows((0.98, 1.0, 0.76), (0.05, 0.03, 0.1), (0.12, 0.1), 1.0),
    }
    if name not in brows:
        raise ValueError(f"there are no brows {name!r}; choose one of {', '.join(brows)}")
    return brows[name]


def measure_brows(sight: Sight) -> tuple[Brows, str]:
    """The brows of a portrait, and a sentence if they could not be read.

    What sets them apart from the usual ones is made a little stronger.
    """
    yaw = sight.fit.yaw_deg
    sides = []
    for brow, hidden in ((LEFT_BROW, yaw > _TURNED_DEG), (RIGHT_BROW, yaw < -_TURNED_DEG)):
        found = None if hidden else _profile(sight, brow)
        if found is not None:
            sides.append(found)
    if not sides:
        return Brows(), "The brows are hidden; usual ones were chosen."
    mean = np.mean(sides, axis=0)
    amplified = np.clip(_USUAL + _AMPLIFIED * (mean - _USUAL), _LEAST, _MOST)
    inner, middle, outer, low, arch, high, start, end, density = (float(v) for v in amplified)
    return Brows((inner, middle, outer), (low, arch, high), (start, end), density), ""


def _profile(sight: Sight, brow: tuple) -> np.ndarray | None:
    """Three thicknesses, three heights, two reaches and the density of one brow; None if it is hidden."""
    portrait, fit, rig = sight.portrait, sight.fit, sight.rig
    landmarks = rig.landmarks(fit.photo_vertices(rig))
    lower, upper = landmarks[list(brow[0])], landmarks[list(brow[1])]
    t = np.linspace(-0.2, 1.25, 59)
    u = np.linspace(-1.1, 1.3, 61)
    middle = (_curve(lower, t) + _curve(upper, t)) / 2
    points = middle[:, None] + u[None, :, None] * np.array((0, 1, 0), np.float32)
    column, row = np.clip(fit.to_pixels(points.reshape(-1, 3))[:, :2], 0, 511).astype(int).T
    shape = (len(t), len(u))
    hair = portrait.mask("brows")[row, column].reshape(shape)
    band = np.abs(u) < 0.5
    along = (t > 0.1) & (t < 0.9)
    covered = portrait.mask("hair", "headwear", "glasses", "background")[row, column].reshape(shape)
    if covered[np.ix_(along, band)].mean() > 0.3:
        return None
    step = u[1] - u[0]
    lightness = gaussian_filter(portrait.lab[..., 0], 0.8)[row, column].reshape(shape)
    skin = portrait.mask("skin")[row, column].reshape(shape)
    if hair[along].sum() * step < 0.15 * along.sum() or not skin.any():
        return None
    # Labels are a little generous: what is as light as the skin round the brow does not count.
    bare = np.median(lightness[skin])
    core = np.quantile(lightness[hair], 0.25)
    contrast = max(bare - core, 1e-3)
    weight = hair * (0.35 + 0.65 * smoothstep(0.15, 0.5, (bare - lightness) / contrast))
    thickness = weight.sum(1) * step
    centre = gaussian_filter1d((weight @ u) / np.maximum(weight.sum(1), 1e-3), 1.0)
    present = thickness > 0.14
    if present[along].mean() < 0.5:
        return None
    ends = t[present & (t > -0.15) & (t < 1.2)]
    length = float(np.linalg.norm(np.diff(middle[(t >= 0) & (t <= 1)], axis=0), axis=1).sum())
    reach = np.array((ends.max() - 1, -ends.min())) * length
    thick, high = [], []
    for at in _AT:
        here = present & (np.abs(t - at) < 0.13)
        if not here.any():
            here = present
        thick.append(np.median(thickness[here]))
        high.append(np.median(centre[here]))
    dark = contrast / max(bare, 0.2)
    return np.array((*thick, *high, *reach, smoothstep(0.03, 0.42, dark)))


def brow_geometry(rig: HeadRig, vertices: Float32[np.ndarray, "v 3"], brows: Brows) -> Geometry:
    """The strands of both brows on a posed and warped head; their number is the same for everybody.

    Every strand's place is a fixed mixture of ten landmarks, so brows move exactly as the skin does.

    Args:
        rig: the head.
        vertices: posed and warped.
        brows: how they are grown.
    """
    landmarks = rig.landmarks(vertices)
    parts = [_strands(landmarks, brow, mirrored, brows) for brow, mirrored in ((LEFT_BROW, 1), (RIGHT_BROW, -1))]
    return Geometry(*(np.concatenate([getattr(p, f) for p in parts]) for f in ("means", "quats", "scales", "normals")))


def brow_looks(
    brows: Brows, geometry: Geometry, color: Float32[np.ndarray, "3"]
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, " n"]]:
    """Lit colours and opacities of the strands: soft where the brow begins and where it is sparse.

    Args:
        brows: how they are grown.
        geometry: of the strands.
        color: unlit display sRGB.
    """
    t, s, scatter = (np.tile(values, 2) for values in _lattice())
    lab = np.tile(to_oklab(color), (len(t), 1))
    lab[:, 0] += 0.03 * scatter + 0.035 * smoothstep(0.75, 1.0, t) + 0.02 * np.abs(2 * s - 1)
    shown = np.interp(brows.density, (0, 0.5, 1), (0.5, 0.82, 0.98)) - 0.12 * smoothstep(0.8, 1.0, t)
    opacities = np.clip(shown - 0.25 * (1 - brows.density) * (scatter + 0.5), 0.05, 0.985)
    return lit(to_srgb(lab).astype(np.float32), geometry.normals, depth=0.6), opacities.astype(np.float32)


def _lattice() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each strand of one brow: how far from the temple (0) to the nose (1), how far up, and a scatter in +-0.5."""
    t, s = (a.ravel() for a in np.meshgrid(np.linspace(0.0, 1.0, _COLUMNS), np.linspace(0.06, 0.94, _ROWS)))
    # The same on both sides.
    scatter = scattered(np.arange(len(t))) - 0.5
    return np.clip(t + 0.016 * scatter, 0, 1), s, scatter


def _strands(landmarks: np.ndarray, brow: tuple, mirrored: int, brows: Brows) -> Geometry:
    lower, upper = landmarks[list(brow[0])], landmarks[list(brow[1])]
    t, s, scatter = _lattice()
    length = np.linalg.norm(np.diff((lower + upper) / 2, axis=0), axis=1).sum()
    inner, outer = brows.reach
    # Places along the landmarks' curve, which the ends may pass.
    along = -outer / length + t * (1 + (inner + outer) / length)
    line = (_curve(lower, along) + _curve(upper, along)) / 2
    upward = _curve(upper, along) - _curve(lower, along)
    upward[:, 2] *= 0.5
    upward = unit(upward)
    thickness = _GROWTH * _three(brows.thickness, t)
    # Rounded at the nose, drawn out to a point at the temple.
    thickness *= smoothstep(-0.12, 0.3, t) * np.interp(t, (0.84, 0.94, 1.0), (1.0, 0.86, 0.5))
    # Grown eyes push the middle of the brow up: the inner end follows, or everybody would look angry.
    high = _GROWTH * _three(brows.height, t) + 0.13 * smoothstep(0.55, 0.95, t) + (s - 0.5) * thickness
    places = line + upward * high[:, None]
    outward = unit(_curve(lower, along - 0.04) + _curve(upper, along - 0.04) - 2 * line)
    normals = unit(np.cross(upward, outward) * -mirrored)
    # Hairs stand up near the nose and lie along the brow further out; those above lean down, those below up.
    bushy = brows.density
    lean = np.interp(t, (0, 0.6, 1.0), (-0.05, 0.22, 1.0)) + 0.35 * (0.5 - s) + (0.15 + 0.35 * bushy) * scatter
    direction = outward + upward * lean[:, None]
    slim = np.interp(t, (0, 0.3, 1), (0.75, 1, 1))
    # Strands keep inside the brow however slim it is.
    across = np.clip(thickness / _ROWS * 0.72, 0.016, 0.075) * (0.75 + 0.3 * bushy)
    scales = np.stack([np.minimum(0.16 * slim, 0.06 + 0.22 * thickness), across, 0.7 * across + 0.008], axis=1)
    means = places + normals * _LIFT_CM
    return Geometry(
        means.astype(np.float32),
        quats_from_axes(direction.astype(np.float32), normals.astype(np.float32)),
        scales.astype(np.float32),
        normals.astype(np.float32),
    )


def _three(values: Three, t: np.ndarray) -> np.ndarray:
    """A smooth curve from the temple (0) to the nose (1) through three numbers from the nose to the temple."""
    inner, middle, outer = values
    knots = np.array((1.5 * outer - 0.5 * middle, outer, middle, inner, 1.2 * inner - 0.2 * middle))
    fine = np.linspace(0, 1, 33)
    curve = gaussian_filter1d(np.interp(fine, (0.0, *_AT[::-1], 1.0), knots), 2.5)
    return np.interp(t, fine, curve)


def _curve(knots: np.ndarray, t: np.ndarray) -> np.ndarray:
    """A Catmull-Rom spline through the knots, which reaches the last of them at t = 1; linear beyond its ends."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    position = t * (len(knots) - 1)
    segment = np.clip(np.floor(position).astype(int), 0, len(knots) - 2)
    u = (position - segment)[:, None]
    p0, p1, p2, p3 = (padded[segment + k] for k in range(4))
    return 0.5 * (2 * p1 + (p2 - p0) * u + (2 * p0 - 5 * p1 + 4 * p2 - p3) * u**2 + (3 * p1 - p0 - 3 * p2 + p3) * u**3)
