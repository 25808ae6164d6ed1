import numpy as np
import pytest

from core.oklab import hex_to_oklab, to_oklab, to_srgb


def test_there_and_back():
    srgb = np.random.default_rng(0).random((2000, 3), np.float32)
    assert np.abs(to_srgb(to_oklab(srgb)) - srgb).max() < 1e-4


def test_published_values():
    assert to_oklab(np.ones(3, np.float32)) == pytest.approx((1, 0, 0), abs=1e-3)
    assert hex_to_oklab("#ff0000") == pytest.approx((0.62796, 0.22486, 0.12585), abs=1e-3)
    assert hex_to_oklab("#000000") == pytest.approx((0, 0, 0), abs=1e-6)


def test_what_no_screen_shows_is_clipped():
    shown = to_srgb(np.array([[1.4, 0, 0], [-0.2, 0, 0], [0.6, 0.4, 0.3]], np.float32))
    assert shown.min() >= 0 and shown.max() <= 1
