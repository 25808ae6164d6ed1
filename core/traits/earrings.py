"""Earrings: studs, hoops and drops."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.rig.sight import Sight


@dataclass(frozen=True)
class Earrings:
    """A pair of them."""

    kind: str
    """``stud``, ``hoop`` or ``drop``."""
    color: Float32[np.ndarray, "3"]
    """Display sRGB."""


def measure_earrings(sight: Sight) -> tuple[Earrings | None, str]:
    """The earrings of a portrait, None without any; and a sentence if they could not be read."""
    return None, ""
