"""Reads the hair of a person from a photo."""

from core.hair.shape import HairShape, measure_shape
from core.rig.sight import Sight


def measure_hair(sight: Sight) -> tuple[HairShape | None, str]:
    """The hair, None for a bald head, and a sentence if it could not be read."""
    return measure_shape(sight.rig, sight.fit, sight.portrait), ""
