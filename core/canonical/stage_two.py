"""The learned stage two as the engine uses it: from front pictures that other networks made to avatars."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from scipy import ndimage

from core.avatar.model import Avatar
from core.canonical.adapt import Adapted
from core.canonical.frame import front_camera
from core.canonical.generate import generate
from core.canonical.layers import at_rest
from core.nets.generator import Generator, load_generator
from core.render.splats import render
from core.rig.expression_code import shape_codes
from core.rig.head import HeadRig
from core.stylize.diffusion.lift import lift

_PICTURE_PX = 512
_GREY = np.float32(225 / 255)
# How much a painted pixel beside the avatar must differ from the background to stand for something, in [0, 1], and the
# smallest thing that counts, in pixels of 512 x 512.
_STANDS_OUT, _SMALLEST_PX = 0.12, 250.0


@dataclass(frozen=True)
class StageTwo:
    """The generator with the codes of the 16 shapes on our rig."""

    network: Generator
    codes: Float32[np.ndarray, "k c"]

    @staticmethod
    def load(path: Path, rig: HeadRig) -> "StageTwo":
        """The generator in a file.

        Raises:
            MissingWeights: if the file is absent or damaged.
        """
        return StageTwo(load_generator(path), shape_codes(rig))

    def avatar(
        self, template: Avatar, picture: Float32[np.ndarray, "s s 4"], identity: Float32[np.ndarray, " i"]
    ) -> Avatar:
        """The avatar of a picture; see :func:`core.canonical.generate.generate`."""
        return generate(self.network, template, picture, identity, self.codes).avatar


def template_lift(
    template: Avatar, picture: Float32[np.ndarray, "s s 4"], identity: Float32[np.ndarray, " i"]
) -> Avatar:
    """What there is without the generator: the picture, on grey, laid onto the template's splats."""
    over = picture[..., :3] * picture[..., 3:] + _GREY * (1 - picture[..., 3:])
    return lift(template, np.rint(255 * over).astype(np.uint8), front_camera(len(picture)))


def adapted_picture(template: Avatar, adapted: Adapted | None) -> Float32[np.ndarray, "512 512 4"]:
    """The paper's I_sty as stage two takes it in: the template's front view with what GDA changed of it.

    Unlike GDA's own picture it keeps the template's full sharpness where nothing was changed.
    """
    drawn = render(at_rest(template), front_camera(_PICTURE_PX))
    premultiplied = np.concatenate([drawn.color, drawn.alpha[..., None]], 2)
    if adapted is not None:
        scale = _PICTURE_PX / len(adapted.change)
        change = np.asarray(ndimage.zoom(adapted.change, (scale, scale, 1), order=1, grid_mode=True, mode="nearest"))
        own = drawn.alpha > 0.5
        # Beside the avatar only what is large and solid is there; a breath of something would become splats.
        solid = _joined(_opened((change[..., 3] > 0.5) & ~own, 3), own, _SMALLEST_PX)
        premultiplied = (
            premultiplied + change * (own | np.asarray(ndimage.binary_dilation(solid, iterations=3), bool))[..., None]
        )
    alpha = np.clip(premultiplied[..., 3:], 0, 1)
    color = np.clip(premultiplied[..., :3] / np.maximum(alpha, 1e-3), 0, 1)
    return np.concatenate([color * (alpha > 0), alpha], 2).astype(np.float32)


def cut_out(
    painted: UInt8[np.ndarray, "s s 3"], primary: UInt8[np.ndarray, "s s 4"], background: float
) -> Float32[np.ndarray, "s s 4"]:
    """A painted picture without its background: the avatar that it was painted over, and what joins it.

    Args:
        painted: display sRGB.
        primary: what it was painted over, straight alpha.
        background: grey level on which ``primary`` lay, in [0, 1].
    """
    color, alpha = painted.astype(np.float32) / 255, primary[..., 3].astype(np.float32) / 255
    out = np.abs(color - background).max(2) > _STANDS_OUT
    own = alpha > 0.5
    beside = _joined(_opened(out & ~own, 2), own, _SMALLEST_PX * (len(painted) / 512) ** 2)
    alpha = np.maximum(alpha, ndimage.gaussian_filter(beside.astype(np.float32), 0.7))
    return np.concatenate([color, alpha[..., None]], 2)


def _opened(mask: Bool[np.ndarray, "s s"], pixels: int) -> Bool[np.ndarray, "s s"]:
    return np.asarray(ndimage.binary_opening(mask, iterations=pixels), bool)


def _joined(mask: Bool[np.ndarray, "s s"], own: Bool[np.ndarray, "s s"], smallest: float) -> Bool[np.ndarray, "s s"]:
    """The regions of a mask that touch the avatar and are not specks."""
    regions = np.zeros(mask.shape, np.int32)
    count = int(ndimage.label(mask, output=regions))  # pyright: ignore[reportArgumentType]
    sizes = np.bincount(regions.ravel(), minlength=count + 1)
    touching = np.zeros(count + 1, bool)
    touching[np.unique(regions[np.asarray(ndimage.binary_dilation(own, iterations=3), bool)])] = True
    touching[0] = False
    return (touching & (sizes >= smallest))[regions]
