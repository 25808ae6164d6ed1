"""Booth mode: a page of large buttons for passers-by, and a way to hand the avatar to the visitor's phone.

Phones reach ``/take/`` alone; everything else answers to this very computer only, however the app is bound.
"""

import asyncio
import logging
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from app.disk import told_if_full
from app.downloads import bundle_of, offered, write_file
from app.loading import Models
from app.making import Wish, create, restyle
from app.origin import same_origin
from app.session import Sessions, Visitor
from app.settings import LOOPBACK_HOSTS, AppSettings
from app.thumbnails import draw_album
from core.errors import Cancelled, UserFacingError
from core.stylize.recipes import RECIPES

if TYPE_CHECKING:
    import numpy as np

    from core.pipeline import Creation, Settings

_LOG = logging.getLogger(__name__)
_TOKEN_BYTES = 9  # 72 bits, for half an hour; a shorter address makes a coarser code that phones read from afar.
_SHARED_S = 1800.0
_TAKEN = ("turntable.webp", "avatar.html", "avatar.glb", "avatar.snapmoji", "avatar.png")
"""What a phone can use, best first; the last is the quickest to write."""
_MOST_SHARES = 50
_FRESH = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Share:
    """An avatar that can be taken for a while."""

    folder: Path
    until: float
    """On the clock of :class:`Shares`."""
    packed: threading.Event = field(default_factory=threading.Event)
    """Set once every file is there."""
    held: dict[str, bytes] = field(default_factory=dict)
    """Files that are never on the disk, by name: those with measurements of a face."""

    def files(self) -> list[str]:
        """Names of the files that are there, in the order of the buttons."""
        return [name for name in _TAKEN if name in self.held or (self.folder / name).exists()]


class Shares:
    """Avatars handed over, by token. They outlast the visit at the booth, but not for long. Thread-safe."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic):
        """Args: ``folder`` holds the files, ``clock`` tells seconds."""
        self._folder, self._clock = folder, clock
        self._lock = threading.Lock()
        self._shares: dict[str, Share] = {}

    def add(self, creation: "Creation", settings: "Settings", weights: "np.ndarray") -> str:
        """Begin to write what a phone can use, the quickest first; returns the token at once."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        share = Share(self._folder / f"share-{token}", self._clock() + _SHARED_S)
        with told_if_full():
            share.folder.mkdir(parents=True)
        with self._lock:
            self._shares[token] = share
        self.sweep()
        threading.Thread(target=_pack, args=(share, creation, settings, weights), name="share", daemon=True).start()
        return token

    def get(self, token: str) -> Share | None:
        """What is behind a token that is still good."""
        share = self._shares.get(token)
        return share if share is not None and share.until > self._clock() else None

    def sweep(self) -> None:
        """Remove what is over, and the oldest of too many."""
        with self._lock:
            over = [token for token, share in self._shares.items() if share.until <= self._clock()]
            over += list(self._shares)[: max(0, len(self._shares) - _MOST_SHARES)]
            gone = [self._shares.pop(token) for token in dict.fromkeys(over)]
        for share in gone:
            shutil.rmtree(share.folder, ignore_errors=True)


def _pack(share: Share, creation: "Creation", settings: "Settings", weights: "np.ndarray") -> None:
    available = {download.name for download in offered()}
    try:
        for name in reversed(_TAKEN):
            if name in available and share.folder.exists() and name.endswith(".snapmoji"):
                share.held[name] = bundle_of(creation, settings)
            elif name in available and share.folder.exists():
                unfinished = share.folder / f"unfinished-{name}"
                write_file(creation, settings, weights, unfinished)
                unfinished.rename(share.folder / name)
    except OSError:  # swept away meanwhile, or the disk is full: what is there can be taken
        _LOG.warning("Could not write all that a phone can take", exc_info=True)
    finally:
        share.packed.set()


class OnlyTakeAway:
    """Lets other computers reach ``/take/`` and nothing else, and this one only under its own name. Plain ASGI."""

    def __init__(self, app: ASGIApp):
        """Args: ``app`` answers those who are let through."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] in ("http", "websocket") and not _is_allowed(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await Response("There is nothing here.", 403, media_type="text/plain")(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_allowed(scope: Scope) -> bool:
    if scope["path"].startswith("/take/"):
        return True
    client = scope.get("client") or ("", 0)
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    # A foreign page may have its own name point here: then the browser runs on this computer, but the name is wrong.
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return client[0] in ("127.0.0.1", "::1", "testclient") and name.strip("[]") in LOOPBACK_HOSTS


class StyleWish(BaseModel):
    """A tile that was touched."""

    prompt: str = ""


def booth_routes(settings: AppSettings, sessions: Sessions, models: Models, shares: Shares) -> APIRouter:
    """Routes of the booth's page, and of the page on the visitor's phone."""
    router = APIRouter()
    folder = settings.assets / "booth"
    styles = tuple(recipe.name for recipe in RECIPES)

    def ours(request: Request) -> None:
        if not same_origin(request):
            raise HTTPException(403, "Only the booth's own page may ask this.")

    def visitor_of(secret: str) -> Visitor:
        visitor = sessions.get(secret)
        if visitor is None:
            raise HTTPException(404, "There is no such visitor.")
        return visitor

    known = Depends(visitor_of)
    guarded = [Depends(ours)]

    @router.get("/booth")
    def page() -> Response:
        return FileResponse(folder / "index.html", headers=_FRESH)

    @router.get("/booth/{name}")
    def asset(name: str) -> Response:
        if name == "settings.json":
            told = {"idle_s": settings.booth_idle_s, "styles": [[r.name, r.caption] for r in RECIPES]}
            return JSONResponse(told, headers=_FRESH)
        if name not in ("booth.js", "booth.css"):
            raise HTTPException(404, "There is no such file.")
        return FileResponse(folder / name, headers=_FRESH)

    @router.post("/booth/visitor", dependencies=guarded)
    def arrive() -> Response:
        try:
            visitor = sessions.open()
            visitor.set_dark(True)
            return JSONResponse({"secret": visitor.secret})
        except UserFacingError as error:
            return JSONResponse({"detail": str(error)}, 422)

    @router.post("/viewer/{secret}/make", dependencies=guarded)
    async def make(*, visitor: Visitor = known, request: Request) -> Response:
        photo = await _body(request, settings.max_upload_mb << 20)
        path = visitor.directory / "booth-photo"
        with told_if_full():
            path.write_bytes(photo)
        wish = Wish(str(path), "", 0.5, 0.5, 0.5, 0, None)
        return await _tried(lambda: create(models, visitor, wish, lambda stage, done: None), models, visitor, styles)

    @router.post("/viewer/{secret}/restyle", dependencies=guarded)
    async def style(*, visitor: Visitor = known, wanted: StyleWish) -> Response:
        wish = Wish(None, wanted.prompt[:300], 0.5, 0.5, 0.5, 0, None)
        return await _tried(lambda: restyle(models, visitor, wish, step=True), models, visitor, styles)

    @router.post("/viewer/{secret}/share", dependencies=guarded)
    def share(*, visitor: Visitor = known, request: Request) -> Response:
        if visitor.creation is None or visitor.settings is None:
            raise HTTPException(404, "There is no avatar yet.")
        address = settings.public_host or own_address()
        if address is None:
            return JSONResponse({"detail": "This computer is on no network, so that no phone can reach it."}, 422)
        token = shares.add(visitor.creation, visitor.settings, visitor.weights)
        port = request.url.port or 80
        url = f"http://{address}:{port}/take/{token}/"
        return JSONResponse({"address": url, "code": qr_code(url), "minutes": round(_SHARED_S / 60)})

    @router.get("/take/{token}/")
    def take(token: str) -> Response:
        share = shares.get(token)
        if share is None:
            return HTMLResponse(_page("<p>This avatar is no longer here. Make another one at the booth.</p>"), 404)
        return HTMLResponse(_taken_page(share.files(), share.packed.is_set()), headers=_FRESH)

    @router.get("/take/{token}/{name}")
    def file(token: str, name: str) -> Response:
        share = shares.get(token)
        if share is None or name not in share.files():
            raise HTTPException(404, "There is no such file.")
        if name in share.held:
            return Response(share.held[name], media_type="application/octet-stream", headers=_FRESH)
        return FileResponse(share.folder / name, headers=_FRESH)

    return router


async def _body(request: Request, most: int) -> bytes:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > most:
            raise HTTPException(413, "The photo is too large.")
    return content


async def _tried(work: Callable[[], Any], models: Models, visitor: Visitor, styles: tuple[str, ...]) -> Response:
    try:
        await asyncio.to_thread(work)
    except Cancelled:
        return JSONResponse({"detail": ""}, 422)
    except UserFacingError as error:
        return JSONResponse({"detail": str(error)}, 422)
    draw_album(models, visitor, styles)
    return JSONResponse({"version": visitor.version})


def qr_code(text: str) -> str:
    """A QR code as SVG, black on white."""
    import segno

    return segno.make(text, error="m").svg_inline(scale=8, border=2, light="#ffffff", dark="#1c1726", omitsize=True)


def own_address() -> str | None:
    """This computer's address on its network, or None; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket only asks the system which way it would take.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") or address == "0.0.0.0" else address


def _taken_page(files: list[str], packed: bool) -> str:
    """What the phone shows: the avatar, and a button for each file."""
    labels = {download.name: download.label for download in offered()}
    rows = "".join(
        f'<a href="{name}"{"" if name.endswith(".html") else " download"}>{escape(labels[name])}</a>' for name in files
    )
    shown = next((name for name in ("turntable.webp", "avatar.png") if name in files), None)
    picture = f'<img src="{shown}" alt="Your avatar" width="384" height="384">' if shown else ""
    words = "Here is your avatar. It stays at this address for half an hour."
    # Without a script: the page asks again until everything is there.
    again = "" if packed else '<meta http-equiv="refresh" content="3"><p>More is being packed.</p>'
    return _page(f"{picture}<p>{words}</p>{rows}{again}")


def _page(content: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Your Snapmoji</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        "body{margin:0;padding:24px 18px 40px;font:18px/1.5 system-ui,sans-serif;text-align:center;background:#f6f4fb;"
        "color:#262233}img{width:min(86vw,384px);height:auto;border-radius:28px}a{display:block;margin:12px auto;"
        "padding:15px;max-width:384px;border-radius:18px;background:#7c4ddb;color:#fff;text-decoration:none;"
        "font-weight:700}a+a{background:#e4dcf5;color:#3f2f6b}"
        "@media(prefers-color-scheme:dark){body{background:#141319;color:#eceaf3}a+a{background:#2c2837;color:#d9cff5}}"
        f"</style><h1>Snapmoji</h1>{content}</html>"
    )
