from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidRequest
from core.evaluate.contact_sheet import BACKGROUND, VIEWS, cell_size, contact_sheet
from core.pipeline import Studio
from tests.conftest import EXAMPLES, PERSON


def test_a_strip_shows_selfie_and_views(studio: Studio) -> None:
    views = ("front", "back")
    size = cell_size(300, 1, len(views))
    sheet = np.asarray(contact_sheet(studio, [EXAMPLES[PERSON]], size=size, views=views))
    assert sheet.shape == (100, 300, 3)
    front, back = sheet[:, 100:200].astype(float), sheet[:, 200:].astype(float)
    for picture in (front, back):
        np.testing.assert_allclose(picture[0, 0], np.array(BACKGROUND) * 255, atol=1)
    # A face in front, hair behind.
    assert np.abs(front - back)[45:60, 40:60].mean() > 40


def test_people_stand_in_rows(studio: Studio) -> None:
    sheet = contact_sheet(studio, [EXAMPLES[PERSON]] * 3, size=16, pairs=2, views=["front"])
    assert sheet.size == (64, 32)
    assert np.asarray(sheet)[16:, 32:].min() == 255, "an empty place is white"


def test_bad_requests_are_told(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no view 'above'; choose from front, "):
        contact_sheet(studio, [EXAMPLES[PERSON]], views=["front", "above"])
    nobody = tmp_path / "nobody.jpg"
    nobody.write_bytes(b"no picture")
    with pytest.raises(InvalidRequest, match="None of the photos"):
        contact_sheet(studio, [nobody])


def test_a_sheet_is_as_wide_as_wanted() -> None:
    assert cell_size(1024, 1, 4) * 5 == 1020
    assert cell_size(1024, 2, len(VIEWS)) * 14 == 1022
