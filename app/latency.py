"""How long a slider takes to reach the browser: from the page's message to the packet of splats that answers it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import rich
import uvicorn
import viser
from fastapi import FastAPI
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from app.live import live_routes
from app.proxy import viewer_routes
from app.session import Sessions
from app.viewer import Viewer
from core.avatar.blend import Blender
from core.avatar.model import Avatar
from core.expressions import SHAPES

_BYTES_PER_SPLAT = 32
_QUIET_S = 0.5
_PAUSE_S = 0.08
_DRAGS_PER_SECOND = 60


def measure_latency(avatar: Avatar, changes: int = 60, drag_s: float = 3.0) -> dict[str, dict[str, float] | float]:
    """Times of the way through the app's own server, as a browser on this machine sees it, without drawing.

    Args:
        avatar: whose face moves.
        changes: how many single changes of all 16 weights are timed.
        drag_s: how long sliders are then dragged, 60 changes a second.

    Returns:
        ``slider_to_packet`` with ``median_ms``, ``p95_ms`` and ``min_ms``; ``slider_updates_per_second`` while
        dragged; ``packet_bytes``.
    """
    packet = len(Blender(avatar).moving) * _BYTES_PER_SPLAT
    rng = np.random.default_rng(0)
    with _serving(avatar) as base, _tab(f"{base}/live") as sliders, _viser(base) as viewer:
        _drain(viewer)
        times = []
        for _ in range(changes):
            start = time.perf_counter()
            _move(sliders, rng)
            while len(viewer.recv(timeout=30)) < packet:
                pass
            times.append((time.perf_counter() - start) * 1000)
            time.sleep(_PAUSE_S)
        _drain(viewer)
        seen, elapsed = _drag(sliders, viewer, rng, packet, drag_s)
    low, median, high = np.quantile(times, (0, 0.5, 0.95))
    figures = {"median_ms": median, "p95_ms": high, "min_ms": low}
    return {
        "slider_to_packet": {name: round(float(value), 2) for name, value in figures.items()},
        "slider_updates_per_second": round(seen / elapsed, 1),
        "packet_bytes": packet,
    }


def _drag(
    sliders: Connection, viewer: Connection, rng: np.random.Generator, packet: int, seconds: float
) -> tuple[int, float]:
    """How many packets come while the sliders are dragged, and the seconds from the first to the last."""
    over = threading.Event()
    stamps: list[float] = []

    def count() -> None:
        while not over.is_set():
            try:
                if len(viewer.recv(timeout=0.2)) >= packet:
                    stamps.append(time.perf_counter())
            except TimeoutError:
                continue

    counter = threading.Thread(target=count, daemon=True)
    counter.start()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        _move(sliders, rng)
        time.sleep(1 / _DRAGS_PER_SECOND)
    over.set()
    counter.join()
    return max(len(stamps) - 1, 0), max(stamps[-1] - stamps[0], 1e-9) if stamps else 1.0


def _move(sliders: Connection, rng: np.random.Generator) -> None:
    weights = [round(float(weight), 3) for weight in rng.uniform(0.1, 1, len(SHAPES))]
    sliders.send(json.dumps({"kind": "pose", "weights": weights}))


def _drain(socket: Connection) -> None:
    """Read until nothing more comes."""
    while True:
        try:
            socket.recv(timeout=_QUIET_S)
        except TimeoutError:
            return


def _tab(address: str) -> Connection:
    return connect(address, max_size=None, proxy=None, compression=None)


def _viser(address: str) -> Connection:
    protocol = f"viser-v{viser.__version__}"
    return connect(address, subprotocols=[protocol], max_size=None, proxy=None, compression=None)  # pyright: ignore


@contextmanager
def _serving(avatar: Avatar) -> Iterator[str]:
    """The app's routes on a free port with one visitor; gives the address of the visitor's sockets."""
    rich.reconfigure(quiet=True)
    sessions = Sessions()
    visitor = sessions.open()
    viewer = Viewer("bench")
    viewer.set_avatar(avatar)
    visitor.attach(viewer)
    app = FastAPI()
    app.include_router(live_routes(sessions))
    app.include_router(viewer_routes(sessions))
    config = uvicorn.Config(app, port=0, log_level="warning", ws_per_message_deflate=False, ws_max_size=64 << 20)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/viewer/{visitor.secret}"
    finally:
        server.should_exit = True
        thread.join(10)
        sessions.close()
