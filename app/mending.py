"""What can be done about a photo without a face, or with several."""

import io
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from app.disk import told_if_full
from app.loading import Models
from app.session import Visitor
from core.errors import InvalidRequest, NoFaceFound, SeveralFacesFound, UserFacingError
from core.face.photo import decode_photo

if TYPE_CHECKING:
    from pathlib import Path

# Landmarks reach from the brow to the chin: a frame round them should hold the whole head.
_MARGIN = 0.22
_SMALLEST_PX = 64


def offer_help(models: Models, visitor: Visitor, error: UserFacingError) -> str:
    """Let the visitor show where the face is, if that is what the photo lacks: what to say of it, or nothing."""
    if visitor.photo is None:
        return ""
    if isinstance(error, SeveralFacesFound):
        _tell(visitor, "several", faces_in(models, visitor.photo.read_bytes()))
        return "The photo shows several faces. Click yours; Generate asks again."
    if isinstance(error, NoFaceFound):
        _tell(visitor, "none", [])
        return "No face was found. Show where it is, or use another photo; Generate asks again."
    return ""


def faces_in(models: Models, photo: bytes) -> list[list[float]]:
    """Where the faces of a photo are, from the left: x, y, width and height of each, as shares of the photo."""
    pixels = decode_photo(photo)
    height, width = pixels.shape[:2]
    with models.borrow(threading.Event(), lambda stage, done: None) as studio:
        found = studio.landmarker.detect(pixels)
    boxes = []
    for face in sorted(found, key=lambda face: face.points[:, 0].mean()):
        low, high = face.points[:, :2].min(0), face.points[:, :2].max(0)
        spread = (high - low) * _MARGIN
        low, high = np.maximum(low - spread, 0), np.minimum(high + spread, (width, height))
        boxes.append([float(x) for x in (*(low / (width, height)), *((high - low) / (width, height)))])
    return boxes


def cropped(visitor: Visitor, part: Sequence[float], turns: int) -> "Path":
    """A part of the visitor's photo as a file of its own.

    Args:
        visitor: whose photo.
        part: x, y, width and height as shares of the photo after it was turned.
        turns: quarter turns clockwise, 0 to 3.

    Raises:
        InvalidRequest: if there is no photo, or the part is no part of it.
    """
    if visitor.photo is None:
        raise InvalidRequest("Choose a selfie first.")
    x, y, w, h = (float(number) for number in part)
    if not (0 <= x < 1 and 0 <= y < 1 and 0 < w <= 1 and 0 < h <= 1):
        raise InvalidRequest("The square must lie on the photo.")
    pixels = np.rot90(decode_photo(visitor.photo.read_bytes()), -int(turns) % 4)
    height, width = pixels.shape[:2]
    left, top = round(x * width), round(y * height)
    piece = pixels[top : round((y + h) * height), left : round((x + w) * width)]
    if min(piece.shape[:2]) < _SMALLEST_PX:
        raise InvalidRequest("The square is too small; draw it larger, or use a photo with more pixels.")
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(piece)).save(buffer, "JPEG", quality=95)
    path = visitor.directory / f"cropped-{time.monotonic_ns()}.jpg"
    with told_if_full():
        path.write_bytes(buffer.getvalue())
    return path


def _tell(visitor: Visitor, why: str, boxes: list[list[float]]) -> None:
    message: dict[str, Any] = {"kind": "mend", "why": why, "boxes": boxes, "version": time.monotonic_ns()}
    visitor.live.tell(message)
