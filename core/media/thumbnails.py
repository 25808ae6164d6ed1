"""Small pictures of an avatar in every second style."""

import io

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from core.avatar.model import Avatar
from core.camera import HEAD_CENTRE_CM, orbit
from core.expressions import SHAPES
from core.render.splats import render
from core.stylize.controls import StyleControls
from core.stylize.embedded import stylize
from core.stylize.prompts import understand

SIZE_PX = 96
_FOV_DEG = 18.5
# Slightly from the side and above: noses, brims and ears show.
_YAW_DEG, _PITCH_DEG = 14.0, 4.0
# Hats and horns need more room than shoulders.
_TARGET_CM = (HEAD_CENTRE_CM[0], HEAD_CENTRE_CM[1] + 1.0, HEAD_CENTRE_CM[2])


def style_thumbnail(base: Avatar, style: str, size: int = SIZE_PX) -> UInt8[np.ndarray, "size size 4"]:
    """The avatar in a style as the sliders stand at first, straight alpha.

    Args:
        base: in the primary style.
        style: a recipe's name; empty for the primary style.
        size: width and height in pixels.
    """
    styled = stylize(base, understand(style), StyleControls()) if style else base
    rest = styled.posed(np.zeros(len(SHAPES), np.float32))
    camera = orbit(_YAW_DEG, _PITCH_DEG, size=size, fov_deg=_FOV_DEG, target_cm=_TARGET_CM)
    return render(rest, camera).to_rgba8()


def as_webp(picture: UInt8[np.ndarray, "h w 4"]) -> bytes:
    """The picture as a file of two or three kilobytes."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=80, method=4)
    return buffer.getvalue()


def file_name(style: str) -> str:
    """What the picture of a style is called, without ending."""
    return style.replace(" ", "_") or "none"
