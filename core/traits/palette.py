"""The colours of a person, measured from the photo and brought into the style's range."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.landmarks import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from core.oklab import to_oklab, to_srgb
from core.portrait import Portrait
from core.rig.masks import eroded
from core.rig.sight import Sight

_MIN_PIXELS = 60
_BROWN_IRIS = np.array((0.36, 0.23, 0.14), np.float32)
_DARK_HAIR = np.array((0.17, 0.12, 0.1), np.float32)


@dataclass(frozen=True)
class Palette:
    """Unlit display sRGB colours."""

    skin: Float32[np.ndarray, "3"]
    lips: Float32[np.ndarray, "3"]
    brows: Float32[np.ndarray, "3"]
    hair: Float32[np.ndarray, "3"]
    iris: Float32[np.ndarray, "3"]
    clothes: Float32[np.ndarray, "3"]
    headwear: Float32[np.ndarray, "3"]


def measure_palette(sight: Sight) -> tuple[Palette, str]:
    """The colours of a portrait, and a sentence if they could not be read.

    Each is a median over the pixels of its part away from the part's border, so that highlights, shadows
    and single stray labels do not count.
    """
    portrait = sight.portrait
    lab = portrait.lab
    skin_measured = _skin(lab, portrait)
    skin = _designed_skin(skin_measured)
    hair = _hair(lab, portrait.mask("hair"))
    hair = to_oklab(_DARK_HAIR) if hair is None else _designed_hair(hair)
    brows = _median(lab, portrait.mask("brows"), 1)
    # Brows are thin, and skin shows through them: on dark-haired people they are darker than they measure.
    if brows is None:
        brows = hair
    else:
        lightness = min(brows[0] - 0.03, 0.4 * brows[0] + 0.6 * hair[0], skin[0] - 0.16)
        brows = np.array([lightness, *(brows[1:] + hair[1:]) / 2])
    palette = Palette(
        skin=_srgb(skin),
        lips=_srgb(_designed_lips(_median(lab, portrait.mask("lips"), 1), skin_measured, skin)),
        brows=_srgb(brows),
        hair=_srgb(hair),
        iris=_iris(lab, portrait),
        clothes=_srgb(_or_grey(_median(lab, portrait.mask("clothes"), 4))),
        headwear=_srgb(_or_grey(_median(lab, portrait.mask("headwear"), 4))),
    )
    return palette, ""


def _inner(lab: np.ndarray, mask: np.ndarray, margin_px: int) -> np.ndarray | None:
    """The pixels of a part away from its border, or all where it is thin; None where there is hardly any."""
    inner = eroded(mask, margin_px)
    chosen = inner if inner.sum() >= _MIN_PIXELS else mask
    return lab[chosen] if chosen.sum() >= _MIN_PIXELS else None


def _median(lab: np.ndarray, mask: np.ndarray, margin_px: int) -> np.ndarray | None:
    pixels = _inner(lab, mask, margin_px)
    return None if pixels is None else np.median(pixels, axis=0)


def _middle_tone(pixels: np.ndarray, darker: float, lighter: float) -> np.ndarray:
    """The median of the pixels whose lightness lies between two quantiles."""
    low, high = np.quantile(pixels[:, 0], (darker, lighter))
    return np.median(pixels[(pixels[:, 0] >= low) & (pixels[:, 0] <= high)], axis=0)


def _skin(lab: np.ndarray, portrait: Portrait) -> np.ndarray:
    pixels = lab[eroded(portrait.mask("skin"), 4)]
    if len(pixels) < _MIN_PIXELS:
        pixels = lab[256:360, 200:312].reshape(-1, 3)
    # The lit side shows the colour: shade is darker and greyer than the skin, a highlight paler.
    return _middle_tone(pixels, 0.35, 0.75)


def _hair(lab: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    pixels = _inner(lab, mask, 3)
    # Hair shades itself: its colour shows in the middle tones, short of the highlights.
    return None if pixels is None else _middle_tone(pixels, 0.35, 0.75)


def _designed_skin(skin: np.ndarray) -> np.ndarray:
    """Skin keeps its lightness and leans to a hue between peach and warm brown, clean and a little rich."""
    lightness = np.clip(skin[0] * 0.98 + 0.01, 0.36, 0.85)
    hue = np.clip(np.arctan2(skin[2], skin[1]), 0.8, 1.1)
    rich = np.interp(lightness, (0.36, 0.6, 0.86), (0.056, 0.084, 0.052))
    chroma = 0.6 * np.clip(np.hypot(skin[1], skin[2]), 0.6 * rich, 1.4 * rich) + 0.4 * rich
    return np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])


def _designed_hair(hair: np.ndarray) -> np.ndarray:
    """Hair keeps its colour, a little richer and never greenish; black stays above black so that its shading shows."""
    chroma = np.hypot(hair[1], hair[2])
    hue = (
        np.clip(np.arctan2(hair[2], hair[1]), 0.45, 1.42)
        if chroma > 0.02 and hair[2] > 0
        else np.arctan2(hair[2], hair[1])
    )
    chroma *= 1.25
    return np.array([np.clip(hair[0] * 1.07 + 0.015, 0.27, 0.9), chroma * np.cos(hue), chroma * np.sin(hue)])


def _designed_lips(lips: np.ndarray | None, skin_measured: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Lips are told from the skin as in the photo, but at least a little redder and darker."""
    difference = np.array([-0.09, 0.05, 0.0]) if lips is None else lips - skin_measured
    return skin + np.clip(difference, (-0.2, 0.035, -0.04), (-0.055, 0.11, 0.015))


def _iris(lab: np.ndarray, portrait: Portrait) -> np.ndarray:
    rows, columns = np.mgrid[:512, :512]
    found = []
    for iris, rim in ((LEFT_IRIS, LEFT_EYE), (RIGHT_IRIS, RIGHT_EYE)):
        centre, edge = portrait.points[iris[0], :2], portrait.points[list(iris[1:]), :2]
        radius = np.linalg.norm(edge - centre, axis=1).mean()
        distance = np.hypot(columns + 0.5 - centre[0], rows + 0.5 - centre[1])
        lids = portrait.points[list(rim), 1]
        # The ring between pupil and limbus, where the lids leave it free.
        ring = (distance > 0.4 * radius) & (distance < 0.85 * radius)
        ring &= (rows > lids.min() + 0.25 * np.ptp(lids)) & (rows < lids.max() - 0.1 * np.ptp(lids))
        found.append(lab[ring & ~portrait.mask("glasses", "skin", "hair")])
    pixels = np.concatenate(found)
    if len(pixels) < 24:
        return _BROWN_IRIS
    # Reflections and lashes are the lightest and the darkest of them.
    iris = _middle_tone(pixels, 0.25, 0.8)
    chroma = np.hypot(iris[1], iris[2])
    lively = np.clip(chroma * 1.7, 0.035, 0.12) / max(chroma, 1e-6)
    return _srgb(np.array([np.clip(iris[0] * 1.08 + 0.07, 0.42, 0.68), *(iris[1:] * lively)]))


def _or_grey(lab: np.ndarray | None) -> np.ndarray:
    return np.array([0.5, 0.0, -0.02]) if lab is None else lab


def _srgb(lab: np.ndarray) -> np.ndarray:
    return to_srgb(lab.astype(np.float32)).astype(np.float32)
