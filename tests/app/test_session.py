import re
import socket

import pytest

from app.session import Sessions
from core.errors import Cancelled, InvalidRequest
from core.pipeline import Settings
from tests.app.conftest import make_creation


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def port_is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_secrets_are_long_url_safe_and_different(sessions):
    secrets = {sessions.open().secret for _ in range(5)}
    assert len(secrets) == 5
    assert all(re.fullmatch(r"[\w-]{32}", s) for s in secrets)  # 32 base64 digits are 192 bits


def test_visitors_share_neither_folder_nor_avatar_nor_viewer(sessions):
    one, other = sessions.open(), sessions.open()
    one.show(make_creation(), Settings())
    assert one.directory != other.directory
    assert other.creation is None and other.viewer is None
    other.show(make_creation(), Settings())
    assert one.viewer.port != other.viewer.port
    assert one.viewer.key != other.viewer.key
    one.viewer.set_weights({"jawOpen": 1.0})
    assert other.viewer.weights.max() == 0


def test_closing_removes_the_folder_and_stops_the_viewer(sessions):
    visitor = sessions.open()
    (visitor.directory / "avatar.ply").write_bytes(b"face")
    visitor.show(make_creation(), Settings())
    port = visitor.viewer.port
    assert port_is_open(port)
    job = visitor.begin()
    sessions.close()
    assert not visitor.directory.exists() and not sessions.folder.exists()
    assert not port_is_open(port)
    assert job.is_set()
    with pytest.raises(Cancelled):
        visitor.show(make_creation(), Settings())


def test_idle_visitors_are_forgotten_and_active_ones_stay(clock):
    house = Sessions(idle_s=60, clock=clock)
    idle, active = house.open(), house.open()
    clock.now += 50
    assert house.get(active.secret) is active
    clock.now += 20
    house.sweep()
    assert house.get(idle.secret) is None and not idle.directory.exists()
    assert house.get(active.secret) is active and active.directory.exists()
    house.close()


def test_a_reload_within_the_grace_period_keeps_the_avatar(clock):
    house = Sessions(leave_grace_s=30, clock=clock)
    reloaded, gone = house.open(), house.open()
    reloaded.open_tab("tab 1")
    gone.open_tab("tab 2")
    house.close_tab("tab 1")
    house.close_tab("tab 2")
    clock.now += 10
    reloaded.open_tab("tab 3")
    clock.now += 40
    house.sweep()
    assert house.get(reloaded.secret) is reloaded
    assert house.get(gone.secret) is None
    house.close()


def test_a_tab_has_one_visitor_whichever_event_comes_first(sessions):
    clicked = sessions.welcome(None, "tab")
    assert sessions.welcome("", "tab") is clicked and len(sessions) == 1
    assert sessions.welcome(None, "other tab") is not clicked
    assert sessions.welcome(clicked.secret, "tab after reload") is clicked


def test_a_full_house_turns_away_until_somebody_leaves(clock):
    house = Sessions(max_visitors=1, leave_grace_s=5, clock=clock)
    first = house.open()
    first.open_tab("tab")
    with pytest.raises(InvalidRequest, match="Too many people"):
        house.open()
    house.close_tab("tab")
    clock.now += 6
    assert house.open().secret != first.secret
    house.close()


def test_new_work_stops_the_work_before(sessions):
    visitor = sessions.open()
    first = visitor.begin()
    second = visitor.begin()
    assert first.is_set() and not second.is_set()
    visitor.end(first)
    assert visitor.job is second
    visitor.end(second)
    assert visitor.job is None


@pytest.mark.parametrize("secret", [None, "", "x", "../../etc"])
def test_a_wrong_secret_opens_nothing(sessions, secret):
    sessions.open()
    assert sessions.get(secret) is None
