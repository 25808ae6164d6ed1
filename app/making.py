"""What the page asks for: an avatar from a photo, or the present one edited, restyled, or as it was before."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.disk import told_if_full
from app.history import History
from app.loading import Models
from app.looks import Look, Origin, as_origin, origin_of
from app.results import Result, Results, as_picture
from app.session import Visitor
from app.stages import stage_words
from core.errors import Cancelled, InvalidRequest
from core.expressions import SHAPES
from core.stylize.controls import StyleControls

if TYPE_CHECKING:
    from core.character.edit import Value
    from core.character.model import Character
    from core.pipeline import Creation, Settings, Studio

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
    stylizer: str = "auto"
    """``auto``, ``embedded`` or ``diffusion``."""
    reference: str | None = None
    """File of a picture whose style to take."""

    def settings(self) -> "Settings":
        """The same in the pipeline's terms.

        Raises:
            InvalidRequest: if a number is out of its range, or the picture of the style is gone.
        """
        # Imported here: the pipeline brings the networks' library, and the page must come up first.
        from core.pipeline import Settings

        return Settings(
            prompt=(self.prompt or "").strip(),
            controls=StyleControls(float(self.strength), float(self.edges), float(self.identity)),
            seed=int(self.seed or 0),
            face=None if self.face is None else int(self.face),
            stylizer=self.stylizer or "auto",
            reference=_read(self.reference) if self.reference else None,
        )


def create(models: Models, visitor: Visitor, wish: Wish, progress: Progress) -> None:
    """Make an avatar from the photo and show it. Whatever goes wrong, the previous avatar stays.

    Raises:
        Cancelled: if the visitor stopped it.
        UserFacingError: if the photo or a value cannot be used.
    """
    job = visitor.begin()
    tell = _telling(visitor, progress)
    try:
        tell("start", 0.0)
        photo = _read_photo(wish.photo)
        visitor.photo = _keep(photo, visitor)
        with models.borrow(job, tell) as studio:
            settings = wish.settings()
            creation = studio.create(photo, settings, _stoppable(job, tell), _showing(visitor))
        _check(job)
        visitor.show(creation, settings)
        origin = origin_of(creation, _digest(photo, wish.face), visitor.photo, settings.face)
        _note(visitor, creation, settings, origin, "")
    finally:
        visitor.live.tell({"kind": "progress", "stage": "end", "words": "", "share": 1.0})
        visitor.end(job)


def restyle(models: Models, visitor: Visitor, wish: Wish, *, step: bool = False) -> bool:
    """Give the present avatar the style now asked for, without looking at the photo again.

    Args:
        models: that make avatars.
        visitor: whose avatar.
        wish: what is in the panel.
        step: whether undo always goes back over this alone, even if it follows quickly on another change.

    Returns:
        Whether anything changed. Nothing does while an avatar is being made, or before there is one; nor for the
        diffusion stylizer, which takes long, so that only :func:`create`, which can be stopped, begins it.

    Raises:
        UserFacingError: if a value cannot be used.
    """
    settings = wish.settings()
    if settings.stylizer == "diffusion":
        return False

    def work(studio: "Studio", creation: "Creation", present: Look) -> bool:
        if _style(settings) == _style(present.settings):
            return False
        restyled = studio.restyle(creation, settings)
        visitor.show(restyled, settings)
        _note(visitor, restyled, settings, present.origin, "" if step else "style")
        return True

    return _quickly(models, visitor, work)


def edit(models: Models, visitor: Visitor, changes: "Mapping[str, Value]") -> bool:
    """Change traits of the present avatar; see :func:`core.character.edit.edited`.

    Returns:
        Whether anything changed. Nothing does while an avatar is being made, or before there is one.

    Raises:
        UserFacingError: if there is no such trait or value.
    """
    from core.character.edit import edited

    return _alter(
        models, visitor, lambda creation: edited(creation.character, changes, creation.measured), " ".join(changes)
    )


def back_to_photo(models: Models, visitor: Visitor) -> bool:
    """Take every edit back; the style stays. This, too, can be undone.

    Returns:
        Whether anything changed.
    """
    return _alter(models, visitor, lambda creation: creation.measured, "")


def pose(visitor: Visitor, weights: Sequence[float], shown: bool = False) -> None:
    """Take the expression as a step that undo goes back over.

    Args:
        visitor: whose face it is.
        weights: one for each shape.
        shown: whether the face has it already. Moving it again would undo what came after.

    Raises:
        InvalidRequest: if there is not one number for each shape.
    """
    present = visitor.history.present
    if len(weights) != len(SHAPES):
        raise InvalidRequest(f"An expression has {len(SHAPES)} weights, not {len(weights)}.")
    taken = np.clip(np.array(weights, np.float32), 0, 1)
    if not shown:
        visitor.set_weights(taken)
    if present is not None and tuple(taken.tolist()) != present.weights:
        look = replace(present, weights=tuple(taken.tolist()))
        visitor.history = visitor.history.pushed(look, "pose", time.monotonic())


def restore(models: Models, visitor: Visitor, name: str) -> bool:
    """Show a result again with everything that led to it; this, too, can be undone.

    Returns:
        Whether anything changed. Nothing does while an avatar is being made, or if there is no such result.
    """

    def work(studio: "Studio", creation: "Creation", present: Look) -> bool:
        result = visitor.results.named(name)
        if result is None or result.look is present:
            return False
        _show_look(studio, visitor, creation, present, result.look)
        visitor.history = visitor.history.pushed(result.look, "", time.monotonic())
        return True

    return _quickly(models, visitor, work)


def forget(visitor: Visitor, name: str | None) -> None:
    """Drop a result, or all of them; the present avatar stays."""
    with visitor.lock:
        visitor.results = visitor.results.without(name) if name is not None else Results()
    _tell_results(visitor)


def undo(models: Models, visitor: Visitor) -> bool:
    """Show what was there before the last edit, style or photo; returns whether anything changed."""
    return _travel(models, visitor, History.undone)


def redo(models: Models, visitor: Visitor) -> bool:
    """Show again what was undone last; returns whether anything changed."""
    return _travel(models, visitor, History.redone)


def _alter(models: Models, visitor: Visitor, altered: "Callable[[Creation], Character]", what: str) -> bool:
    """Show the present avatar with another character."""
    from core.character.document import same

    def work(studio: "Studio", creation: "Creation", present: Look) -> bool:
        character = altered(creation)
        if same(character, creation.character):
            return False
        changed = studio.edit(creation, character, present.settings)
        visitor.show(changed, present.settings)
        _note(visitor, changed, present.settings, present.origin, what)
        return True

    return _quickly(models, visitor, work)


def _travel(models: Models, visitor: Visitor, step: Callable[[History[Look]], History[Look]]) -> bool:
    def work(studio: "Studio", creation: "Creation", present: Look) -> bool:
        history = step(visitor.history)
        look = history.present
        if look is None or look is present:
            return False
        _show_look(studio, visitor, creation, present, look)
        visitor.history = history
        return True

    return _quickly(models, visitor, work)


def _show_look(studio: "Studio", visitor: Visitor, creation: "Creation", present: Look, look: Look) -> None:
    """Show another look with its expression; nothing is built that is there already."""
    if look.character is not creation.character:
        shown = studio.edit(as_origin(creation, look.origin), look.character, look.settings)
        visitor.show(shown, look.settings)
    elif look.settings is not present.settings:
        visitor.show(studio.restyle(as_origin(creation, look.origin), look.settings), look.settings)
    visitor.set_weights(np.array(look.weights, np.float32))


def _quickly(models: Models, visitor: Visitor, work: "Callable[[Studio, Creation, Look], bool]") -> bool:
    """Do a piece of work that takes less than a second, each on what the one before left.

    It cannot be stopped, so it is no job; but nothing is done while there is one.
    """
    if visitor.creation is None or visitor.job is not None:
        return False
    with models.borrow(threading.Event(), lambda stage, done: None) as studio:
        creation, present = visitor.creation, visitor.history.present
        if creation is None or present is None or visitor.job is not None:
            return False
        return work(studio, creation, present)


def _note(visitor: Visitor, creation: "Creation", settings: "Settings", origin: Origin, changed: str) -> None:
    """Remember a new look for undo, and as a result; quick changes of one thing are one step and one result."""
    look = Look(creation.character, settings, origin, tuple(visitor.weights.tolist()))
    before = visitor.history
    visitor.history = before.pushed(look, changed, time.monotonic())
    result = Result(look, as_picture(creation.styled))
    merged = before.present is not None and visitor.history.past is before.past and bool(visitor.results.items)
    with visitor.lock:
        visitor.results = visitor.results.amended(result) if merged else visitor.results.added(result)
    _tell_results(visitor)


def _tell_results(visitor: Visitor) -> None:
    visitor.live.tell({"kind": "results", "results": visitor.results.described()})


def is_same_photo(visitor: Visitor, wish: Wish) -> bool:
    """Whether the present avatar was made from the photo (and the face) in the panel."""
    if visitor.origin is None or not wish.photo or not Path(wish.photo).is_file():
        return False
    return visitor.origin.photo_digest == _digest(Path(wish.photo).read_bytes(), wish.face)


def _read_photo(path: str | None) -> bytes:
    if not path:
        raise InvalidRequest("Choose a selfie first: upload one, take one with the camera, or pick an example.")
    return _read(path)


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidRequest("The picture is no longer here; please choose it again.") from error


def _digest(photo: bytes, face: float | None) -> str:
    return f"{hashlib.sha256(photo).hexdigest()} {face}"


def _style(settings: "Settings") -> tuple:
    return settings.prompt, settings.controls, settings.seed, settings.stylizer, settings.reference


def _keep(photo: bytes, visitor: Visitor) -> Path:
    """The visitor's own copy of a photo: uploads are swept away after a while."""
    path = visitor.directory / f"photo-{hashlib.sha256(photo).hexdigest()[:16]}"
    if not path.exists():
        with told_if_full():
            path.write_bytes(photo)
    return path


def _telling(visitor: Visitor, progress: Progress) -> Progress:
    """Progress that the visitor's tabs hear of, too."""

    def tell(stage: str, done: float) -> None:
        message = {"kind": "progress", "stage": stage, "words": stage_words(stage), "share": round(done, 3)}
        visitor.live.tell(message)
        progress(stage, done)

    return tell


def _showing(visitor: Visitor) -> Callable[[str, np.ndarray], None]:
    """Pictures on the way, for the visitor's tabs."""
    visitor.pending = {}
    number = time.monotonic_ns()

    def show(stage: str, pixels: np.ndarray) -> None:
        visitor.pending[stage] = as_picture(pixels)
        visitor.live.tell({"kind": "picture", "stage": stage, "version": number})

    return show


def _check(job) -> None:
    if job.is_set():
        raise Cancelled("Stopped.")


def _stoppable(job, progress: Progress) -> Progress:
    def report(stage: str, done: float) -> None:
        _check(job)
        progress(stage, done)

    return report
