"""How thick what a front picture shows would be, were it round: hats, brims and horns are, capes and wings are not."""

import numpy as np
from jaxtyping import Float32

_COVERED = 0.5


def revolved(
    depth: Float32[np.ndarray, "2 h h"], coverage: Float32[np.ndarray, "h h"], pixel_cm: float
) -> Float32[np.ndarray, "2 h h"]:
    """Depths of both layers, were each stretch of a row that the picture covers as thick as it is wide.

    A stretch becomes a disc about its middle, so that a hat seen from the front gets the brim of one seen from above.
    Where the picture is empty depths stay as they are.

    Args:
        depth: of the layers, in centimetres; the discs lie about the middle between both.
        coverage: of the picture, in [0, 1].
        pixel_cm: side of a pixel.
    """
    covered = coverage > _COVERED
    edges = np.diff(np.pad(covered.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, first = np.nonzero(edges == 1)
    past = np.nonzero(edges == -1)[1]
    length = past - first
    stretch = np.repeat(np.arange(len(row)), length)
    rows, columns = np.nonzero(covered)
    off = columns + 0.5 - (first + past)[stretch] / 2
    half = pixel_cm * np.sqrt(np.maximum((length[stretch] / 2) ** 2 - off**2, 0))
    # One axis a stretch: a disc that followed the surface would be dented.
    axis = np.bincount(stretch, depth.mean(0)[rows, columns], len(row)) / np.maximum(length, 1)
    result = depth.copy()
    result[0, rows, columns] = axis[stretch] - half
    result[1, rows, columns] = axis[stretch] + half
    return result
