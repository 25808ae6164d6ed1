"""A photo to the one face that the avatar is made from."""

import numpy as np
from jaxtyping import UInt8

from core.errors import InvalidRequest, NoFaceFound, SeveralFacesFound
from core.face.align import alignment, warp_to_aligned
from core.face.landmarks import MAX_FACES, Detection, Landmarker

_MIN_FACE_PX = 72
# A second face less than this tall, relative to the first, is a bystander.
_BYSTANDER = 0.6


def find_face(
    landmarker: Landmarker, photo: UInt8[np.ndarray, "h w 3"], face: int | None = None
) -> tuple[UInt8[np.ndarray, "512 512 3"], Detection]:
    """The face in ``photo``: the aligned picture, and the face's landmarks and scores in it.

    Args:
        landmarker: finds the faces.
        photo: RGB.
        face: which of several, counted from 0 from the left; None takes the only or clearly largest one.

    Raises:
        NoFaceFound: if there is none, or it or the whole photo is under 72 px tall.
        SeveralFacesFound: if ``face`` is None and two faces are of similar size.
        InvalidRequest: if there is no face of that number.
    """
    height, width = photo.shape[:2]
    if min(height, width) < _MIN_FACE_PX:
        raise NoFaceFound(
            f"The photo has only {width} × {height} px; use one whose face is {_MIN_FACE_PX} px or taller."
        )
    detection = _choose(landmarker.detect(photo), face)
    if detection.height_px < _MIN_FACE_PX:
        raise NoFaceFound(
            f"The face is only {detection.height_px:.0f} px tall; use a photo where it has {_MIN_FACE_PX} px or more."
        )
    matrix = alignment(detection.points)
    image = warp_to_aligned(photo, matrix)
    # A second look at the upright crop is more accurate than the first one carried over.
    again = landmarker.detect(image)
    if again:
        return image, again[0]
    return image, Detection(_carry_over(detection.points, matrix), detection.scores)


def _choose(detections: list[Detection], face: int | None) -> Detection:
    if not detections:
        raise NoFaceFound("No face was found; use a photo that shows one face from the front, well lit and sharp.")
    if face is not None:
        from_left = sorted(detections, key=lambda d: d.points[:, 0].mean())
        if not 0 <= face < len(from_left):
            raise InvalidRequest(
                f"There is no face number {face}; the photo has {len(from_left)}, counted from 0 from the left."
            )
        return from_left[face]
    if len(detections) > 1 and detections[1].height_px > _BYSTANDER * detections[0].height_px:
        more = " or more" if len(detections) == MAX_FACES else ""
        raise SeveralFacesFound(
            f"The photo shows {len(detections)}{more} faces; crop it to one, "
            "or choose one by its number (0 is the leftmost)."
        )
    return detections[0]


def _carry_over(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    inverse = np.linalg.inv(matrix[:, :2])
    flat = (points[:, :2] - matrix[:, 2]) @ inverse.T
    depth = points[:, 2:] * np.sqrt(np.linalg.det(inverse))
    return np.concatenate([flat, depth], axis=1).astype(np.float32)
