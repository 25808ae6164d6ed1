"""Faces to the framing of the FFHQ data set: 512 px, eyes level, mouth and eyes always at the same places."""

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from core.landmarks import LEFT_EYE, MOUTH_CORNERS, RIGHT_EYE

ALIGNED_SIZE = 512
"""Side of an aligned picture in pixels."""


def alignment(points: Float[np.ndarray, "478 3"]) -> Float[np.ndarray, "2 3"]:
    """The similarity that takes aligned pixels to pixels of the photo, as FFHQ frames a face.

    The frame's half side is the larger of 2.0 inter-ocular distances and 1.8 times the distance from
    eyes to mouth; its centre lies 0.1 of the latter below the eyes.
    """
    right_eye, left_eye = points[list(RIGHT_EYE), :2].mean(0), points[list(LEFT_EYE), :2].mean(0)
    eyes, mouth = (right_eye + left_eye) / 2, points[list(MOUTH_CORNERS), :2].mean(0)
    eye_to_eye, eye_to_mouth = left_eye - right_eye, mouth - eyes
    across = eye_to_eye + np.array([eye_to_mouth[1], -eye_to_mouth[0]])
    across /= np.hypot(*across)
    across *= max(np.hypot(*eye_to_eye) * 2.0, np.hypot(*eye_to_mouth) * 1.8)
    down = np.array([-across[1], across[0]])
    corner = eyes + 0.1 * eye_to_mouth - across - down
    step = 2 / ALIGNED_SIZE
    return np.stack([across * step, down * step, corner], axis=1)


def warp_to_aligned(
    photo: UInt8[np.ndarray, "h w 3"], matrix: Float[np.ndarray, "2 3"]
) -> UInt8[np.ndarray, "512 512 3"]:
    """The aligned picture; outside the photo its border is mirrored, so that no hard edge is invented."""
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale > 2:
        # Resampling alone would skip pixels: shrink by an integer first.
        factor = int(scale)
        photo = np.asarray(Image.fromarray(photo).reduce(factor))
        matrix = matrix / factor
    height, width = photo.shape[:2]
    corners = matrix[:, :2] @ (np.array([[0, 1, 0, 1], [0, 0, 1, 1]]) * ALIGNED_SIZE) + matrix[:, 2:]
    low = np.maximum(0, np.ceil(-corners.min(1))).astype(int)
    high = np.maximum(0, np.ceil(corners.max(1) - (width, height))).astype(int)
    # A mirror image can only be as wide as the picture it mirrors; beyond that the edge is repeated.
    limit_x, limit_y = width - 1, height - 1
    mirrored = np.pad(photo, (_clip(low[1], high[1], limit_y), _clip(low[0], high[0], limit_x), (0, 0)), "reflect")
    rest_y = (max(low[1] - limit_y, 0), max(high[1] - limit_y, 0))
    rest_x = (max(low[0] - limit_x, 0), max(high[0] - limit_x, 0))
    padded = np.pad(mirrored, (rest_y, rest_x, (0, 0)), "edge")
    shifted = matrix[:, 2] + low
    coefficients = (*matrix[0, :2], shifted[0], *matrix[1, :2], shifted[1])
    image = Image.fromarray(padded).transform(
        (ALIGNED_SIZE, ALIGNED_SIZE), Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC
    )
    return np.asarray(image)


def _clip(low: np.integer, high: np.integer, limit: int) -> tuple[int, int]:
    return min(int(low), limit), min(int(high), limit)
