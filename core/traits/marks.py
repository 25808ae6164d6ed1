"""What marks a face: freckles, moles and the lines of age."""

from dataclasses import dataclass

from core.rig.sight import Sight


@dataclass(frozen=True)
class Marks:
    """Strengths in [0, 1]; 0 everywhere is a plain face."""

    freckles: float = 0.0
    age: float = 0.0
    """Of the lines beside the mouth, at the eyes and on the forehead."""


def measure_marks(sight: Sight) -> tuple[Marks, str]:
    """The marks of a portrait, and a sentence if they could not be read."""
    return Marks(), ""
