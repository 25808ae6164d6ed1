"""A character: what the avatar of one person is made from, measured from a portrait."""

from dataclasses import dataclass

import numpy as np

from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.portrait import Portrait
from core.rig.beard import Beard, measure_beard
from core.rig.brows import brow_density
from core.rig.fit import HeadFit, fit_head
from core.rig.glasses import Glasses, measure_glasses
from core.rig.hair_shape import HairShape, measure_hair
from core.rig.head import HeadRig
from core.rig.palette import Palette, measure_palette
from core.rig.surface import SurfacePattern


@dataclass(frozen=True)
class Character:
    """Head shape and traits."""

    fit: HeadFit
    palette: Palette
    brow_density: float
    """From :func:`core.rig.brows.brow_density`."""
    beard: Beard
    eyes_seen: tuple[bool, bool]
    """Whether hair leaves the left and the right eye free."""
    glasses: Glasses | None
    hair: HairShape | None
    """None for a bald head."""


def measure_character(rig: HeadRig, pattern: SurfacePattern, portrait: Portrait) -> Character:
    """The character that resembles a portrait."""
    fit = fit_head(rig, portrait.points, portrait.scores)
    return Character(
        fit=fit,
        palette=measure_palette(portrait),
        brow_density=brow_density(portrait),
        beard=measure_beard(rig, pattern, fit, portrait),
        eyes_seen=(_eye_seen(portrait, LEFT_EYE), _eye_seen(portrait, RIGHT_EYE)),
        glasses=measure_glasses(rig, fit, portrait),
        hair=measure_hair(rig, fit, portrait),
    )


def _eye_seen(portrait: Portrait, rim: tuple[int, ...]) -> bool:
    column, row = np.clip(portrait.points[list(rim), :2].astype(int), 0, 511).T
    return float(portrait.mask("hair", "headwear")[row, column].mean()) < 0.4
