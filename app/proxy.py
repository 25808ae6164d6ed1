"""Each visitor's viewer under the page's own port: ``/viewer/{secret}/``.

Viser's client opens its websocket at the address it was loaded from. So the secret in the path names the
visitor, and the visitor's Viser server itself stays on a loopback port that nobody else can use.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import Protocol

import viser
import websockets
from fastapi import APIRouter, HTTPException, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, Response
from starlette.types import Message
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

from app.origin import House, let_in
from app.viewer import KEY_HEADER, Viewer

# The page has its own panel and its own words for trouble. Undo is the page's, too: a frame keeps its keys to itself.
_INSERT = """<style>
  [data-testid=floating-panel], #root .mantine-Paper-root, .mantine-Notifications-root { display: none !important; }
</style><script>
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || parent === window) return;
    const {key, code, ctrlKey, metaKey, shiftKey, altKey} = event;
    const init = {key, code, ctrlKey, metaKey, shiftKey, altKey, bubbles: true, cancelable: true};
    if (!parent.document.body.dispatchEvent(new parent.KeyboardEvent('keydown', init))) event.preventDefault();
  });
</script>"""
_MAX_TO_BROWSER = 64 << 20
_MAX_FROM_BROWSER = 1 << 20  # Sliders and camera poses are a few hundred bytes.


class Seat(Protocol):
    """Who looks through a viewer."""

    @property
    def viewer(self) -> Viewer | None:
        """The viewer, once there is something to look at."""
        ...

    def touch(self) -> None:
        """Note a sign of life."""
        ...


def viewer_routes(sessions: House[Seat]) -> APIRouter:
    """Routes to the viewers of these visitors."""
    router = APIRouter()
    index = Path(viser.__file__).parent / "client" / "build" / "index.html"
    content = index.read_text(encoding="utf-8").replace("<head>", f"<head>{_INSERT}", 1)

    @router.get("/viewer/{secret}/")
    async def page(secret: str) -> Response:
        if _viewer_port(sessions.get(secret)) is None:
            raise HTTPException(404, "There is no such viewer.")
        return HTMLResponse(content, headers={"Cache-Control": "private, no-cache"})

    @router.websocket("/viewer/{secret}")
    @router.websocket("/viewer/{secret}/")
    async def socket(browser: WebSocket, secret: str) -> None:
        visitor = await let_in(browser, sessions, secret)
        if visitor is not None:
            await _relay(browser, visitor)

    return router


def _viewer_port(visitor: Seat | None) -> int | None:
    viewer = visitor.viewer if visitor is not None else None
    return viewer.port if viewer is not None else None


async def _relay(browser: WebSocket, visitor: Seat) -> None:
    """Carry frames both ways until either side closes."""
    viewer = visitor.viewer
    if viewer is None:
        await browser.close(1008)
        return
    try:
        upstream = await websockets.connect(
            f"ws://127.0.0.1:{viewer.port}",
            subprotocols=[Subprotocol(p) for p in browser.scope.get("subprotocols", [])] or None,
            additional_headers={KEY_HEADER: viewer.key},
            compression=None,  # loopback: compressing costs ten times the copy
            max_size=_MAX_TO_BROWSER,
            max_queue=2,  # few frames in flight, so that a slow browser gets fresh ones
            ping_interval=None,
            proxy=None,
        )
    except OSError:
        await browser.close(1013)
        return
    async with upstream:
        await browser.accept(subprotocol=upstream.subprotocol)
        tasks = [
            asyncio.create_task(_to_viser(browser, upstream, visitor)),
            asyncio.create_task(_to_browser(browser, upstream)),
        ]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the browser may have closed already
        await browser.close()


async def _to_viser(browser: WebSocket, upstream: ClientConnection, visitor: Seat) -> None:
    while True:
        message: Message = await browser.receive()
        data = message.get("bytes")
        if message["type"] == "websocket.disconnect" or data is None or len(data) > _MAX_FROM_BROWSER:
            return
        visitor.touch()
        try:
            await upstream.send(data)
        except websockets.ConnectionClosed:
            return


async def _to_browser(browser: WebSocket, upstream: ClientConnection) -> None:
    # A browser that went away is noticed by the other direction; here it only ends the loop.
    with contextlib.suppress(websockets.ConnectionClosed, WebSocketDisconnect, RuntimeError):
        async for frame in upstream:
            await (browser.send_bytes(frame) if isinstance(frame, bytes) else browser.send_text(frame))
