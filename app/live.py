"""What goes to and fro while the page is open: the expression, and how far an avatar under way has come."""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from app.origin import let_in
from app.poses import PRESETS, random_pose
from core.errors import UserFacingError
from core.expressions import SHAPES

if TYPE_CHECKING:
    from app.session import Sessions, Visitor

_LOG = logging.getLogger(__name__)
_MOST_WAITING = 200
_LONGEST_MESSAGE = 4096


class Live:
    """Carries messages to the open tabs of one visitor. Thread-safe; a message nobody listens to is gone."""

    def __init__(self) -> None:
        """With no listeners."""
        self._lock = threading.Lock()
        self._tabs: set[_Tab] = set()
        self._closed = False

    def close(self) -> None:
        """Let every tab go; those that come later are let go at once."""
        with self._lock:
            self._closed, tabs = True, list(self._tabs)
        for tab in tabs:
            tab.put(None)

    def tell(self, message: Mapping[str, Any], besides: object = None) -> None:
        """Send a message of plain JSON to every tab but one."""
        text = json.dumps(message)
        with self._lock:
            tabs = [tab for tab in self._tabs if tab is not besides]
        for tab in tabs:
            tab.put(text)

    @contextmanager
    def listening(self) -> "Iterator[_Tab]":
        """A tab that gets the messages meanwhile. To be called in an event loop."""
        tab = _Tab(asyncio.get_running_loop())
        with self._lock:
            self._tabs.add(tab)
            if self._closed:
                tab.put(None)
        try:
            yield tab
        finally:
            with self._lock:
                self._tabs.discard(tab)


class _Tab:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.messages: asyncio.Queue[str | None] = asyncio.Queue()

    def put(self, text: str | None) -> None:
        # The loop is closed if the app is going down.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._put, text)

    def _put(self, text: str | None) -> None:
        # Whoever reads too slowly loses what is old.
        while self.messages.qsize() >= _MOST_WAITING:
            self.messages.get_nowait()
        self.messages.put_nowait(text)


def live_routes(sessions: "Sessions") -> APIRouter:
    """The route of these visitors' messages."""
    router = APIRouter()

    @router.websocket("/viewer/{secret}/live")
    async def live(browser: WebSocket, secret: str) -> None:
        visitor = await let_in(browser, sessions, secret)
        if visitor is None:
            return
        await browser.accept()
        with visitor.live.listening() as tab, contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await browser.send_text(json.dumps(present_state(visitor)))
            async with anyio.create_task_group() as group:
                group.start_soon(_send, browser, tab, group.cancel_scope)
                with contextlib.suppress(WebSocketDisconnect):
                    await _receive(browser, visitor, tab)
                group.cancel_scope.cancel()
            await browser.close(1008)

    return router


def present_state(visitor: "Visitor") -> dict[str, Any]:
    """All that a tab has to know to begin with."""
    return {
        "kind": "state",
        "shapes": SHAPES,
        "presets": [{"name": name, "weights": as_list(weights)} for name, weights in PRESETS.items()],
        "weights": as_list(visitor.weights),
        "version": visitor.version,
        "results": visitor.results.described(),
    }


def as_list(weights: "Mapping[str, float] | np.ndarray | tuple[float, ...]") -> list[float]:
    """Weights in the order of :data:`core.expressions.SHAPES`, to three digits."""
    if isinstance(weights, Mapping):
        weights = tuple(weights.get(shape, 0.0) for shape in SHAPES)
    return [round(float(weight), 3) for weight in weights]


async def _receive(browser: WebSocket, visitor: "Visitor", tab: _Tab) -> None:
    generator = np.random.default_rng()
    while True:
        text = await browser.receive_text()
        visitor.touch()
        try:
            _obey(visitor, _parsed(text), tab, generator)
        except UserFacingError as error:
            tab.put(json.dumps({"kind": "trouble", "words": str(error)}))
        except (ValueError, TypeError, KeyError, AttributeError):
            _LOG.info("A tab sent what no page of ours sends")
            return


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST_MESSAGE:
        raise ValueError("the message is too long")
    return dict(json.loads(text))


def _obey(visitor: "Visitor", message: dict[str, Any], tab: _Tab, generator: np.random.Generator) -> None:
    kind = message["kind"]
    if kind == "pose":
        visitor.set_weights(np.array(message["weights"], np.float32), besides=tab)
    elif kind == "random":
        visitor.set_weights(random_pose(generator))
    elif kind == "life":
        visitor.set_lively(bool(message["on"]))
    elif kind == "front":
        if visitor.viewer is not None:
            visitor.viewer.face_camera()
    elif kind == "stop":
        visitor.stop()
    else:
        raise ValueError(f"there is no message {kind!r}")


async def _send(browser: WebSocket, tab: _Tab, line: anyio.CancelScope) -> None:
    # A browser that went away is noticed by the other direction; here it only ends the loop.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (text := await tab.messages.get()) is not None:
            await browser.send_text(text)
        line.cancel()
