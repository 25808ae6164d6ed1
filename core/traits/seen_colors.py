"""The colours that a portrait shows of each part of a person, in OKLab, as they are; None where one hardly shows."""

import numpy as np
from jaxtyping import Bool, Float

from core.landmarks import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from core.portrait import Portrait
from core.rig.masks import dilated, eroded
from core.smoothstep import smoothstep

Seen = Float[np.ndarray, "3"] | None
"""OKLab of a part; None where hardly any of it shows."""

_MIN_PIXELS = 60
_MIN_IRIS_PIXELS = 24
_HAT_PIXELS = 4000
_NOSE_BASE = 2
# How far from the face hair is still near its roots, in pixels.
_NEAR_ROOTS_PX = 14
# By how much the white must be lighter than the iris, or the eye is not seen: it is closed, or behind dark glass.
_WHITE_OVER_IRIS = 0.1


def seen_skin(portrait: Portrait) -> Seen:
    """Skin above the mouth, where beards do not grow, on the side the light falls on."""
    skin = eroded(portrait.mask("skin"), 4)
    upper = skin & (np.arange(512)[:, None] < portrait.points[_NOSE_BASE, 1])
    chosen = upper if upper.sum() >= _MIN_PIXELS else skin
    if chosen.sum() < _MIN_PIXELS:
        return None
    pixels = portrait.lab[chosen]
    # Shade is darker and greyer than the skin, a highlight paler, and most of it on dark skin.
    shift = 0.12 * smoothstep(0.5, 0.65, float(np.median(pixels[:, 0])))
    # Under a hat most of the face is in the shade.
    shift += 0.15 * (portrait.mask("headwear").sum() > _HAT_PIXELS)
    return _middle_tone(pixels, 0.27 + shift, 0.67 + shift)


def seen_hair(portrait: Portrait) -> tuple[Seen, Seen, Seen]:
    """Hair: its middle tone, its lightest locks, and its roots along the upper hairline.

    Hair shades itself: its colour shows in the middle tones.
    """
    mask = portrait.mask("hair")
    pixels = _inner(portrait.lab, mask, 3)
    if pixels is None:
        return None, None, None
    face = dilated(portrait.mask("skin", "brows"), _NEAR_ROOTS_PX)
    eyes_y = portrait.points[[LEFT_IRIS[0], RIGHT_IRIS[0]], 1].mean()
    near = eroded(mask, 2) & face & (np.arange(512)[:, None] < eyes_y)
    roots = _middle_tone(portrait.lab[near], 0.2, 0.8) if near.sum() >= _MIN_PIXELS else None
    # On dark hair what shines hides the colour, on light hair what is shaded does.
    shift = 0.12 * smoothstep(0.45, 0.65, float(np.median(pixels[:, 0])))
    return _middle_tone(pixels, 0.25 + shift, 0.65 + shift), _middle_tone(pixels, 0.86, 0.97), roots


def seen_iris(portrait: Portrait) -> Seen:
    """The irises between pupil and rim, below the shadow of the upper lids; behind clear glasses too."""
    rows, columns = np.mgrid[:512, :512]
    found = []
    eye = portrait.mask("eyes", "glasses")
    for iris, rim in ((LEFT_IRIS, LEFT_EYE), (RIGHT_IRIS, RIGHT_EYE)):
        centre, edge = portrait.points[iris[0], :2], portrait.points[list(iris[1:]), :2]
        radius = max(float(np.linalg.norm(edge - centre, axis=1).mean()), 1.0)
        x, y = (columns + 0.5 - centre[0]) / radius, (rows + 0.5 - centre[1]) / radius
        lids = portrait.points[list(rim), :2]
        opening = eye & _within(lids, columns, rows)
        distance = np.hypot(x, y)
        ring = opening & (distance > 0.45) & (distance < 0.85) & (y > -0.2)
        white = opening & (distance > 1.15) & (distance < 2.0)
        if ring.sum() * 2 < _MIN_IRIS_PIXELS or not white.any():
            continue
        color = _middle_tone(portrait.lab[ring], 0.2, 0.75)
        if np.quantile(portrait.lab[white][:, 0], 0.8) - color[0] > _WHITE_OVER_IRIS:
            found.append(portrait.lab[ring])
    pixels = np.concatenate(found) if found else np.empty((0, 3), np.float32)
    # Reflections and lashes are the lightest and the darkest of them.
    return _middle_tone(pixels, 0.2, 0.8) if len(pixels) >= _MIN_IRIS_PIXELS else None


def seen_part(portrait: Portrait, part: str, margin_px: int) -> Seen:
    """The median over a part of the face away from its border, so that stray labels do not count."""
    pixels = _inner(portrait.lab, portrait.mask(part), margin_px)
    return None if pixels is None else np.median(pixels, axis=0)


def _within(lids: np.ndarray, columns: np.ndarray, rows: np.ndarray) -> Bool[np.ndarray, "512 512"]:
    """Between the heights that the lids have in each column; the rim runs along the upper lid and back."""
    half = len(lids) // 2 + 1
    upper, lower = lids[:half], np.concatenate([lids[half - 1 :], lids[:1]])
    edges = []
    for lid in (upper, lower):
        order = np.argsort(lid[:, 0])
        edges.append(np.interp(columns[0] + 0.5, lid[order, 0], lid[order, 1], np.nan, np.nan))
    with np.errstate(invalid="ignore"):
        return (rows + 0.5 > edges[0]) & (rows + 0.5 < edges[1])


def _inner(lab: np.ndarray, mask: np.ndarray, margin_px: int) -> np.ndarray | None:
    """The pixels of a part away from its border, or all where it is thin; None where there is hardly any."""
    inner = eroded(mask, margin_px)
    chosen = inner if inner.sum() >= _MIN_PIXELS else mask
    return lab[chosen] if chosen.sum() >= _MIN_PIXELS else None


def _middle_tone(pixels: np.ndarray, darker: float, lighter: float) -> np.ndarray:
    """The median of the pixels whose lightness lies between two quantiles."""
    low, high = np.quantile(pixels[:, 0], (darker, lighter))
    return np.median(pixels[(pixels[:, 0] >= low) & (pixels[:, 0] <= high)], axis=0)
