"""How curly hair is, from the photo: straight strands run side by side, curls run every way."""

import numpy as np
from scipy import ndimage

from core.rig.masks import eroded
from core.rig.sight import Sight

_MIN_PIXELS = 1500
_FINE_PX, _WINDOW_CM = 1.2, 0.9
# Coherence of the strands' directions over the window: combed hair reaches 0.75 and more, curls stay below 0.5.
_STRAIGHT, _CURLY = 0.72, 0.5
# Coils are finer than a photo shows: dark hair without contrast.
_COILY_CONTRAST, _COILY_LIGHTNESS = 0.0135, 0.26


def measure_curl(sight: Sight) -> float:
    """0 straight to 1 coily; 0 where too little hair shows."""
    mask = eroded(sight.portrait.mask("hair"), 5)
    if mask.sum() < _MIN_PIXELS:
        return 0.0
    lightness = sight.portrait.lab[..., 0]
    coherence, contrast = strand_order(lightness, mask, _WINDOW_CM * sight.fit.scale)
    if coherence >= _CURLY:
        return float(np.interp(coherence, (_CURLY, _STRAIGHT), (0.45, 0.0)))
    coily = contrast < _COILY_CONTRAST and np.median(lightness[mask]) < _COILY_LIGHTNESS
    return 1.0 if coily else float(np.interp(coherence, (0.3, _CURLY), (0.75, 0.6)))


def strand_order(lightness: np.ndarray, mask: np.ndarray, window_px: float) -> tuple[float, float]:
    """How much strands run side by side, in [0, 1], and how strongly they stand out; medians over ``mask``."""
    smooth = ndimage.gaussian_filter(lightness, _FINE_PX)
    down: np.ndarray = np.gradient(smooth, axis=0)
    across: np.ndarray = np.gradient(smooth, axis=1)
    weight = mask.astype(np.float32)
    total = np.maximum(ndimage.gaussian_filter(weight, window_px), 1e-3)

    def mean(values: np.ndarray) -> np.ndarray:
        return ndimage.gaussian_filter(values * weight, window_px) / total

    xx, yy, xy = mean(across * across), mean(down * down), mean(across * down)
    coherence = np.hypot(xx - yy, 2 * xy) / np.maximum(xx + yy, 1e-9)
    energy = np.sqrt(xx + yy)
    # Where hardly any strand shows, noise has no direction.
    plain = mask & (energy > np.quantile(energy[mask], 0.3))
    if not plain.any():
        return 1.0, 0.0
    return float(np.median(coherence[plain])), float(np.median(energy[mask]))
