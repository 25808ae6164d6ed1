"""Outlines of balloons, and their painting."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float32
from PIL import Image
from scipy import ndimage

from core.comics.lettering import Block
from core.comics.model import Kind
from core.stickers.hand import INK
from core.stickers.ink import WHITE, Color, Shape, over, paint
from core.stickers.outlines import arc, circle, moved

Area = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""

_ROUND = 2.5
"""Exponent of the superellipse: 2 would be an ellipse."""
_BUMP, _SPIKES = 0.4, (0.0, 0.62, 0.0, 0.4)
"""How far bumps and spikes stand out of the body, in letter heights."""
_PAPER: Color = (1.0, 0.955, 0.8)
_LOUD: Color = (1.0, 0.93, 0.45)
_SOUND_TURN_DEG = -7.0


@dataclass(frozen=True)
class Balloon:
    """Words in their outline, not yet in a place."""

    kind: Kind
    block: Block
    half_width: float
    """Of the body in pixels, without bumps, spikes and ink."""
    half_height: float
    """As ``half_width``."""
    ink_px: float
    """Width of its line."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of all that is drawn, but the tail."""
        if self.kind == "sound":
            a, b, t = self.half_width, self.half_height, np.radians(abs(_SOUND_TURN_DEG))
            return float(2 * (a * np.cos(t) + b * np.sin(t))), float(2 * (a * np.sin(t) + b * np.cos(t)))
        out = {"thought": _BUMP, "shout": max(_SPIKES)}.get(self.kind, 0.0) * self.block.size_px
        return 2 * (self.half_width + out + self.ink_px), 2 * (self.half_height + out + self.ink_px)


@dataclass(frozen=True)
class Placed:
    """A balloon where it is."""

    balloon: Balloon
    x: float
    """Middle in pixels."""
    y: float
    """Middle in pixels."""
    tip: tuple[float, float] | None = None
    """Where its tail ends; None for no tail."""

    @property
    def area(self) -> Area:
        """What it covers, but the tail."""
        width, height = self.balloon.size
        return self.x - width / 2, self.y - height / 2, self.x + width / 2, self.y + height / 2


def inflate(kind: Kind, block: Block, ink_px: float) -> Balloon:
    """The smallest balloon of its kind that holds all letters with room around them."""
    pad = block.size_px
    if kind in ("caption", "sound"):
        across, down = (0.6, 0.42) if kind == "caption" else (0.3, 0.3)
        return Balloon(kind, block, block.width / 2 + across * pad, block.height / 2 + down * pad, ink_px)
    room = (0.62 if kind == "shout" else 0.5) * pad
    a, b = block.width / 2 + room, block.height / 2 + 0.8 * room
    # Every end of a line, with its room, lies within the superellipse.
    ends = np.abs(block.corners) + np.array((room, 0.5 * room))
    grow = float((((ends / (a, b)) ** _ROUND).sum(1) ** (1 / _ROUND)).max())
    return Balloon(kind, block, a * grow, b * grow, ink_px)


def body(balloon: Balloon) -> Float[np.ndarray, "n 2"]:
    """The outline about (0, 0), in pixels."""
    a, b, size = balloon.half_width, balloon.half_height, balloon.block.size_px
    if balloon.kind in ("caption", "sound"):
        r = 0.3 * size
        corners = ((a - r, b - r, 0.0), (r - a, b - r, 90.0), (r - a, r - b, 180.0), (a - r, r - b, 270.0))
        return np.concatenate([arc(x, y, r, turn, turn + 90.0) for x, y, turn in corners])
    if balloon.kind == "shout":
        # Spikes stand evenly along the outline, every other one longer.
        turn = _even_turns(a, b, 4 * int(np.clip(round(np.pi * (a + b) / (2.6 * size)), 4, 12)))
        far = np.array(_SPIKES)[np.arange(len(turn)) % 4]
    elif balloon.kind == "thought":
        count = int(np.clip(round(np.pi * (a + b) / (2.1 * size)), 7, 20))
        turn = _even_turns(a, b, 16 * count)
        far = _BUMP * np.abs(np.sin(np.pi * np.arange(16 * count) / 16)) ** 0.75
    else:
        return _superellipse(_even_turns(a, b, 96), a, b)
    points = _superellipse(turn, a, b)
    outward = np.sign(points) * (np.abs(points) / (a, b)) ** (_ROUND - 1) / (a, b)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    return points + outward * (far * size)[:, None]


def tail(placed: Placed) -> Float[np.ndarray, "n 2"]:
    """A thorn from within the body to the tip, slightly bent; no points without a tip."""
    if placed.tip is None or placed.balloon.kind == "thought":
        return np.zeros((0, 2))
    start, tip = np.array((placed.x, placed.y)), np.array(placed.tip)
    along = tip - start
    across = np.array((-along[1], along[0])) / max(float(np.hypot(*along)), 1e-6)
    root = 0.34 * min(balloon_side(placed.balloon), 3.2 * placed.balloon.block.size_px)
    t = np.linspace(0, 1, 14)[:, None]
    spine = start + along * t + 0.5 * root * across * np.sin(np.pi * t) * (1 - t)
    half = root * (1 - t) ** 0.8 * across
    return np.concatenate([spine + half, (spine - half)[::-1]])


def trail(placed: Placed) -> list[tuple[float, float, float]]:
    """The small clouds that lead from a thought to its thinker: middles and radii."""
    if placed.tip is None or placed.balloon.kind != "thought":
        return []
    start, tip = np.array((placed.x, placed.y)), np.array(placed.tip)
    along = tip - start
    far = float(np.hypot(*along))
    leave = _exit(placed.balloon, along / max(far, 1e-6)) / max(far, 1e-6)
    size = placed.balloon.block.size_px
    spots = []
    for share, radius in ((0.16, 0.42), (0.58, 0.29), (0.94, 0.19)):
        x, y = start + along * (leave + (1 - leave) * share)
        spots.append((float(x), float(y), radius * size))
    return spots


def balloon_side(balloon: Balloon) -> float:
    """The shorter side of the body."""
    return 2 * min(balloon.half_width, balloon.half_height)


def _exit(balloon: Balloon, direction: np.ndarray) -> float:
    """How far from its middle a ray leaves what is drawn of the body."""
    x, y = 2 * np.abs(direction) / balloon.size
    return float((x**_ROUND + y**_ROUND) ** (-1 / _ROUND))


def edge_towards(placed: Placed, target: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle to ``target`` leaves what is drawn of the body."""
    away = np.array(target) - (placed.x, placed.y)
    direction = away / max(float(np.hypot(*away)), 1e-6)
    far = _exit(placed.balloon, direction)
    return float(placed.x + direction[0] * far), float(placed.y + direction[1] * far)


def shapes(placed: Placed) -> tuple[list[Shape], list[Shape]]:
    """What is drawn in ink, and what is filled over it."""
    balloon = placed.balloon
    fill: Color = {"caption": _PAPER, "shout": _LOUD}.get(balloon.kind, WHITE)
    ink: Color = (0.45, 0.45, 0.56) if balloon.kind == "whisper" else INK
    outlines = [moved(body(balloon), placed.x, placed.y)]
    thorn = tail(placed)
    outlines += [thorn] if len(thorn) else []
    outlines += [circle(x, y, radius, 0.86) for x, y, radius in trail(placed)]
    line = 2 * balloon.ink_px
    inked = [Shape(points, ink, ink, line=line, closed=True) for points in outlines]
    if balloon.kind == "whisper":
        dashed = _dashes(outlines[0], ink, line, balloon.block.size_px)
        inked = [*dashed, *inked[1:]]
    return inked, [Shape(points, fill, fill) for points in outlines]


def draw_balloon(canvas: Float32[np.ndarray, "h w 4"], placed: Placed) -> None:
    """Paints a balloon with its words, in place."""
    balloon = placed.balloon
    cover = balloon.block.cover()
    if balloon.kind == "sound":
        _draw_sound(canvas, placed)
        return
    inked, filled = shapes(placed)
    drop = 1.3 * balloon.ink_px
    for shape in filled:
        paint(canvas, [replace(shape, points=moved(shape.points, drop, 1.6 * drop), top=INK, bottom=INK, alpha=0.22)])
    if balloon.kind == "whisper":
        # Between the dashes paper shows, to the same width.
        paint(canvas, [replace(shape, line=2 * balloon.ink_px, closed=True) for shape in filled])
    paint(canvas, inked)
    paint(canvas, filled)
    ink: Color = (0.33, 0.33, 0.44) if balloon.kind == "whisper" else INK
    _stamp(canvas, cover, ink, placed.x, placed.y)


def _superellipse(turn: np.ndarray, a: float, b: float) -> Float[np.ndarray, "n 2"]:
    cos, sin = np.cos(turn), np.sin(turn)
    radius = (np.abs(cos / a) ** _ROUND + np.abs(sin / b) ** _ROUND) ** (-1 / _ROUND)
    return np.stack([radius * cos, radius * sin], 1)


def _even_turns(a: float, b: float, count: int) -> np.ndarray:
    """Directions from the middle of a superellipse to points at even distances along it."""
    fine = np.linspace(0, 2 * np.pi, 721)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(_superellipse(fine, a, b), axis=0).T))])
    return np.interp(np.arange(count) / count * along[-1], along, fine)


def _dashes(points: np.ndarray, ink: Color, line: float, size: float) -> list[Shape]:
    """A closed outline as dashes, each half a letter long."""
    closed = np.concatenate([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    count = max(6, round(along[-1] / (0.8 * size)))
    dashes = []
    for k in range(count):
        at = (k + np.linspace(0, 0.5, 6)) / count * along[-1]
        dash = np.stack([np.interp(at, along, closed[:, 0]), np.interp(at, along, closed[:, 1])], 1)
        dashes.append(Shape(dash, ink, ink, line=line))
    return dashes


def _stamp(
    canvas: Float32[np.ndarray, "h w 4"], cover: Float32[np.ndarray, "rows columns"], color: Color, x: float, y: float
) -> None:
    """Writes letters with their middle at a place; what lies outside is cut off."""
    height, width = cover.shape
    left, top = round(x - width / 2), round(y - height / 2)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, canvas.shape[1]), min(top + height, canvas.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    seen = cover[y0 - top : y1 - top, x0 - left : x1 - left, None]
    over(canvas[y0:y1, x0:x1], np.concatenate([seen * np.array(color, np.float32), seen], -1))


def _draw_sound(canvas: Float32[np.ndarray, "h w 4"], placed: Placed) -> None:
    """Large slanted letters: a warm gradient, a white border, and ink around it."""
    cover = np.pad(placed.balloon.block.cover(), round(placed.balloon.block.size_px * 0.5))
    turned = Image.fromarray(cover).rotate(-_SOUND_TURN_DEG, Image.Resampling.BICUBIC, expand=True)
    letters = np.clip(np.asarray(turned, np.float32), 0, 1)
    away = np.asarray(ndimage.distance_transform_edt(letters < 0.5), np.float32) - 0.5
    size = placed.balloon.block.size_px
    for border, color in ((0.17 * size, INK), (0.085 * size, WHITE)):
        _stamp(canvas, np.clip(border + 0.5 - away, 0, 1), color, placed.x, placed.y)
    _stamp(canvas, letters, (0.96, 0.2, 0.28), placed.x, placed.y)
