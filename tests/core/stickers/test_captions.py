"""Captions are wrapped safely and say what they cannot do."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from core.errors import InvalidRequest
from core.stickers.captions import label, wrapped
from core.stickers.fonts import font_for, system_folders


def few(width: int):
    return lambda line: len(line) <= width


def font_with(codes: list[tuple[int, int]]) -> bytes:
    """A font file that holds a character map of format 12 and nothing else."""
    groups = b"".join(struct.pack(">III", low, high, 1) for low, high in codes)
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table
    head = b"\x00\x01\x00\x00" + struct.pack(">HHHH", 1, 0, 0, 0)
    return head + struct.pack(">4sIII", b"cmap", 0, 28, len(cmap)) + cmap


def test_lines_break_at_spaces_and_between_wide_letters():
    assert wrapped("good morning to all", few(8)) == ["good", "morning", "to all"]
    assert wrapped("你好世界。再见", few(2)) == ["你好", "世", "界。", "再见"], "no line starts with a full stop"
    assert wrapped("unbreakable", few(5)) is None
    assert wrapped("a b", few(3)) == ["a b"]


def test_the_font_has_every_letter(tmp_path: Path):
    (tmp_path / "aa-bold.ttf").write_bytes(font_with([(0x41, 0x5A)]))
    (tmp_path / "zz-serif.ttf").write_bytes(font_with([(0x41, 0x5A), (0x4E00, 0x9FFF)]))
    (tmp_path / "broken.ttf").write_bytes(b"\x00\x01\x00\x00\x00")
    assert font_for("AB C", [tmp_path]).path.stem == "aa-bold"
    assert font_for("A你", [tmp_path]).path.stem == "zz-serif", "the fallback"
    with pytest.raises(InvalidRequest, match="No font on this computer can write é; install"):
        font_for("Aé", [tmp_path])
    with pytest.raises(InvalidRequest, match="No font"):
        font_for("A", [])


def test_one_font_must_have_them_all(tmp_path: Path):
    (tmp_path / "a.ttf").write_bytes(font_with([(0x41, 0x5A)]))
    (tmp_path / "b.ttf").write_bytes(font_with([(0x391, 0x3A9)]))
    with pytest.raises(InvalidRequest, match="No single font"):
        font_for("AΩ", [tmp_path])


@pytest.mark.skipif(not system_folders(), reason="this computer has no fonts")
@pytest.mark.parametrize("text", ["Hello!", "Good morning everybody", "x" * 40, "Привет, мир"])
def test_a_caption_fits_its_sticker(text: str):
    try:
        words = label(text, 512)
    except InvalidRequest as error:
        assert "No font" in str(error)
        return
    height, width = words.cover.shape
    assert width <= 0.9 * 512 and height < 0.45 * 512 and len(words.lines) <= 3
    assert "".join(words.lines).replace(" ", "") == text.replace(" ", "")
    canvas = np.zeros((512, 512, 4), np.float32)
    words.paint(canvas)
    rows, columns = np.nonzero(canvas[..., 3] > 0)
    assert rows.max() < 512 - 16 and columns.min() > 16
    file = font_for(text)
    assert ImageFont.truetype(str(file.path), 20, file.index).getlength(text) > 0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("", "at least one letter"), ("  ", "at least one"), ("a\x00b", "control"), ("y" * 61, "60 letters, not 61")],
)
def test_what_cannot_be_a_caption_is_refused(text: str, complaint: str):
    with pytest.raises(InvalidRequest, match=complaint):
        label(text, 512)
