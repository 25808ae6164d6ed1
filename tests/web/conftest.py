"""The live page served by itself, and a browser whose camera shows an example portrait."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from fastapi import FastAPI

from app.ar import ar_routes
from app.headers import SecurityHeaders
from app.session import Sessions
from core.avatar.model import Avatar
from core.pipeline import Creation, Settings, Studio
from tests.conftest import EXAMPLES, ROOT

if TYPE_CHECKING:
    from tests.web.studio_page import ServedStudio, Visit

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
)
PATIENCE_S = 90
CAMERA_PX = (640, 480)


@dataclass(frozen=True)
class LivePage:
    """The address of a visitor's page, and the avatar on it."""

    url: str
    avatar: Avatar


@pytest.fixture(scope="session")
def assets(tmp_path_factory) -> Path:
    """The client without MediaPipe's files, as after a plain installation."""
    folder = tmp_path_factory.mktemp("client") / "ui_assets"
    shutil.copytree(ROOT / "ui_assets" / "ar", folder / "ar", ignore=shutil.ignore_patterns("node_modules"))
    for name in ("bundle.js", "logo.svg"):
        shutil.copy(ROOT / "ui_assets" / name, folder)
    return folder


@pytest.fixture(scope="session")
def live_page(creation: Creation, assets: Path) -> Iterator[LivePage]:
    with Served(creation, assets) as page:
        yield page


class Served:
    """A server of one visitor's live page, on a thread."""

    def __init__(self, creation: Creation, assets: Path):
        self._sessions = Sessions()
        visitor = self._sessions.open()
        visitor.show(creation, Settings())
        app = FastAPI()
        app.include_router(ar_routes(self._sessions, assets))
        app.add_middleware(SecurityHeaders)
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws_per_message_deflate=False))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._secret, self._avatar = visitor.secret, creation.avatar

    def __enter__(self) -> LivePage:
        self._thread.start()
        assert eventually(lambda: self._server.started, 30)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return LivePage(f"http://127.0.0.1:{port}/ar/{self._secret}/", self._avatar)

    def __exit__(self, *_) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._sessions.close()


@pytest.fixture(scope="session")
def camera_clip(tmp_path_factory) -> Path:
    """What the browser's camera films: an example person who sits still."""
    return filmed(EXAMPLES["short_hair"], tmp_path_factory.mktemp("camera") / "camera.mjpeg")


def filmed(portrait: Path, clip: Path) -> Path:
    """A film for the browser's camera of somebody who sits still."""
    width, height = CAMERA_PX
    shape = f"scale=400:400,pad={width}:{height}:120:60:color=0x406080,format=yuvj420p"
    command = ["ffmpeg", "-v", "error", "-loop", "1", "-i", str(portrait), "-vf", shape]
    subprocess.run([*command, "-t", "2", "-r", "20", "-q:v", "2", str(clip)], check=True, timeout=60)
    return clip


@pytest.fixture(scope="session")
def driver() -> Iterator:
    """What starts browsers; a process can have but one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def camera_browser(driver, camera_clip: Path) -> Iterator:
    film = f"--use-file-for-fake-video-capture={camera_clip}"
    browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, film])
    yield browser
    browser.close()


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether a condition comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="session")
def browser(driver) -> Iterator:
    """A browser without a camera's film."""
    browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def served(studio: Studio) -> "Iterator[ServedStudio]":
    """The whole app."""
    from app.settings import AppSettings
    from tests.web.studio_page import ServedStudio

    with ServedStudio(studio, AppSettings()) as served:
        yield served


@pytest.fixture(scope="module")
def visit(browser, served) -> "Iterator[Visit]":
    """A visitor whose avatar has been made."""
    from tests.web.studio_page import Visit

    visit = Visit(browser, served.url)
    visit.upload(EXAMPLES["bob"])
    visit.generate()
    visit.wait_for_viewer()
    yield visit
    visit.context.close()
