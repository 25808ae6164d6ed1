"""What undo goes back to: all that an avatar can be made from again, without the avatar."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from core.character.model import Character
    from core.pipeline import Creation, Settings


@dataclass(frozen=True)
class Look:
    """A few kilobytes: what looks share (the selfie, what was measured) they share in memory, too."""

    character: "Character"
    settings: "Settings"
    origin: "Origin"
    weights: tuple[float, ...] = ()
    """The expression, in the order of :data:`core.expressions.SHAPES`; empty for none yet."""


@dataclass(frozen=True)
class Origin:
    """What all looks of one photo have in common."""

    measured: "Character"
    aligned: np.ndarray
    """The selfie as the stages saw it."""
    report: Mapping[str, Any]
    """Of the first avatar."""
    photo_digest: str
    """Of the photo and the choice of face."""
    adapted: Any = None
    """What a network saw in the photo, if one looked at it."""
    photo: Path | None = None
    """The visitor's own copy of the photo."""
    face: int | None = None
    """Which of its faces, from the left and from 0; None for the only or largest."""


def origin_of(creation: "Creation", photo_digest: str, photo: Path | None = None, face: int | None = None) -> Origin:
    """What the looks of a new avatar have in common."""
    return Origin(creation.measured, creation.aligned, creation.report, photo_digest, creation.adapted, photo, face)


def as_origin(creation: "Creation", origin: Origin) -> "Creation":
    """The creation with everything that comes from the photo as it was for another look."""
    return replace(
        creation, measured=origin.measured, aligned=origin.aligned, report=origin.report, adapted=origin.adapted
    )
