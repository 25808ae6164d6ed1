"""What a tracker says, handed on to live pages: ``/ar/{secret}/live``. Only this side speaks; the newest counts."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from app.origin import House, let_in

if TYPE_CHECKING:
    from core.drive.signal import Signal

_MOST_PAGES = 16


class Feed:
    """Hands signals on to every open page. Thread-safe; a page that is slow loses what is old."""

    def __init__(self) -> None:
        """With no pages."""
        self._lock = threading.Lock()
        self._seats: set[_Seat] = set()

    def push(self, signal: "Signal") -> None:
        """Send what the avatar is to do now. Pages opened later do not get it."""
        text = _packed(signal)
        with self._lock:
            seats = list(self._seats)
        for seat in seats:
            seat.put(text)

    @contextmanager
    def listening(self) -> "Iterator[_Seat | None]":
        """A place that gets the signals meanwhile; None if all are taken. To be called in an event loop."""
        seat = _Seat(asyncio.get_running_loop())
        with self._lock:
            free = len(self._seats) < _MOST_PAGES
            if free:
                self._seats.add(seat)
        try:
            yield seat if free else None
        finally:
            with self._lock:
                self._seats.discard(seat)


class _Seat:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.newest: asyncio.Queue[str] = asyncio.Queue(maxsize=1)

    def put(self, text: str) -> None:
        # The loop is closed if the server is going down.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._put, text)

    def _put(self, text: str) -> None:
        if self.newest.full():
            self.newest.get_nowait()
        self.newest.put_nowait(text)


def feed_routes(house: House[object], feed: Feed) -> APIRouter:
    """The route over which pages are moved."""
    router = APIRouter()

    @router.websocket("/ar/{secret}/live")
    async def live(browser: WebSocket, secret: str) -> None:
        if await let_in(browser, house, secret) is None:
            return
        with feed.listening() as seat:
            if seat is None:
                await browser.close(1013)
                return
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the page went away
                await browser.accept()
                await _hand_on(browser, seat)
                await browser.close(1008)

    return router


async def _hand_on(browser: WebSocket, seat: _Seat) -> None:
    """Until the page goes away or says anything: it has nothing to say."""

    async def send() -> None:
        while True:
            await browser.send_text(await seat.newest.get())

    tasks = [asyncio.create_task(send()), asyncio.create_task(browser.receive())]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


def _packed(signal: "Signal") -> str:
    """About 300 characters: weights by shape, and degrees where the tracker says how the head is turned."""
    weights = [round(float(weight), 4) for weight in signal.weights]
    posture = signal.posture and {name: round(angle, 2) for name, angle in vars(signal.posture).items()}
    return json.dumps({"weights": weights, "posture": posture})
