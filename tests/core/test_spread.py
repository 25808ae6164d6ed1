import numpy as np
import pytest
from scipy.spatial import KDTree

from core.spread import directions, scattered


@pytest.mark.parametrize("count", [50, 2000])
def test_directions_are_even_and_point_all_round(count: int) -> None:
    found = directions(count)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1)
    np.testing.assert_allclose(found.mean(0), 0, atol=0.02)
    nearest = np.asarray(KDTree(found).query(found, 2)[0])[:, 1]
    # Of as many equal discs that fill the sphere, the distance would be this.
    ideal = np.sqrt(4 * np.pi / count)
    assert nearest.min() > 0.7 * ideal and nearest.max() < 1.1 * ideal


def test_scattered_numbers_fill_their_range_and_do_not_follow_each_other() -> None:
    numbers = np.arange(4000)
    first, second = scattered(numbers), scattered(numbers, seed=1)
    for values in (first, second):
        assert values.min() >= 0 and values.max() < 1
        assert np.histogram(values, 10, (0, 1))[0].min() > 320
        assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 0.05
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05
    np.testing.assert_array_equal(scattered(numbers[5:7]), first[5:7])
