"""An avatar that turns once round and starts over without a jolt."""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from core.avatar.model import Avatar
from core.avatar.posture import Posture
from core.camera import Camera, orbit
from core.media.animation import Progress
from core.media.film import Film, Shot, save_film
from core.media.framing import whole_fov_deg

TURN_SECONDS = 4.0
"""Slow enough to see every side."""


def turn_camera(number: int, film: Film, fov_deg: float = 20.0) -> Camera:
    """Where the frame of that number, from 0, is seen from: first in front, then towards the avatar's left.

    All steps are the same, and so is the one from the last frame back to the first.
    """
    return orbit(360.0 * number / film.frames, size=film.size, fov_deg=fov_deg)


def save_turntable(
    avatar: Avatar,
    weights: Float[np.ndarray, " k"],
    path: Path,
    film: Film,
    progress: Progress = lambda share: None,
) -> None:
    """Draws one turn of the avatar in a pose, and writes it to repeat for ever.

    Args:
        avatar: who turns.
        weights: one for each shape.
        path: ends in one of :data:`core.media.animation.SUFFIXES`.
        film: how to draw it; it lasts one turn.
        progress: called after each frame.

    Raises:
        InvalidRequest: if there is no such format, it cannot hold these frames, or ffmpeg is missing.
        ValueError: if there is not one weight for each shape.
        OSError: if the file cannot be written.
    """
    fov_deg = whole_fov_deg(avatar)
    save_film(avatar, lambda number: Shot(weights, Posture(), turn_camera(number, film, fov_deg)), film, path, progress)
