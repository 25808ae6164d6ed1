import time

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from app.live import live_routes
from app.session import Sessions, Visitor
from core.expressions import SHAPES
from core.pipeline import Settings
from tests.app.conftest import make_creation

HALF_OPEN = [0.5 if shape == "jawOpen" else 0.0 for shape in SHAPES]


@pytest.fixture
def visitor(sessions: Sessions) -> Visitor:
    visitor = sessions.open()
    visitor.show(make_creation(), Settings())
    return visitor


@pytest.fixture
def router(sessions) -> APIRouter:
    return live_routes(sessions)


def connect(browser: TestClient, visitor: Visitor, **headers: str):
    return browser.websocket_connect(f"/viewer/{visitor.secret}/live", headers=headers)


def test_a_tab_learns_all_and_moves_the_face_and_the_sliders_of_other_tabs(browser, visitor):
    with connect(browser, visitor) as one, connect(browser, visitor) as other:
        state = one.receive_json()
        assert state["kind"] == "state" and state["shapes"] == list(SHAPES) and state["version"] == 1
        assert len(state["presets"]) == 12 and all(len(preset["weights"]) == 16 for preset in state["presets"])
        other.receive_json()
        one.send_json({"kind": "pose", "weights": HALF_OPEN})
        assert other.receive_json() == {"kind": "pose", "weights": HALF_OPEN}
        assert visitor.weights.tolist() == HALF_OPEN
        # The one that moved hears nothing of its own, so that a dragged slider is not pulled back.
        visitor.show(make_creation(), Settings())
        assert one.receive_json() == {"kind": "avatar", "version": 2}


def test_chance_moves_the_face_for_everybody(browser, visitor):
    with connect(browser, visitor) as tab:
        tab.receive_json()
        tab.send_json({"kind": "random"})
        told = tab.receive_json()
        assert told["kind"] == "pose" and told["weights"] == pytest.approx(visitor.weights.tolist(), abs=1e-3)


def test_life_is_switched_on_and_off(browser, visitor):
    with connect(browser, visitor) as tab:
        for on in (True, False):
            tab.send_json({"kind": "life", "on": on})
            deadline = time.monotonic() + 5
            while visitor.viewer.lively != on and time.monotonic() < deadline:
                time.sleep(0.01)
            assert visitor.viewer.lively == on == visitor.lively


def test_work_in_progress_is_stopped(browser, visitor):
    job = visitor.begin()
    with connect(browser, visitor) as tab:
        tab.send_json({"kind": "stop"})
        assert job.wait(5)
    visitor.end(job)


def test_too_few_weights_end_the_connection_and_change_nothing(browser, visitor):
    with connect(browser, visitor) as tab, pytest.raises(WebSocketDisconnect):
        tab.send_json({"kind": "pose", "weights": [1.0]})
        while True:
            tab.receive_json()
    assert visitor.weights.max() == 0


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"kind": "dance"}', '{"kind": "pose", "weights": "x"}', "{}" * 4000]
)
def test_nonsense_ends_the_connection(browser, visitor, text):
    with connect(browser, visitor) as tab, pytest.raises(WebSocketDisconnect):
        tab.send_text(text)
        while True:
            tab.receive_json()


def test_other_visitors_and_other_pages_are_refused(browser, visitor, sessions):
    refused = (WebSocketDisconnect, WebSocketDenialResponse)
    with pytest.raises(refused), browser.websocket_connect("/viewer/guess/live"):
        pass
    with pytest.raises(refused), connect(browser, visitor, origin="http://evil.example", host="127.0.0.1:7860"):
        pass
    other = sessions.open()
    with connect(browser, other) as tab:
        assert tab.receive_json()["version"] == 0
        visitor.set_weights({"jawOpen": 1.0})
        other.live.tell({"kind": "done"})
        assert tab.receive_json() == {"kind": "done"}
