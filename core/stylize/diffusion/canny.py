"""Edges after John Canny (1986): thin, and kept where they are strong or touch what is strong."""

import numpy as np
from jaxtyping import Bool, UInt8
from scipy import ndimage

_SMOOTH_PX = 1.0
# Neighbours along and against the gradient, for its direction rounded to 45 degrees: (row, column).
_DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1))


def canny_edges(picture: UInt8[np.ndarray, "h w 3"], low: float = 25.0, high: float = 60.0) -> Bool[np.ndarray, "h w"]:
    """Where a picture has edges, one pixel wide; by default also those as soft as a cartoon's nose.

    Args:
        picture: display sRGB.
        low: gradient (grey levels by Sobel's kernel, as ControlNet's own preprocessor counts) of an edge's weakest
            part.
        high: gradient that an edge must reach somewhere.
    """
    gray = ndimage.gaussian_filter(picture @ np.array((0.299, 0.587, 0.114), np.float32), _SMOOTH_PX)
    across, down = ndimage.sobel(gray, 1), ndimage.sobel(gray, 0)
    size = np.hypot(across, down)
    turn = np.round(np.arctan2(down, across) / (np.pi / 4)).astype(int) % 4
    ridge = np.zeros(size.shape, bool)
    padded = np.pad(size, 1)
    height, width = size.shape
    for direction, (row, column) in enumerate(_DIRECTIONS):
        ahead = padded[1 + row : 1 + row + height, 1 + column : 1 + column + width]
        behind = padded[1 - row : 1 - row + height, 1 - column : 1 - column + width]
        # Of two equal neighbours exactly one stays.
        ridge |= (turn == direction) & (size > ahead) & (size >= behind)
    weak = ridge & (size > low)
    regions = np.zeros(size.shape, np.int32)
    ndimage.label(weak, np.ones((3, 3)), output=regions)
    strong = np.unique(regions[weak & (size > high)])
    return weak & np.isin(regions, strong)
