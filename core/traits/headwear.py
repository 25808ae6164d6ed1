"""Headwear: caps, beanies, hats, headscarves, turbans and hoods."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.rig.sight import Sight


@dataclass(frozen=True)
class Headwear:
    """What is worn on the head."""

    kind: str
    color: Float32[np.ndarray, "3"]
    """Display sRGB."""


def measure_headwear(sight: Sight) -> tuple[Headwear | None, str]:
    """The headwear of a portrait, None without any; and a sentence if it could not be read."""
    return None, ""
