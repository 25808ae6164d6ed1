"""One visitor's Viser viewer: the avatar with its expression, on a stage of its own."""

import logging
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import viser
from jaxtyping import Float, UInt32
from viser.infra import WebsockClientConnection

from app.liveliness import about_neck, sway, with_blink
from core.avatar.blend import Blender
from core.avatar.model import Avatar
from core.avatar.pack import pack
from core.camera import HEAD_CENTRE_CM
from core.expressions import SHAPES, weights_vector

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_HEADER = "X-Snapmoji-Key"
"""Request header that a websocket to the viewer's port has to carry; a web page cannot send it."""

_LOG = logging.getLogger(__name__)
# Viser sends covariances as float16. In metres those of small splats would underflow, so the splats
# stay in centimetres and the scene node shrinks them.
_NODE_SCALE = 0.01
_UPDATES_PER_SECOND = 25
_TICK_S = 0.05
_DISTANCE_CM = 112.0
_FOV_DEG = 24.0
_AVATAR, _MOVING, _STILL = "/avatar", "/avatar/moving", "/avatar/still"
_LIGHT, _DARK = ((250, 249, 253), (226, 223, 238)), ((50, 48, 62), (24, 23, 31))


class PrivateViserServer(viser.ViserServer):
    """A Viser server that only our own proxy can talk to, and that never opens a public tunnel.

    Viser answers any page that finds its port, and lets any client ask for a tunnel to the internet;
    hiding the button does not stop the request.
    """

    def __init__(self, key: str):
        """Listen on a free loopback port for connections whose :data:`KEY_HEADER` is ``key``."""
        super().__init__(host="127.0.0.1", port=0, label="Snapmoji", verbose=False)
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

    A new expression only wakes the worker, which then takes the newest: however fast they come, one
    update is under way at a time and the newest state wins.
    """

    def __init__(self, key: str, dark: bool = False):
        """Start the server.

        Args:
            key: what a client has to present, see :class:`PrivateViserServer`.
            dark: whether the background is dark.
        """
        self.key = key
        self._server = PrivateViserServer(key)
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closed = False
        self._lively = False
        self._turn: tuple[float, float, float] | None = None
        self._weights = np.zeros(len(SHAPES), np.float32)
        self._blender: Blender | None = None
        self._nodes: dict[str, viser.GaussianSplatHandle] = {}
        self._frame = self._set_up_scene()
        self.set_dark(dark)
        self._worker = threading.Thread(target=self._work, name="viewer", daemon=True)
        self._worker.start()

    @property
    def port(self) -> int:
        """The loopback port of the server."""
        return self._server.get_port()

    @property
    def weights(self) -> Float[np.ndarray, " k"]:
        """The expression, in the order of :data:`core.expressions.SHAPES`; without blinks. Never written to."""
        return self._weights

    def set_weights(self, weights: "Float[np.ndarray, ' k'] | Mapping[str, float]") -> None:
        """Move the face.

        Args:
            weights: one number for each shape, or some of them by name (the others become 0); clipped to [0, 1].

        Raises:
            InvalidRequest: if a name is unknown.
            ValueError: if a vector has the wrong length.
        """
        vector = weights_vector(weights) if not isinstance(weights, np.ndarray) else weights.astype(np.float32)
        if vector.shape != (len(SHAPES),):
            raise ValueError(f"weights must hold {len(SHAPES)} numbers, got an array of shape {vector.shape}")
        # They may come from a browser, which can send anything that is a number.
        self._weights = np.clip(np.nan_to_num(vector), 0, 1)
        self._wake.set()

    def set_turn(self, yaw_deg: float, pitch_deg: float, roll_deg: float) -> None:
        """Turn head and shoulders about the neck, in degrees, with the signs of :class:`core.avatar.posture.Posture`.

        From now on it no longer sways by itself.
        """
        self._turn = (yaw_deg, pitch_deg, roll_deg)
        self._wake.set()

    @property
    def lively(self) -> bool:
        """Whether the face blinks and sways by itself."""
        return self._lively

    def set_lively(self, lively: bool) -> None:
        """Let the face blink and sway by itself, or keep it still."""
        self._lively = lively
        self._wake.set()

    def set_avatar(self, avatar: Avatar) -> None:
        """Show ``avatar`` with the expression it has."""
        blender = Blender(avatar, packing=True)
        still = np.setdiff1d(np.arange(len(avatar)), blender.moving)
        with self._lock:
            columns = blender.blend(self._weights)
            self._blender = blender
            with self._server.atomic():
                self._put(_STILL, pack(columns, still))
                self._put(_MOVING, blender.packed)

    def set_dark(self, dark: bool) -> None:
        """Use a dark or a light background."""
        self._server.gui.configure_theme(
            dark_mode=dark,
            show_logo=False,
            show_share_button=False,
            brand_color=(124, 77, 219),
        )
        self._server.scene.set_background_image(_backdrop(*(_DARK if dark else _LIGHT)), format="png")

    def face_camera(self) -> None:
        """Bring every connected view back to the front of the face."""
        position, look_at = _front()
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

    def _set_up_scene(self) -> viser.FrameHandle:
        scene, camera = self._server.scene, self._server.initial_camera
        scene.set_up_direction("+y")
        scene.world_axes.visible = False
        camera.position, camera.look_at = _front()
        camera.fov = np.radians(_FOV_DEG)
        camera.near, camera.far = 0.05, 20.0
        return scene.add_frame(_AVATAR, show_axes=False)

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
        watched = swayed = False
        while True:
            # A face that lives is looked after all the time, but only while somebody sees it.
            self._wake.wait(_TICK_S if watched else 1.0 if self._lively else None)
            started = time.monotonic()
            # Cleared before the expression is read: a change during the update wakes us again.
            self._wake.clear()
            with self._lock:
                if self._closed:
                    return
                watched = self._lively and bool(self._server.get_clients())
                try:
                    self._update(with_blink(self._weights, started) if watched else self._weights)
                    if self._turn is not None:
                        self._place(*about_neck(*self._turn))
                    elif watched or swayed:
                        self._place(*(sway(started) if watched else about_neck(0.0, 0.0, 0.0)))
                        swayed = watched
                except Exception:  # a face that stays as it is for a moment is better than one that never moves again
                    _LOG.exception("Could not move a face")
            time.sleep(max(0.0, 1 / _UPDATES_PER_SECOND - (time.monotonic() - started)))

    def _place(self, quat: tuple[float, ...], shift_cm: tuple[float, ...]) -> None:
        """Turn the avatar by a rotation (wxyz), and shift it."""
        with self._server.atomic():
            self._frame.wxyz = np.array(quat)
            self._frame.position = np.array(shift_cm) * _NODE_SCALE

    def _update(self, weights: Float[np.ndarray, " k"]) -> None:
        """Send the splats that these weights move; the caller holds the lock."""
        blender = self._blender
        if blender is None or _MOVING not in self._nodes:
            return
        if len(blender.set_weights(weights)):
            # Viser copies what it is given, so the blender may go on writing to its buffer.
            self._nodes[_MOVING].buffer = blender.packed


def _front() -> tuple[np.ndarray, np.ndarray]:
    """Where the camera stands at first, and what it looks at, in metres."""
    look_at = np.array(HEAD_CENTRE_CM) * _NODE_SCALE
    return look_at + np.array([0.0, 0.0, _DISTANCE_CM * _NODE_SCALE]), look_at


def _backdrop(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> np.ndarray:
    """A soft vertical gradient, (64, 2, 3) of uint8."""
    t = np.linspace(0, 1, 64)[:, None, None]
    rows = (1 - t) * np.array(top) + t * np.array(bottom)
    return np.repeat(rows, 2, axis=1).round().astype(np.uint8)
