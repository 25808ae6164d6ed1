"""The whole app in this process, with avatars of few splats, and a visitor's tab: software GL is slow."""

import io
import re
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import numpy as np
import uvicorn
from PIL import Image

from app.server import build_app
from app.settings import AppSettings
from core.avatar.model import Avatar, without
from core.errors import NoFaceFound
from core.pipeline import Creation, Studio
from tests.web.conftest import PATIENCE_S, eventually

ONE_IN = 6
"""So many splats of an avatar are shown as one."""


def thinned(creation: Creation, one_in: int) -> Creation:
    """The same with few splats in the viewer; its pictures, and what it is made again from, stay whole."""
    avatar: Avatar = creation.avatar
    return replace(creation, avatar=without(avatar, np.arange(len(avatar)) % one_in != 0))


@dataclass
class LightStudio:
    """The real studio, whose avatars have few splats, and which a test can hold up."""

    studio: Studio
    one_in: int = ONE_IN
    held: threading.Event = field(default_factory=threading.Event)
    """While set, an avatar that is being made does not get on."""
    holds_at: str = "character"
    """The stage at which it stops then."""
    blind_above_px: int | None = None
    """In photos wider than this no face is found: the real one finds nearly every face that is there."""

    @property
    def landmarker(self):
        return self.studio.landmarker

    def create(self, photo, settings, progress, picture):
        if self.blind_above_px is not None:
            with Image.open(io.BytesIO(photo)) as image:
                if image.width > self.blind_above_px:
                    raise NoFaceFound("No face was found; use a photo that shows one.")

        def slowly(stage: str, share: float) -> None:
            progress(stage, share)
            while stage == self.holds_at and self.held.is_set():
                time.sleep(0.05)
                progress(stage, share)

        return thinned(self.studio.create(photo, settings, slowly, picture), self.one_in)

    def restyle(self, creation, settings):
        return thinned(self.studio.restyle(creation, settings), self.one_in)

    def edit(self, creation, character, settings):
        return thinned(self.studio.edit(creation, character, settings), self.one_in)


class ServedStudio:
    """A server on a thread."""

    def __init__(self, studio: Studio, settings: AppSettings, one_in: int = ONE_IN):
        self.studio = LightStudio(studio, one_in)
        app = build_app(settings, lambda: self.studio)
        config = uvicorn.Config(app, port=0, log_level="error", ws_per_message_deflate=False, ws_max_size=64 << 20)
        self._server = uvicorn.Server(config)
        self._end_streams = app.state.gradio.stop_event
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.sessions = app.state.sessions

    def __enter__(self) -> "ServedStudio":
        self._thread.start()
        assert eventually(lambda: self._server.started, 60)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_) -> None:
        self._end_streams.set()
        self._server.force_exit = self._server.should_exit = True
        self._thread.join(20)
        self.sessions.close()


class Visit:
    """A visitor's tab, which notes every host it talks to."""

    def __init__(self, browser, url: str, width: int = 1400, height: int = 860, path: str = "/"):
        # With motion reduced the face keeps still, so that pictures of it can be compared.
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", permissions=["camera"]
        )
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.hosts: set[str | None] = set()
        self.context.on("request", lambda request: self._note(request.url))
        self.page = self.context.new_page()
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(url + path)
        self.status = self.page.locator("#sm-status")
        self.viewer = self.page.frame_locator("#sm-viewer iframe")

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(urlsplit(url).hostname)

    def wait_for_viewer(self) -> None:
        self.viewer.locator("canvas").first.wait_for()
        self.slider("jawOpen").wait_for()
        assert not self.complaints

    def upload(self, photo: Path | dict) -> None:
        # A file that is chosen before the page knows who its visitor is would be nobody's.
        assert eventually(lambda: self.page.evaluate("sessionStorage.getItem('snapmoji')"), PATIENCE_S)
        # Another photo can only be chosen once the box is empty.
        clear = self.page.locator("#sm-photo").get_by_role("button", name=re.compile("clear|remove", re.I))
        if clear.count():
            clear.first.click()
        with self.page.expect_response(lambda response: "/upload" in response.url):
            self.page.locator("#sm-photo input[type=file]").first.set_input_files(photo)

    def generate(self) -> None:
        self.page.get_by_role("button", name="Generate").click()

    def slider(self, shape: str):
        return self.page.locator(f"#sm-shape-{shape}")

    def weight(self, shape: str) -> float:
        return float(self.slider(shape).input_value())

    def preset(self, name: str):
        return self.page.locator(".sm-preset", has_text=re.compile(f"^{name}$"))

    def tab(self, name: str):
        return self.page.get_by_role("tab", name=name, exact=True)

    def styled_picture(self) -> bytes:
        """The picture of the present avatar from the front, as a file."""
        address = self.page.locator(".sm-stages img").last.get_attribute("src")
        return self.context.request.get(urljoin(self.page.url, address)).body()

    def tile(self, style: str):
        """The tile of a style in the gallery."""
        return self.page.locator(f'.sm-style[data-style="{style}"]')

    def styles(self) -> list[str]:
        """Those of the gallery, in its order."""
        return self.page.locator(".sm-style").evaluate_all("tiles => tiles.map((tile) => tile.dataset.style)")

    def face(self) -> np.ndarray:
        """The middle of the canvas, where the lower half of the face is, as (h, w, 3) of float."""
        picture = self.viewer.locator("canvas").first.screenshot()
        pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), float)
        h, w, _ = pixels.shape
        return pixels[int(0.35 * h) : int(0.8 * h), int(0.3 * w) : int(0.7 * w)]

    def settled_face(self) -> np.ndarray:
        """The face once it is there and no longer fades in."""
        seen = [self.face()]

        def settled() -> bool:
            time.sleep(1.0)
            seen.append(self.face())
            return seen[-1].std() > 15 and changed(seen[-1], seen[-2]) < 0.002

        assert eventually(settled, PATIENCE_S), "no steady face appeared in the viewer"
        return seen[-1]


def changed(one: np.ndarray, other: np.ndarray) -> float:
    """Share of pixels that differ plainly."""
    return float((np.abs(one - other).max(-1) > 40).mean())
