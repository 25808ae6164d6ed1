import sys

import numpy as np
import pytest
from PIL import Image

from core.errors import UnreadablePhoto
from core.face.intake import apart
from core.face.intake.apart import decode_apart
from tests.core.face.pictures import DISPLAY_P3, encoded, lively

WHOLE = Image.fromarray(lively()).resize((370, 240), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_pixels_and_profile_come_back_reduced(kind: str) -> None:
    decoded = decode_apart(encoded(WHOLE, kind, quality=95, icc_profile=DISPLAY_P3), kind, 10**6, 100)
    assert decoded is not None and decoded.image.size == (100, 65) and decoded.profile == DISPLAY_P3
    expected = np.asarray(WHOLE.resize((100, 65), Image.Resampling.LANCZOS), float)
    assert np.abs(np.asarray(decoded.image, float) - expected).mean() < 4


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_pictures_with_more_pixels_are_not_decoded(kind: str) -> None:
    assert decode_apart(encoded(WHOLE, kind), kind, 370 * 240 - 1, 100) is None


def test_what_is_no_picture_is_refused() -> None:
    for kind in ("AVIF", "HEIF"):
        for data in (b"", b"x" * 1000, encoded(WHOLE, kind)[:400]):
            with pytest.raises(UnreadablePhoto):
                decode_apart(data, kind, 10**6, 100)


def test_without_the_decoder_the_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "find_spec", lambda name: None)
    with pytest.raises(UnreadablePhoto, match="need the package pillow-heif"):
        decode_apart(b"", "HEIF", 10**6, 100)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.parametrize(
    "harm",
    [
        *("bytearray(2_000_000_000)", "open('left', 'wb').write(b'x')", "exec('while True: pass')"),
        "__import__('signal').raise_signal(9)",
    ],
)
def test_a_child_that_does_harm_or_is_killed_is_a_refused_photo(
    harm: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child's own limits hold, whatever a file has made of its decoder."""
    source = apart._CHILD.read_text().replace("_MAX_CPU_S = 10", "_MAX_CPU_S = 1")
    child = tmp_path / "child.py"
    child.write_text(source.replace("    data = sys", f"    {harm}\n    data = sys"))
    monkeypatch.setattr(apart, "_CHILD", child)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnreadablePhoto):
        decode_apart(b"", "HEIF", 100, 100)
    assert [path.name for path in tmp_path.iterdir() if path.stat().st_size] == ["child.py"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}\n",
        b'{"mode": "RGB", "size": [9000, 9000], "orientation": 1}\n',
        b'{"mode": "RGB", "size": [4, 4], "orientation": 1}\n123',
        b'{"mode": "F", "size": [1, 1], "orientation": 1}\n1234',
        b'{"mode": "L", "size": ["a", 1], "orientation": 1}\n1234',
    ],
)
def test_answers_are_not_believed(answer: bytes) -> None:
    with pytest.raises(UnreadablePhoto):
        apart._received(answer, 100)
