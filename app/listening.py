"""A viewer that a tracker moves: one avatar, one secret, no page around it."""

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import rich
import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.headers import SecurityHeaders
from app.proxy import viewer_routes
from app.settings import LOOPBACK_HOSTS
from app.viewer import Viewer
from core.avatar.model import Avatar

_SECRET_BYTES = 24


@dataclass(frozen=True)
class Onlooker:
    """The one who looks, and the whole house at once."""

    viewer: Viewer
    secret: str

    def touch(self) -> None:
        """Nobody is sent away here."""

    def get(self, secret: str | None) -> "Onlooker | None":
        """The onlooker, to whom the secret is known."""
        return self if secret is not None and secrets.compare_digest(secret.encode(), self.secret.encode()) else None


def viewer_app(onlooker: Onlooker) -> FastAPI:
    """The viewer under ``/viewer/{secret}/``, for this computer only."""
    app = FastAPI(title="Snapmoji", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(viewer_routes(onlooker))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK_HOSTS])
    return app


@contextlib.contextmanager
def open_viewer(avatar: Avatar) -> Iterator[tuple[Viewer, str]]:
    """Serves an avatar on a free loopback port meanwhile; the viewer, and its address."""
    # Viser prints a box with an address that nobody can use.
    rich.reconfigure(quiet=True)
    onlooker = Onlooker(Viewer(secrets.token_urlsafe(_SECRET_BYTES)), secrets.token_urlsafe(_SECRET_BYTES))
    onlooker.viewer.set_avatar(avatar)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            viewer_app(onlooker), log_level="warning", ws_per_message_deflate=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name="listening", daemon=True)
        thread.start()
        try:
            yield onlooker.viewer, f"http://127.0.0.1:{listener.getsockname()[1]}/viewer/{onlooker.secret}/"
        finally:
            server.should_exit = True
            thread.join(5)
            onlooker.viewer.close()
