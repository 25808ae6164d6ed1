"""A character: what the avatar of one person is made from, measured from a portrait."""

from dataclasses import dataclass

from core.portrait import Portrait
from core.rig.brows import brow_density
from core.rig.fit import HeadFit, fit_head
from core.rig.hair_shape import HairShape, measure_hair
from core.rig.head import HeadRig
from core.rig.palette import Palette, measure_palette


@dataclass(frozen=True)
class Character:
    """Head shape and traits."""

    fit: HeadFit
    palette: Palette
    brow_density: float
    """From :func:`core.rig.brows.brow_density`."""
    hair: HairShape | None
    """None for a bald head."""


def measure_character(rig: HeadRig, portrait: Portrait) -> Character:
    """The character that resembles a portrait."""
    fit = fit_head(rig, portrait.points, portrait.scores)
    return Character(
        fit=fit,
        palette=measure_palette(portrait),
        brow_density=brow_density(portrait),
        hair=measure_hair(rig, fit, portrait),
    )
