"""Black and white photos: how they are noticed, and the hues that people with such tones usually have."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from core.oklab import to_oklab, to_srgb
from core.portrait import Portrait
from core.traits.palette import Palette

# OKLab: how far nearly all colours lie from the photo's middle one if it has colours at all.
_COLORFUL = 0.02
# By lightness: chroma and hue of natural hair, from black over brown and blond to white, and of eyes, skin and lips.
_HAIR = ((0.25, 0.36, 0.5, 0.68, 0.82, 0.9), (0.012, 0.035, 0.06, 0.085, 0.03, 0.008), (0.8, 0.85, 1.0, 1.3, 1.4, 1.4))
_IRIS = ((0.3, 0.5, 0.6), (0.06, 0.06, 0.04), (0.95, 1.1, 1.6))
_SKIN = ((0.34, 0.6, 0.87), (0.06, 0.085, 0.05), (0.85, 0.85, 0.85))
_LIPS = ((0.3, 0.5, 0.7), (0.07, 0.1, 0.09), (0.45, 0.45, 0.45))


def is_colorless(portrait: Portrait) -> bool:
    """Whether a photo is black and white, or of one faint tint."""
    lab = portrait.lab[::4, ::4, 1:].reshape(-1, 2)
    away = np.linalg.norm(lab - np.median(lab, axis=0), axis=1)
    return bool(np.quantile(away, 0.97) < _COLORFUL)


def with_usual_hues(palette: Palette) -> Palette:
    """The palette with skin, lips, hair, brows and irises in the hues that are usual where they are as light."""
    hair = {name: _tinted(getattr(palette, name), _HAIR) for name in ("hair", "hair_light", "hair_roots", "brows")}
    own = {"iris": _tinted(palette.iris, _IRIS), "skin": _tinted(palette.skin, _SKIN)}
    return replace(palette, **hair, **own, lips=_tinted(palette.lips, _LIPS))


def _tinted(color: Float32[np.ndarray, "3"], hues: tuple) -> Float32[np.ndarray, "3"]:
    lightness = to_oklab(color)[0]
    chroma, hue = (np.interp(lightness, hues[0], values) for values in hues[1:])
    return to_srgb(np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], np.float32)).astype(np.float32)
