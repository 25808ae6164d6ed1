"""How much a photo can be trusted: from the front and evenly lit it tells most."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.character.colorless import is_colorless
from core.portrait import Portrait
from core.rig.sight import Sight

_SIDE_LIGHT = 0.12
_SPENT = 0.08
_MIN_PIXELS = 500


@dataclass(frozen=True)
class Trust:
    """Weights in (0, 1]."""

    shape: float
    """For shapes: how far the head looks at the camera."""
    color: float
    """For colours: as for shapes, and how even the light is."""


def trust(sight: Sight) -> Trust:
    """How much a photo tells."""
    # The cosine of the angle between the face's and the camera's axis.
    facing = float(np.clip(sight.fit.rotation[2, 2], 0.1, 1))
    shape = facing**4 / (1 + (sight.fit.residual_mm / 4) ** 2)
    light = 0.01 if is_colorless(sight.portrait) else _light(sight.portrait)
    return Trust(float(shape), float(shape * light))


def _light(portrait: Portrait) -> float:
    """1 for soft light, less where one side of the face is darker or much of it is white or black."""
    skin = portrait.mask("skin")
    halves = [half for half in (skin[:, :256], skin[:, 256:]) if half.sum() >= _MIN_PIXELS]
    if len(halves) < 2:
        return 0.3
    lightness: Float[np.ndarray, "512 512"] = portrait.lab[..., 0]
    left, right = (np.median(part[half]) for part, half in zip(np.hsplit(lightness, 2), halves, strict=True))
    face = portrait.image[skin]
    spent = float((face.max(1) >= 253).mean() + (face.max(1) <= 12).mean())
    return float(np.exp(-(((left - right) / _SIDE_LIGHT) ** 2) - spent / _SPENT) * 0.95 + 0.05)
