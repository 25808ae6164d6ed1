"""Words stay within their balloons, in any language."""

import numpy as np
import pytest
from PIL import ImageFont

from core.comics import lettering
from core.comics.balloons import Placed, draw_balloon, inflate, shapes
from core.comics.lettering import blocks
from core.comics.model import Kind
from core.errors import InvalidRequest
from core.stickers.fonts import font_files, font_for, system_folders
from core.stickers.ink import paint

TEXTS = (
    "Hi",
    "I",
    "jÅÄgy ÇÕ!",
    "What a lovely day for a walk in the park, is it not?",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "Όλα καλά, φίλε μου; Πάμε!",
    "Съешь же ещё этих мягких французских булок",
    "مرحبا يا صديقي كيف حالك اليوم",
    "שלום חבר, מה שלומך היום?",
    "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
)
KINDS: tuple[Kind, ...] = ("speech", "thought", "shout", "whisper", "caption")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TEXTS)
def test_no_letter_leaves_its_balloon(kind: Kind, text: str) -> None:
    found = blocks(text, 26.0, 380.0)
    for block in found:
        balloon = inflate(kind, block, 3.0)
        width, height = (int(np.ceil(value)) + 40 for value in balloon.size)
        placed = Placed(balloon, width / 2, height / 2)
        _, filled = shapes(placed)
        paper = np.zeros((height, width, 4), np.float32)
        paint(paper, filled)
        cover = block.cover()
        assert cover.max() > 0.9
        top, left = round(placed.y - cover.shape[0] / 2), round(placed.x - cover.shape[1] / 2)
        letters = np.zeros((height + 400, width + 400), np.float32)
        letters[top + 200 : top + 200 + cover.shape[0], left + 200 : left + 200 + cover.shape[1]] = cover
        outside = letters.copy()
        outside[200:-200, 200:-200] *= paper[..., 3] < 0.99
        assert outside.max() < 0.05
        # All that is drawn lies within the size that it says.
        canvas = np.zeros((height, width, 4), np.float32)
        draw_balloon(canvas, placed)
        rows, columns = np.flatnonzero((canvas[..., 3] > 0.5).any(1)), np.flatnonzero((canvas[..., 3] > 0.5).any(0))
        assert rows[-1] - rows[0] <= balloon.size[1] + 2 and columns[-1] - columns[0] <= balloon.size[0] + 2


@pytest.mark.parametrize("text", TEXTS)
def test_all_letters_are_kept_and_no_line_is_too_long(text: str) -> None:
    for block in blocks(text, 26.0, 380.0):
        assert "".join(block.lines).replace(" ", "") == text.replace(" ", "")
        assert all(block.font.getlength(line) <= 380 for line in block.lines)


@pytest.mark.parametrize(
    "text",
    [
        "今日はとてもいい天気ですね。公園に行きましょう！",
        "วันนี้อากาศดีมากไปเดินเล่นกันเถอะนะครับเพื่อน",
        "आज मौसम बहुत अच्छा है चलो टहलने चलते हैं",
    ],
)
def test_scripts_without_a_font_here_wrap_as_well(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes stand for the letters: where lines may end does not depend on them."""
    monkeypatch.setattr(lettering, "font_for", lambda *_: font_for("A"))
    lettering._font.cache_clear()
    found = blocks(text, 26.0, 300.0)
    lettering._font.cache_clear()
    assert min(len(block.lines) for block in found) >= 2
    for block in found:
        assert "".join(block.lines).replace(" ", "") == text.replace(" ", "")
        assert all(block.font.getlength(line) <= 300 for line in block.lines)
        # No line begins with a mark that belongs to the letter before, or with what closes.
        assert all(line[0] not in "ูิ์ั้่ाीु。！、" for line in block.lines)


def test_letters_that_no_font_has_are_named() -> None:
    with pytest.raises(InvalidRequest, match="No font on this computer can write"):
        blocks("\U0001f9ff\U00013000", 26.0, 300.0)


def test_a_folder_of_fonts_can_be_given() -> None:
    path = font_files(tuple(system_folders()))[0]
    (block,) = blocks("Hi", 26.0, 300.0, [path.parent])
    assert isinstance(block.font, ImageFont.FreeTypeFont) and block.lines == ("Hi",)
