"""What a style is made of, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.avatar.model import PARTS
from core.stylize.accents.model import Accent
from core.stylize.materials import Material
from core.stylize.paint import Paint

GROUPS: Mapping[str, tuple[str, ...]] = {
    "skin": ("skin", "ear", "neck"),
    "lips": ("lips",),
    "hair": ("hair", "beard"),
    "brows": ("brow", "lash"),
    "eyes": ("iris",),
    "sclera": ("sclera",),
    "teeth": ("teeth",),
    "mouth": ("tongue", "mouth"),
    "glasses": ("glasses",),
    "headwear": ("headwear",),
    "clothes": ("clothes", "accessory"),
}
"""Groups of parts that take one colour, and the parts (:data:`core.avatar.model.PARTS`) in each."""

GROUP_OF_PART = tuple(next(g for g, parts in GROUPS.items() if part in parts) for part in PARTS)
"""Group of every part, in the order of ``PARTS``."""

ALIVE = ("eyes", "sclera", "teeth", "mouth")
"""Groups that no material covers: they take a tint and keep their own light, so that the face stays readable."""


@dataclass(frozen=True)
class Recipe:
    """One style."""

    name: str
    caption: str
    """One line for a list of styles."""
    keywords: tuple[str, ...]
    """Words that ask for the style."""
    hints: tuple[str, ...] = ()
    """Words that ask for it when no keyword of any style is there."""
    palette: Mapping[str, str] = field(default_factory=dict)
    """``#rrggbb`` of groups. ``all`` stands for the groups not named, and tints :data:`ALIVE`; a group with
    neither keeps the person's own colour."""
    vivid: float = 1.0
    """Multiplies the chroma of the person's own colours where the palette leaves them."""
    material: Material = field(default_factory=Material)
    paints: tuple[Paint, ...] = ()
    """Drawn on face and clothes."""
    accents: tuple[Accent, ...] = ()
    """Added to the head."""
    blocks_cm: float = 0.0
    """Edge of the blocks that the avatar is rebuilt of; 0 leaves its shape alone."""
    moods: tuple[str, ...] = ()
    """Words for how it feels (calm, spooky, cute), for prompts that name no style."""
