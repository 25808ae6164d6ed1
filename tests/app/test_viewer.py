import time
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import pytest
import viser._viser
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.panel import readable
from app.viewer import KEY_HEADER, Viewer
from core.avatar.pack import pack
from core.errors import InvalidRequest
from core.expressions import POSES, SHAPES, pose_weights, weights_vector
from core.gaussians import to_columns
from tests.app.conftest import MOVING, STILL, make_avatar

PROTOCOL = f"viser-v{viser.__version__}"


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


@pytest.mark.parametrize("pose", POSES)
def test_every_mood_moves_the_sliders_to_its_pose(viewer, pose):
    viewer.set_weights({"jawLeft": 1.0})
    viewer.set_weights(POSES[pose])
    np.testing.assert_allclose(viewer.weights, pose_weights(pose), atol=0.005)


def test_a_random_expression_is_possible_and_not_neutral(viewer):
    seen = []
    for _ in range(20):
        viewer.panel.play()
        weights = dict(zip(SHAPES, viewer.weights, strict=True))
        assert not (weights["jawLeft"] and weights["jawRight"])
        assert not (weights["browUpLeft"] and weights["browDownLeft"])
        seen.append(viewer.weights)
    assert np.max(seen) > 0.2
    assert len(np.unique(seen, axis=0)) > 10


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
    viewer.panel._sliders["jawOpen"].value = 1e9
    viewer.panel._sliders["jawLeft"].value = float("nan")
    weights = viewer.weights
    assert weights[SHAPES.index("jawOpen")] == 1 and weights[SHAPES.index("jawLeft")] == 0


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
        # The panel's answer to a later message proves that the request has been dealt with.
        slider = viewer.panel._sliders["jawOpen"]
        update = {"type": "GuiUpdateMessage", "uuid": slider._impl.uuid, "updates": {"value": 0.75}}
        friend.send(msgspec.msgpack.encode(update))
        assert eventually(lambda: slider.value == 0.75)
        time.sleep(0.2)
    assert viewer._server.request_share_url() is None
    assert not opened


def test_labels_are_plain_words():
    assert [readable(s) for s in SHAPES[:1] + SHAPES[6:8]] == ["Brow down left", "Jaw open", "Jaw left"]
