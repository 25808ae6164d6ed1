"""OKLab (Björn Ottosson, 2020): a space in which equal steps look equal, so that tones can be moved and mixed."""

import numpy as np
from jaxtyping import Float

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_FROM_LMS = np.linalg.inv(_TO_LMS.astype(np.float64)).astype(np.float32)
_FROM_LAB = np.linalg.inv(_TO_LAB.astype(np.float64)).astype(np.float32)


def to_oklab(srgb: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
    """Lightness (0 black, 1 white), green-red and blue-yellow of display sRGB in [0, 1]."""
    srgb = np.asarray(srgb, np.float32)
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0) + 0.055) / 1.055) ** np.float32(2.4))
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def to_srgb(lab: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
    """Display sRGB of OKLab colours; what a screen cannot show is clipped to [0, 1]."""
    linear = np.clip((np.asarray(lab, np.float32) @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** np.float32(1 / 2.4) - 0.055)


def hex_to_oklab(colour: str) -> Float[np.ndarray, "3"]:
    """OKLab of ``#rrggbb``."""
    return to_oklab(np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)], np.float32))
