"""Signals to pictures and films of an avatar."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from core.avatar.blend import Blender
from core.avatar.model import Avatar
from core.avatar.posture import Posture, assume
from core.camera import orbit
from core.drive.signal import Signal
from core.errors import InvalidRequest
from core.gaussians import from_columns
from core.media.animation import Animation
from core.render.splats import render

_SIZES = (16, 2048)
_RATES = (1, 60)
_LONGEST_S = 600.0


@dataclass(frozen=True)
class Stage:
    """How an avatar is shown."""

    size: int = 512
    """Width and height in pixels, 16 to 2048."""
    background: tuple[int, int, int] | None = (255, 255, 255)
    """Display sRGB, 0 to 255; None for transparent."""
    turn: float = 1.0
    """How far the avatar turns with the head, 0 to 1."""

    def __post_init__(self):
        """Refuses what cannot be drawn.

        Raises:
            InvalidRequest: if a number is out of range.
        """
        if not _SIZES[0] <= self.size <= _SIZES[1]:
            raise InvalidRequest(f"The size must lie between {_SIZES[0]} and {_SIZES[1]}, not {self.size}.")
        if not 0 <= self.turn <= 1:
            raise InvalidRequest(f"The share of turning must lie between 0 and 1, not {self.turn:g}.")


def draw_signal(
    avatar: Avatar, signal: Signal, stage: Stage, blender: Blender | None = None
) -> UInt8[np.ndarray, "size size channels"]:
    """The avatar as the signal has it: RGBA with straight alpha if the background is None, else RGB."""
    columns = (blender or Blender(avatar)).blend(signal.weights)
    turned = Posture().plus(signal.posture or Posture(), stage.turn)
    picture = render(assume(from_columns(columns), avatar.labels, turned), orbit(size=stage.size))
    return picture.to_rgba8() if stage.background is None else picture.to_rgb8(stage.background)


def film(avatar: Avatar, signals: Sequence[Signal], stage: Stage, fps: int) -> Animation:
    """The avatar doing what the signals say, from the first to the last.

    Args:
        avatar: of the 16 shapes.
        signals: at least two, their times ascending.
        stage: how it is shown.
        fps: frames a second; between two signals the expression goes evenly from one to the other.

    Raises:
        InvalidRequest: if there are too few frames or too many.
    """
    seconds = signals[-1].time_s - signals[0].time_s if signals else 0.0
    count = 1 + round(seconds * fps)
    if not _RATES[0] <= fps <= _RATES[1]:
        raise InvalidRequest(f"The frames a second must lie between {_RATES[0]} and {_RATES[1]}, not {fps}.")
    if count < 2:
        raise InvalidRequest("There is only one moment in it; choose a PNG instead of a film.")
    if seconds > _LONGEST_S:
        raise InvalidRequest(f"It lasts {seconds:.0f} seconds; choose at most {_LONGEST_S:.0f} with --seconds.")
    moments = resampled(signals, fps)
    blender = Blender(avatar)
    return Animation(
        lambda number: draw_signal(avatar, moments[number], stage, blender), count, fps, stage.size, stage.background
    )


def resampled(signals: Sequence[Signal], fps: int) -> list[Signal]:
    """Signals at even times, the first at 0, straight lines between those that there were."""
    times = np.array([signal.time_s for signal in signals]) - signals[0].time_s
    wanted = np.arange(1 + round(float(times[-1]) * fps)) / fps
    weights = _between(wanted, times, [signal.weights for signal in signals])
    if all(signal.posture is None for signal in signals):
        postures: list[Posture | None] = [None] * len(wanted)
    else:
        turns = _between(wanted, times, [list(vars(signal.posture or Posture()).values()) for signal in signals])
        postures = [Posture(*turn.tolist()) for turn in turns]
    return [
        Signal(float(time_s), row, posture)
        for time_s, row, posture in zip(wanted, weights.clip(0, 1).astype(np.float32), postures, strict=True)
    ]


def _between(wanted: np.ndarray, times: np.ndarray, rows: Sequence) -> np.ndarray:
    values = np.array(rows, float)
    return np.stack([np.interp(wanted, times, channel) for channel in values.T], axis=1)
