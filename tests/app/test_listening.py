import asyncio
import http.client
import json
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import numpy as np
import pytest
from websockets.asyncio.client import connect as connect_alone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from app import listening
from app.feed import Feed
from app.listening import Pages, open_pages
from core.avatar.posture import Posture
from core.drive.signal import Signal
from core.expressions import SHAPES
from core.formats.bundle import decode
from tests.app.conftest import make_avatar


def ask(url: str, host: str | None = None, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    if context is None:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    else:
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=10, context=context)
    connection.request("GET", parts.path, headers={"Host": host or parts.netloc})
    try:
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def smile(weight: float, posture: Posture | None = None) -> Signal:
    return Signal(0.0, np.full(len(SHAPES), weight, np.float32), posture)


def guessed(url: str) -> str:
    return url.rsplit("/", 2)[0] + "/guess/"


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages(make_avatar()) as pages:
        yield pages


@pytest.fixture
def live(pages: Pages) -> str:
    """The address of the websocket that moves the page, as the page is told."""
    offer = json.loads(ask(pages.page_url + "tracker.json")[1])
    return f"ws://{urlsplit(pages.page_url).netloc}{offer['live']}"


def test_the_viewer_is_served_to_who_knows_its_address_on_this_computer(pages):
    url = pages.viewer_url
    assert url.startswith("http://127.0.0.1:")
    assert ask(url)[0] == 200
    assert ask(guessed(url))[0] == 404
    assert ask(url, host="evil.example")[0] == 400
    socket_url = url.replace("http", "ws").rstrip("/")
    with pytest.raises(InvalidStatus):
        connect(socket_url, origin="https://evil.example", proxy=None)
    with connect(socket_url, subprotocols=[_protocol()], proxy=None, max_size=None) as browser:
        assert len(browser.recv(timeout=10)) > 0
    pages.viewer.set_weights(np.full(len(SHAPES), 0.5, np.float32))
    assert pages.viewer.weights[0] == 0.5


def test_the_web_page_has_a_secret_of_its_own(pages):
    assert ask(pages.page_url)[0] == 200
    assert len(decode(ask(pages.page_url + "avatar.snapmoji")[1])[0]) == len(make_avatar())
    assert ask(guessed(pages.page_url))[0] == 404
    assert ask(pages.page_url, host="evil.example")[0] == 400
    assert ask(pages.page_url.replace(_secret(pages.page_url), _secret(pages.viewer_url)))[0] == 404
    assert pages.network == ""


def test_what_the_tracker_says_arrives_on_every_page(pages, live):
    origin = f"http://{urlsplit(live).netloc}"
    with connect(live, origin=origin, proxy=None) as one, connect(live, origin=origin, proxy=None) as other:
        pages.feed.push(smile(0.123456, Posture(yaw_deg=12.5, pitch_deg=-3.0)))
        for page in (one, other):
            said = json.loads(page.recv(timeout=10))
            assert said["weights"] == [0.1235] * len(SHAPES)
            assert (said["posture"]["yaw_deg"], said["posture"]["pitch_deg"]) == (12.5, -3.0)
        pages.feed.push(smile(1.0))
        assert json.loads(one.recv(timeout=10)) == {"weights": [1.0] * len(SHAPES), "posture": None}


def test_foreign_pages_and_wrong_secrets_are_refused(pages, live):
    with pytest.raises(InvalidStatus) as refusal:
        connect(live, origin="https://evil.example", proxy=None)
    assert refusal.value.response.status_code == 403
    for secret in ("guess", _secret(pages.viewer_url), "%C3%A9"):
        with pytest.raises(InvalidStatus) as refusal:
            connect(live.replace(_secret(pages.page_url), secret), proxy=None)
        assert refusal.value.response.status_code == 403


def test_a_page_that_speaks_is_hung_up_on(pages, live):
    with connect(live, proxy=None) as page:
        page.send("anything")
        with pytest.raises(ConnectionClosed) as end:
            page.recv(timeout=10)
        assert end.value.rcvd is not None and end.value.rcvd.code == 1008


def test_pages_beyond_the_sixteenth_wait_until_one_has_gone(pages, live):
    sixteen = [connect(live, proxy=None) for _ in range(16)]
    with pytest.raises(InvalidStatus):
        connect(live, proxy=None)
    for page in sixteen:
        page.close()
    deadline = time.monotonic() + 10
    while True:
        try:
            connect(live, proxy=None).close()
            break
        except InvalidStatus:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_slow_page_gets_only_the_newest():
    async def listen() -> tuple[str, int]:
        feed = Feed()
        with feed.listening() as seat:
            assert seat is not None
            for step in range(10):
                feed.push(smile(step / 10))
            await asyncio.sleep(0)
            return await seat.newest.get(), seat.newest.qsize()

    text, left = asyncio.run(listen())
    assert json.loads(text)["weights"][0] == 0.9 and left == 0


def test_other_devices_get_the_web_page_over_https_and_no_viewer(monkeypatch, tmp_path):
    monkeypatch.setattr(listening, "own_addresses", lambda: ["127.0.0.2"])
    monkeypatch.setattr(listening, "user_cache_directory", lambda: tmp_path)
    with open_pages(make_avatar(), lan=True) as pages:
        (url,) = (word for word in pages.network.split() if word.startswith("https://127.0.0.2:"))
        trusting = ssl.create_default_context(cafile=tmp_path / "snapmoji/lan/certificate.pem")
        local = url.replace("127.0.0.2", "127.0.0.1")
        assert ask(local, context=trusting)[0] == 200
        assert ask(guessed(local), context=trusting)[0] == 404
        assert ask(local, host="evil.example", context=trusting)[0] == 400
        viewer = f"https://{urlsplit(local).netloc}{urlsplit(pages.viewer_url).path}"
        assert ask(viewer, context=trusting)[0] == 404
        origin = f"https://{urlsplit(local).netloc}"
        assert asyncio.run(_first_word(f"{local.replace('http', 'ws')}live", origin, trusting, pages.feed)) == 0.5


async def _first_word(url: str, origin: str, trusting: ssl.SSLContext, feed: Feed) -> float:
    """The weight that a page over HTTPS is told; one thread, for two on one TLS connection can wait for each other."""
    async with connect_alone(url, origin=Origin(origin), ssl=trusting, proxy=None, open_timeout=30) as page:
        feed.push(smile(0.5))
        return json.loads(await asyncio.wait_for(page.recv(), 30))["weights"][0]


def _secret(url: str) -> str:
    return url.rsplit("/", 2)[1]


def _protocol() -> str:
    import viser

    return f"viser-v{viser.__version__}"
