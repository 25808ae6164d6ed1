"""Glasses: their shape, rim, colour and tint; chosen by name, or read from a photo in ``glasses_reading``."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

SHAPES = ("rectangular", "oval", "round", "square", "cat-eye", "aviator", "rimless", "sunglasses")
"""Names of presets."""


@dataclass(frozen=True)
class Glasses:
    """A pair of glasses; sizes follow the eyes they are worn before."""

    width: float
    """Of a lens, relative to the distance between the eyes' middles."""
    aspect: float
    """Height of a lens relative to its width."""
    corners: Float32[np.ndarray, "4"]
    """How square the corners are, upper inner, upper outer, lower inner, lower outer: exponents of a superellipse,
    2 an ellipse, 5 nearly a rectangle."""
    lift: float
    """How much higher the upper rim runs at the temples than at the nose, relative to the lens's height."""
    drop: float
    """How far the lenses' middle lies below the eyes', in cm (negative: above)."""
    rim: float
    """Thickness of the rim in cm: 0.1 wire, 0.4 thick acetate, 0 rimless."""
    half_rim: bool
    """Whether the lower edge has no rim."""
    color: Float32[np.ndarray, "3"]
    """Of the frame, display sRGB."""
    tint: float
    """How dark the lenses are: 0 clear, 1 sunglasses."""
    lens: Float32[np.ndarray, "3"]
    """Colour of tinted lenses, display sRGB."""


# width, aspect, corners, lift, rim, tint
_USUAL: dict[str, tuple[float, float, tuple[float, float, float, float], float, float, float]] = {
    "rectangular": (0.84, 0.64, (3.6, 3.8, 3.0, 3.2), 0.02, 0.2, 0.0),
    "oval": (0.82, 0.72, (2.2, 2.2, 2.2, 2.2), 0.0, 0.14, 0.0),
    "round": (0.78, 0.96, (2.0, 2.0, 2.0, 2.0), 0.0, 0.16, 0.0),
    "square": (0.86, 0.8, (3.6, 4.0, 2.8, 3.0), 0.03, 0.32, 0.0),
    "cat-eye": (0.86, 0.72, (2.6, 4.2, 2.1, 2.2), 0.2, 0.28, 0.0),
    "aviator": (0.92, 0.88, (3.4, 3.0, 1.75, 2.4), 0.0, 0.12, 0.6),
    "rimless": (0.84, 0.66, (2.8, 2.8, 2.6, 2.6), 0.0, 0.0, 0.0),
    "sunglasses": (0.9, 0.78, (3.4, 3.8, 2.5, 2.8), 0.06, 0.34, 1.0),
}
_DARK_LENS = (0.13, 0.12, 0.13)


def preset_glasses(shape: str, color: Float32[np.ndarray, "3"]) -> Glasses:
    """Glasses of a usual shape.

    Args:
        shape: one of :data:`SHAPES`.
        color: of the frame, display sRGB in [0, 1].

    Raises:
        ValueError: if there is no such shape.
    """
    if shape not in _USUAL:
        raise ValueError(f"shape must be one of {', '.join(SHAPES)}, got {shape}")
    width, aspect, corners, lift, rim, tint = _USUAL[shape]
    lens = np.array(_DARK_LENS, np.float32)
    return Glasses(width, aspect, np.array(corners, np.float32), lift, 0.1, rim, False, color, tint, lens)
