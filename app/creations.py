"""What a visitor has wished for, made of the present avatar into the visitor's own folder, or only sketched."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from app.loading import Models
from app.looks import Look, as_origin
from app.results import Result
from app.session import Sessions, Visitor
from app.wishes import KINDS, Cast, Made, Step, Wish
from core.avatar.model import Avatar
from core.errors import Cancelled, InvalidRequest

if TYPE_CHECKING:
    from core.pipeline import Creation, Studio

Progress = Callable[[str, float], None]
"""Told in plain words what is done, and the share of the whole that is done, in [0, 1]."""

_TYPES = {".zip": "application/zip", ".pdf": "application/pdf", ".mp4": "video/mp4", ".webm": "video/webm"}


def make(models: Models, visitor: Visitor, wish: Wish, progress: Progress) -> Made:
    """Make something of the visitor's present avatar; what was made of this kind before stays if that fails.

    The avatar may be changed meanwhile: all other work goes first, between two pictures.

    Args:
        models: lends the machine.
        visitor: whose avatar; the work that this visitor began before stops.
        wish: what to make.
        progress: told how far it is.

    Raises:
        Cancelled: if the visitor stopped it, began another or left.
        UserFacingError: if there is no avatar, or it cannot be made so.
    """
    creation, bench = _present(visitor), visitor.workbench
    with (
        bench.working() as job,
        _in_turns(models, visitor, job, progress) as (studio, step),
        bench.filling(wish.kind, job) as folder,
    ):
        return wish.make(_cast(studio, visitor, creation), folder, step)


def sketched(models: Models, visitor: Visitor, wish: Wish) -> bytes:
    """A small picture of what would be made, as WebP, drawn between two pictures of what is being made.

    Raises:
        UserFacingError: if there is no avatar, or it cannot be made so.
    """
    creation = _present(visitor)
    with models.borrow(threading.Event(), lambda words, share: None) as studio:
        return wish.sketch(_cast(studio, visitor, creation))


def creation_routes(sessions: Sessions) -> APIRouter:
    """Routes to what these visitors have made."""
    router = APIRouter()

    @router.get("/viewer/{secret}/made/{kind}/{name}")
    def file(secret: str, kind: str, name: str) -> FileResponse:
        visitor = sessions.get(secret)
        path = visitor.workbench.file(kind, name) if visitor is not None and kind in KINDS else None
        if path is None:
            raise HTTPException(404, "There is no such file.")
        kept = {"Cache-Control": "private, no-store"}
        # A page of the visitor's own making is taken home; it is never opened as one of ours.
        taken_as = path.name if path.suffix == ".html" else None
        return FileResponse(path, headers=kept, media_type=_TYPES.get(path.suffix), filename=taken_as)

    return router


def same_look(one: Look, other: Look | None) -> bool:
    """Whether two looks give the same avatar. Characters are not compared trait by trait: they hold arrays."""
    return other is not None and one.character is other.character and one.settings == other.settings


def _present(visitor: Visitor) -> "Creation":
    if visitor.creation is None:
        raise InvalidRequest("Make an avatar first.")
    return visitor.creation


def _cast(studio: "Studio", visitor: Visitor, creation: "Creation") -> Cast:
    def again(result: Result) -> Avatar:
        look = result.look
        if same_look(look, visitor.history.present):
            return creation.avatar
        return studio.edit(as_origin(creation, look.origin), look.character, look.settings).avatar

    return Cast(creation.avatar, visitor.weights, visitor.results, again)


@contextmanager
def _in_turns(
    models: Models, visitor: Visitor, job: threading.Event, progress: Progress
) -> Iterator[tuple["Studio", Step]]:
    """The machine, given back between two pictures to whoever else needs it."""
    done = 0.0
    with ExitStack() as turn:

        def take() -> "Studio":
            return turn.enter_context(models.borrow(job, lambda words, _: progress(words, done), patient=True))

        def step(share: float) -> None:
            nonlocal done
            done = min(max(share, 0.0), 1.0)
            turn.close()
            if job.is_set():
                raise Cancelled("Stopped.")
            visitor.touch()
            progress("Drawing", done)
            take()

        yield take(), step
