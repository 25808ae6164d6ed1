"""A few words under a sticker, in any language that a font of this computer can write."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from core.errors import InvalidRequest
from core.stickers.fonts import FontFile, font_for
from core.stickers.hand import INK
from core.stickers.ink import over

MAX_LETTERS = 60
"""More cannot be read on a sticker."""
_LINES = 3
_WIDTH = 0.86
"""Of the sticker, at most."""
_SIZES = (0.15, 0.132, 0.116, 0.1, 0.088, 0.076, 0.066)
"""Heights of letters to try, as shares of the sticker."""
_LINE_HEIGHT = 1.12
_OVERLAP, _DEEPEST = 0.55, 0.075
"""How much of the caption may lie over the shoulders: shares of its height, and of the sticker."""
# Between these, lines may break without a space.
_WIDE = re.compile("[\u2e80-\u9fff\u3040-\u30ff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")
_OPENING, _CLOSING = "(（「『【《“‘¿¡", ")）」』】》”’、。，．：；！？!?,.:;%"


@dataclass(frozen=True)
class Label:
    """A caption as a picture, ready to be put on stickers of one size."""

    cover: Float32[np.ndarray, "h w"]
    """Coverage by the letters."""
    size: int
    """Width of the sticker in pixels."""
    lines: tuple[str, ...]
    """As wrapped."""

    @property
    def overhang_px(self) -> float:
        """How much height it takes away from the person."""
        height = self.cover.shape[0]
        return height - min(_OVERLAP * height, _DEEPEST * self.size)

    def paint(self, canvas: Float32[np.ndarray, "s s 4"]) -> None:
        """Writes it at the lower end: dark letters with a white border."""
        unit = self.size / 512
        height, width = self.cover.shape
        bottom = round(self.size - 27 * unit)
        left = (self.size - width) // 2
        sheet = np.zeros(canvas.shape[:2], np.float32)
        sheet[bottom - height : bottom, left : left + width] = self.cover
        away = np.asarray(ndimage.distance_transform_edt(sheet < 0.5)) - 0.5
        border = np.clip(6.5 * unit + 0.5 - away, 0, 1).astype(np.float32)
        over(canvas, np.repeat(border[..., None], 4, -1))
        over(canvas, np.concatenate([sheet[..., None] * np.array(INK, np.float32), sheet[..., None]], -1))


def label(text: str, size: int, folders: Sequence[Path] | None = None) -> Label:
    """Sets a caption as large as it fits in at most three lines.

    Args:
        text: in any language; white space at its ends and in a row does not count.
        size: width of the sticker in pixels.
        folders: where fonts are; those of the system by default.

    Raises:
        InvalidRequest: if there is nothing to write, too much, or no font has its letters.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if not text or any(unicodedata.category(char) == "Cc" for char in text):
        raise InvalidRequest("The caption must be at least one letter, without control characters.")
    if len(text) > MAX_LETTERS:
        raise InvalidRequest(f"A caption may have at most {MAX_LETTERS} letters, not {len(text)}.")
    file = font_for(text, folders)
    widest = _WIDTH * size
    for share in _SIZES:
        font = _load(file, round(share * size))
        lines = wrapped(text, lambda line, font=font: font.getlength(line) <= widest)
        # Two short lines of large letters look better than three, unless that is the only way.
        allowed = _LINES if share <= _SIZES[3] else 2 if share <= _SIZES[1] else 1
        if lines is not None and len(lines) <= allowed:
            return Label(_written(lines, font), size, tuple(lines))
    font = _load(file, round(_SIZES[-1] * size))
    lines = broken(text, lambda line: font.getlength(line) <= widest)
    if len(lines) > _LINES:
        raise InvalidRequest("The caption is too long for a sticker; shorten it.")
    return Label(_written(lines, font), size, tuple(lines))


def wrapped(text: str, fits) -> list[str] | None:
    """Lines of a text, broken at spaces and between Chinese, Japanese and Korean letters.

    Args:
        text: with single spaces.
        fits: whether a line is short enough.

    Returns:
        None if a word alone does not fit.
    """
    lines: list[str] = []
    for word in _words(text):
        longer = (lines[-1] + word).rstrip() if lines else word.strip()
        if lines and fits(longer):
            lines[-1] += word
        elif fits(word.strip()):
            lines.append(word.lstrip())
        else:
            return None
    return [line.strip() for line in lines]


def _words(text: str) -> list[str]:
    """Pieces that stay whole, each with the space before it; what closes stays with what it closes."""
    pieces: list[str] = []
    for cluster in _clusters(text):
        last = pieces[-1] if pieces else ""
        wide = bool(_WIDE.match(cluster)) or bool(last and _WIDE.match(last[-1]))
        splits = cluster == " " or not last or (wide and cluster not in _CLOSING and last[-1] not in _OPENING)
        if splits and last != " ":
            pieces.append(cluster)
        else:
            pieces[-1] += cluster
    return pieces


def broken(text: str, fits) -> list[str]:
    """Lines broken between any two letters, never between a letter and its marks."""
    lines = [""]
    for cluster in _clusters(text):
        if fits(lines[-1] + cluster):
            lines[-1] += cluster
        else:
            lines.append(cluster)
    return [line.strip() for line in lines if line.strip()]


def _clusters(text: str) -> list[str]:
    """Letters, each with the marks and joiners that belong to it."""
    clusters: list[str] = []
    for char in text:
        joined = (
            unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Mc", "Me") or char in "\u200c\u200d"
        )
        if clusters and (joined or clusters[-1].endswith("\u200d")):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _load(file: FontFile, height: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(str(file.path), height, file.index)
    except OSError as error:
        raise InvalidRequest(f"The font {file.path.name} cannot be read: {error}.") from error


def _written(lines: Sequence[str], font: ImageFont.FreeTypeFont) -> Float32[np.ndarray, "h w"]:
    """Coverage of centred lines, cut to what is drawn."""
    step = round(font.size * _LINE_HEIGHT)
    width = int(max(font.getlength(line) for line in lines)) + 2 * round(font.size)
    image = Image.new("L", (width, step * len(lines) + round(2 * font.size)))
    draw = ImageDraw.Draw(image)
    for k, line in enumerate(lines):
        draw.text((width / 2, round(font.size) // 2 + k * step), line, fill=255, font=font, anchor="ma")
    box = image.getbbox()
    cut = image.crop(box) if box else image
    return np.asarray(cut, np.float32) / 255
