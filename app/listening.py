"""Pages that a tracker moves: one avatar in a 3D viewer and on the live page, each at an address of its own."""

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import rich
import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.ar import ar_routes
from app.certificate import Certificate, certificate_for
from app.feed import Feed
from app.headers import SecurityHeaders
from app.lan import announcement, lan_names, own_addresses
from app.proxy import viewer_routes
from app.settings import LOOPBACK_HOSTS, AppSettings
from app.viewer import Viewer
from core.avatar.model import Avatar
from core.render.cache import user_cache_directory

_SECRET_BYTES = 24
# The largest that pages may send is a picture of 1 MiB, for reading a face.
_MOST_RECEIVED = 2 << 20
_WHO = "Whoever has the whole address sees the avatar move, as long as this runs."


@dataclass(frozen=True)
class Onlooker:
    """The one who looks through the viewer, and the whole house at once."""

    viewer: Viewer
    secret: str

    def touch(self) -> None:
        """Nobody is sent away here."""

    def get(self, secret: str | None) -> "Onlooker | None":
        """The onlooker, to whom the secret is known."""
        return self if _same(secret, self.secret) else None


@dataclass(frozen=True)
class Spectator:
    """Whoever looks at the live page, and the whole house at once."""

    avatar: Avatar
    secret: str

    def get(self, secret: str | None) -> "Spectator | None":
        """The spectator, to whom the secret is known."""
        return self if _same(secret, self.secret) else None


@dataclass(frozen=True)
class Pages:
    """What is open while a tracker is listened to."""

    viewer: Viewer
    feed: Feed
    """Moves the live page."""
    viewer_url: str
    """Of the 3D viewer, for this computer only."""
    page_url: str
    """Of the live page, as this computer reaches it."""
    network: str
    """What to say of other devices; empty if they are not let in."""


def pages_app(spectator: Spectator, feed: Feed, hosts: Sequence[str], onlooker: Onlooker | None = None) -> FastAPI:
    """The live page under ``/ar/{secret}/``, and for an onlooker the viewer under ``/viewer/{secret}/``.

    Args:
        spectator: who may look at the live page.
        feed: moves the live page.
        hosts: names to answer to.
        onlooker: who may look through the viewer; None if nobody may.
    """
    app = FastAPI(title="Snapmoji", docs_url=None, redoc_url=None, openapi_url=None)
    if onlooker is not None:
        app.include_router(viewer_routes(onlooker))
    app.include_router(ar_routes(spectator, AppSettings().assets, feed))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*hosts])
    return app


@contextlib.contextmanager
def open_pages(avatar: Avatar, lan: bool = False) -> Iterator[Pages]:
    """Serves an avatar on free ports meanwhile.

    Args:
        avatar: what both show.
        lan: whether other devices of the network reach the live page, over HTTPS; the viewer stays on loopback.

    Raises:
        OSError: if the certificate cannot be written.
    """
    # Viser prints a box with an address that nobody can use.
    rich.reconfigure(quiet=True)
    feed, spectator = Feed(), Spectator(avatar, secrets.token_urlsafe(_SECRET_BYTES))
    onlooker = Onlooker(Viewer(secrets.token_urlsafe(_SECRET_BYTES)), secrets.token_urlsafe(_SECRET_BYTES))
    path = f"/ar/{spectator.secret}/"
    with contextlib.ExitStack() as stack:
        stack.callback(onlooker.viewer.close)
        onlooker.viewer.set_avatar(avatar)
        own = pages_app(spectator, feed, LOOPBACK_HOSTS, onlooker)
        here = f"http://127.0.0.1:{stack.enter_context(_served(own, '127.0.0.1'))}"
        network = ""
        if lan:
            addresses = own_addresses()
            certificate = certificate_for(lan_names(addresses), _certificate_folder())
            everybodys = pages_app(spectator, feed, lan_names(addresses))
            port = stack.enter_context(_served(everybodys, "0.0.0.0", certificate))
            network = announcement(addresses, port, certificate, path, _WHO)
        yield Pages(onlooker.viewer, feed, f"{here}/viewer/{onlooker.secret}/", f"{here}{path}", network)


def _certificate_folder() -> Path:
    """The app's own, so that a browser that was told to trust it need not be told again."""
    return user_cache_directory() / "snapmoji" / "lan"


def _same(secret: str | None, own: str) -> bool:
    return secret is not None and secrets.compare_digest(secret.encode(), own.encode())


@contextlib.contextmanager
def _served(app: FastAPI, host: str, certificate: Certificate | None = None) -> Iterator[int]:
    """Serves an app on a thread meanwhile; the port."""
    with socket.create_server((host, 0)) as listener:
        config = uvicorn.Config(
            app,
            log_level="warning",
            ws_per_message_deflate=False,
            ws_max_size=_MOST_RECEIVED,
            timeout_graceful_shutdown=1,
            ssl_certfile=certificate and certificate.certificate,
            ssl_keyfile=certificate and certificate.key,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name="listening", daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(5)
