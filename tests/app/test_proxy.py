import pytest
import viser
from fastapi import APIRouter
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from app.proxy import viewer_routes
from app.session import Sessions
from core.pipeline import Settings
from tests.app.conftest import make_creation

PROTOCOL = f"viser-v{viser.__version__}"
REFUSED = (WebSocketDisconnect, WebSocketDenialResponse)


@pytest.fixture
def router(sessions) -> APIRouter:
    return viewer_routes(sessions)


@pytest.fixture
def secret(sessions: Sessions) -> str:
    visitor = sessions.open()
    visitor.show(make_creation(), Settings())
    return visitor.secret


def connect(browser: TestClient, secret: str, **headers: str):
    return browser.websocket_connect(f"/viewer/{secret}", subprotocols=[PROTOCOL], headers=headers)


def test_a_visitor_gets_the_viewer_page(browser, secret):
    answer = browser.get(f"/viewer/{secret}/")
    assert answer.status_code == 200
    assert "<html" in answer.text[:500].lower()
    assert "floating-panel]" in answer.text, "the page has a panel of its own"


@pytest.mark.parametrize("wrong", ["guess", "..", "%2e%2e%2f"])
def test_an_unknown_secret_is_not_found(browser, secret, wrong):
    assert browser.get(f"/viewer/{wrong}/").status_code == 404


def test_a_visitor_without_an_avatar_has_no_viewer(browser, sessions):
    assert browser.get(f"/viewer/{sessions.open().secret}/").status_code == 404


def test_the_websocket_carries_binary_frames_and_the_protocol(browser, secret):
    with connect(browser, secret, origin="http://127.0.0.1:7860", host="127.0.0.1:7860") as socket:
        assert socket.accepted_subprotocol == PROTOCOL
        assert len(socket.receive_bytes()) > 500


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null"])
def test_a_page_from_elsewhere_is_refused(browser, secret, origin):
    with pytest.raises(REFUSED), connect(browser, secret, origin=origin, host="127.0.0.1:7860"):
        pass


def test_a_websocket_with_an_unknown_secret_is_refused(browser, secret):
    with pytest.raises(REFUSED), connect(browser, "guess"):
        pass


def test_a_giant_message_from_the_browser_ends_the_connection(browser, secret):
    with connect(browser, secret) as socket, pytest.raises(WebSocketDisconnect):
        socket.send_bytes(bytes(2 << 20))
        while True:
            socket.receive_bytes()
