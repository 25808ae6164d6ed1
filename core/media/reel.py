"""An expression reel: one face after the other, each held for a moment, and round to the first."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from core.avatar.model import Avatar
from core.avatar.posture import Posture
from core.camera import orbit
from core.expressions import POSES, weights_vector
from core.media.animation import Progress
from core.media.film import Film, Shot, save_film
from core.media.framing import whole_fov_deg
from core.smoothstep import smoothstep

REEL_SECONDS = 7.0
"""Long enough to see each."""
_HOLD = 0.55
"""Share of its time that a face is held."""


@dataclass(frozen=True)
class _Stop:
    weights: Mapping[str, float]
    posture: Posture


_KISS = {"lipsPucker": 1.0, "eyeBlinkRight": 1.0, "browUpLeft": 0.5, "browUpRight": 0.4}
_LAUGH = {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "jawOpen": 0.7, "eyeBlinkLeft": 0.9, "eyeBlinkRight": 0.9}
_STOPS = (
    _Stop(POSES["happy"], Posture(roll_deg=4.0)),
    _Stop(POSES["surprised"], Posture(pitch_deg=5.0)),
    _Stop(POSES["playful"], Posture(roll_deg=-9.0, yaw_deg=6.0)),
    _Stop(POSES["angry"], Posture(pitch_deg=-8.0)),
    _Stop(POSES["sad"], Posture(pitch_deg=-7.0, roll_deg=7.0, gaze_pitch_deg=-8.0)),
    _Stop(_KISS, Posture(yaw_deg=10.0, roll_deg=6.0)),
    _Stop(_LAUGH, Posture(pitch_deg=6.0, roll_deg=-7.0)),
)


def reel_state(share: float) -> tuple[Float[np.ndarray, "16"], Posture]:
    """Weights and posture at a moment of the reel.

    Args:
        share: of the whole, in [0, 1); 1 would be 0 again.
    """
    place = share * len(_STOPS)
    here, after = _STOPS[int(place) % len(_STOPS)], _STOPS[(int(place) + 1) % len(_STOPS)]
    t = float(smoothstep(_HOLD, 1.0, place % 1.0))
    weights = (1 - t) * weights_vector(here.weights) + t * weights_vector(after.weights)
    # Lids meet on the way from one face to the next, as they do when people turn to something else.
    lids = 0.8 * np.sin(np.pi * t)
    blink = weights_vector({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    weights = np.maximum(weights, (lids * blink).astype(np.float32))
    posture = Posture().plus(here.posture, 1 - t).plus(after.posture, t)
    return weights.astype(np.float32), posture


def save_reel(avatar: Avatar, film: Film, path: Path, progress: Progress = lambda share: None) -> None:
    """Draws an avatar going through its faces, and writes it so that it can be repeated without a jolt.

    Raises:
        InvalidRequest: if there is no such format, it cannot hold these frames, or ffmpeg is missing.
        OSError: if the file cannot be written.
    """
    camera = orbit(0.0, 1.0, size=film.size, fov_deg=whole_fov_deg(avatar))

    def shot(number: int) -> Shot:
        weights, posture = reel_state(number / film.frames)
        return Shot(weights, posture, camera)

    save_film(avatar, shot, film, path, progress)
