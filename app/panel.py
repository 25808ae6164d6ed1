"""The control panel inside the viewer: sliders, poses, a die."""

from collections.abc import Callable, Mapping

import numpy as np
import viser
from jaxtyping import Float

from core.expressions import POSES, SHAPES, weights_vector

_WIDTH_PX = 340
_FOLDERS = {"Brows": "brow", "Eyes": "eye", "Jaw": "jaw", "Mouth": ("lips", "mouth")}
"""Title of each folder, and how the names of its shapes begin."""


def readable(shape: str) -> str:
    """A shape's name in plain words: ``browDownLeft`` becomes ``Brow down left``."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in shape)
    return words[0].upper() + words[1:]


class Panel:
    """Sixteen sliders and the buttons that move them. The sliders are the one record of the expression."""

    def __init__(
        self,
        server: viser.ViserServer,
        on_change: Callable[[], None],
        face_camera: Callable[[], None],
        folded: bool = False,
    ):
        """Build the panel.

        Args:
            server: whose panel it is.
            on_change: called, from any thread, after a slider moved.
            face_camera: brings the view back to the front.
            folded: whether the folders of sliders start closed.
        """
        self._server = server
        self._on_change = on_change
        self._generator = np.random.default_rng()
        self._sliders: dict[str, viser.GuiSliderHandle[float]] = {}
        server.gui.main_panel.dock_right()
        server.gui.main_panel.set_width(_WIDTH_PX)
        self._add_buttons(face_camera)
        for title, prefix in _FOLDERS.items():
            with server.gui.add_folder(title, expand_by_default=not folded):
                for shape in SHAPES:
                    if shape.startswith(prefix):
                        self._add_slider(shape)

    @property
    def weights(self) -> Float[np.ndarray, " k"]:
        """Where the sliders stand, in the order of :data:`core.expressions.SHAPES`."""
        values = np.array([self._sliders[shape].value for shape in SHAPES], np.float32)
        # The values come from a browser, which may send anything that is a number.
        return np.clip(np.nan_to_num(values), 0, 1)

    def set_weights(self, weights: "Float[np.ndarray, ' k'] | Mapping[str, float]") -> None:
        """Move all sliders; see :meth:`app.viewer.Viewer.set_weights`."""
        vector = weights_vector(weights) if isinstance(weights, Mapping) else np.asarray(weights, np.float32)
        if vector.shape != (len(SHAPES),):
            raise ValueError(f"weights must hold {len(SHAPES)} numbers, got an array of shape {vector.shape}")
        with self._server.atomic():
            for shape, value in zip(SHAPES, np.clip(vector, 0, 1), strict=True):
                self._sliders[shape].value = round(float(value), 2)
        self._on_change()

    def play(self) -> None:
        """Try a random but possible expression: a few shapes, mostly the same on both sides."""
        drawn = self._generator.uniform(0.2, 0.9, len(SHAPES)) * (self._generator.random(len(SHAPES)) < 0.4)
        weights: dict[str, float] = {shape: float(w) for shape, w in zip(SHAPES, drawn, strict=True)}
        for shape in SHAPES:
            if shape.endswith("Left") and shape != "jawLeft" and self._generator.random() < 0.75:
                weights[shape.removesuffix("Left") + "Right"] = weights[shape]
        for side in ("Left", "Right"):
            _keep_larger(weights, f"browDown{side}", f"browUp{side}")
            _keep_larger(weights, f"mouthSmile{side}", f"mouthFrown{side}")
        _keep_larger(weights, "jawLeft", "jawRight")
        self.set_weights(weights)

    def _add_buttons(self, face_camera: Callable[[], None]) -> None:
        gui = self._server.gui
        moods = gui.add_button_group("Mood", tuple(pose.capitalize() for pose in POSES))
        moods.on_click(lambda event: self.set_weights(POSES[event.target.value.lower()]))
        actions = {"Random": self.play, "Reset": lambda: self.set_weights({}), "Front view": face_camera}
        more = gui.add_button_group("More", tuple(actions))
        more.on_click(lambda event: actions[event.target.value]())

    def _add_slider(self, shape: str) -> None:
        slider = self._server.gui.add_slider(readable(shape), min=0.0, max=1.0, step=0.01, initial_value=0.0)
        slider.on_update(lambda _: self._on_change())
        self._sliders[shape] = slider


def _keep_larger(weights: dict[str, float], one: str, other: str) -> None:
    """Set the smaller of two shapes that work against each other to zero."""
    weights[one if weights[one] < weights[other] else other] = 0.0
