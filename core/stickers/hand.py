"""The one hand that draws all accents: round shapes, a light top, a deep bottom, an even deep rim, a white gloss."""

import numpy as np

from core.stickers.ink import WHITE, Color, Shape


def tone(text: str) -> Color:
    """A colour from its six hexadecimal digits."""
    return int(text[:2], 16) / 255, int(text[2:4], 16) / 255, int(text[4:], 16) / 255


INK = tone("2b2440")
RED = (tone("ff7088"), tone("e8274f"), tone("b3113a"))
BLUE = (tone("a5dcff"), tone("3d9bf5"), tone("1c6cc4"))
YELLOW = (tone("ffe77a"), tone("ffb81f"), tone("d98200"))
PURPLE = (tone("b79cff"), tone("7650ee"), tone("4b2bb8"))
GREEN = (tone("93e89a"), tone("2bb673"), tone("14804d"))
GREY = (tone("ffffff"), tone("d5dbea"), tone("8d97b3"))
TEAL = (tone("c9f4ff"), tone("7fd4f2"), tone("3a9cc4"))
PARTY = (RED, BLUE, YELLOW, PURPLE, GREEN)

Tones = tuple[Color, Color, Color]
"""Light, deep, rim."""


def solid(points: np.ndarray, tones: Tones, rim: float = 0.11) -> list[Shape]:
    """An outline filled, with its rim."""
    light, deep, edge = tones
    return [Shape(points, light, deep), Shape(points, edge, edge, line=rim, closed=True)]


def gloss(points: np.ndarray, width: float, alpha: float = 0.85) -> Shape:
    """A white stroke of light."""
    return Shape(points, WHITE, WHITE, line=width, alpha=alpha)


def stroke(points: np.ndarray, tones: Tones, width: float) -> list[Shape]:
    """A stroke with a rim of its own."""
    light, deep, edge = tones
    return [Shape(points, edge, edge, line=width), Shape(points, light, deep, line=width * 0.58)]
