"""Flat shapes painted with smooth edges onto a picture."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float32
from PIL import Image, ImageDraw

from core.stickers.outlines import Number, moved

Color = tuple[float, float, float]
"""Display sRGB in [0, 1]."""
Canvas = Float32[np.ndarray, "h w 4"]
"""Red, green and blue times alpha, and alpha, all in [0, 1]; painted in place."""

_FINER = 4
WHITE: Color = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Shape:
    """One colour or one gradient within one outline."""

    points: Float[np.ndarray, "n 2"]
    """In order; in the box of its accent, -1 to 1, or in pixels."""
    top: Color
    """At its upper end."""
    bottom: Color
    """At its lower end."""
    line: float = 0.0
    """0 fills the outline; otherwise the points are a stroke so wide, with round ends."""
    alpha: float = 1.0
    """1 covers what is below."""
    closed: bool = False
    """Whether a stroke returns to where it began."""


def placed(
    shapes: list[Shape], x: Number, y: Number, scale: Number, turn_deg: Number = 0.0, flip: bool = False
) -> list[Shape]:
    """Shapes of a box of 2 x 2 brought to a place, turned clockwise."""
    sides = np.array((-1.0 if flip else 1.0, 1.0))
    return [
        replace(shape, points=moved(shape.points * sides, x, y, scale, turn_deg), line=shape.line * scale)
        for shape in shapes
    ]


def paint(canvas: Canvas, shapes: list[Shape], keyline: float = 0.0) -> None:
    """Paints shapes in pixels, in order.

    Args:
        canvas: changed in place; what lies outside is cut off.
        shapes: in pixels.
        keyline: width in pixels of a white border round all of them together.
    """
    if keyline:
        solid = [shape for shape in shapes if shape.alpha == 1]
        _paint_one(canvas, solid, Shape(np.zeros((0, 2)), WHITE, WHITE), keyline)
    for shape in shapes:
        _paint_one(canvas, [shape], shape, 0.0)


def over(canvas: Canvas, color: Float32[np.ndarray, "h w 4"]) -> None:
    """Puts premultiplied colours over a canvas, in place."""
    canvas *= 1 - color[..., 3:]
    canvas += color


def _paint_one(canvas: Canvas, shapes: list[Shape], look: Shape, wider: float) -> None:
    """Paints the union of shapes in the colours of one."""
    height, width = canvas.shape[:2]
    reach = max((shape.line for shape in shapes), default=0.0) / 2 + wider + 1
    points = np.concatenate([np.zeros((0, 2)), *(shape.points for shape in shapes)])
    if not len(points):
        return
    left, top = (int(end) for end in np.floor(points.min(0) - reach))
    right, bottom = (int(end) for end in np.ceil(points.max(0) + reach))
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if x0 >= x1 or y0 >= y1:
        return
    cover = _coverage(shapes, wider, (x0, y0, x1, y1)) * np.float32(look.alpha)
    low, high = points[:, 1].min(), points[:, 1].max()
    t = np.clip((np.arange(y0, y1) + 0.5 - low) / max(high - low, 1e-6), 0, 1)[:, None]
    rows = (1 - t) * np.array(look.top) + t * np.array(look.bottom)
    color = np.empty((*cover.shape, 4), np.float32)
    color[..., :3] = rows[:, None] * cover[..., None]
    color[..., 3] = cover
    over(canvas[y0:y1, x0:x1], color)


def _coverage(shapes: list[Shape], wider: float, box: tuple[int, int, int, int]) -> Float32[np.ndarray, "h w"]:
    """How much of each pixel of a box is covered: counted on a finer grid."""
    x0, y0, x1, y1 = box
    image = Image.new("L", ((x1 - x0) * _FINER, (y1 - y0) * _FINER))
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        # Pillow's pixel k covers k to k + 1, and it draws from middle to middle.
        fine = [(float(x), float(y)) for x, y in (shape.points - (x0, y0)) * _FINER - 0.5]
        if not shape.line:
            draw.polygon(fine, fill=255)
        thick = (shape.line + 2 * wider) * _FINER
        if thick >= 1:
            draw.line([*fine, fine[0]] if shape.closed or not shape.line else fine, fill=255, width=round(thick))
            # Pillow's own round joints leave cracks in bends; its ellipses are a pixel wider than its lines.
            reach = (round(thick) - 1) / 2
            for x, y in fine:
                draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    return np.asarray(image.reduce(_FINER), np.float32) / 255
