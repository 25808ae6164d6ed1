"""The diffusion stylizer as a studio uses it: the network is loaded when it is first wanted, and shrinks to fit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from core.avatar.model import Avatar
from core.camera import Camera
from core.errors import NotEnoughMemory
from core.stylize.controls import StyleControls
from core.stylize.diffusion.lift import lift
from core.stylize.diffusion.network import Diffusion, load_diffusion

SIZES_PX = (512, 384)
"""Sides of the picture that are tried, one after the other, while memory does not suffice."""

BACKGROUND = np.float32(225)
"""Grey level, of 255, on which avatars are painted: light enough for dark hair and dark enough for white hair."""

Lay = Callable[[Avatar, UInt8[np.ndarray, "h h 3"], Camera], Avatar]
"""Makes an avatar of the one that was painted over, the painted picture, and the camera of both."""


class Painter:
    """Paints second styles with the network in a folder. One picture at a time: callers take turns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._network: Diffusion | None = None

    def stylize(
        self,
        base: Avatar,
        primary: UInt8[np.ndarray, "h h 4"],
        selfie: UInt8[np.ndarray, "a b 3"],
        prompt: str,
        controls: StyleControls,
        camera: Camera,
        seed: int = 0,
        negative: str = "",
        progress: Callable[[float], None] = lambda share: None,
        lay: Lay = lift,
    ) -> tuple[Avatar, str]:
        """The avatar in the style that the words ask for, and one sentence about how it was painted.

        It is ``base`` itself if the strength is 0 or there are no words.

        Args:
            base: in the primary style.
            primary: ``base`` at rest, straight alpha.
            selfie: the aligned photo.
            prompt: the style in words.
            controls: the three sliders.
            camera: that took ``primary``.
            seed: of the noise.
            negative: what to avoid, in words.
            progress: told the share of the painting done; may raise to stop.
            lay: what makes an avatar of the painted picture.

        Raises:
            MissingExtra: if a package is not installed.
            MissingWeights: if a file is absent or damaged.
            NotEnoughMemory: if memory does not suffice for the smallest size.
        """
        if not controls.strength or not prompt.strip():
            return base, ""
        if self._network is None:
            self._network = load_diffusion(self.folder)
        picture = _on_background(primary)
        for size in SIZES_PX:
            try:
                painted = self._network.paint(picture, selfie, prompt, controls, seed, negative, size, progress)
            except NotEnoughMemory:
                if size == SIZES_PX[-1]:
                    # What is held may be just what the rest of the app lacks.
                    self._network = None
                    raise
                continue
            smaller = "" if size == SIZES_PX[0] else f", at {size} pixels because memory was short"
            sentence = f"Painted from these words by the diffusion network in {self._network.steps} steps{smaller}."
            return lay(base, painted, camera), sentence
        raise AssertionError("no size was tried")


def _on_background(picture: UInt8[np.ndarray, "h w 4"]) -> UInt8[np.ndarray, "h w 3"]:
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.rint(picture[..., :3] * alpha + BACKGROUND * (1 - alpha)).astype(np.uint8)
