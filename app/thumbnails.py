"""The visitors' own avatars in every style, drawn in the background while nobody needs the machine."""

import json
import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, Response

from app.loading import Models
from app.session import Sessions, Visitor
from core.errors import Cancelled

if TYPE_CHECKING:
    from core.avatar.model import Avatar

_LOG = logging.getLogger(__name__)
# A dragged slider gives a new avatar ten times a second: only the one it rests at is worth drawing.
_REST_S = 1.0


def address(visitor: Visitor) -> str:
    """Where the page learns which pictures are there; another one for every avatar, empty before the first."""
    return f"/viewer/{visitor.secret}/styles?v={visitor.album.version}" if visitor.album.version else ""


def draw_album(models: Models, visitor: Visitor, styles: Sequence[str]) -> threading.Thread | None:
    """Begin to draw the visitor's avatar in all styles, unless that is done or being done; returns at once.

    Args:
        models: lends the machine between other work, one picture at a time.
        visitor: whose avatar; pictures of the one before are no longer drawn.
        styles: names of recipes in the order to draw them; the primary style comes first.

    Returns:
        The thread that draws, if one was started.
    """
    with visitor.lock:
        creation = visitor.creation
        if creation is None or visitor.album.shows(creation.base):
            return None
        rest_s = _REST_S if visitor.album.version else 0.0
        stop = visitor.album.begin(creation.base, 1 + len(styles))
    thread = threading.Thread(
        target=_draw, args=(models, visitor, creation.base, styles, stop, rest_s), name="album", daemon=True
    )
    thread.start()
    return thread


def album_routes(sessions: Sessions) -> APIRouter:
    """Routes to the pictures of these visitors."""
    router = APIRouter()

    @router.get("/viewer/{secret}/styles")
    def progress(secret: str) -> Response:
        visitor = sessions.get(secret)
        if visitor is None or not visitor.album.version:
            raise HTTPException(404, "There is no avatar.")
        told = json.dumps(visitor.album.progress())
        return Response(told, media_type="application/json", headers={"Cache-Control": "no-store"})

    @router.get("/viewer/{secret}/styles/{name}.webp")
    def picture(secret: str, name: str) -> Response:
        visitor = sessions.get(secret)
        content = visitor.album.picture(name) if visitor is not None else None
        if content is None:
            raise HTTPException(404, "There is no such picture.")
        # The address says which avatar it is of.
        return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})

    return router


def shipped_routes(folder: Path) -> APIRouter:
    """Routes to the pictures of an example person, shown before there is an avatar.

    Args:
        folder: of ``NAME.webp``, one for each style.
    """
    router = APIRouter()
    pictures = {path.name: path for path in folder.glob("*.webp")}

    @router.get("/styles/{name}")
    def picture(name: str) -> Response:
        if name not in pictures:
            raise HTTPException(404, "There is no such picture.")
        return FileResponse(pictures[name], media_type="image/webp", headers={"Cache-Control": "max-age=3600"})

    return router


def _draw(
    models: Models, visitor: Visitor, base: "Avatar", styles: Sequence[str], stop: threading.Event, rest_s: float
) -> None:
    from core.media.thumbnails import as_webp, file_name, style_thumbnail

    if stop.wait(rest_s):
        return
    for style in ("", *styles):
        try:
            with models.borrow(stop, lambda stage, done: None, patient=True):
                picture = style_thumbnail(base, style)
        except Cancelled:
            return
        except Exception:  # the page keeps the shipped picture of this style
            _LOG.exception("Could not draw the style %r", style)
            visitor.album.add(stop, file_name(style), None)
        else:
            visitor.album.add(stop, file_name(style), as_webp(picture))
