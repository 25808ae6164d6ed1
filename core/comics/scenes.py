"""Every background by name, with the light that it throws on people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.comics import indoors, outdoors, plain
from core.comics.model import Effect, Shot
from core.comics.sheet import Sheet, blank_sheet


@dataclass(frozen=True)
class Light:
    """How a scene lights people."""

    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Their colours are multiplied by it."""
    rim: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Colour of the light along their outline, display sRGB in [0, 1]."""
    strength: float = 0.35
    """Of that light, 0 to 1."""
    side: int = -1
    """Where it comes from: -1 left, 1 right."""


@dataclass(frozen=True)
class Scene:
    """A background."""

    draw: Callable[[Sheet], None]
    light: Light = Light()


SCENES: Mapping[str, Scene] = {
    "room": Scene(indoors.room, Light((1.0, 0.985, 0.96), (1.0, 0.93, 0.78), 0.4, -1)),
    "office": Scene(indoors.office, Light((0.99, 1.0, 1.01), (0.9, 0.97, 1.0), 0.35, -1)),
    "cafe": Scene(indoors.cafe, Light((1.0, 0.97, 0.93), (1.0, 0.85, 0.6), 0.45, 1)),
    "stage": Scene(indoors.stage, Light((0.98, 0.93, 0.95), (1.0, 0.88, 0.62), 0.6, -1)),
    "park": Scene(outdoors.park, Light((1.0, 1.0, 0.98), (1.0, 0.98, 0.85), 0.45, 1)),
    "beach": Scene(outdoors.beach, Light((1.02, 1.0, 0.97), (1.0, 0.96, 0.8), 0.55, 1)),
    "mountains": Scene(outdoors.mountains, Light((0.98, 1.0, 1.03), (0.92, 0.97, 1.0), 0.5, -1)),
    "city": Scene(outdoors.city, Light((1.0, 1.0, 1.0), (1.0, 0.98, 0.9), 0.35, -1)),
    "city night": Scene(outdoors.city_night, Light((0.86, 0.82, 0.98), (1.0, 0.72, 0.78), 0.6, 1)),
    "space": Scene(outdoors.space, Light((0.9, 0.9, 1.02), (0.6, 0.85, 1.0), 0.7, -1)),
    "yellow": Scene(plain.yellow),
    "pink": Scene(plain.pink),
    "mint": Scene(plain.mint),
    "blue": Scene(plain.blue),
    "gloom": Scene(plain.gloom, Light((0.84, 0.86, 0.98), (0.7, 0.75, 1.0), 0.3, -1)),
}
"""In the order of the documentation."""

_ZOOM: Mapping[Shot, float] = {"close-up": 1.4, "medium": 1.0, "wide": 1.0}
_WHOLE = 1.65
"""Width over height of a picture that shows all of a scene."""
_BLUR: Mapping[Shot, float] = {"close-up": 0.0075, "medium": 0.002, "wide": 0.0}


def draw_scene(
    name: str, shot: Shot, effect: Effect, width: int, height: int, side: int = -1
) -> Float32[np.ndarray, "h w 3"]:
    """A background in [0, 1]: nearer and softer the nearer the shot, with the effect over it.

    Args:
        name: one of :data:`SCENES`.
        shot: how near.
        effect: drawn over it.
        width: in pixels.
        height: in pixels.
        side: a narrow picture shows the left half of the scene (-1) or the right one (1).
    """
    aside = 0.0 if name in plain.NAMES else max(0.0, (_WHOLE - width / height) / 2)
    sheet = blank_sheet(width, height, _ZOOM[shot], side * aside)
    SCENES[name].draw(sheet)
    picture = sheet.picture(_BLUR[shot] if name not in plain.NAMES else 0.0)
    return plain.with_effect(picture, effect)
