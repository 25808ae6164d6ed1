"""Photos as drivers: the expression of one, or of one after another."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.drive.faces import FaceReader
from core.drive.head_turn import head_turn
from core.drive.signal import Signal, signal_from_scores
from core.expressions import SHAPES
from core.face.detect import find_face
from core.face.photo import decode_photo

_HELD_S, _CHANGE_S = 0.7, 0.5


def photo_signal(reader: FaceReader, photo: bytes, face: int | None = None) -> Signal:
    """The signal of the face in a photo, at time 0.

    Args:
        reader: reads it.
        photo: the file's bytes.
        face: which of several, counted from 0 from the left; None takes the only or clearly largest one.

    Raises:
        UnreadablePhoto: if it is no picture.
        NoFaceFound, SeveralFacesFound, InvalidRequest: as :func:`core.face.detect.find_face`.
    """
    picture = decode_photo(photo)
    # The upright crop is read more accurately; how the head leans only the photo itself shows.
    _, upright = find_face(reader.landmarker, picture, face)
    faces = reader.landmarker.detect(picture)
    if face is not None:
        faces = sorted(faces, key=lambda found: found.points[:, 0].mean())[face:]
    return signal_from_scores(upright.scores, 0.0, head_turn(reader.rig, faces[0].points))


def one_after_another(signals: Sequence[Signal]) -> list[Signal]:
    """A sequence that goes from expression to expression, and holds each for a while.

    A single one comes up from the neutral face and goes back to it.

    Args:
        signals: at least one; their times do not count.
    """
    neutral = Signal(0.0, np.zeros(len(SHAPES), np.float32))
    stations = [*signals] if len(signals) > 1 else [neutral, *signals, neutral]
    pace = _HELD_S + _CHANGE_S
    return [
        replace(signal, time_s=start)
        for number, signal in enumerate(stations)
        for start in (number * pace, number * pace + _HELD_S)
    ]
