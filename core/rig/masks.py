"""Growing and shrinking of picture masks."""

import numpy as np
from jaxtyping import Bool
from scipy import ndimage


def eroded(mask: Bool[np.ndarray, "h w"], pixels: int) -> Bool[np.ndarray, "h w"]:
    """The mask without the ``pixels`` outermost ones along its border."""
    return np.asarray(ndimage.binary_erosion(mask, iterations=pixels), bool)


def dilated(mask: Bool[np.ndarray, "h w"], pixels: int) -> Bool[np.ndarray, "h w"]:
    """The mask with ``pixels`` more along its border."""
    return np.asarray(ndimage.binary_dilation(mask, iterations=pixels), bool)
