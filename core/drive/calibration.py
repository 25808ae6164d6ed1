"""From what a tracker reads of a face to what the avatar is to do: neutral, gain for each shape, mirror."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Float32

from core.avatar.posture import Posture
from core.drive.signal import Signal, bounded_posture
from core.errors import InvalidRequest
from core.expressions import SHAPES
from core.smoothstep import smoothstep

MAX_GAIN = 3.0
"""More would turn a tracker's trembling into grimaces."""
# No more than this is taken as resting, so that a smile at the wrong moment does not forbid smiling.
_MAX_NEUTRAL = 0.6
# What MediaPipe reads as two thirds, or hardly sees; the live page has the same table (ui_assets/ar/calibration.js).
_PICTURE_GAINS = {
    "eyeBlink": 1.5,
    "browDown": 1.6,
    "browUp": 1.2,
    "mouthFrown": 1.8,
    "mouthStretch": 1.5,
    "mouthSmile": 1.1,
}
# Open eyes read as this much of a blink: half of 2,400 portraits of people with open eyes lie above 0.15.
_OPEN_EYES = 0.12
_LIDS = [SHAPES.index("eyeBlinkLeft"), SHAPES.index("eyeBlinkRight")]
# Up to the first a wink is a wink, from the second on nobody can tell.
_ASIDE_DEG = (10.0, 25.0)
_OTHER_SIDE = [
    SHAPES.index(name.replace("Left", "Right") if name.endswith("Left") else name.replace("Right", "Left"))
    for name in SHAPES
]


def _none() -> Float32[np.ndarray, "16"]:
    return np.zeros(len(SHAPES), np.float32)


def _ones() -> Float32[np.ndarray, "16"]:
    return np.ones(len(SHAPES), np.float32)


@dataclass(frozen=True)
class Calibration:
    """How signals are understood. As it is, they are taken as they come."""

    neutral: Float32[np.ndarray, "16"] = field(default_factory=_none)
    """What the tracker reads of this person's resting face, in [0, 0.6]."""
    gains: Float32[np.ndarray, "16"] = field(default_factory=_ones)
    """What each shape is multiplied by, in [0, 3]."""
    straight: Posture = field(default_factory=Posture)
    """How the head is turned where this person looks straight ahead."""
    mirror: bool = False
    """Whether left and right change places, as in a mirror."""
    lids_together: bool = False
    """Whether both lids do the same while the head is turned aside, where a camera sees the farther eye badly."""

    def apply(self, signal: Signal) -> Signal:
        """What the avatar is to do: from the neutral to 1, so that a full expression stays one."""
        weights = np.clip(self.gains * (signal.weights - self.neutral) / (1 - self.neutral), 0, 1).astype(np.float32)
        if self.lids_together and signal.posture is not None:
            share = float(smoothstep(*_ASIDE_DEG, abs(signal.posture.yaw_deg)))
            weights[_LIDS] += np.float32(share) * (weights[_LIDS].mean() - weights[_LIDS])
        posture = signal.posture and signal.posture.plus(self.straight, -1.0)
        if not self.mirror:
            return Signal(signal.time_s, weights, posture)
        if posture is not None:
            posture = replace(
                posture, yaw_deg=-posture.yaw_deg, roll_deg=-posture.roll_deg, gaze_yaw_deg=-posture.gaze_yaw_deg
            )
        return Signal(signal.time_s, weights[_OTHER_SIDE], posture)

    def with_neutral(self, signals: Sequence[Signal]) -> "Calibration":
        """This calibration with the middle of some signals of a resting face as neutral.

        Raises:
            ValueError: if there is no signal.
        """
        if not signals:
            raise ValueError("a neutral face needs at least one signal")
        middle = np.minimum(np.median([signal.weights for signal in signals], axis=0), _MAX_NEUTRAL)
        turns = [list(vars(signal.posture).values()) for signal in signals if signal.posture is not None]
        straight = bounded_posture(*np.median(turns, axis=0).tolist()) if turns else self.straight
        return replace(self, neutral=middle.astype(np.float32), straight=straight)

    def times(self, gain: float) -> "Calibration":
        """This calibration with every gain multiplied.

        Raises:
            InvalidRequest: if the gain lies outside [0, 3].
        """
        if not 0 <= gain <= MAX_GAIN:
            raise InvalidRequest(f"The gain must lie between 0 and {MAX_GAIN:g}, not {gain:g}.")
        return replace(self, gains=np.minimum(self.gains * np.float32(gain), np.float32(MAX_GAIN)))


def for_pictures() -> Calibration:
    """What suits faces that MediaPipe reads, as long as nobody's neutral is known; ARKit's trackers need no gain."""
    gains = [next((gain for start, gain in _PICTURE_GAINS.items() if name.startswith(start)), 1.0) for name in SHAPES]
    neutral = [_OPEN_EYES * name.startswith("eyeBlink") for name in SHAPES]
    return Calibration(np.array(neutral, np.float32), np.array(gains, np.float32), lids_together=True)
