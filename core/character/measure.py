"""The character that resembles a person, read from one portrait or several."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from core.character.colorless import is_colorless, with_usual_hues
from core.character.consensus import merged, middle_color
from core.character.model import Character
from core.character.resemblance import could_be_one_person
from core.character.trust import trust
from core.hair.measure import measure_hair
from core.hair.presets import preset_hair
from core.portrait import Portrait
from core.rig.fit import HeadFit, fit_head, fit_heads
from core.rig.head import HeadRig
from core.rig.sight import Sight
from core.rig.surface import SurfacePattern
from core.rig.typical import calm_identity
from core.traits.beard import measure_beard
from core.traits.brows import measure_brows
from core.traits.earrings_reading import measure_earrings
from core.traits.glasses_reading import measure_glasses
from core.traits.headwear_reading import measure_headwear
from core.traits.marks import measure_marks
from core.traits.palette import Palette, measure_palette

_MEASURES: Mapping[str, Callable[[Sight], tuple[Any, str]]] = {
    "palette": measure_palette,
    "brows": measure_brows,
    "beard": measure_beard,
    "marks": measure_marks,
    "hair": measure_hair,
    "headwear": measure_headwear,
    "glasses": measure_glasses,
    "earrings": measure_earrings,
}
# What a colour of the palette is read from; clothes and hats differ from photo to photo, so those are not mixed.
_COLOR_FROM = {"lips": ("lips",), "brows": ("brows",), "hair": ("hair",), "iris": ("eyes",)}
_FROM_ONE_PHOTO = {"clothes": ("clothes",), "headwear": ("headwear",)}
_MIN_PIXELS = 60
# Below these, a bald head would show.
_HAIR_BELOW = ("cap", "beanie", "hat", "turban")
_HATLESS = 4.0


@dataclass(frozen=True)
class Reading:
    """A character and how well it could be read."""

    character: Character
    fit: HeadFit
    """Of the portrait that can be trusted most."""
    doubts: tuple[str, ...]
    """One sentence for each trait that no portrait showed, so that a usual one was chosen, and for contradictions."""
    best: int = 0
    """Number of the portrait that can be trusted most."""


def read_character(rig: HeadRig, pattern: SurfacePattern, portraits: Sequence[Portrait]) -> Reading:
    """The character that resembles the person in the portraits.

    Shape is fitted to all of them jointly; traits are what they agree on, and photos from the front in even light
    count most.

    Raises:
        ValueError: if there is no portrait.
    """
    if not portraits:
        raise ValueError("portraits must hold at least one")
    fits = fit_heads(rig, [(portrait.points, portrait.scores) for portrait in portraits])
    sights = [Sight(rig, pattern, portrait, fit) for portrait, fit in zip(portraits, fits, strict=True)]
    trusts = [trust(sight) for sight in sights]
    shape = np.array([each.shape for each in trusts])
    color = np.array([each.color for each in trusts])
    best = int(shape.argmax())
    identity = np.stack([calm_identity(rig, fit) for fit in fits]).mean(0)
    doubts: list[str] = []
    traits: dict[str, Any] = {}
    for name, measure in _MEASURES.items():
        readings = [measure(sight) for sight in sights]
        if all(doubt for _, doubt in readings):
            # The shortest doubts least.
            doubts.append(min((doubt for _, doubt in readings), key=len))
        sure = np.array([not doubt for _, doubt in readings])
        weights = color if name == "palette" else shape * sure if sure.any() else shape
        traits[name] = _agreed(name, [trait for trait, _ in readings], sights, weights)
    if traits["hair"] is None and traits["headwear"] is not None and traits["headwear"].kind in _HAIR_BELOW:
        traits["hair"] = preset_hair("buzz cut")
        doubts.append("The hair under the headwear is not seen; it was taken to be cropped.")
    if all(is_colorless(portrait) for portrait in portraits):
        traits["palette"] = with_usual_hues(traits["palette"])
        doubts.append("The photo has no colours; they were guessed from its light and dark.")
    if len(portraits) > 1:
        alone = [calm_identity(rig, fit_head(rig, portrait.points, portrait.scores)) for portrait in portraits]
        if not could_be_one_person(rig, alone):
            doubts.append("The faces in the photos differ much; use photos of one person.")
    return Reading(Character(identity, **traits), fits[best], tuple(doubts), best)


def _agreed(name: str, traits: list[Any], sights: Sequence[Sight], weights: np.ndarray) -> Any:
    if len(traits) == 1:
        return traits[0]
    if name == "palette":
        return _palette(traits, sights, weights)
    if name == "hair":
        # Mixed outlines would be nobody's; a hat hides half of one.
        hatless = np.array([not _shows(sight, "headwear") for sight in sights])
        return traits[int((weights * np.where(hatless, _HATLESS, 1)).argmax())]
    if name == "earrings":
        # Who has hair over the ears may wear any.
        weights = _where_shown(weights, sights, ("ears",))
    return merged([trait for trait, weight in zip(traits, weights, strict=True) if weight], weights[weights > 0])


def _palette(palettes: list[Palette], sights: Sequence[Sight], weights: np.ndarray) -> Palette:
    values = {}
    for field in fields(Palette):
        own = [getattr(palette, field.name) for palette in palettes]
        parts = (_COLOR_FROM | _FROM_ONE_PHOTO).get(field.name.partition("_")[0], ("skin",))
        shown = _where_shown(weights, sights, parts)
        if field.name in _FROM_ONE_PHOTO:
            values[field.name] = own[int(shown.argmax())]
        elif isinstance(own[0], np.ndarray):
            values[field.name] = middle_color(np.stack(own), shown)
        else:
            values[field.name] = merged(own, shown)
    return Palette(**values)


def _where_shown(weights: np.ndarray, sights: Sequence[Sight], parts: tuple[str, ...]) -> np.ndarray:
    """The weights of those photos that show some parts; all of them if none does."""
    shown = np.array([_shows(sight, *parts) for sight in sights])
    return weights * shown if (weights * shown).any() else weights


def _shows(sight: Sight, *parts: str) -> bool:
    return int(sight.portrait.mask(*parts).sum()) >= _MIN_PIXELS
