"""Expressions one after another, as a film."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, UInt8

from core.avatar.model import Avatar
from core.avatar.posture import Posture
from core.camera import orbit
from core.errors import InvalidRequest
from core.expressions import SHAPES
from core.media.animation import Animation
from core.media.film import Shot, drawer

_WHITE = (255, 255, 255)
_MOST_KEYFRAMES, _LONGEST_S, _SIZES, _RATES = 40, 20.0, (64, 768), (5, 30)


@dataclass(frozen=True)
class Keyframe:
    """How the face is at a moment."""

    at: float
    """Seconds from the start."""
    weights: tuple[float, ...]
    """In the order of :data:`core.expressions.SHAPES`, each in [0, 1]."""


@dataclass(frozen=True)
class Film:
    """Keyframes that lead from one to the next, and from the last to the first."""

    keyframes: tuple[Keyframe, ...]
    """Ascending in time, all before ``seconds``; at least two."""
    seconds: float
    """Of the whole, in (0, 20]."""
    fps: int = 20
    """Frames a second, 5 to 30."""
    size: int = 384
    """Width and height in pixels, even, 64 to 768."""

    def __post_init__(self):
        """Refuses what cannot be shown.

        Raises:
            InvalidRequest: if a number is out of range.
        """
        if not 2 <= len(self.keyframes) <= _MOST_KEYFRAMES:
            raise InvalidRequest(f"A film needs 2 to {_MOST_KEYFRAMES} keyframes, not {len(self.keyframes)}.")
        if not 0 < self.seconds <= _LONGEST_S or self.frames < 2:
            raise InvalidRequest(f"A film must last at most {_LONGEST_S:g} seconds and at least 2 frames.")
        if not _SIZES[0] <= self.size <= _SIZES[1] or self.size % 2:
            raise InvalidRequest(f"The size must be an even number from {_SIZES[0]} to {_SIZES[1]}, not {self.size}.")
        if not _RATES[0] <= self.fps <= _RATES[1]:
            raise InvalidRequest(f"The frames a second must lie between {_RATES[0]} and {_RATES[1]}, not {self.fps}.")
        times = [key.at for key in self.keyframes]
        if times[0] < 0 or times[-1] >= self.seconds or any(one > other for one, other in pairwise(times)):
            raise InvalidRequest("The keyframes must follow one another within the film.")
        for key in self.keyframes:
            if len(key.weights) != len(SHAPES) or not all(0 <= weight <= 1 for weight in key.weights):
                raise InvalidRequest(f"A keyframe has {len(SHAPES)} weights between 0 and 1.")

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return round(self.seconds * self.fps)

    def weights(self, time_s: float) -> Float[np.ndarray, " k"]:
        """The expression at a moment; the page plays by the same rule (ui_assets/studio/pose.js)."""
        now = time_s % self.seconds
        after = next((i for i, key in enumerate(self.keyframes) if key.at > now), len(self.keyframes))
        start, end = self.keyframes[after - 1], self.keyframes[after % len(self.keyframes)]
        start_s = start.at - (self.seconds if after == 0 else 0)
        end_s = end.at + (self.seconds if after == len(self.keyframes) else 0)
        share = (now - start_s) / (end_s - start_s) if end_s > start_s else 0.0
        eased = share * share * (3 - 2 * share)
        one, other = np.array(start.weights, np.float32), np.array(end.weights, np.float32)
        return one + (other - one) * np.float32(eased)

    def animation(self, avatar: Avatar) -> Animation:
        """Its frames, on white, drawn when they are asked for."""
        draw, camera = drawer(avatar, _WHITE), orbit(size=self.size)

        def frame(number: int) -> UInt8[np.ndarray, "size size channels"]:
            return draw(Shot(self.weights(number / self.fps), Posture(), camera))

        return Animation(frame, self.frames, self.fps, self.size, _WHITE)


def film_from(keyframes: Sequence[tuple[float, Sequence[float]]], seconds: float, fps: int, size: int) -> Film:
    """The film that a page asks for.

    Raises:
        InvalidRequest: if a number is out of range.
    """
    keys = tuple(Keyframe(float(at), tuple(float(w) for w in weights)) for at, weights in keyframes)
    return Film(keys, float(seconds), fps, size)
