"""Headwear: what is worn on the head, chosen by name or read from a photo."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.oklab import to_oklab, to_srgb

KINDS = ("cap", "beanie", "hat", "headscarf", "turban", "hood", "headband")


@dataclass(frozen=True)
class Headwear:
    """What is worn on the head; lengths in cm."""

    kind: str
    """One of :data:`KINDS`."""
    color: Float32[np.ndarray, "3"]
    """Display sRGB."""
    second: Float32[np.ndarray, "3"]
    """Of the band, the fold, the trim or the lining."""
    front: float
    """Where the lower edge crosses the forehead: 0 at the brows, 1 at the top of the skull."""
    drop: float
    """How far the lower edge lies lower at the ears than at the forehead."""
    rise: float
    """How far the crown stands above the skull."""
    ease: float
    """How far the sides stand off the skull."""
    brim: float
    """Width of a brim, a visor, a headband or a beanie's fold; 0 for none."""
    tilt: float
    """How much lower the avatar's left side is than its right, in degrees."""
    knit: float
    """How coarsely it is knitted: 0 smooth, 1 thick ribs."""


# front, drop, rise, ease, brim, knit
_USUAL = {
    "cap": (0.3, 0.6, 1.4, 0.55, 5.2, 0.0),
    "beanie": (0.22, 1.7, 1.7, 0.6, 3.0, 0.8),
    "hat": (0.34, 0.8, 3.2, 0.5, 4.6, 0.0),
    "headscarf": (0.36, 0.0, 1.1, 0.55, 0.0, 0.0),
    "turban": (0.26, 0.8, 2.8, 1.3, 0.0, 0.0),
    "hood": (0.6, 0.0, 2.2, 2.0, 0.0, 0.0),
    "headband": (0.3, 0.3, 0.0, 0.65, 2.6, 0.0),
}


def preset_headwear(kind: str, color: Float32[np.ndarray, "3"]) -> Headwear:
    """Headwear of the usual proportions.

    Args:
        kind: one of :data:`KINDS`.
        color: display sRGB in [0, 1].

    Raises:
        ValueError: if there is no such kind.
    """
    if kind not in _USUAL:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind}")
    front, drop, rise, ease, brim, knit = _USUAL[kind]
    return Headwear(kind, color, trim_of(color), front, drop, rise, ease, brim, 0.0, knit)


def trim_of(color: Float32[np.ndarray, "3"]) -> Float32[np.ndarray, "3"]:
    """A second colour that goes with the first: darker, or lighter where that is dark already."""
    lab = to_oklab(color)
    lab[0] += -0.16 if lab[0] > 0.42 else 0.12
    return np.clip(to_srgb(lab), 0, 1).astype(np.float32)
