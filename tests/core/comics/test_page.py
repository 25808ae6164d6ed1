from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PdfParser import PdfParser

from core.avatar.model import Avatar
from core.comics.page import draw_comic, save_comic, sketch_comic
from core.comics.script import read_script
from core.errors import Cancelled, InvalidRequest

SMALL = """
title = "Two"
layout = "strip-2"
cast = ["A", "B"]
[[panel]]
scene = "yellow"
shot = "wide"
actors = { A = "happy" }
lines = ["A: Hello!"]
[[panel]]
scene = "mint"
actors = { B = "neutral" }
[[panel]]
scene = "blue"
"""


@pytest.fixture(scope="module")
def pages(people: list[Avatar]) -> list[Image.Image]:
    return draw_comic(read_script(SMALL), people)


def test_files_open_with_the_promised_size(pages: list[Image.Image], tmp_path: Path) -> None:
    assert [page.size for page in pages] == [(1500, 884), (1500, 780)]
    for suffix, kind in ((".png", "PNG"), (".webp", "WEBP")):
        path = tmp_path / f"one{suffix}"
        save_comic(pages[:1], path)
        with Image.open(path) as image:
            image.load()
            assert (image.format, image.size, image.mode) == (kind, (1500, 884), "RGB")
        with pytest.raises(InvalidRequest, match=r"2 pages.*\.pdf"):
            save_comic(pages, path)


def test_a_pdf_has_all_pages_at_their_size(pages: list[Image.Image], tmp_path: Path) -> None:
    path = tmp_path / "comic.pdf"
    save_comic(pages, path)
    with PdfParser(str(path)) as pdf:
        assert len(pdf.pages) == 2
        # 1500 pixels at 150 to the inch are 720 points.
        boxes = [pdf.read_indirect(page)[b"MediaBox"] for page in pdf.pages]
    assert [[round(float(value), 1) for value in box] for box in boxes] == [[0, 0, 720, 424.3], [0, 0, 720, 374.4]]


def test_other_formats_are_refused(pages: list[Image.Image], tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"choose \.png, \.webp or \.pdf"):
        save_comic(pages[:1], tmp_path / "comic.gif")
    assert not list(tmp_path.iterdir())


def test_the_person_and_the_words_are_on_the_page(pages: list[Image.Image]) -> None:
    colors = pages[0].crop((60, 160, 720, 820)).getcolors(1 << 20)
    assert colors is not None
    counted = {color: count for count, color in colors}
    assert counted.get((255, 255, 255), 0) > 3000, "the balloon's paper"
    assert len(counted) > 5000, "a person's shades"
    empty = pages[1].crop((60, 60, 1440, 720)).getcolors(1 << 20)
    assert empty is not None and len(empty) < 5000


def test_progress_rises_to_the_end_and_can_stop_the_work(people: list[Avatar]) -> None:
    script = read_script('[[panel]]\nscene = "mint"')
    shares: list[float] = []
    draw_comic(script, people, shares.append)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)

    def stop(share: float) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        draw_comic(script, people, stop)


def test_everybody_in_the_cast_is_needed(people: list[Avatar]) -> None:
    with pytest.raises(InvalidRequest, match=r"needs 2 avatars \(A, B\), not 1"):
        draw_comic(read_script(SMALL), people[:1])


def test_a_sketch_looks_like_the_page_and_is_small(pages: list[Image.Image], people: list[Avatar]) -> None:
    sketch = sketch_comic(read_script(SMALL), people, 500)
    assert sketch.size == (500, 295)
    small = np.asarray(pages[0].resize(sketch.size), float)
    # Where balloons are may differ; people, scenes and frames may not.
    assert np.abs(np.asarray(sketch, float) - small).max(-1).mean() < 25
    other = replace(read_script(SMALL), layout="2x2")
    assert sketch_comic(other, people, 500).size != sketch.size
