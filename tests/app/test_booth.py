import re
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.booth import Shares, own_address, qr_code
from app.server import build_app
from app.settings import AppSettings
from core.pipeline import Settings
from tests.app.conftest import make_creation
from tests.web.conftest import eventually


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def app(studio):
    return build_app(AppSettings(host="0.0.0.0", booth=True, public_host="booth.local"), lambda: studio)


@pytest.fixture
def booth(app) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5)) as client:
        yield client


def test_a_visit_by_its_routes(booth, app):
    assert "Become a cartoon" in booth.get("/booth").text
    assert len(booth.get("/booth/settings.json").json()["styles"]) > 20
    secret = booth.post("/booth/visitor").json()["secret"]
    assert booth.post(f"/viewer/{secret}/make", content=b"a photo").json() == {"version": 1}
    assert booth.post(f"/viewer/{secret}/restyle", json={"prompt": "gold"}).json() == {"version": 2}
    told = booth.post(f"/viewer/{secret}/share").json()
    assert re.fullmatch(r"http://booth\.local:7860/take/[\w-]{12}/", told["address"]) and "<svg" in told["code"]
    assert booth.post(f"/viewer/{secret}/goodbye").status_code == 204
    assert len(app.state.sessions) == 0
    path = told["address"].removeprefix("http://booth.local:7860")
    assert eventually(lambda: "More is being packed" not in booth.get(path).text, 60)
    page = booth.get(path).text
    assert page.count("<a ") >= 4
    for name in re.findall(r'href="([\w.]+)"', page):
        assert len(booth.get(path + name).content) > 100, name
    assert booth.get(path + "../../etc/passwd").status_code == 404


def test_a_phone_reaches_what_is_shared_and_nothing_else(booth, app):
    secret = booth.post("/booth/visitor").json()["secret"]
    booth.post(f"/viewer/{secret}/make", content=b"a photo")
    path = booth.post(f"/viewer/{secret}/share").json()["address"].removeprefix("http://booth.local:7860")
    phone = TestClient(app, base_url="http://booth.local:7860", client=("192.168.1.7", 5))
    assert phone.get(path).status_code == 200
    for other in ("/", "/booth", f"/viewer/{secret}/face.webp", "/gradio_api/info", "/config"):
        assert phone.get(other).status_code == 403, other
    assert phone.post("/booth/visitor").status_code == 403
    with pytest.raises(WebSocketDisconnect), phone.websocket_connect(f"/viewer/{secret}/live"):
        pass
    evil = TestClient(app, base_url="http://evil.example:7860", client=("127.0.0.1", 5))
    assert evil.get("/booth").status_code == 403


def test_another_page_cannot_ask_the_booth_for_anything(booth):
    assert booth.post("/booth/visitor", headers={"origin": "http://evil.example"}).status_code == 403


def test_shares_end_after_a_while_with_their_files(tmp_path):
    clock = Clock()
    shares = Shares(tmp_path, clock)
    creation = make_creation()
    token = shares.add(creation, Settings(), np.zeros(16, np.float32))
    share = shares.get(token)
    assert share.packed.wait(60) and "avatar.png" in share.files()
    folder = share.folder
    clock.now += 1801
    assert shares.get(token) is None
    shares.sweep()
    assert not folder.exists()


def test_the_ordinary_app_has_no_booth(studio):
    with TestClient(build_app(AppSettings(), lambda: studio), base_url="http://127.0.0.1:7860") as client:
        assert client.post("/booth/visitor").status_code in (404, 405)


def test_a_code_is_drawn_and_grows_with_its_text():
    short, long = (qr_code(f"http://192.168.1.2:7860/{'x' * n}") for n in (5, 120))
    assert short.startswith("<svg") and len(long) > len(short)


def test_the_address_is_of_this_computer_or_none():
    address = own_address()
    assert address is None or re.fullmatch(r"\d+(\.\d+){3}", address)
