"""What a driver says at one moment: the expression, and how head and eyes are turned."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.avatar.posture import Posture
from core.expressions import SHAPES, from_arkit

_MOST_TURN_DEG = 60.0
# How far the eyes turn where a tracker's score of looking to one side is 1.
_GAZE_DEG = 20.0


@dataclass(frozen=True)
class Signal:
    """One moment. Every driver, whatever it reads, gives these."""

    time_s: float
    """Seconds, on a clock that only goes forward."""
    weights: Float32[np.ndarray, "16"]
    """In the order of :data:`core.expressions.SHAPES`, each in [0, 1]."""
    posture: Posture | None = None
    """How head and eyes are turned; None if the driver does not say."""

    def __post_init__(self):
        """Refuses what is no expression.

        Raises:
            ValueError: if the time is not finite or a weight lies outside [0, 1].
        """
        inside = self.weights.shape == (len(SHAPES),) and bool(((self.weights >= 0) & (self.weights <= 1)).all())
        if not inside or not np.isfinite(self.time_s):
            raise ValueError(f"a signal needs a finite time and {len(SHAPES)} weights in [0, 1], got {self}")


def signal_from_scores(
    scores: Mapping[str, float], time_s: float, head_deg: tuple[float, float, float] | None = None
) -> Signal:
    """The moment that a tracker's scores describe.

    Args:
        scores: finite, by ARKit name; absent ones count as 0. Those of looking aside turn the eyes.
        time_s: seconds.
        head_deg: yaw, pitch and roll of the head, with the signs of :class:`core.avatar.posture.Posture`; None if the
            tracker does not say, and then the eyes stay as they are, too.
    """
    if head_deg is None:
        return Signal(time_s, from_arkit(scores))
    return Signal(time_s, from_arkit(scores), bounded_posture(*head_deg, *_gaze(scores)))


def bounded_posture(yaw: float, pitch: float, roll: float, gaze_yaw: float = 0.0, gaze_pitch: float = 0.0) -> Posture:
    """A posture of these degrees, none beyond 60."""
    turns = np.clip((yaw, pitch, roll, gaze_yaw, gaze_pitch), -_MOST_TURN_DEG, _MOST_TURN_DEG)
    return Posture(*(float(turn) for turn in turns))


def _gaze(scores: Mapping[str, float]) -> tuple[float, float]:
    """Yaw and pitch of the eyes in degrees: what both eyes agree on."""

    def score(name: str) -> float:
        return min(max(scores.get(name, 0.0), 0.0), 1.0)

    aside = score("eyeLookOutLeft") - score("eyeLookInLeft") + score("eyeLookInRight") - score("eyeLookOutRight")
    up = score("eyeLookUpLeft") + score("eyeLookUpRight") - score("eyeLookDownLeft") - score("eyeLookDownRight")
    return _GAZE_DEG * aside / 2, _GAZE_DEG * up / 2
