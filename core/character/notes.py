"""What a ``.snapmoji`` file's notes say of how its avatar was made, so that it can be edited and styled again."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from core.character.document import from_json, same, to_json
from core.character.model import Character
from core.errors import InvalidRequest, UnreadableAvatar
from core.stylize.controls import StyleControls

MAX_PROMPT = 10_000
"""Letters of a prompt that is believed."""

_MAX_SEED = 2**63 - 1
_MAX_REFERENCE = 400_000


@dataclass(frozen=True)
class Recipe:
    """All that an avatar in both styles follows from."""

    character: Character
    measured: Character
    """The character as it was read from the photo, before any edit."""
    prompt: str = ""
    controls: StyleControls = field(default_factory=StyleControls)
    seed: int = 0
    reference: bytes | None = None
    """A picture as style, small (:func:`core.stylize.reference.shrunk`)."""


def to_notes(recipe: Recipe, with_character: bool = True) -> dict[str, Any]:
    """The recipe as a bundle's notes.

    Args:
        recipe: what the avatar was made from.
        with_character: False leaves out the measurements of the person; the file can then not be edited.
    """
    notes: dict[str, Any] = {"prompt": recipe.prompt, "seed": recipe.seed, "controls": asdict(recipe.controls)}
    if recipe.reference is not None:
        notes["reference"] = base64.b64encode(recipe.reference).decode("ascii")
    if with_character:
        notes["character"] = to_json(recipe.character)
        if not same(recipe.character, recipe.measured):
            notes["measured"] = to_json(recipe.measured)
    return notes


def from_notes(notes: Mapping[str, Any]) -> Recipe:
    """The recipe in a bundle's notes, which may say anything.

    What the notes leave out of the style takes its default.

    Raises:
        UnreadableAvatar: in one sentence, if there is no character among them, or something is no such value.
    """
    if "character" not in notes:
        raise UnreadableAvatar(
            "This file holds no character to edit: it was made without one, or by an older Snapmoji; "
            "make the avatar from its photo again."
        )
    character = from_json(notes["character"])
    measured = from_json(notes["measured"]) if "measured" in notes else character
    if measured.identity.shape != character.identity.shape:
        raise UnreadableAvatar("The file is damaged: it holds two characters of different heads.")
    prompt, seed = notes.get("prompt", ""), notes.get("seed", 0)
    if not isinstance(prompt, str) or len(prompt) > MAX_PROMPT or type(seed) is not int or not 0 <= seed <= _MAX_SEED:
        raise UnreadableAvatar("The file is damaged: its style cannot be read.")
    reference = _reference(notes["reference"]) if "reference" in notes else None
    return Recipe(character, measured, prompt, _controls(notes.get("controls", {})), seed, reference)


def _reference(raw: Any) -> bytes:
    damaged = UnreadableAvatar("The file is damaged: its style picture cannot be read.")
    if not isinstance(raw, str) or len(raw) > _MAX_REFERENCE:
        raise damaged
    try:
        return base64.b64decode(raw, validate=True)
    except ValueError as error:
        raise damaged from error


def _controls(raw: Any) -> StyleControls:
    known = asdict(StyleControls())
    if not isinstance(raw, dict) or not all(type(raw.get(name, 0)) in (int, float) for name in known):
        raise UnreadableAvatar("The file is damaged: its style cannot be read.")
    try:
        return StyleControls(**{name: float(raw[name]) for name in known if name in raw})
    except (InvalidRequest, OverflowError) as error:
        raise UnreadableAvatar("The file is damaged: its style cannot be read.") from error
