"""Shapes cover what they should, smoothly."""

import numpy as np
import pytest

from core.stickers.accents import ACCENTS
from core.stickers.ink import Shape, paint, placed
from core.stickers.outlines import circle

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def canvas(size: int = 64) -> np.ndarray:
    return np.zeros((size, size, 4), np.float32)


def test_a_disc_has_its_area_its_gradient_and_soft_edges():
    picture = canvas()
    paint(picture, placed([Shape(circle(0.0, 0.0, 1.0), RED, BLUE)], 32.0, 32.0, 20.0))
    assert picture[..., 3].sum() == pytest.approx(np.pi * 400, rel=0.02)
    assert ((picture[..., 3] > 0.1) & (picture[..., 3] < 0.9)).sum() > 40
    assert picture[14, 32, 0] > 0.9 and picture[50, 32, 2] > 0.9
    np.testing.assert_allclose(picture, picture[:, ::-1], atol=0.3)


def test_a_stroke_is_as_wide_as_said_and_a_keyline_goes_round():
    stroke = Shape(np.array([(12.0, 32.0), (52.0, 32.0)]), RED, RED, line=8.0)
    plain, bordered = canvas(), canvas()
    paint(plain, [stroke])
    paint(bordered, [stroke], 3.0)
    assert plain[:, 32, 3].sum() == pytest.approx(8, abs=0.6)
    assert bordered[:, 32, 3].sum() == pytest.approx(14, abs=0.8)
    assert (bordered[26, 32] == 1).all(), "white above the stroke"


def test_what_lies_outside_is_cut_off():
    picture = canvas()
    paint(picture, [Shape(circle(0.0, 0.0, 20.0), RED, RED), Shape(circle(500.0, 500.0, 9.0), RED, RED)])
    assert picture[0, 0, 3] == 1 and picture[40:, 40:].max() == 0


@pytest.mark.parametrize("name", ACCENTS)
def test_every_accent_fills_its_box_and_keeps_within(name: str):
    picture = canvas(120)
    paint(picture, placed(ACCENTS[name](), 60.0, 60.0, 40.0))
    rows, columns = np.nonzero(picture[..., 3] > 0.1)
    assert max(np.ptp(rows), np.ptp(columns)) > 50
    assert min(rows.min(), columns.min()) >= 6 and max(rows.max(), columns.max()) <= 114
    assert (picture[..., :3] <= picture[..., 3:] + 1e-4).all(), "premultiplied"
