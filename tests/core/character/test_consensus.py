from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.character.consensus import merged, middle, middle_color, votes


@dataclass(frozen=True)
class Ring:
    kind: str
    size: float
    shiny: bool
    color: np.ndarray
    place: tuple[float, float]


RING = Ring("hoop", 1.0, True, np.float32((1, 0, 0)), (0.0, 1.0))
EVEN = np.ones(3)


def test_the_middle_is_the_median_and_of_two_the_mean() -> None:
    assert middle(np.array([1.0, 9.0, 2.0]), EVEN) == 2
    assert middle(np.array([1.0, 9.0]), np.ones(2)) == 5
    assert middle(np.array([1.0, 9.0]), np.array([3.0, 1.0])) == pytest.approx(3), "a weighted mean"
    assert middle(np.array([1.0, 9.0, 2.0]), np.array([0.1, 10, 0.1])) == pytest.approx(9, abs=0.4)
    rows = np.float32([[0, 5], [1, 6], [9, -40]])
    np.testing.assert_array_equal(middle(rows, EVEN), (1, 5))
    assert middle(rows, EVEN).dtype == np.float32


def test_an_odd_colour_out_does_not_count() -> None:
    colors = np.float32([[0.8, 0.6, 0.5], [0.78, 0.6, 0.52], [0.1, 0.2, 0.9]])
    assert np.abs(middle_color(colors, EVEN) - colors[0]).max() < 0.06
    same = np.tile(colors[:1], (3, 1))
    np.testing.assert_allclose(middle_color(same, EVEN), colors[0], atol=1e-4)


def test_the_heaviest_group_wins_and_the_first_of_equals() -> None:
    assert votes(["a", "b", "a"], EVEN) == [0, 2]
    assert votes(["a", "b", "a"], np.array([1.0, 3.0, 1.0])) == [1]
    assert votes([None, "b"], np.ones(2)) == [0]


def test_traits_are_mixed_field_by_field() -> None:
    rings = [RING, replace(RING, size=3.0, place=(1.0, 1.0)), replace(RING, size=2.0, shiny=False)]
    agreed = merged(rings, EVEN)
    assert (agreed.kind, agreed.size, agreed.shiny, agreed.place) == ("hoop", 2.0, True, (0.0, 1.0))
    np.testing.assert_allclose(agreed.color, RING.color, atol=1e-3)


def test_what_is_absent_goes_by_vote() -> None:
    assert merged([None, RING, None], EVEN) is None
    assert merged([None, RING, None], np.array([1.0, 5.0, 1.0])) is RING
    other = replace(RING, kind="stud", size=50.0)
    assert merged([RING, other, RING], EVEN).size == 1.0, "a stud says nothing of the size of a hoop"


def test_one_reading_stays_as_it_is_and_what_cannot_be_mixed_comes_from_the_best() -> None:
    assert merged([RING], np.zeros(1)) is RING
    ragged = [np.zeros((2, 3)), np.ones((5, 3))]
    assert merged(ragged, np.array([1.0, 2.0])) is ragged[1]
    assert merged([{1}, {2}], np.array([1.0, 2.0])) == {2}
    assert merged([1.0, 3.0], np.zeros(2)) == 2.0, "nobody is trusted: all count alike"
    for values, weights in (([], np.zeros(0)), ([1.0], EVEN)):
        with pytest.raises(ValueError, match="values"):
            merged(values, weights)
