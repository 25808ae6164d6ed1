"""The 1 Euro filter (Casiez, Roussel and Vogel, CHI 2012): steady when still, quick when moving."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.drive.signal import Signal, bounded_posture

_PAUSE_S = 1.0


@dataclass(frozen=True)
class OneEuroSettings:
    """How much is smoothed."""

    min_cutoff_hz: float = 1.0
    """What a value at rest is smoothed with; lower is steadier."""
    beta: float = 0.0
    """How much the cutoff rises, in Hz, per unit and second of speed; higher follows more closely."""
    speed_cutoff_hz: float = 1.0
    """What the speed itself is smoothed with."""


FACE = OneEuroSettings(min_cutoff_hz=3.0, beta=4.0)
"""For weights, which go from 0 to 1."""
HEAD = OneEuroSettings(min_cutoff_hz=2.0, beta=0.05)
"""For angles in degrees."""


class OneEuro:
    """Filters a vector, every channel for itself. Keeps the last value and its speed."""

    def __init__(self, settings: OneEuroSettings):
        """Args: ``settings`` say how much."""
        self._settings = settings
        self._last: np.ndarray | None = None
        self._speed = np.zeros(0)
        self._time_s = 0.0

    def filter(self, values: Float[np.ndarray, " n"], time_s: float) -> Float[np.ndarray, " n"]:
        """The values, smoothed; as they are after a pause of more than a second, or the first time.

        Args:
            values: as many as the last time.
            time_s: seconds; a time that is not later than the last one changes nothing.
        """
        step = time_s - self._time_s
        if self._last is None or step > _PAUSE_S:
            self._last, self._speed = values.astype(float), np.zeros(len(values))
        elif step > 0:
            settings = self._settings
            self._speed = self._speed + _easing(settings.speed_cutoff_hz, step) * (
                (values - self._last) / step - self._speed
            )
            cutoff = settings.min_cutoff_hz + settings.beta * np.abs(self._speed)
            self._last = self._last + _easing(cutoff, step) * (values - self._last)
        else:
            return self._last
        self._time_s = time_s
        return self._last


class Smoother:
    """Smooths signals one after another."""

    def __init__(self, strength: float = 1.0):
        """Args: ``strength`` is 0 for nothing at all, 1 as usual, more for more."""
        self._strength = strength
        self._face, self._head = OneEuro(FACE), OneEuro(HEAD)

    def take(self, signal: Signal) -> Signal:
        """The signal, smoothed with those before it."""
        if self._strength <= 0:
            return signal
        # Time that runs slower makes a filter stronger.
        time_s = signal.time_s / self._strength
        weights = np.clip(self._face.filter(signal.weights, time_s), 0, 1).astype(np.float32)
        posture = signal.posture
        if posture is not None:
            posture = bounded_posture(*self._head.filter(np.array(list(vars(posture).values())), time_s).tolist())
        return Signal(signal.time_s, weights, posture)


def _easing(cutoff_hz: "float | np.ndarray", step_s: float):
    """How far a low pass goes towards a new value."""
    rate = 2 * np.pi * cutoff_hz * step_s
    return rate / (rate + 1)
