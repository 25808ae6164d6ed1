"""A picture to the signal of the face in it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from core.drive.head_turn import head_turn
from core.drive.signal import Signal, signal_from_scores
from core.face.landmarks import Landmarker
from core.rig.head import HeadRig


@dataclass(frozen=True)
class FaceReader:
    """What reads faces."""

    landmarker: Landmarker
    rig: HeadRig

    def read(self, picture: UInt8[np.ndarray, "h w 3"], time_s: float) -> Signal | None:
        """The signal of the largest face in an RGB picture; None if there is none."""
        found = self.landmarker.detect(picture)
        if not found:
            return None
        return signal_from_scores(found[0].scores, time_s, head_turn(self.rig, found[0].points))
