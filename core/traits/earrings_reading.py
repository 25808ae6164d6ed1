"""Reads earrings from a photo, where they show plainly."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy.ndimage import median_filter

from core.oklab import to_srgb
from core.rig.masks import dilated
from core.rig.sight import Sight
from core.traits.earrings import Earrings

# A head turned further than this hides the far ear.
_HIDDEN_DEG = 12.0
_LEAST_EAR_CM2 = 0.5
# What a plain earring shows: so much area lighter than its surroundings, and so much lighter at its lightest.
_AREA_CM2, _GLEAM = 0.14, 0.36
_LIGHTER = 0.12
# How far below the ear a drop reaches at least.
_HANGS_CM = 0.75


@dataclass(frozen=True)
class _Ear:
    """What gleams at one ear."""

    score: float
    """At least 1 where an earring shows plainly."""
    height: float
    """Of what gleams, in cm, as are the next two."""
    width: float
    below: float
    """How far it reaches below the ear."""
    hollow: bool
    color: Float[np.ndarray, "3"]
    """OKLab."""


def measure_earrings(sight: Sight) -> tuple[Earrings | None, str]:
    """The earrings of a portrait, None without any or where one cannot be sure; never a doubt."""
    yaw = sight.fit.yaw_deg
    ears = [_ear(sight, sign) for sign in (1.0, -1.0) if sign * yaw < _HIDDEN_DEG]
    seen = [ear for ear in ears if ear is not None]
    if not seen:
        return None, ""
    best = max(seen, key=lambda ear: ear.score)
    least = min(ear.score for ear in seen)
    # Hair may half hide the other one, but it has to be there.
    if not (least > 1.0 or (best.score > 1.15 and least > 0.58)):
        return None, ""
    kind = "stud"
    if best.hollow and best.width > 0.6 and best.height > 1.2 and best.below > 0.3:
        kind = "hoop"
    elif best.below > _HANGS_CM and best.height > 0.8:
        kind = "drop"
    usual = {"stud": 0.75, "hoop": 1.4, "drop": 1.8}[kind]
    return Earrings(kind, _metal_color(best.color), float(np.clip(best.height / usual, 0.75, 1.35))), ""


def _ear(sight: Sight, sign: float) -> _Ear | None:
    """What gleams at the ear of the avatar's left (1) or right (-1); None where no ear shows."""
    rows, columns = sight.splat_pixels
    neutral_x = sight.rig.neutral[sight.pattern.corners[:, 0], 0]
    ear = sight.rig.splats_of("ear") & (sign * neutral_x > 0)
    bottom = float(np.quantile(rows[ear], 0.97))
    middle = float(columns[ear & (rows > np.quantile(rows[ear], 0.85))].mean())
    scale = sight.fit.scale
    top, low = (int(np.clip(bottom + by * scale, 0, 512)) for by in (-1.2, 3.5))
    left, right = (int(np.clip(middle + by * scale, 0, 512)) for by in (-1.1, 1.1))
    labelled = sight.portrait.mask("ears")[top:low, left:right]
    if labelled.sum() < _LEAST_EAR_CM2 * scale**2:
        return None
    lab = sight.portrait.lab[top:low, left:right]
    # A median of every second pixel is as good and many times faster.
    usual = median_filter(lab[::2, ::2, 0], size=int(0.35 * scale) | 1)
    lighter = lab[..., 0] - usual.repeat(2, 0).repeat(2, 1)[: lab.shape[0], : lab.shape[1]]
    near = dilated(labelled, 2)
    gleam = near & (lighter > _LIGHTER)
    area = float(gleam.sum() / scale**2)
    score = min(area / _AREA_CM2, float(lighter[near].max()) / _GLEAM)
    # The ear's own rim gleams, too, but higher up.
    gleam[: max(int(bottom - top - 0.75 * scale), 0)] = False
    if gleam.sum() < 4:
        return _Ear(score, 0.0, 0.0, 0.0, False, lab[near].mean(0))
    height, width = (float(np.ptp(np.quantile(at, (0.04, 0.96))) / scale) for at in np.nonzero(gleam))
    bright = lab[gleam & (lighter >= np.quantile(lighter[gleam], 0.4))]
    below = float((np.quantile(np.nonzero(gleam)[0], 0.96) + top - bottom) / scale)
    return _Ear(score, height, width, below, _hollow(gleam), np.median(bright, axis=0))


def _hollow(gleam: Bool[np.ndarray, "h w"]) -> bool:
    """Whether what gleams runs round a middle that does not."""
    rows, columns = np.nonzero(gleam)
    (y0, y1), (x0, x1) = np.quantile(rows, (0.04, 0.96)), np.quantile(columns, (0.04, 0.96))
    inner = (np.abs(rows - (y0 + y1) / 2) < (y1 - y0) / 6) & (np.abs(columns - (x0 + x1) / 2) < (x1 - x0) / 6)
    return bool(inner.mean() < 0.03)


def _metal_color(lab: Float[np.ndarray, "3"]) -> Float32[np.ndarray, "3"]:
    """Display sRGB of the metal or stone that gleams so: gold where it is yellow, else nearly white."""
    gold = np.clip((lab[2] - 0.03) / 0.04, 0, 1)
    silver, yellow = np.array((0.9, 0.0, -0.005)), np.array((0.78, 0.01, 0.11))
    return np.clip(to_srgb((silver + gold * (yellow - silver)).astype(np.float32)), 0, 1).astype(np.float32)
