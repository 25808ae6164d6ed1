"""The web server: the page, the viewers and the files of all visitors on one port."""

import asyncio
import os
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import rich
import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from app.ar import ar_routes
from app.booth import OnlyTakeAway, Shares, booth_routes
from app.certificate import certificate_for
from app.consent import ConsentFirst
from app.creations import creation_routes
from app.disk import DiskFull
from app.downloads import file_routes
from app.gate import Gate
from app.gradio_tabs import GradioTabs, count_nothing
from app.headers import SecurityHeaders
from app.heap import settle
from app.lan import announcement, lan_names, own_addresses
from app.live import live_routes
from app.loading import Models
from app.pictures import picture_routes
from app.privacy import privacy_routes
from app.proxy import viewer_routes
from app.session import Sessions
from app.settings import LOOPBACK_HOSTS, AppSettings
from app.thumbnails import album_routes, shipped_routes
from app.uploads import upload_routes
from core.errors import InvalidRequest
from core.face.landmarks import check_system_libraries
from core.render.cache import user_cache_directory

if TYPE_CHECKING:
    from core.pipeline import Studio


def build_app(settings: AppSettings, studio_loader: "Callable[[], Studio]") -> FastAPI:
    """The whole app. The models begin to load when it starts to serve, and not before.

    Args:
        settings: see :class:`AppSettings`.
        studio_loader: builds the studio; called once, on a thread of its own.
    """
    sessions = Sessions(settings.max_visitors, settings.idle_minutes * 60, settings.leave_grace_s)
    models = Models(studio_loader)
    gradio = _import_gradio(sessions)
    from app.studio import build_page
    from app.theme import snapmoji_theme

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        models.start()
        sessions.start_sweeping()
        yield
        sessions.close()

    app = FastAPI(title="Snapmoji", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.sessions, app.state.models = sessions, models
    app.add_exception_handler(DiskFull, lambda _, error: JSONResponse({"detail": str(error)}, 507))
    app.include_router(upload_routes(sessions, settings.max_upload_mb << 20))
    app.include_router(privacy_routes(sessions))
    app.include_router(live_routes(sessions))
    app.include_router(viewer_routes(sessions))
    app.include_router(ar_routes(sessions, settings.assets))
    app.include_router(picture_routes(sessions))
    app.include_router(creation_routes(sessions))
    app.include_router(file_routes(sessions))
    app.include_router(album_routes(sessions))
    app.include_router(shipped_routes(settings.assets / "styles"))
    if settings.booth:
        shares = Shares(sessions.folder / "shares")
        app.include_router(booth_routes(settings, sessions, models, shares))
        app.add_middleware(OnlyTakeAway)
    if settings.consent is not None:
        page = "/booth" if settings.booth else "/"
        app.add_middleware(ConsentFirst, text=settings.consent, page=page, every_time=settings.booth)
    app.mount("/studio", StaticFiles(directory=settings.assets / "studio"))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_allowed_hosts(settings))
    app = gradio.mount_gradio_app(
        app,
        build_page(settings, sessions, models),
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        theme=snapmoji_theme(),
        css_paths=[settings.assets / name for name in ("theme.css", "studio.css", "creations.css")],
        head='<script type="module" src="/studio/main.js"></script>',
        favicon_path=str(settings.assets / "logo.svg"),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        max_file_size=f"{settings.max_upload_mb}mb",
        allowed_paths=[str(settings.assets / "examples")],
    )
    mount = next(route for route in app.routes if isinstance(route, Mount) and not route.path)
    app.state.gradio = mount.app
    sessions.forget_tab = GradioTabs(cast(Any, mount.app).state_holder).forget
    mount.app = Gate(mount.app, [sessions.folder, settings.assets / "examples"])
    return app


def serve(settings: AppSettings, studio_loader: "Callable[[], Studio] | None" = None) -> None:
    """Run the app until it is interrupted.

    Args:
        settings: see :class:`AppSettings`.
        studio_loader: builds the studio; by default from ``settings.checkpoints``.

    Raises:
        MissingSystemLibrary: if the system lacks what the face tracker needs.
        InvalidRequest: if the address cannot be listened on.
    """
    check_system_libraries()
    # Bound here, so that a taken port is noticed before anything is loaded, and port 0 is known.
    listener = _listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    # Viser prints a box with an address for every viewer; nobody can use those addresses.
    rich.reconfigure(quiet=True)
    certificate = None
    if settings.https:
        names = lan_names(own_addresses())
        certificate = certificate_for(names, user_cache_directory() / "snapmoji" / "lan")
        settings = replace(settings, allowed_hosts=tuple(names))
    app = build_app(settings, studio_loader or _default_loader(settings))
    # Whatever a library writes for a moment lies with the visitors' files, and goes with them even after a crash.
    tempfile.tempdir = str(app.state.sessions.folder)
    url = _url(settings.host, port, "http" if certificate is None else "https") + ("/booth" if settings.booth else "")
    sys.stdout.write(f"Snapmoji is at {url} (stop it with Ctrl+C)\n")
    if certificate is not None:
        sys.stdout.write(announcement(own_addresses(), port, certificate))
    sys.stdout.flush()
    if settings.open_browser:
        # The socket listens already: a browser that is early waits for the first answer.
        threading.Thread(target=_open_browser, args=[url], daemon=True).start()
    config = uvicorn.Config(
        app,
        log_level="warning",
        ws_per_message_deflate=False,  # deflating splats costs ten times as much as sending them
        ws_max_size=64 << 20,
        timeout_graceful_shutdown=3,
        ssl_certfile=certificate and certificate.certificate,
        ssl_keyfile=certificate and certificate.key,
    )
    with listener:
        _Server(config, app.state.gradio.stop_event).run(sockets=[listener])


def _open_browser(url: str) -> None:
    """Shows the page, where there is a display and a browser; elsewhere the address that was printed has to do."""
    try:
        shown = webbrowser.open(url)
    except (webbrowser.Error, OSError):
        shown = False
    if not shown:
        sys.stdout.write("No browser could be opened here; open the address above in one.\n")
        sys.stdout.flush()


class _Server(uvicorn.Server):
    """Ends Gradio's endless streams to open pages first, so that stopping does not have to wait for them."""

    def __init__(self, config: uvicorn.Config, end_streams: asyncio.Event):
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams.set()
        await super().shutdown(sockets)


def _import_gradio(sessions: Sessions):
    """Gradio, told before it starts to send nothing home and to keep files where we remove them."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["GRADIO_TEMP_DIR"] = str(sessions.folder)
    count_nothing()
    import gradio

    return gradio


def _default_loader(settings: AppSettings) -> "Callable[[], Studio]":
    def load() -> "Studio":
        from core.pipeline import Studio

        studio = Studio.load(settings.checkpoints)
        settle()
        return studio

    return load


def _allowed_hosts(settings: AppSettings) -> list[str]:
    """Names to answer to. On loopback a strange name means that a foreign page had its own name point here."""
    if settings.allowed_hosts:
        return list(settings.allowed_hosts)
    return [*LOOPBACK_HOSTS, "[::1]"] if settings.loopback else ["*"]


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise InvalidRequest(
            f"Cannot listen on {host}, port {port}: {error}; another Snapmoji may be running, or choose another port."
        ) from error
    return listener


def _url(host: str, port: int, scheme: str) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)
    return f"{scheme}://{name}:{port}"
