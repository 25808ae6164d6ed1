"""Words set in lines: measured before they are placed, then written with room around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageDraw, ImageFont

from core.errors import InvalidRequest
from core.stickers.captions import broken, wrapped
from core.stickers.fonts import font_for

_LEADING = 1.16
_FINER = 2
_WIDTHS = (4.5, 6.0, 8.0, 10.5, 13.5, 17.0, 22.0, 28.0)
"""Longest lines to try, in letter heights."""


@dataclass(frozen=True)
class Block:
    """Centred lines of one size."""

    lines: tuple[str, ...]
    font: ImageFont.FreeTypeFont
    width: float
    """Of the longest line in pixels."""
    height: float
    """Of all lines in pixels."""
    corners: Float32[np.ndarray, "n 2"]
    """Ends of the lines, x >= 0 and y from the block's middle in pixels: the mirrored points bound it too."""

    @property
    def size_px(self) -> float:
        """Height of a letter, with what hangs below."""
        return float(self.font.size)

    def cover(self) -> Float32[np.ndarray, "h w"]:
        """Coverage by the letters: the block with a margin of a letter's height on all sides."""
        size = self.font.size * _FINER
        font = self.font.font_variant(size=size)
        margin = round(self.font.size)
        wide, high = int(np.ceil(self.width)) + 2 * margin, int(np.ceil(self.height)) + 2 * margin
        image = Image.new("L", (wide * _FINER, high * _FINER))
        draw = ImageDraw.Draw(image)
        ascent, descent = font.getmetrics()
        step = _LEADING * size
        for number, line in enumerate(self.lines):
            # The middle of each line's box is where the middle of its letters is.
            y = high * _FINER / 2 + (number - (len(self.lines) - 1) / 2) * step + (ascent - descent) / 2 * 0.86
            draw.text((wide * _FINER / 2, y), line, fill=255, font=font, anchor="ms")
        return np.asarray(image.reduce(_FINER), np.float32) / 255


def blocks(text: str, size_px: float, widest_px: float, folders: Sequence[Path] | None = None) -> list[Block]:
    """A text set in several widths, each with other line ends; at least one if letters fit at all.

    Args:
        text: in any language.
        size_px: height of letters.
        widest_px: no line may be longer.
        folders: where fonts are; those of the system by default.

    Raises:
        InvalidRequest: if no font can write it.
    """
    font = _font(text, round(size_px), None if folders is None else tuple(folders))
    found: dict[tuple[str, ...], Block] = {}
    for share in _WIDTHS:
        widest = min(share * size_px, widest_px)
        fits = _fitting(font, widest)
        lines = wrapped(text, fits)
        if lines is None and widest == widest_px:
            lines = broken(text, fits)
        if lines:
            found.setdefault(tuple(lines), _block(tuple(lines), font))
    if not found:
        # Every word of this language fits only in the widest block.
        lines = tuple(broken(text, _fitting(font, widest_px)))
        found[lines] = _block(lines, font)
    return list(found.values())


def _fitting(font: ImageFont.FreeTypeFont, widest: float):
    return lambda line: font.getlength(line) <= widest


@lru_cache(maxsize=256)
def _font(text: str, size: int, folders: tuple[Path, ...] | None) -> ImageFont.FreeTypeFont:
    file = font_for(text, folders)
    try:
        return ImageFont.truetype(str(file.path), size, file.index)
    except OSError as error:
        raise InvalidRequest(f"The font {file.path.name} cannot be read: {error}.") from error


def _block(lines: tuple[str, ...], font: ImageFont.FreeTypeFont) -> Block:
    boxes = [font.getbbox(line, anchor="ms") for line in lines]
    # Slanted letters and marks reach beyond a line's length: its box counts, from the middle to the farther side.
    halves = [max(-box[0], box[2], 1.0) for box in boxes]
    step = _LEADING * font.size
    ascent, descent = font.getmetrics()
    base = (ascent - descent) / 2 * 0.86
    corners = []
    for number, (half, box) in enumerate(zip(halves, boxes, strict=True)):
        y = (number - (len(lines) - 1) / 2) * step + base
        corners += [(half, y + box[1]), (half, y + box[3])]
    points = np.array(corners, np.float32)
    return Block(lines, font, float(2 * max(halves)), 2 * float(np.abs(points[:, 1]).max()), points)
