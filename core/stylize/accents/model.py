"""What a recipe says about an accent, and the splats that come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

from core.stylize.accents.patches import Patch
from core.stylize.accents.places import Places
from core.stylize.materials import Material

Follows = Literal["still", "rigid", "soft"]
"""How an accent moves: not at all, as one piece with what it sits on, or every splat with the skin under it."""


@dataclass(frozen=True)
class Accent:
    """One accent, as data."""

    kind: str
    """One of :data:`core.stylize.accents.build.KINDS`."""
    colour: str = "clothes"
    """``#rrggbb``, or a group (:data:`core.stylize.recipe.GROUPS`) whose colour in this style it takes."""
    second: str = "#f4f0e6"
    """Of its trimmings; like ``colour``."""
    finish: Material | None = None
    """What it is made of; None for the material of the style."""
    size: float = 1.0
    """Relative to the usual."""


@dataclass(frozen=True)
class Piece:
    """Splats of one solid part of an accent."""

    patch: Patch
    lab: Float[np.ndarray, "n 3"]
    """Colours before light (OKLab)."""
    base: Float[np.ndarray, "3"]
    """Where it is fastened: it grows from here as the strength does (headwear fades in)."""
    follows: Follows = "still"
    label: str = "accessory"
    opacity: float = 0.985
    soft: float = 1.0
    """Multiplies the size of the splats: above 1 for glass and light, which have no grain."""
    plain: bool = False
    """Whether it shines by itself: no light and no material changes its colour."""


@dataclass(frozen=True)
class Dressed:
    """An accent on a head."""

    pieces: tuple[Piece, ...]
    hidden: Bool[np.ndarray, " rows"] | None = None
    """Rows of the avatar that it takes the place of (hair under a hat, the person's own hat)."""


@dataclass(frozen=True)
class Wearer:
    """The avatar that an accent is made for."""

    places: Places
    accent: Accent
    colour: Callable[[str], Float[np.ndarray, "3"]] = field(repr=False)
    """OKLab of ``#rrggbb`` or of a group in this style."""

    @property
    def first(self) -> Float[np.ndarray, "3"]:
        """The accent's colour (OKLab)."""
        return self.colour(self.accent.colour)

    @property
    def second(self) -> Float[np.ndarray, "3"]:
        """The colour of its trimmings (OKLab)."""
        return self.colour(self.accent.second)


def painted(patch: Patch, lab: np.ndarray, lightness: np.ndarray | float = 0.0) -> np.ndarray:
    """One colour for a whole patch, lighter or darker in places."""
    out = np.tile(lab.astype(float), (len(patch), 1))
    out[:, 0] += lightness
    return out
