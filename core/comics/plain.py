"""Backgrounds that are no place: colours with halftone dots, and the effects of comics."""

import numpy as np
from jaxtyping import Float32

from core.comics.sheet import Color, Sheet, tone

NAMES = ("yellow", "pink", "mint", "blue", "gloom")
_RAYS, _LINES = 46, 90


def yellow(sheet: Sheet) -> None:
    """Sunny."""
    _plain(sheet, "fff1a6", "ffc84a", "ff9d2e")


def pink(sheet: Sheet) -> None:
    """Tender."""
    _plain(sheet, "ffe3ea", "ff9fb8", "f2628e")


def mint(sheet: Sheet) -> None:
    """Fresh."""
    _plain(sheet, "e4fbe9", "8fe0b8", "45bd93")


def blue(sheet: Sheet) -> None:
    """Calm."""
    _plain(sheet, "e2f4ff", "8ecbf7", "4a97e0")


def gloom(sheet: Sheet) -> None:
    """Low: lines hang from above."""
    sheet.sky(tone("2c2f55"), tone("5a6494"), tone("8d97bd"))
    rng = np.random.default_rng(4)
    for x in np.arange(sheet.left, sheet.right, 0.028):
        sheet.line([(x, -0.1), (x, float(rng.uniform(0.2, 0.55)))], 0.005, tone("171a38"), 0.5)


def with_effect(picture: Float32[np.ndarray, "h w 3"], effect: str) -> Float32[np.ndarray, "h w 3"]:
    """The background with rays, rushing lines or dots over it."""
    if not effect:
        return picture
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = (x - width / 2) / height, (y - height * 0.55) / height
    if effect == "burst":
        turn = np.arctan2(y, x) / (2 * np.pi)
        # The edges of a ray lie further apart the further out: so much of a turn is one pixel.
        pixel = 1 / (2 * np.pi * np.maximum(np.hypot(x, y) * height, 1))
        saw = np.abs((turn * _RAYS) % 1 - 0.5) - 0.25
        share = np.clip(saw / (pixel * _RAYS) + 0.5, 0, 1) * np.clip(np.hypot(x, y) * 2.2 - 0.25, 0, 0.55)
        return _mixed(picture, (1.0, 1.0, 1.0), share)
    if effect == "dots":
        u, v = (x + y) / 0.05, (x - y) / 0.05
        away = np.hypot(u - np.floor(u) - 0.5, v - np.floor(v) - 0.5)
        size = 0.5 * np.sqrt(np.clip(np.hypot(x, y) * 1.5 - 0.3, 0, 1))
        return _mixed(
            picture, (1.0, 1.0, 1.0), np.clip((size - away) * 0.035 * height + 0.5, 0, 1) * (size > 0.05) * 0.5
        )
    rng = np.random.default_rng(9)
    share = np.zeros((height, width), np.float32)
    for _ in range(_LINES):
        at, half, start = rng.uniform(-0.55, 0.45), rng.uniform(0.001, 0.006), rng.uniform(0.1, 0.55)
        side = 1 if rng.uniform() < 0.5 else -1
        # Each line is thick at the edge of the picture and ends in a point.
        taper = np.clip((side * x - start * width / height / 1.1) / 0.5, 0, 1)
        share = np.maximum(share, np.clip((half * taper - np.abs(y - at)) * height + 0.5, 0, 1) * (taper > 0))
    return _mixed(picture, (1.0, 1.0, 1.0), 0.85 * share)


def _plain(sheet: Sheet, top: str, middle: str, dots: str) -> None:
    sheet.sky(tone(top), tone(middle))
    sheet.dots(0.034, tone(dots), 0.55, -0.25, 0.75)
    light: Color = tone(top)
    sheet.glow(0.0, 0.42, 0.75, light, 0.75)


def _mixed(picture: Float32[np.ndarray, "h w 3"], color: tuple[float, float, float], share: np.ndarray):
    share = share[..., None].astype(np.float32)
    return (1 - share) * picture + share * np.array(color, np.float32)
