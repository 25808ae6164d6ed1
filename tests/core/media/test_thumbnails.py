import io

import numpy as np
import pytest
from PIL import Image

from core.media.thumbnails import as_webp, style_thumbnail


@pytest.fixture(scope="module")
def base(creation):
    return creation.base


def test_each_style_looks_different_and_keeps_within_the_picture(base):
    plain = style_thumbnail(base, "")
    assert plain.shape == (96, 96, 4) and plain[..., 3].max() > 250
    assert plain[0, :, 3].max() == 0, "hair is not cut off"
    gold, ice = (style_thumbnail(base, style) for style in ("gold", "ice"))
    solid = (plain[..., 3] > 200) & (gold[..., 3] > 200) & (ice[..., 3] > 200)
    for one, other in ((plain, gold), (gold, ice), (plain, ice)):
        difference = np.abs(one[solid].astype(float) - other[solid].astype(float))
        assert difference[:, :3].mean() > 12


def test_the_file_is_small_and_transparent(base):
    picture = style_thumbnail(base, "")
    content = as_webp(picture)
    again = np.asarray(Image.open(io.BytesIO(content)))
    assert len(content) < 8000 and again.shape == picture.shape
    assert np.array_equal(again[..., 3] == 0, picture[..., 3] == 0)
