"""One visitor's Viser viewer: the avatar, sixteen sliders, and poses to start from."""

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import viser
from jaxtyping import Float, UInt32
from viser.infra import WebsockClientConnection

from app.panel import Panel
from core.avatar.blend import Blender
from core.avatar.model import Avatar
from core.avatar.pack import pack
from core.camera import HEAD_CENTRE_CM

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_HEADER = "X-Snapmoji-Key"
"""Request header that a websocket to the viewer's port has to carry; a web page cannot send it."""

# Viser sends covariances as float16. In metres those of small splats would underflow, so the splats
# stay in centimetres and the scene node shrinks them.
_NODE_SCALE = 0.01
_UPDATES_PER_SECOND = 20
_DISTANCE_CM = 112.0
_FOV_DEG = 24.0
_NARROW_DROP_CM = 11.0
_MOVING, _STILL = "/avatar/moving", "/avatar/still"
_LIGHT, _DARK = ((250, 249, 253), (226, 223, 238)), ((50, 48, 62), (24, 23, 31))


class PrivateViserServer(viser.ViserServer):
    """A Viser server that only our own proxy can talk to, and that never opens a public tunnel.

    Viser answers any page that finds its port, and lets any client ask for a tunnel to the internet;
    hiding the button does not stop the request.
    """

    def __init__(self, key: str):
        """Listen on a free loopback port for connections whose :data:`KEY_HEADER` is ``key``."""
        super().__init__(host="127.0.0.1", port=0, label="Expressions", verbose=False)
        self._key = key
        self._websock_server.on_client_connect(self._turn_away_strangers)

    def request_share_url(self, verbose: bool = True) -> None:
        """Refuse: faces do not leave this computer."""

    def disconnect_share_url(self) -> None:
        """Do nothing: there never is a tunnel."""

    async def _turn_away_strangers(self, client: WebsockClientConnection) -> None:
        # Runs before Viser sends the first message, so that a stranger learns nothing.
        connection = self._websock_server._live_connections[client.client_id]
        request = connection.request
        if request is None or request.headers.get(KEY_HEADER) != self._key:
            await connection.close(1008, "This viewer is private.")


class Viewer:
    """A viewer with its own server and worker thread. Thread-safe.

    Slider events only wake the worker, which then reads all sliders: however fast they come, one
    update is under way at a time and the newest state wins.
    """

    def __init__(self, key: str, dark: bool = False, narrow: bool = False):
        """Start the server.

        Args:
            key: what a client has to present, see :class:`PrivateViserServer`.
            dark: whether the background is dark.
            narrow: whether it is for a phone, where the panel covers the lower part of the view.
        """
        self.key = key
        self._front = _front(narrow)
        self._server = PrivateViserServer(key)
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closed = False
        self._blender: Blender | None = None
        self._nodes: dict[str, viser.GaussianSplatHandle] = {}
        self._set_up_scene()
        self.panel = Panel(self._server, self._wake.set, self.face_camera, folded=narrow)
        self.set_dark(dark)
        self._worker = threading.Thread(target=self._work, name="viewer", daemon=True)
        self._worker.start()

    @property
    def port(self) -> int:
        """The loopback port of the server."""
        return self._server.get_port()

    @property
    def weights(self) -> Float[np.ndarray, " k"]:
        """Where the sliders stand, in the order of :data:`core.expressions.SHAPES`."""
        return self.panel.weights

    def set_weights(self, weights: "Float[np.ndarray, ' k'] | Mapping[str, float]") -> None:
        """Move the sliders, and with them the face.

        Args:
            weights: one number for each shape, or some of them by name (the others become 0); clipped to [0, 1].

        Raises:
            InvalidRequest: if a name is unknown.
            ValueError: if a vector has the wrong length.
        """
        self.panel.set_weights(weights)

    def set_avatar(self, avatar: Avatar) -> None:
        """Show ``avatar`` with the expression the sliders are at."""
        blender = Blender(avatar, packing=True)
        still = np.setdiff1d(np.arange(len(avatar)), blender.moving)
        with self._lock:
            columns = blender.blend(self.panel.weights)
            self._blender = blender
            with self._server.atomic():
                self._put(_STILL, pack(columns, still))
                self._put(_MOVING, blender.packed)

    def set_dark(self, dark: bool) -> None:
        """Use a dark or a light background and panel."""
        self._server.gui.configure_theme(
            dark_mode=dark,
            show_logo=False,
            show_share_button=False,
            brand_color=(124, 77, 219),
        )
        self._server.scene.set_background_image(_backdrop(*(_DARK if dark else _LIGHT)), format="png")

    def face_camera(self) -> None:
        """Bring every connected view back to the front of the face."""
        position, look_at = self._front
        for client in self._server.get_clients().values():
            with client.atomic():
                client.camera.position = position
                client.camera.look_at = look_at

    def close(self) -> None:
        """Stop the worker and the server. Safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._wake.set()
        self._worker.join(timeout=2)
        self._server.stop()

    def _set_up_scene(self) -> None:
        scene, camera = self._server.scene, self._server.initial_camera
        scene.set_up_direction("+y")
        scene.world_axes.visible = False
        camera.position, camera.look_at = self._front
        camera.fov = np.radians(_FOV_DEG)
        camera.near, camera.far = 0.05, 20.0

    def _put(self, name: str, buffer: UInt32[np.ndarray, "n 8"]) -> None:
        """Show the packed splats as node ``name``; the caller holds the lock."""
        if not len(buffer):
            node = self._nodes.pop(name, None)
            if node is not None:
                node.remove()
            return
        if name not in self._nodes:
            self._nodes[name] = self._server.scene.add_gaussian_splats(
                name,
                centers=np.zeros((1, 3), np.float32),
                covariances=np.eye(3, dtype=np.float32)[None],
                rgbs=np.zeros((1, 3), np.float32),
                opacities=np.zeros((1, 1), np.float32),
                scale=_NODE_SCALE,
            )
        self._nodes[name].buffer = buffer

    def _work(self) -> None:
        while True:
            self._wake.wait()
            started = time.monotonic()
            # Cleared before the sliders are read: a change during the update wakes us again.
            self._wake.clear()
            with self._lock:
                if self._closed:
                    return
                self._update(self.panel.weights)
            time.sleep(max(0.0, 1 / _UPDATES_PER_SECOND - (time.monotonic() - started)))

    def _update(self, weights: Float[np.ndarray, " k"]) -> None:
        """Send the splats that these weights move; the caller holds the lock."""
        blender = self._blender
        if blender is None or _MOVING not in self._nodes:
            return
        if len(blender.set_weights(weights)):
            # Viser copies what it is given, so the blender may go on writing to its buffer.
            self._nodes[_MOVING].buffer = blender.packed


def _front(narrow: bool) -> tuple[np.ndarray, np.ndarray]:
    """Where the camera stands at first, and what it looks at, in metres."""
    distance, drop = (_DISTANCE_CM * 1.5, _NARROW_DROP_CM) if narrow else (_DISTANCE_CM, 0.0)
    look_at = (np.array(HEAD_CENTRE_CM) - np.array([0.0, drop, 0.0])) * _NODE_SCALE
    return look_at + np.array([0.0, 0.0, distance * _NODE_SCALE]), look_at


def _backdrop(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> np.ndarray:
    """A soft vertical gradient, (64, 2, 3) of uint8."""
    t = np.linspace(0, 1, 64)[:, None, None]
    rows = (1 - t) * np.array(top) + t * np.array(bottom)
    return np.repeat(rows, 2, axis=1).round().astype(np.uint8)
