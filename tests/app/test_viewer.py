import time
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import pytest
import viser._viser
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.viewer import KEY_HEADER, Viewer
from core.avatar.pack import pack
from core.errors import InvalidRequest
from core.expressions import SHAPES, weights_vector
from core.gaussians import to_columns
from tests.app.conftest import MOVING, STILL, make_avatar

PROTOCOL = f"viser-v{viser.__version__}"
CAMERA = {
    "type": "ViewerCameraMessage",
    "wxyz": (1.0, 0.0, 0.0, 0.0),
    "position": (0.0, 0.0, 1.0),
    "fov": 0.4,
    "near": 0.05,
    "far": 20.0,
    "image_height": 400,
    "image_width": 400,
    "look_at": (0.0, 0.0, 0.0),
    "up_direction": (0.0, 1.0, 0.0),
}
"""What a browser sends first: only then does it count as a client."""


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    viewer = Viewer(key="the key")
    yield viewer
    viewer.close()


def client(viewer: Viewer, key: str | None) -> ClientConnection:
    headers = {} if key is None else {KEY_HEADER: key}
    return connect(
        f"ws://127.0.0.1:{viewer.port}", subprotocols=[PROTOCOL], additional_headers=headers, max_size=None, proxy=None
    )


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def shown(viewer: Viewer) -> np.ndarray:
    return viewer._nodes["/avatar/moving"].buffer


def expected(avatar, weights) -> np.ndarray:
    return pack(to_columns(avatar.posed(weights)))


def test_splats_that_never_move_are_sent_apart(viewer):
    avatar = make_avatar()
    viewer.set_avatar(avatar)
    packed = expected(avatar, np.zeros(16, np.float32))
    np.testing.assert_array_equal(viewer._nodes["/avatar/still"].buffer, packed[:STILL])
    np.testing.assert_array_equal(shown(viewer), packed[STILL:])
    assert len(shown(viewer)) == MOVING
    assert viewer._nodes["/avatar/moving"].scale == 0.01


def test_weights_move_the_splats_and_reset_brings_them_back(viewer):
    avatar = make_avatar()
    viewer.set_avatar(avatar)
    rest = shown(viewer).copy()
    weights = weights_vector({"jawOpen": 0.5, "browUpLeft": 1.0})
    viewer.set_weights(weights)
    heights = np.float32(avatar.posed(weights).means[STILL:, 1])
    assert eventually(lambda: np.allclose(shown(viewer)[:, 1].view(np.float32), heights, atol=1e-5))
    assert not np.array_equal(shown(viewer), rest)
    viewer.set_weights({})
    assert eventually(lambda: np.array_equal(shown(viewer), rest))


def test_a_lively_face_blinks_only_while_somebody_looks_and_then_rests_again(viewer, monkeypatch):
    monkeypatch.setattr("app.viewer.with_blink", lambda weights, time_s: np.maximum(weights, np.float32(0.5)))
    viewer.set_avatar(make_avatar())
    rest = shown(viewer).copy()
    viewer.set_lively(True)
    time.sleep(0.3)
    assert np.array_equal(shown(viewer), rest), "nobody looks"
    with client(viewer, "the key") as friend:
        friend.send(msgspec.msgpack.encode(CAMERA))
        assert eventually(lambda: not np.array_equal(shown(viewer), rest))
        assert eventually(lambda: viewer._frame.wxyz[0] != 1)
        assert viewer.weights.max() == 0, "a blink is no expression"
        viewer.set_lively(False)
        assert eventually(lambda: np.array_equal(shown(viewer), rest) and viewer._frame.wxyz[0] == 1)


def test_a_new_avatar_keeps_the_expression(viewer):
    viewer.set_avatar(make_avatar(0.5))
    viewer.set_weights({"jawOpen": 1.0})
    other = make_avatar(0.9)
    viewer.set_avatar(other)
    assert viewer.weights[SHAPES.index("jawOpen")] == 1
    want = expected(other, weights_vector({"jawOpen": 1.0}))[STILL:]
    assert eventually(lambda: np.array_equal(shown(viewer)[:, 7], want[:, 7]))
    assert eventually(lambda: np.array_equal(shown(viewer)[:, :3], want[:, :3]))


def test_bad_weights_are_refused(viewer):
    with pytest.raises(InvalidRequest):
        viewer.set_weights({"noseWiggle": 1.0})
    with pytest.raises(ValueError, match="16 numbers"):
        viewer.set_weights(np.zeros(3, np.float32))


def test_what_a_browser_sends_is_clipped(viewer):
    viewer.set_weights(np.array([1e9, np.nan, -1, *[0.0] * 13], np.float32))
    assert viewer.weights.tolist() == [1.0, *[0.0] * 15]


def test_the_server_listens_on_loopback_only(viewer):
    assert viewer._server.get_host() == "127.0.0.1"


@pytest.mark.parametrize("key", [None, "a guess"])
def test_a_stranger_who_finds_the_port_learns_nothing(viewer, key):
    with client(viewer, key) as stranger, pytest.raises(ConnectionClosed):
        stranger.recv(timeout=10)


def test_the_proxy_with_the_key_gets_the_scene(viewer):
    viewer.set_avatar(make_avatar())
    with client(viewer, "the key") as friend:
        assert len(friend.recv(timeout=10)) > 500


def test_no_client_can_open_a_public_tunnel(viewer, monkeypatch):
    opened = []
    monkeypatch.setattr(viser._viser, "ViserTunnel", lambda *args: opened.append(args))
    with client(viewer, "the key") as friend:
        friend.send(msgspec.msgpack.encode({"type": "ShareUrlRequest"}))
        # The answer to a later message proves that the request has been dealt with.
        friend.send(msgspec.msgpack.encode(CAMERA))
        assert eventually(lambda: bool(viewer._server.get_clients()))
        time.sleep(0.2)
    assert viewer._server.request_share_url() is None
    assert not opened


def test_the_avatar_turns_with_a_head(viewer):
    viewer.set_avatar(make_avatar())
    viewer.set_turn(30.0, 0.0, 0.0)
    for _ in range(100):
        if abs(viewer._frame.wxyz[2] - np.sin(np.radians(15))) < 1e-3:
            break
        time.sleep(0.02)
    np.testing.assert_allclose(viewer._frame.wxyz, [np.cos(np.radians(15)), 0, np.sin(np.radians(15)), 0], atol=1e-3)
