"""Films and webcams as drivers. The only module that knows OpenCV, which comes with mediapipe."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import UInt8

from core.drive.faces import FaceReader
from core.drive.signal import Signal
from core.errors import InvalidRequest, NoFaceFound

if TYPE_CHECKING:
    import cv2

SUFFIXES = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif", ".mjpeg", ".ogv")
"""Of files that are taken for films."""

_MAX_SIDE_PX = 1280
_USUAL_FPS = 30.0
_MOST_FPS = 240.0


def video_signals(reader: FaceReader, path: Path, most_s: float) -> Iterator[Signal]:
    """The signals of the face in a film, frame by frame; frames without a face are left out.

    Args:
        reader: reads the frames.
        path: of a file.
        most_s: how many seconds of it.

    Raises:
        InvalidRequest: if it is no film that can be read.
        NoFaceFound: at the end, if no frame had a face.
    """
    seen = 0
    for picture, time_s in film_frames(path, most_s):
        signal = reader.read(picture, time_s)
        if signal is not None:
            seen += 1
            yield signal
    if not seen:
        raise NoFaceFound(f"No face was found in {path.name}; use a film that shows one face from the front.")


def film_frames(path: Path, most_s: float) -> Iterator[tuple[UInt8[np.ndarray, "h w 3"], float]]:
    """RGB frames of a film with their times in seconds; large ones are reduced.

    Raises:
        InvalidRequest: if it is no film that can be read.
    """
    # OpenCV would take anything else for an address, or for a series of pictures.
    if not path.is_file():
        raise InvalidRequest(f"There is no film at {path}.")
    import cv2

    trouble = f"{path.name} is not a film that can be read here; try MP4 with H.264, WebM or GIF."
    with _capture(str(path.resolve()), trouble) as capture:
        fps = capture.get(cv2.CAP_PROP_FPS)
        fps = fps if math.isfinite(fps) and 0 < fps <= _MOST_FPS else _USUAL_FPS
        number = 0
        while number < most_s * fps:
            there, frame = capture.read()
            if not there:
                break
            yield _as_rgb(frame), number / fps
            number += 1
        if not number:
            raise InvalidRequest(trouble)


def webcam_frames(number: int = 0) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
    """RGB frames of a camera of this computer, as they come.

    Raises:
        InvalidRequest: if there is no such camera, or another program uses it.
    """
    trouble = f"Camera {number} cannot be opened; is one connected, and does no other program use it?"
    with _capture(number, trouble) as capture:
        while True:
            there, frame = capture.read()
            if not there:
                raise InvalidRequest(f"Camera {number} gives no more pictures.")
            yield _as_rgb(frame)


@contextmanager
def _capture(source: str | int, trouble: str) -> "Iterator[cv2.VideoCapture]":
    import cv2

    capture = cv2.VideoCapture(source)
    try:
        if not capture.isOpened():
            raise InvalidRequest(trouble)
        yield capture
    finally:
        capture.release()


def _as_rgb(frame: np.ndarray) -> UInt8[np.ndarray, "h w 3"]:
    import cv2

    share = _MAX_SIDE_PX / max(frame.shape[:2])
    if share < 1:
        frame = cv2.resize(frame, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
