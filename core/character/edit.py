"""Editing a character: every trait that can be changed by hand, as data, and changes by their names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from PIL import ImageColor

from core.character import swatches
from core.character.document import same
from core.character.model import Character
from core.errors import InvalidRequest
from core.hair.presets import HAIR_STYLES, preset_hair
from core.hair.shape import HairShape
from core.oklab import to_oklab, to_srgb
from core.traits.beard import Beard, preset_beard
from core.traits.brows import Brows, preset_brows
from core.traits.earrings import KINDS as EARRING_KINDS
from core.traits.earrings import Earrings, preset_earrings
from core.traits.glasses import SHAPES as GLASSES_SHAPES
from core.traits.glasses import Glasses, preset_glasses
from core.traits.headwear import KINDS as HEADWEAR_KINDS
from core.traits.headwear import Headwear, preset_headwear, trim_of

Value = str | float | bool
"""A choice's name, a colour as ``#rrggbb`` or by name, a share in [0, 1], or whether."""

PHOTO = "photo"
"""The value of any trait that stands for how it was measured."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_BROWS = ("thin", "soft", "straight", "arched", "bushy")
_MOLES = {"none": (), "beauty mark": ((1.9, -3.1, 0.24),), "at the eye": ((-3.9, -1.3, 0.2),)}
_BEARDS = ("none", "stubble", "moustache", "goatee", "short", "full")
# Of things that were never there before.
_HAT, _FRAME, _METAL = swatches.THINGS["red"], swatches.THINGS["black"], swatches.METALS["gold"]
# From the middle tone of hair, in OKLab.
_HIGHLIGHT, _ROOTS = np.array((0.09, 0.004, 0.012), np.float32), np.array((-0.05, 0.0, -0.004), np.float32)


@dataclass(frozen=True)
class Trait:
    """One thing about a character that can be changed without the others."""

    name: str
    """In commands, with hyphens."""
    label: str
    """On the page."""
    group: str
    """Heading on the page under which it stands."""
    kind: Literal["choice", "color", "share", "switch"]
    get: Callable[[Character], Any]
    """The trait as the character holds it; None for what is not there."""
    put: Callable[[Character, Any], Character]
    """The character with another one."""
    restore: Callable[[Character, Character], Character] | None = None
    """The first character with the trait of the second, where :attr:`put` alone would not bring all of it back."""
    choices: tuple[str, ...] = ()
    """Names of presets, if it is a choice."""
    make: Callable[[Character, str], Any] = lambda character, name: None
    """The preset of a name, in the character's own colours where presets have none."""
    swatches: Mapping[str, str] = field(default_factory=dict)
    """Suggestions by name, if it is a colour."""


def edited(character: Character, changes: Mapping[str, Value], measured: Character | None = None) -> Character:
    """The character with some traits changed.

    Args:
        character: as it is.
        changes: new values by the traits' names; :data:`TRAITS` lists both. Presets count before their colours,
            in whatever order they stand.
        measured: as it was read from the photo, for the value ``photo``; by default the character itself.

    Raises:
        InvalidRequest: in one sentence with the choices, if there is no such trait or value.
    """
    for name in changes:
        trait_named(name)
    for trait in TRAITS:
        if trait.name in changes:
            value = changes[trait.name]
            if value == PHOTO:
                character = _restored(trait, character, measured or character)
            else:
                character = trait.put(character, _parsed(trait, character, value))
    return character


def shown(trait: Trait, character: Character, measured: Character) -> Value | None:
    """What a control for the trait stands at: a value of :func:`edited`; None for the colour of what is not there."""
    held = trait.get(character)
    if trait.kind == "color":
        return None if held is None else hex_of(held)
    if trait.kind == "share":
        return round(float(held), 2)
    if trait.kind == "switch":
        return bool(held)
    for name in trait.choices:
        if same(held, trait.make(character, name)):
            return name
    return PHOTO


def offered(trait: Trait, measured: Character) -> tuple[str, ...]:
    """The choices for this person: the photo's own first, unless a preset is the same."""
    own = trait.get(measured)
    same_preset = any(same(own, trait.make(measured, name)) for name in trait.choices)
    return trait.choices if same_preset else (PHOTO, *trait.choices)


def trait_named(name: str) -> Trait:
    """The trait of a name.

    Raises:
        InvalidRequest: if there is none.
    """
    for trait in TRAITS:
        if trait.name == name:
            return trait
    raise InvalidRequest(f"There is no trait {name!r}; choose {_listed(t.name for t in TRAITS)}.")


def parse_color(text: str, named: Mapping[str, str] = MappingProxyType({})) -> np.ndarray:
    """The colour, float32 sRGB in [0, 1], that ``#rrggbb`` or a name means; ``named`` counts before CSS's names.

    Raises:
        InvalidRequest: if it is neither.
    """
    words = text.strip().lower()
    words = named.get(words, words)
    try:
        channels = ImageColor.getrgb(words)[:3]
    except ValueError:
        examples = f"{_listed(named)}, " if named else ""
        raise InvalidRequest(f"{text!r} is no colour; write {examples}another colour's name or #rrggbb.") from None
    return np.array(channels, np.float32) / 255


def hex_of(color: np.ndarray) -> str:
    """A colour as ``#rrggbb``."""
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in np.clip(color, 0, 1))


def _restored(trait: Trait, character: Character, measured: Character) -> Character:
    if trait.restore is not None:
        return trait.restore(character, measured)
    wanted = trait.get(measured)
    # The colour of what the photo does not show has nothing to go back to.
    return character if trait.kind == "color" and wanted is None else trait.put(character, wanted)


def _parsed(trait: Trait, character: Character, value: Value) -> Any:
    """What a user's value means for a trait."""
    if trait.kind == "choice":
        words = str(value).strip().lower().replace("_", " ").replace("-", " ")
        for name in trait.choices:
            if words == name.replace("_", " ").replace("-", " "):
                return trait.make(character, name)
        raise InvalidRequest(f"There is no {trait.name} {value!r}; choose {_listed((PHOTO, *trait.choices))}.")
    if trait.kind == "color":
        if trait.get(character) is None:
            raise InvalidRequest(f"There is nothing that a {trait.label.lower()} could be given to; choose it first.")
        return parse_color(str(value), trait.swatches)
    if trait.kind == "switch":
        if isinstance(value, bool):
            return value
        raise InvalidRequest(f"{trait.label} is on or off, not {value!r}.")
    try:
        share = float(value)
    except (TypeError, ValueError):  # a browser may send anything
        share = np.nan
    if not 0 <= share <= 1:
        raise InvalidRequest(f"{trait.label} must lie between 0 and 1, not {value}.")
    return share


def _listed(names: Any) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _field(path: str) -> tuple[Callable[[Character], Any], Callable[[Character, Any], Character]]:
    """How to get at a field of the character, or of one of its traits, and how to replace it."""
    owner, _, inner = path.rpartition(".")

    def get(character: Character) -> Any:
        whole = getattr(character, owner) if owner else character
        return None if whole is None else getattr(whole, inner)

    def put(character: Character, value: Any) -> Character:
        if not owner:
            return replace(character, **{inner: value})
        whole = getattr(character, owner)
        return character if whole is None else replace(character, **{owner: replace(whole, **{inner: value})})

    return get, put


def _color(name: str, label: str, group: str, path: str, named: Mapping[str, str]) -> Trait:
    return Trait(name, label, group, "color", *_field(path), swatches=named)


def _choice(
    name: str, label: str, group: str, path: str, choices: tuple[str, ...], make: Callable[[Character, str], Any]
) -> Trait:
    return Trait(name, label, group, "choice", *_field(path), choices=choices, make=make)


def _beard(character: Character, name: str) -> Beard:
    """A new beard has the colour of the brows."""
    fresh = character.beard.is_shaved and name != "none"
    return preset_beard(name, character.palette.brows if fresh else character.beard.color)


def _beard_color(character: Character) -> np.ndarray | None:
    return None if character.beard.is_shaved else character.beard.color


def _headwear(character: Character, name: str) -> Headwear | None:
    color = parse_color(_HAT) if character.headwear is None else character.headwear.color
    return None if name == "none" else preset_headwear(name, color)


def _put_headwear_color(character: Character, color: np.ndarray | None) -> Character:
    if character.headwear is None or color is None:
        return character
    return replace(character, headwear=replace(character.headwear, color=color, second=trim_of(color)))


def _hair(character: Character, name: str) -> HairShape | None:
    return preset_hair(name)


def _put_hair_color(character: Character, color: np.ndarray) -> Character:
    """Highlights and roots change with the middle tone."""
    lab = to_oklab(color)
    light, roots = (to_srgb(lab + change).astype(np.float32) for change in (_HIGHLIGHT, _ROOTS))
    return replace(character, palette=replace(character.palette, hair=color, hair_light=light, hair_roots=roots))


def _restore_hair_color(character: Character, measured: Character) -> Character:
    own = measured.palette
    palette = replace(character.palette, hair=own.hair, hair_light=own.hair_light, hair_roots=own.hair_roots)
    return replace(character, palette=palette)


def _brows(character: Character, name: str) -> Brows:
    return preset_brows(name)


def _glasses(character: Character, name: str) -> Glasses | None:
    color = parse_color(_FRAME) if character.glasses is None else character.glasses.color
    return None if name == "none" else preset_glasses(name, color)


def _earrings(character: Character, name: str) -> Earrings | None:
    color = parse_color(_METAL) if character.earrings is None else character.earrings.color
    return None if name == "none" else preset_earrings(name, color)


def _moles(character: Character, name: str) -> tuple:
    return _MOLES[name]


def _put_skin(character: Character, color: np.ndarray) -> Character:
    """Lips are told from the skin, so they change with it."""
    palette = character.palette
    skin, lips, new = to_oklab(palette.skin), to_oklab(palette.lips), to_oklab(color)
    # In proportion, so that the lips of a deep skin are not black; their hue stays.
    lightness = new[0] / max(skin[0], 0.1)
    richness = np.sqrt(max(np.hypot(*new[1:]), 0.01) / max(np.hypot(*skin[1:]), 0.01))
    lips = to_srgb((lips * (lightness, richness, richness)).astype(np.float32)).astype(np.float32)
    return replace(character, palette=replace(palette, skin=color, lips=lips))


TRAITS: tuple[Trait, ...] = (
    _choice("hair", "Hair style", "Hair", "hair", HAIR_STYLES, _hair),
    Trait(
        "hair-color",
        "Hair colour",
        "Hair",
        "color",
        _field("palette.hair")[0],
        _put_hair_color,
        restore=_restore_hair_color,
        swatches=swatches.HAIR,
    ),
    _color("eyes", "Eye colour", "Face", "palette.iris", swatches.EYES),
    Trait("skin", "Skin colour", "Face", "color", _field("palette.skin")[0], _put_skin, swatches=swatches.SKIN),
    _color("lips", "Lip colour", "Make-up", "palette.lips", swatches.LIPS),
    _choice("brows", "Brows", "Brows", "brows", _BROWS, _brows),
    _color("brow-color", "Brow colour", "Brows", "palette.brows", swatches.HAIR),
    _choice("beard", "Beard", "Beard", "beard", _BEARDS, _beard),
    Trait(
        "beard-color", "Beard colour", "Beard", "color", _beard_color, _field("beard.color")[1], swatches=swatches.HAIR
    ),
    _choice("glasses", "Glasses", "Glasses", "glasses", ("none", *GLASSES_SHAPES), _glasses),
    _color("glasses-color", "Frame colour", "Glasses", "glasses.color", swatches.THINGS),
    _choice("hat", "Headwear", "Headwear", "headwear", ("none", *HEADWEAR_KINDS), _headwear),
    Trait(
        "hat-color",
        "Headwear colour",
        "Headwear",
        "color",
        _field("headwear.color")[0],
        _put_headwear_color,
        swatches=swatches.THINGS,
    ),
    _choice("earrings", "Earrings", "Earrings", "earrings", ("none", *EARRING_KINDS), _earrings),
    _color("earring-color", "Earring colour", "Earrings", "earrings.color", swatches.METALS),
    Trait("freckles", "Freckles", "Face", "share", *_field("marks.freckles")),
    Trait("age", "Age lines", "Face", "share", *_field("marks.age")),
    _choice("moles", "Moles", "Face", "marks.moles", tuple(_MOLES), _moles),
    Trait("eye-shadow", "Eye shadow", "Make-up", "share", *_field("marks.eye_shadow")),
    _color("eye-shadow-color", "Eye shadow colour", "Make-up", "marks.eye_shadow_color", swatches.SHADOWS),
    _color("shirt", "Shirt colour", "Clothes", "palette.clothes", swatches.THINGS),
    Trait("bust", "Shoulders", "Clothes", "switch", *_field("bust")),
)
"""Every trait that can be changed, presets before their colours."""
