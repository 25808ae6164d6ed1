"""Files that browsers bring: each goes where nobody can guess it, and to its visitor's own folder if the page says so.

Takes the place of Gradio's own upload, which puts the files of all visitors into one folder, named by their content.
"""

import asyncio
import contextlib
import re
import secrets
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.datastructures import UploadFile
from starlette.types import Message, Receive

from app.origin import same_origin

if TYPE_CHECKING:
    from app.session import Sessions

VISITOR_HEADER = "x-snapmoji-visitor"
"""Request header in which the page tells whose file it is."""
_NAME_BYTES = 24
_MOST_FILES = 4
_ENVELOPE = 64 << 10
_MOST_REMEMBERED = 100
_LONGEST_S = 60.0
_FULL = "There is no room left on this computer's disk."


def upload_routes(sessions: "Sessions", max_bytes: int) -> APIRouter:
    """Routes for uploads, under the addresses that Gradio's page uses.

    Args:
        sessions: the visitors.
        max_bytes: of all files of one upload.
    """
    router = APIRouter()
    ended: deque[str] = deque(maxlen=_MOST_REMEMBERED)
    waiting: dict[str, asyncio.Event] = {}

    def end(name: str | None) -> None:
        if name is not None and name in waiting:
            waiting[name].set()
        elif name is not None:
            ended.append(name)

    @router.post("/gradio_api/upload")
    async def upload(request: Request, upload_id: str | None = None) -> list[str]:
        if not same_origin(request):
            raise HTTPException(404, "There is nothing here.")
        visitor = sessions.get(request.headers.get(VISITOR_HEADER))
        folder = visitor.directory if visitor is not None else sessions.unowned
        limited = Request(request.scope, _limited(request.receive, max_bytes + _ENVELOPE))
        try:
            async with limited.form(max_files=_MOST_FILES, max_fields=_MOST_FILES) as form:
                files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
                return [str(await _keep(file, folder)) for file in files]
        except OSError as error:
            raise HTTPException(507, _FULL) from error
        finally:
            end(upload_id)

    @router.get("/gradio_api/upload_progress")
    async def progress(upload_id: str) -> Response:
        # The way to this computer is short: there is nothing to tell but that it is over.
        if upload_id not in ended and len(waiting) < _MOST_REMEMBERED:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiting.setdefault(upload_id, asyncio.Event()).wait(), _LONGEST_S)
            waiting.pop(upload_id, None)
        return PlainTextResponse('data: {"msg": "done"}\n\n', media_type="text/event-stream")

    return router


def _limited(receive: Receive, most: int) -> Receive:
    """Receives a body, but no more than so many bytes of it."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413, "The file is too large.")
        return message

    return receive_limited


async def _keep(file: UploadFile, folder: Path) -> Path:
    content = await file.read()
    place = folder / f"upload-{secrets.token_urlsafe(_NAME_BYTES)}"
    path = place / (re.sub(r"[^\w.-]|^\.+", "_", file.filename or "")[-80:] or "file")
    await anyio.to_thread.run_sync(_write, path, content)
    return path


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    try:
        path.write_bytes(content)
    except OSError:
        # Half a file is of no use, and a full disk needs the room.
        path.unlink(missing_ok=True)
        path.parent.rmdir()
        raise
