"""Gradio forgets a tab when it is closed and when its visitor goes."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.gradio_tabs import GradioTabs
from app.server import build_app
from app.settings import AppSettings
from tests.conftest import EXAMPLES
from tests.load.visitor import Visitor
from tests.web.conftest import eventually


@pytest.fixture
def app(studio) -> FastAPI:
    return build_app(AppSettings(), lambda: studio)


@pytest.fixture
def url(app) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert eventually(lambda: server.started, 60)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    app.state.gradio.stop_event.set()
    server.force_exit = server.should_exit = True
    thread.join(20)


def remembered(app: FastAPI) -> dict[str, Any]:
    return app.state.gradio.state_holder.session_data


def test_nothing_of_a_visitor_is_remembered_once_they_left(app, url):
    staying, leaving = Visitor(url), Visitor(url)
    for visitor in (staying, leaving):
        visitor.make(EXAMPLES["bob"], "my very own wish")
    assert len(remembered(app)) == 2
    leaving.leave()
    assert list(remembered(app)) == [staying._session]
    assert staying.restyle("gold"), "the other goes on"
    assert leaving._session not in app.state.gradio.state_holder.time_last_used
    queue = app.state.gradio.get_blocks()._queue
    assert len(queue.event_analytics) <= 1 and queue.cached_event_analytics_summary == {"functions": {}}
    staying.leave()
    assert not remembered(app)


def test_a_tab_that_is_closed_is_forgotten_and_its_visitor_stays(app):
    with TestClient(app, base_url="http://127.0.0.1:7860"):
        sessions, holder = app.state.sessions, app.state.gradio.state_holder
        visitor = sessions.welcome(None, "before the reload")
        for tab in ("before the reload", "after the reload", "without a visitor"):
            assert holder[tab]
        sessions.welcome(visitor.secret, "after the reload")
        sessions.close_tab("before the reload")
        sessions.close_tab("without a visitor")
        assert list(remembered(app)) == ["after the reload"] and sessions.get(visitor.secret) is visitor


def test_an_idle_visitor_is_forgotten_with_all_tabs(app):
    with TestClient(app, base_url="http://127.0.0.1:7860"):
        sessions, holder = app.state.sessions, app.state.gradio.state_holder
        visitor = sessions.welcome(None, "one")
        sessions.welcome(visitor.secret, "two")
        assert holder["one"] and holder["two"]
        visitor.last_seen -= AppSettings().idle_minutes * 60 + 1
        sessions.sweep()
        assert not remembered(app) and len(sessions) == 0


def test_tabs_of_nobody_do_not_pile_up(app, monkeypatch):
    monkeypatch.setattr("app.gradio_tabs._MOST_TABS", 3)
    holder = app.state.gradio.state_holder
    tabs = GradioTabs(holder)
    for number in range(9):
        assert holder[f"tab {number}"]
    assert list(remembered(app)) == ["tab 6", "tab 7", "tab 8"]
    tabs.forget("tab 7")
    tabs.forget("never heard of")
    assert list(remembered(app)) == ["tab 6", "tab 8"]
    app.state.sessions.close()
