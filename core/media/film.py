"""Films of an avatar that moves: what every frame shows, drawn and saved."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from core.avatar.blend import Blender
from core.avatar.model import Avatar
from core.avatar.posture import Posture, assume
from core.camera import Camera
from core.errors import InvalidRequest
from core.gaussians import from_columns
from core.media.animation import Animation, Progress, save_animation
from core.render.splats import render


@dataclass(frozen=True)
class Shot:
    """One frame."""

    weights: Float[np.ndarray, " k"]
    """Of the shapes."""
    posture: Posture
    """Of head and eyes."""
    camera: Camera
    """Square."""


@dataclass(frozen=True)
class Film:
    """How a film is drawn."""

    seconds: float
    """How long, at most 60."""
    fps: int = 24
    """Frames a second, 1 to 60."""
    size: int = 512
    """Width and height in pixels, 16 to 2048."""
    background: tuple[int, int, int] | None = (255, 255, 255)
    """Display sRGB, 0 to 255; None for transparent."""

    def __post_init__(self):
        """Refuses what cannot be shown.

        Raises:
            InvalidRequest: if a number is out of range.
        """
        if not 1 <= self.fps <= 60:
            raise InvalidRequest(f"The frames a second must lie between 1 and 60, not {self.fps}.")
        if not 16 <= self.size <= 2048:
            raise InvalidRequest(f"The size must lie between 16 and 2048 pixels, not {self.size}.")
        if not 0 < self.seconds <= 60 or self.frames < 2:
            raise InvalidRequest(f"A clip must last at most 60 seconds and at least 2 frames, not {self.seconds:g} s.")

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return round(self.seconds * self.fps)


def save_film(
    avatar: Avatar,
    shot: Callable[[int], Shot],
    film: Film,
    path: Path,
    progress: Progress = lambda share: None,
    sound: Path | None = None,
) -> None:
    """Draws and writes a film.

    Args:
        avatar: who.
        shot: what the frame of that number, from 0, shows.
        film: how.
        path: ends in one of :data:`core.media.animation.SUFFIXES`.
        progress: called after each frame.
        sound: a file that goes with it, where the format holds sound.

    Raises:
        InvalidRequest: if there is no such format, it cannot hold these frames, or ffmpeg is missing.
        OSError: if the file cannot be written.
    """
    draw = drawer(avatar, film.background)
    animation = Animation(lambda k: draw(shot(k)), film.frames, film.fps, film.size, film.background, sound)
    save_animation(animation, path, progress)


def drawer(
    avatar: Avatar, background: tuple[int, int, int] | None
) -> Callable[[Shot], UInt8[np.ndarray, "size size channels"]]:
    """Draws shots of one avatar: RGBA with straight alpha if the background is None, else RGB."""
    blender = Blender(avatar)

    def draw(shot: Shot) -> UInt8[np.ndarray, "size size channels"]:
        posed = from_columns(blender.blend(shot.weights))
        picture = render(assume(posed, avatar.labels, shot.posture), shot.camera)
        return picture.to_rgba8() if background is None else picture.to_rgb8(background)

    return draw
