import asyncio
import io
import shutil
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from app.ar import INSTALL_COMMAND, _answer, ar_routes
from app.face_reader import FaceReader
from app.headers import SecurityHeaders
from app.session import Sessions
from core.face.landmarks import Landmarker
from core.formats.bundle import decode
from core.pipeline import Settings
from tests.app.conftest import make_creation
from tests.conftest import EXAMPLES, PERSON, ROOT

REFUSED = (WebSocketDisconnect, WebSocketDenialResponse)


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """The client without MediaPipe's files."""
    shutil.copytree(ROOT / "ui_assets/ar", tmp_path / "ar", ignore=shutil.ignore_patterns("node_modules"))
    for name in ("bundle.js", "logo.svg"):
        shutil.copy(ROOT / "ui_assets" / name, tmp_path)
    return tmp_path


@pytest.fixture
def browser(sessions: Sessions, assets: Path) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(ar_routes(sessions, assets))
    app.add_middleware(SecurityHeaders)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture
def secret(sessions: Sessions) -> str:
    visitor = sessions.open()
    visitor.show(make_creation(), Settings())
    return visitor.secret


def jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def test_the_page_may_only_talk_to_its_own_host(browser, secret):
    answer = browser.get(f"/ar/{secret}/")
    assert answer.status_code == 200 and "<canvas" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "connect-src 'self';" in policy and "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy and "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")


def test_every_module_of_the_client_is_served_as_such(browser):
    names = [path.name for path in (ROOT / "ui_assets/ar").glob("*.js")]
    assert len(names) > 20
    for name in (*(f"ar/{name}" for name in names), "bundle.js"):
        answer = browser.get(f"/client/{name}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/javascript")
    assert browser.get("/client/ar/ar.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    "path", ["ar/package-lock.json", "ar/index.html", "../launch.py", "%2e%2e/launch.py", "theme.css"]
)
def test_nothing_else_is_served(browser, path):
    assert browser.get(f"/client/{path}").status_code == 404
    assert browser.get(f"/client/vision/{path}").status_code == 404


def test_the_avatar_comes_without_notes(browser, sessions, secret):
    avatar, notes = decode(browser.get(f"/ar/{secret}/avatar.snapmoji").content)
    assert len(avatar) == len(sessions.get(secret).creation.avatar)
    assert notes == {}


def test_strangers_get_nothing(browser, sessions):
    for path in ("", "avatar.snapmoji", "tracker.json"):
        assert browser.get(f"/ar/guess/{path}").status_code == 404
    assert browser.get(f"/ar/{sessions.open().secret}/avatar.snapmoji").status_code == 404
    with pytest.raises(REFUSED), browser.websocket_connect("/ar/guess/track"):
        pass


def test_pages_from_elsewhere_may_not_have_faces_read(browser, secret):
    headers = {"origin": "http://evil.example", "host": "127.0.0.1:7860"}
    with pytest.raises(REFUSED), browser.websocket_connect(f"/ar/{secret}/track", headers=headers):
        pass


def test_the_page_is_told_which_trackers_there_are(browser, secret, assets):
    offer = browser.get(f"/ar/{secret}/tracker.json").json()
    assert offer["live"] is None, "nothing moves a visitor's page from outside"
    assert offer["vision"] is None and offer["command"] == INSTALL_COMMAND
    assert len(browser.get(offer["model"]).content) > 1_000_000
    folder = assets / "ar/node_modules/@mediapipe/tasks-vision/wasm"
    folder.mkdir(parents=True)
    (folder.parent / "vision_bundle.mjs").write_text("export {};")
    (folder / "a.wasm").write_bytes(b"\0asm")
    vision = browser.get(f"/ar/{secret}/tracker.json").json()["vision"]
    assert browser.get(f"{vision}/vision_bundle.mjs").headers["content-type"].startswith("text/javascript")
    assert browser.get(f"{vision}/wasm/a.wasm").headers["content-type"] == "application/wasm"


def test_a_face_is_read_over_the_websocket(browser, secret, landmarker: Landmarker):
    photo = Image.open(EXAMPLES[PERSON]).convert("RGB").resize((320, 320))
    picture = jpeg(photo)
    (expected,) = landmarker.detect(np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")))
    nothings = (jpeg(Image.new("RGB", (320, 240))), b"no picture", jpeg(Image.new("RGB", (1400, 10))))
    answers = []
    # On leaving, the test client breaks off a server that has not noticed its goodbye yet.
    with suppress(CancelledError), browser.websocket_connect(f"/ar/{secret}/track") as socket:
        for sent in (picture, *nothings):
            socket.send_bytes(sent)
            answers.append(socket.receive_json())
    read, *empty = answers
    np.testing.assert_allclose(read["landmarks"], expected.points.ravel(), atol=0.01)
    assert abs(read["scores"]["jawOpen"] - expected.scores["jawOpen"]) < 1e-4
    assert empty == [{}] * len(nothings)


def test_a_giant_picture_ends_the_connection(browser, secret):
    with browser.websocket_connect(f"/ar/{secret}/track") as socket, pytest.raises(WebSocketDisconnect):
        socket.send_bytes(bytes(2 << 20))
        socket.receive_json()


def test_of_pictures_that_wait_only_the_newest_is_read():
    read: list[bytes] = []

    class SlowReader(FaceReader):
        def read(self, picture: bytes) -> dict:
            read.append(picture)
            return {"scores": {}}

    class Page:
        """Sends ten pictures at once, then goes away once it got an answer."""

        def __init__(self) -> None:
            self.left = [bytes([i]) for i in range(10)]
            self.answers = 0
            self.done = asyncio.Event()

        async def receive_bytes(self) -> bytes:
            if self.left:
                return self.left.pop(0)
            await self.done.wait()
            raise WebSocketDisconnect

        async def send_json(self, _: dict) -> None:
            self.answers += 1
            await asyncio.sleep(0)
            self.done.set()

    with pytest.raises(WebSocketDisconnect):
        asyncio.run(_answer(Page(), SlowReader(), lambda: True))  # type: ignore[arg-type]
    assert read == [bytes([9])]
