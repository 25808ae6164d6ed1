"""The live page, ``/ar/{secret}/``: the avatar moves with a face, in the visitor's own browser.

Its files lie under ``/client/``, as they lie in ``ui_assets``. The face is read in the page where MediaPipe's files
have been installed beside it, else here, picture by picture over a websocket to the page's own host.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, HTTPException, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse, Response

from app.face_reader import FaceReader
from app.feed import Feed, feed_routes
from app.origin import House, let_in
from core.avatar.model import Avatar
from core.errors import MissingWeights, UserFacingError
from core.face.landmarks import model_path
from core.formats.bundle import encode

INSTALL_COMMAND = "npm ci --prefix ui_assets/ar"
"""Puts MediaPipe's files where the page looks for them."""
_VISION = "ar/node_modules/@mediapipe/tasks-vision"
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_MAX_PICTURE = 1 << 20
# Stricter than the main page's: nothing from elsewhere, nothing to elsewhere, no code from strings.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


class Guest(Protocol):
    """Whose page it is."""

    @property
    def avatar(self) -> Avatar | None:
        """What the page shows, once there is something."""
        ...


def ar_routes(sessions: House[Guest], assets: Path, feed: Feed | None = None) -> APIRouter:
    """Routes to the live pages of these visitors.

    Args:
        sessions: the visitors.
        assets: the folder ``ui_assets``.
        feed: what moves the pages from outside; None if nothing does.
    """
    router = APIRouter()
    if feed is not None:
        router.include_router(feed_routes(sessions, feed))
    reader = FaceReader()

    @router.get("/ar/{secret}/")
    def page(secret: str) -> Response:
        if sessions.get(secret) is None:
            raise HTTPException(404, "There is no such page.")
        headers = {"Cache-Control": "private, no-cache", "Content-Security-Policy": _POLICY}
        return FileResponse(assets / "ar" / "index.html", media_type="text/html", headers=headers)

    @router.get("/ar/{secret}/avatar.snapmoji")
    def avatar(secret: str) -> Response:
        visitor = sessions.get(secret)
        shown = visitor.avatar if visitor is not None else None
        if shown is None:
            raise HTTPException(404, "There is no avatar.")
        headers = {"Cache-Control": "private, no-store"}
        return Response(encode(shown, {}), media_type="application/octet-stream", headers=headers)

    @router.get("/ar/{secret}/tracker.json")
    def tracker(secret: str) -> Response:
        if sessions.get(secret) is None:
            raise HTTPException(404, "There is no such page.")
        vision = "/client/vision" if (assets / _VISION / "vision_bundle.mjs").is_file() else None
        offer = {"vision": vision, "model": "/client/face_landmarker.task", "command": INSTALL_COMMAND}
        offer |= {"socket": f"/ar/{secret}/track", "live": None if feed is None else f"/ar/{secret}/live"}
        return JSONResponse(offer, headers={"Cache-Control": "no-store"})

    @router.websocket("/ar/{secret}/track")
    async def track(browser: WebSocket, secret: str) -> None:
        if await let_in(browser, sessions, secret) is None:
            return
        await browser.accept()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the page went away
            await _answer(browser, reader, lambda: sessions.get(secret) is not None)

    router.include_router(_client_routes(assets))
    return router


def _client_routes(assets: Path) -> APIRouter:
    router = APIRouter()
    own = {f"ar/{path.name}": path for path in (assets / "ar").iterdir() if path.suffix in (".js", ".css")}
    own |= {name: assets / name for name in ("bundle.js", "logo.svg")}

    @router.get("/client/face_landmarker.task")
    def model() -> Response:
        try:
            return FileResponse(model_path(), media_type="application/octet-stream", headers=_kept(3600))
        except MissingWeights as error:
            raise HTTPException(404, str(error)) from error

    @router.get("/client/vision/{name:path}")
    def vision(name: str) -> Response:
        folder = assets / _VISION
        known = {path.relative_to(folder).as_posix(): path for path in (*folder.glob("*.mjs"), *folder.glob("wasm/*"))}
        return _file(known.get(name), _kept(3600))

    @router.get("/client/{name:path}")
    def file(name: str) -> Response:
        return _file(own.get(name), {"Cache-Control": "no-cache"})

    return router


def _file(path: Path | None, headers: dict[str, str]) -> Response:
    if path is None:
        raise HTTPException(404, "There is no such file.")
    return FileResponse(path, media_type=_TYPES.get(path.suffix), headers=headers)


def _kept(seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"max-age={seconds}"}


async def _answer(browser: WebSocket, reader: FaceReader, welcome: Callable[[], bool]) -> None:
    """Read one picture after another. Of those that came in the meantime only the newest counts; none is kept."""
    newest: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)

    async def receive() -> None:
        while True:
            picture = await browser.receive_bytes()
            if len(picture) > _MAX_PICTURE or not welcome():
                await browser.close(1008)
                return
            if newest.full():
                newest.get_nowait()
            newest.put_nowait(picture)

    async def send() -> None:
        while True:
            picture = await newest.get()
            try:
                read = await asyncio.to_thread(reader.read, picture)
            except UserFacingError:
                await browser.close(1011, "The face tracker could not be loaded.")
                return
            await browser.send_json(read)

    tasks = [asyncio.create_task(receive()), asyncio.create_task(send())]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()
