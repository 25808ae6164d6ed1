"""What the page asks for: an avatar from a photo, or the present one in another style."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.loading import Models
from app.session import Visitor
from core.errors import Cancelled, InvalidRequest
from core.stylize.controls import StyleControls

if TYPE_CHECKING:
    from core.pipeline import Settings

Progress = Callable[[str, float], None]
"""Told the stage in plain words, and how much of the whole is done, in [0, 1]."""


@dataclass(frozen=True)
class Wish:
    """What the visitor has put into the panel."""

    photo: str | None
    """File of the photo."""
    prompt: str
    """The second style in words; empty for none."""
    strength: float
    """Style transition strength, in [0, 1]."""
    edges: float
    """Edge preservation level, in [0, 1]."""
    identity: float
    """Identity consistency factor, in [0, 1]."""
    seed: float | None
    """Any whole number; None counts as 0."""
    face: float | None
    """Which face of the photo, from the left and from 0; None for the only or largest."""

    def settings(self) -> "Settings":
        """The same in the pipeline's terms.

        Raises:
            InvalidRequest: if a number is out of its range.
        """
        # Imported here: the pipeline brings the networks' library, and the page must come up first.
        from core.pipeline import Settings

        return Settings(
            prompt=(self.prompt or "").strip(),
            controls=StyleControls(self.strength, self.edges, self.identity),
            seed=int(self.seed or 0),
            face=None if self.face is None else int(self.face),
        )


def create(models: Models, visitor: Visitor, wish: Wish, progress: Progress) -> None:
    """Make an avatar from the photo and show it. Whatever goes wrong, the previous avatar stays.

    Raises:
        Cancelled: if the visitor stopped it.
        UserFacingError: if the photo or a value cannot be used.
    """
    job = visitor.begin()
    try:
        photo = _read_photo(wish.photo)
        with models.borrow(job, progress) as studio:
            settings = wish.settings()
            creation = studio.create(photo, settings, _stoppable(job, progress))
        _check(job)
        visitor.show(creation, settings)
        visitor.photo_digest = _digest(photo, wish.face)
    finally:
        visitor.end(job)


def restyle(models: Models, visitor: Visitor, wish: Wish) -> bool:
    """Give the present avatar the style now asked for, without looking at the photo again.

    Returns:
        Whether anything changed. Nothing does while an avatar is being made, or before there is one.

    Raises:
        UserFacingError: if a value cannot be used.
    """
    creation = visitor.creation
    if creation is None or visitor.job is not None:
        return False
    settings = wish.settings()
    if visitor.settings is not None and _style(settings) == _style(visitor.settings):
        return False
    job = visitor.begin()
    try:
        with models.borrow(job, lambda stage, done: None) as studio:
            restyled = studio.restyle(creation, settings)
        _check(job)
        visitor.show(restyled, settings)
    finally:
        visitor.end(job)
    return True


def is_same_photo(visitor: Visitor, wish: Wish) -> bool:
    """Whether the present avatar was made from the photo (and the face) in the panel."""
    if visitor.creation is None or not wish.photo or not Path(wish.photo).is_file():
        return False
    return visitor.photo_digest == _digest(Path(wish.photo).read_bytes(), wish.face)


def _read_photo(path: str | None) -> bytes:
    if not path:
        raise InvalidRequest("Choose a selfie first: upload one, take one with the camera, or pick an example.")
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidRequest("The photo is no longer here; please choose it again.") from error


def _digest(photo: bytes, face: float | None) -> str:
    return f"{hashlib.sha256(photo).hexdigest()} {face}"


def _style(settings: "Settings") -> tuple:
    return settings.prompt, settings.controls, settings.seed


def _check(job) -> None:
    if job.is_set():
        raise Cancelled("Stopped.")


def _stoppable(job, progress: Progress) -> Progress:
    def report(stage: str, done: float) -> None:
        _check(job)
        progress(stage, done)

    return report
