"""An avatar that turns once round and starts over without a jolt."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from core.avatar.model import Avatar
from core.camera import Camera, orbit
from core.errors import InvalidRequest
from core.media.animation import Animation, Progress, save_animation
from core.render.splats import render


@dataclass(frozen=True)
class Turntable:
    """How to show a turn."""

    seconds: float = 4.0
    """Of one turn, at most 60."""
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
            raise InvalidRequest(f"A turn must last at most 60 seconds and at least 2 frames, not {self.seconds:g} s.")

    @property
    def frames(self) -> int:
        """How many frames a turn has."""
        return round(self.seconds * self.fps)

    def camera(self, number: int) -> Camera:
        """Where the frame of that number, from 0, is seen from: first in front, then towards the avatar's left.

        All steps are the same, and so is the one from the last frame back to the first.
        """
        return orbit(360.0 * number / self.frames, size=self.size)


def save_turntable(
    avatar: Avatar,
    weights: Float[np.ndarray, " k"],
    path: Path,
    turntable: Turntable,
    progress: Progress = lambda share: None,
) -> None:
    """Draws one turn of the avatar in a pose, and writes it to repeat for ever.

    Args:
        avatar: who turns.
        weights: one for each shape.
        path: ends in ``.gif``, ``.webp`` or ``.mp4``.
        turntable: how to show it.
        progress: called after each frame.

    Raises:
        InvalidRequest: if there is no such format, it cannot hold these frames, or ffmpeg is missing.
        ValueError: if there is not one weight for each shape.
        OSError: if the file cannot be written.
    """
    posed = avatar.posed(weights)

    def frame(number: int) -> UInt8[np.ndarray, "size size channels"]:
        picture = render(posed, turntable.camera(number))
        if turntable.background is None:
            return picture.to_rgba8()
        red, green, blue = turntable.background
        plain = picture.over((red / 255, green / 255, blue / 255))
        return np.rint(np.clip(plain, 0, 1) * 255).astype(np.uint8)

    animation = Animation(frame, turntable.frames, turntable.fps, turntable.size, turntable.background)
    save_animation(animation, path, progress)
