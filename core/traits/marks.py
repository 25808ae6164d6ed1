"""What marks a face: freckles, moles, the lines of age and make-up at the eyes."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Float32
from scipy import ndimage

from core.landmarks import LEFT_EYE, MOUTH_CORNERS, OUTER_LIPS, RIGHT_EYE
from core.portrait import FACE_PARTS, Portrait
from core.rig.masks import eroded
from core.rig.sight import Sight
from core.rig.surface import neutral_places
from core.smoothstep import smoothstep

MAX_MOLES = 5

# Age is linear in this evidence, each less its mean: log depth of lines of about 1 or 2 pixels between the brows, on
# the forehead, the cheeks, beside the eyes and below the mouth's corners, and how grey the hair is. Fitted by ridge
# regression to 190 portraits graded by eye.
_EVIDENCE = ("glabella 1", "forehead 2", "cheek 1", "cheek 2", "crow 1", "corner 1", "grey")
_MEANS = np.array((-5.05, -5.34, -5.4, -5.26, -4.97, -5.26, 0.07))
_WEIGHTS = np.array((0.227, 0.257, 0.159, 0.041, 0.096, 0.313, 0.361))
_BIAS = 0.04
# More than this is no wrinkle: below the mouth it is a beard.
_MOST = np.array((0.9, 0.9, 0.9, 0.9, 0.9, 0.4, 1.0))
_LINES_FROM, _LINES_FULL = 0.28, 0.66
_HALF_SEEN = 0.5
# In OKLab lightness: how deep a spot must be to count as a freckle, and as a mole.
_FRECKLE, _MOLE = 0.018, 0.06
_SMOOTH = 0.02
# Landmarks on and beside the wings of the nose; and how far moles lie from features, in cm.
_NOSTRILS = (1, 2, 98, 327, 64, 294, 48, 278, 115, 344, 129, 358, 219, 439)
_FEATURES = ((_NOSTRILS, 0.9), (OUTER_LIPS, 1.0), (MOUTH_CORNERS, 1.5), (LEFT_EYE + RIGHT_EYE, 1.1))


@dataclass(frozen=True)
class Marks:
    """Strengths in [0, 1]; 0 everywhere is a plain face."""

    freckles: float = 0.0
    age: float = 0.0
    """Of the lines beside nose, mouth and eyes and on the forehead."""
    moles: tuple[tuple[float, float, float], ...] = ()
    """Of each, x and y on the neutral head and the diameter, in cm; at most :data:`MAX_MOLES`."""
    eye_shadow: float = 0.0
    """Of the colour on the upper lids."""
    eye_shadow_color: Float32[np.ndarray, "3"] = field(
        default_factory=lambda: np.array((0.5, 0.32, 0.36), np.float32), compare=False
    )
    """Display sRGB."""


def measure_marks(sight: Sight) -> tuple[Marks, str]:
    """The marks of a portrait, and a sentence if they could not be read.

    Few have any, and a mark too many offends more than one too few: only what is plain to see counts.
    """
    evidence = age_evidence(sight)
    if np.isnan(evidence[:-1]).sum() > 3:
        return Marks(), "The skin is hidden; no marks were chosen."
    above = np.minimum(evidence - _MEANS, _MOST)
    # What hair or glasses hide is taken to be much like the rest.
    above = np.where(np.isnan(above), 0.7 * np.nanmean(above[:-1]), above)
    age = float(above @ _WEIGHTS + _BIAS)
    freckles, moles = _spots(sight)
    return Marks(freckles=freckles, age=float(smoothstep(_LINES_FROM, _LINES_FULL, age)), moles=moles), ""


def age_evidence(sight: Sight) -> Float[np.ndarray, "7"]:
    """What tells age, in the order of the weights; NaN for what is hidden."""
    portrait = sight.portrait
    row, column = sight.splat_pixels
    lightness = portrait.lab[..., 0]
    soft = [ndimage.gaussian_filter(lightness, sigma) for sigma in (1, 2, 4)]
    bands = {"1": (soft[0] - soft[1])[row, column], "2": (soft[1] - soft[2])[row, column]}
    seen = eroded(portrait.mask("skin", "neck"), 3)[row, column]
    x, y, z = neutral_places(sight.rig, sight.pattern).T
    wide = np.abs(x)
    zones = {
        "glabella": (wide < 1.2) & (y > 1.8) & (y < 4) & (z > 0),
        "forehead": (wide < 3) & (y > 4.2) & (y < 6.8) & (z > 0),
        "cheek": (wide > 2.8) & (wide < 5.4) & (y > -2.8) & (y < -0.6) & (z > 5),
        "crow": (wide > 4.9) & (wide < 6.4) & (y > 0.2) & (y < 2.6) & (z > 3),
        "corner": (wide > 2.2) & (wide < 3.6) & (y < -5.2) & (y > -7) & (z > 5),
    }
    found = []
    for name in _EVIDENCE[:-1]:
        zone, band = name.split()
        here = zones[zone] & seen
        if here.sum() < max(20, _HALF_SEEN * zones[zone].sum() * (0.5 if zone != "forehead" else 1)):
            found.append(np.nan)
            continue
        depth = -bands[band][here]
        found.append(np.log(np.quantile(depth, 0.9) - np.quantile(depth, 0.5) + 0.001))
    return np.array((*found, _greyness(sight)))


def _greyness(sight: Sight) -> float:
    hair = sight.portrait.mask("hair")
    if hair.sum() < 600:
        return 0.0
    lightness, a, b = np.median(sight.portrait.lab[hair], axis=0)
    return float(np.clip((lightness - 0.4) / 0.25, 0, 1) * np.clip(1 - np.hypot(a, b) / 0.05, 0, 1))


def _spots(sight: Sight) -> tuple[float, tuple[tuple[float, float, float], ...]]:
    """How freckled the cheeks and the nose are, and the moles."""
    portrait, scale = sight.portrait, sight.fit.scale
    row, column = sight.splat_pixels
    skin = eroded(portrait.mask("skin"), 6)
    x, y, z = neutral_places(sight.rig, sight.pattern).T
    wide = np.abs(x)
    lightness = portrait.lab[..., 0]
    fine = ndimage.gaussian_filter(lightness, 1.3) - ndimage.gaussian_filter(lightness, 3.5)
    cheeks = (wide > 1.8) & (wide < 5.2) & (y > -2.4) & (y < -0.2) & (z > 5)
    cheeks |= (wide < 1.2) & (y > -1.6) & (y < 0.6) & (z > 8)
    freckles = 0.0
    inside = _region(row[cheeks], column[cheeks], skin)
    if inside.sum() > 6 * scale**2:
        area = inside.sum() / scale**2
        dark = -fine[(fine == ndimage.minimum_filter(fine, 7)) & inside]
        light = fine[(fine == ndimage.maximum_filter(fine, 7)) & inside]
        if len(dark) and len(light):
            # Rough and wrinkled skin has light spots as strong as its dark ones, freckled skin has not.
            ratio = np.quantile(dark, 0.8) / max(np.quantile(light, 0.8), 0.003)
            freckles = float(smoothstep(0.8, 2.4, (dark > _FRECKLE).sum() / area) * smoothstep(1.35, 2.0, ratio))
    return freckles, _moles(sight, skin, freckles)


def _moles(sight: Sight, skin: np.ndarray, freckles: float) -> tuple[tuple[float, float, float], ...]:
    portrait, scale = sight.portrait, sight.fit.scale
    row, column = sight.splat_pixels
    x, y, z = neutral_places(sight.rig, sight.pattern).T
    plain = (np.abs(x) < 5.8) & (z > 3) & (y > -8.0)
    fine = portrait.lab[..., 0] - ndimage.gaussian_filter(portrait.lab[..., 0], 2.0)
    # A mole itself does not count as roughness.
    smooth = ndimage.uniform_filter(np.minimum(np.abs(fine), _SMOOTH), 31) < 0.5 * _SMOOTH
    inside = _region(row[plain], column[plain], skin) & smooth
    lightness = ndimage.gaussian_filter(portrait.lab[..., 0], 1.2)
    rows, columns = np.nonzero((lightness == ndimage.minimum_filter(lightness, 15)) & inside)
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    found = []
    for r, c in zip(rows, columns, strict=True):
        # A spot is darker than everything round it, a line or an edge only than most.
        depth = []
        for radius in (0.22 * scale, 0.36 * scale):
            rim = np.clip(np.round((r + radius * np.sin(turns), c + radius * np.cos(turns))), 0, 511).astype(int)
            depth.append(np.quantile(lightness[rim[0], rim[1]], 0.08) - lightness[r, c])
        if depth[1] > _MOLE and _far_from_features(portrait, int(r), int(c), scale):
            nearest = np.argmin((row - r) ** 2 + (column - c) ** 2 + 1e6 * ~plain)
            size = 0.16 + 0.14 * float(depth[0] < 0.6 * depth[1])
            found.append((float(depth[1]), (float(x[nearest]), float(y[nearest]), size)))
    if len(found) > MAX_MOLES or freckles > 0.3:
        # Many dark spots are stubble, wrinkles or freckles.
        return ()
    return tuple(mole for _, mole in sorted(found, reverse=True))


def _far_from_features(portrait: Portrait, row: int, column: int, scale: float) -> bool:
    """Whether a pixel lies away from nostrils, lips, lids, brows and hair, which have dark spots of their own."""
    for numbers, margin in _FEATURES:
        away = portrait.points[list(numbers), :2] - (column + 0.5, row + 0.5)
        if np.hypot(*away.T).min() < margin * scale:
            return False
    reach = round(0.8 * scale)
    around = portrait.labels[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]
    return bool((around == FACE_PARTS.index("skin")).all())


def _region(row: np.ndarray, column: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """The pixels round those of some splats, as far as they show skin."""
    mask = np.zeros(skin.shape, bool)
    mask[row, column] = True
    return ndimage.binary_dilation(mask, iterations=3) & skin
