"""The character that resembles a person, read from one portrait or several."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.character.model import Character
from core.hair.measure import measure_hair
from core.portrait import Portrait
from core.rig.fit import HeadFit, fit_head
from core.rig.head import HeadRig
from core.rig.sight import Sight
from core.rig.surface import SurfacePattern
from core.rig.typical import calm_identity
from core.traits.beard import measure_beard
from core.traits.brows import measure_brows
from core.traits.earrings import measure_earrings
from core.traits.glasses import measure_glasses
from core.traits.headwear import measure_headwear
from core.traits.marks import measure_marks
from core.traits.palette import measure_palette


@dataclass(frozen=True)
class Reading:
    """A character and how well it could be read."""

    character: Character
    fit: HeadFit
    """Of the portrait that most traits were read from."""
    doubts: tuple[str, ...]
    """One sentence for each trait that could not be read and was chosen neutral instead."""


def read_character(rig: HeadRig, pattern: SurfacePattern, portraits: Sequence[Portrait]) -> Reading:
    """The character that resembles the person in the portraits.

    Raises:
        ValueError: if there is no portrait.
    """
    if not portraits:
        raise ValueError("portraits must hold at least one")
    portrait = portraits[0]
    fit = fit_head(rig, portrait.points, portrait.scores)
    sight = Sight(rig, pattern, portrait, fit)
    doubts: list[str] = []

    def sure(measured):
        trait, doubt = measured
        doubts.extend([doubt] if doubt else [])
        return trait

    character = Character(
        identity=calm_identity(rig, fit),
        palette=sure(measure_palette(sight)),
        brows=sure(measure_brows(sight)),
        beard=sure(measure_beard(sight)),
        marks=sure(measure_marks(sight)),
        hair=sure(measure_hair(sight)),
        headwear=sure(measure_headwear(sight)),
        glasses=sure(measure_glasses(sight)),
        earrings=sure(measure_earrings(sight)),
    )
    return Reading(character, fit, tuple(doubts))
