"""An avatar made again from the notes of its file: without the photo, and without what reads photos."""

from collections.abc import Callable

from core.avatar.model import Avatar
from core.character.build import build_avatar
from core.character.notes import Recipe
from core.errors import UnreadableAvatar, UnreadablePhoto
from core.face.photo import decode_photo
from core.rig.head import HeadRig
from core.rig.style import HouseStyle
from core.rig.surface import surface_pattern
from core.stylize.embedded import stylize
from core.stylize.meaning import Meaning
from core.stylize.prompts import understand
from core.stylize.reference import Reference, read_reference


def remake(rig: HeadRig, recipe: Recipe, meaning: Callable[[], Meaning | None] = lambda: None) -> tuple[Avatar, Avatar]:
    """The avatar that a recipe makes, in both styles, and in the primary style alone.

    Args:
        rig: our head.
        recipe: what the avatar follows from.
        meaning: see :func:`core.stylize.prompts.understand`.

    Raises:
        UnreadableAvatar: if the character was measured on another head than ours.
    """
    if recipe.character.identity.shape != (len(rig.identity),):
        raise UnreadableAvatar("The character in this file was measured on another head; make the avatar anew.")
    base = build_avatar(rig, surface_pattern(rig), recipe.character, HouseStyle())
    reference = None if recipe.reference is None else _style_picture(recipe.reference)
    return stylize(base, understand(recipe.prompt, meaning), recipe.controls, recipe.seed, reference), base


def _style_picture(data: bytes) -> Reference:
    try:
        return read_reference(decode_photo(data))
    except UnreadablePhoto as error:
        raise UnreadableAvatar("The file is damaged: its style picture cannot be read.") from error
