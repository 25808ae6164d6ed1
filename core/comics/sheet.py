"""A picture to draw scenes on: flat shapes and gradients with smooth edges, in units of the picture's height."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageDraw, ImageFilter

Color = tuple[int, int, int]
"""Display sRGB, 0 to 255."""
Length = int | float
"""In units."""
Points = Sequence[tuple[Length, Length]] | np.ndarray
_FINER = 2
_FOCUS = 0.6


@dataclass(frozen=True)
class Sheet:
    """x is 0 in the middle, y is 0 at the top and 1 at the bottom; what lies outside is cut off."""

    image: Image.Image
    """RGB, finer than what comes out; drawn on in place."""
    unit_px: float
    """Pixels of ``image`` to a unit."""
    x_px: float
    """Where x = 0 is."""
    y_px: float
    """Where y = 0 is."""

    @property
    def left(self) -> float:
        """The smallest x that shows."""
        return -self.x_px / self.unit_px

    @property
    def right(self) -> float:
        """The largest x that shows."""
        return (self.image.width - self.x_px) / self.unit_px

    def sky(self, *colors: Color, bottom: float = 1.0) -> None:
        """A vertical gradient through these colours, from y = 0 to ``bottom``, over everything."""
        y = (np.arange(self.image.height) + 0.5 - self.y_px) / self.unit_px / bottom
        stops = np.linspace(0, 1, len(colors))
        rows = np.stack([np.interp(y, stops, [color[k] for color in colors]) for k in range(3)], -1)
        column = np.rint(rows).astype(np.uint8)[:, None]
        self.image.paste(Image.fromarray(column).resize(self.image.size), (0, 0))

    def polygon(self, points: Points, color: Color, bottom: Color | None = None, alpha: float = 1.0) -> None:
        """A filled outline, in one colour or a gradient from its upper to its lower end."""
        placed = [self._place(x, y) for x, y in points]
        self._fill(placed, lambda draw, at: draw.polygon(at, fill=round(255 * alpha)), color, bottom)

    def circle(
        self,
        x: Length,
        y: Length,
        radius: Length,
        color: Color,
        bottom: Color | None = None,
        alpha: float = 1.0,
        squash: Length = 1.0,
    ) -> None:
        """A disc, or with ``squash`` an ellipse so many times as high as wide."""
        (x0, y0), (x1, y1) = self._place(x - radius, y - radius * squash), self._place(x + radius, y + radius * squash)
        ends = [(x0, y0), (x1, y1)]
        self._fill(ends, lambda draw, at: draw.ellipse(at, fill=round(255 * alpha)), color, bottom)

    def box(
        self,
        x: Length,
        y: Length,
        width: Length,
        height: Length,
        color: Color,
        bottom: Color | None = None,
        alpha: float = 1.0,
        radius: Length = 0.0,
    ) -> None:
        """A rectangle from its upper left corner, with corners rounded by ``radius``."""
        (x0, y0), (x1, y1) = self._place(x, y), self._place(x + width, y + height)
        ends, fill = [(x0, y0), (x1, y1)], round(255 * alpha)
        self._fill(ends, lambda draw, at: draw.rounded_rectangle(at, radius * self.unit_px, fill), color, bottom)

    def line(self, points: Points, width: Length, color: Color, alpha: float = 1.0) -> None:
        """A stroke with round ends."""
        placed, thick = [self._place(x, y) for x, y in points], max(1, round(width * self.unit_px))
        fill = round(255 * alpha)

        def paint(draw: ImageDraw.ImageDraw, at: list[tuple[float, float]]) -> None:
            draw.line(at, fill=fill, width=thick, joint="curve")
            for x, y in (at[0], at[-1]):
                draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=fill)

        self._fill(placed, paint, color, None, thick)

    def glow(self, x: Length, y: Length, radius: Length, color: Color, alpha: float) -> None:
        """Light that fades out from a point."""
        cx, cy = self._place(x, y)
        ys, xs = np.mgrid[: self.image.height : 4, : self.image.width : 4]
        away = np.hypot(xs - cx, ys - cy) / (radius * self.unit_px)
        strength = (255 * alpha * np.clip(1 - away, 0, 1) ** 2).astype(np.uint8)
        mask = Image.fromarray(strength).resize(self.image.size, Image.Resampling.BILINEAR)
        self.image.paste(color, (0, 0), mask)

    def dots(self, step: Length, color: Color, strength: float, top: float = 1.0, bottom: float = 0.0) -> None:
        """Halftone dots on a slanted grid; how much they cover goes from ``top`` to ``bottom``, 0 to 1."""
        ys, xs = np.mgrid[: self.image.height, : self.image.width].astype(np.float32) / (self.unit_px * step)
        u, v = (xs + ys) / np.float32(2**0.5), (xs - ys) / np.float32(2**0.5)
        away = np.hypot(u - np.floor(u) - 0.5, v - np.floor(v) - 0.5)
        share = np.linspace(top, bottom, self.image.height, dtype=np.float32)[:, None]
        edge = 0.6 * np.sqrt(np.clip(share, 0, 1)) - away
        cover = np.clip(edge * self.unit_px * step + 0.5, 0, 1) * (share > 0.02) * strength
        self.image.paste(color, (0, 0), Image.fromarray((255 * cover).astype(np.uint8)))

    def picture(self, blur: float = 0.0) -> Float32[np.ndarray, "h w 3"]:
        """What was drawn, in [0, 1]; ``blur`` in units."""
        small = self.image.reduce(_FINER)
        if blur:
            small = small.filter(ImageFilter.GaussianBlur(blur * self.unit_px / _FINER))
        return np.asarray(small, np.float32) / 255

    def _place(self, x: Length, y: Length) -> tuple[float, float]:
        # A ceiling of the coordinates keeps Pillow from working through what is far outside.
        return (
            float(np.clip(self.x_px + x * self.unit_px, -9999, 19999)),
            float(np.clip(self.y_px + y * self.unit_px, -9999, 19999)),
        )

    def _fill(
        self,
        points: list[tuple[float, float]],
        paint: Callable[[ImageDraw.ImageDraw, list[tuple[float, float]]], None],
        color: Color,
        bottom: Color | None,
        reach: int = 1,
    ) -> None:
        """Pastes a colour or gradient where ``paint`` draws with these points; only their surroundings are touched."""
        xs, ys = zip(*points, strict=True)
        x0, y0 = max(0, int(min(xs)) - reach), max(0, int(min(ys)) - reach)
        x1, y1 = min(self.image.width, int(max(xs)) + reach + 1), min(self.image.height, int(max(ys)) + reach + 1)
        if x0 >= x1 or y0 >= y1:
            return
        mask = Image.new("L", (x1 - x0, y1 - y0))
        paint(ImageDraw.Draw(mask), [(x - x0, y - y0) for x, y in points])
        if bottom is None:
            self.image.paste(color, (x0, y0, x1, y1), mask)
            return
        rows = (np.arange(y0, y1) + 0.5 - min(ys)) / max(max(ys) - min(ys), 1)
        t = np.clip(rows, 0, 1)[:, None]
        column = np.rint((1 - t) * color + t * bottom).astype(np.uint8)[:, None]
        self.image.paste(Image.fromarray(column).resize(mask.size), (x0, y0), mask)


def blank_sheet(width: int, height: int, zoom: float = 1.0, shift: float = 0.0) -> Sheet:
    """A sheet for a picture of that size.

    Args:
        width: of the picture in pixels.
        height: of the picture in pixels.
        zoom: how much everything is enlarged, about the height of a face.
        shift: the x that is seen in the middle.
    """
    unit = _FINER * height * zoom
    image = Image.new("RGB", (_FINER * width, _FINER * height))
    return Sheet(image, unit, _FINER * width / 2 - shift * unit, _FOCUS * (unit / zoom - unit))


def tone(text: str) -> Color:
    """A colour from its six hexadecimal digits."""
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)
