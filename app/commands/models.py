"""The models that turn photos into avatars, loaded quietly."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.commands.places import CHECKPOINTS

if TYPE_CHECKING:
    from core.drive.faces import FaceReader
    from core.pipeline import Studio


def load_studio() -> "Studio":
    """The studio with the shipped models; takes seconds."""
    from core.pipeline import Studio

    with native_log_silenced():
        return Studio.load(CHECKPOINTS)


def face_reader() -> "FaceReader":
    """What reads expressions from pictures: a small part of the studio, and quicker to load."""
    from core.drive.faces import FaceReader
    from core.face.landmarks import load_landmarker
    from core.rig.head import load_head_rig

    with native_log_silenced():
        return FaceReader(load_landmarker(), load_head_rig(CHECKPOINTS / "head_rig.safetensors"))


@contextmanager
def native_log_silenced() -> Iterator[None]:
    """Hides what mediapipe's C++ parts write to standard error while they load; no setting of theirs does."""
    sys.stderr.flush()
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)
