import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluate.transfer import correlation, evaluate_transfer, strongest
from core.expressions import READABLE_SHAPES, SHAPES
from tests.conftest import EXAMPLES


def test_for_each_shape_in_turn_the_strongest_left_is_taken():
    scores = np.zeros((30, 16))
    for place, shape in enumerate(READABLE_SHAPES):
        scores[2 * place, SHAPES.index(shape)] = 0.9
        scores[2 * place + 1, SHAPES.index(shape)] = 0.8
    assert strongest(scores, 10) == list(range(0, 20, 2))
    assert strongest(scores, 20)[10:] == list(range(1, 20, 2))
    assert sorted(strongest(scores, 100)) == list(range(30))
    assert strongest(np.zeros((0, 16)), 5) == []


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=20), st.floats(0.1, 3), st.floats(-1, 1))
def test_what_rises_together_correlates_fully(values, slope, shift):
    one = np.array(values)
    if one.std() < 1e-3:
        assert correlation(one * 0, one) == 0
    else:
        assert correlation(one, slope * one + shift) == pytest.approx(1, abs=1e-6)
        assert correlation(one, -slope * one) == pytest.approx(-1, abs=1e-6)


def test_driven_avatars_show_what_portraits_show_and_resting_ones_do_not(studio):
    result = evaluate_transfer(studio, list(EXAMPLES.values())[:4], 3)
    assert result["people"] == 3 and set(result["per_shape"]) == set(READABLE_SHAPES)
    assert result["own"] > result["still"] + 0.1
    assert set(result["motion"]) == set(SHAPES) - set(READABLE_SHAPES) and result["unseen"] == 0
    mean = np.mean([row["own"] for row in result["per_shape"].values()])
    assert result["own"] == pytest.approx(mean, abs=2e-3)
