"""Rounding to steps: exact, bounded, and settled after one turn."""

import numpy as np
import pytest

from core.formats.planes import MAX_STEPS, from_planes, join, settle_quats, split, to_planes


def there_and_back(values: np.ndarray) -> np.ndarray:
    data, grid = split(values)
    assert len(data) == len(values) * 28
    return join(memoryview(data), len(values), grid)


def random_rows(count: int, size: float, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(count, 14)) * size).astype(np.float32)


@pytest.mark.parametrize("size", [1e-6, 0.1, 10, 1000])
def test_a_second_turn_changes_nothing(size: float):
    once = there_and_back(random_rows(500, size))
    np.testing.assert_array_equal(there_and_back(once), once)


def test_errors_stay_under_half_a_step():
    values = random_rows(500, 3)
    _, grid = split(values)
    error = np.abs(there_and_back(values) - values).max(0)
    assert (error <= 2.0 ** -np.array(grid.exponents) / 2).all()
    assert grid.exponents == (11, 11, 11, 7, 7, 7, 6, 7, 7, 7, 10, 10, 10, 10)


def test_a_wide_column_takes_coarser_steps_and_only_that_column():
    values = random_rows(100, 0.1)
    values[:, 1] *= 5000
    _, grid = split(values)
    span = np.ptp(values[:, 1])
    assert grid.exponents[0] == 11 and grid.exponents[2] == 11
    assert span * 2.0 ** grid.exponents[1] <= MAX_STEPS + 1 < span * 2.0 ** (grid.exponents[1] + 1) + 2


def test_zero_stays_zero():
    values = random_rows(50, 1)
    values[::2] = 0
    assert (there_and_back(values)[::2] == 0).all()


def test_a_column_too_wide_is_refused():
    values = random_rows(4, 1)
    values[0, 5] = 1e6
    with pytest.raises(ValueError, match="span at most 65535"):
        split(values)


def test_no_rows_take_no_bytes():
    assert there_and_back(np.zeros((0, 14), np.float32)).shape == (0, 14)


@pytest.mark.parametrize("width", [1, 2, 3])
def test_planes_hold_whole_numbers(width: int):
    values = np.random.default_rng(width).integers(0, 256**width, (3, 40))
    data = to_planes(values, width)
    assert len(data) == 3 * 40 * width
    np.testing.assert_array_equal(from_planes(memoryview(data), (3, 40), width), values)


def test_low_bytes_come_first():
    assert to_planes(np.array([[0x0102, 0x0304]]), 2) == b"\x02\x04\x01\x03"


def test_settled_quaternions_survive_rounding_and_normalising():
    quats = np.random.default_rng(0).normal(size=(20_000, 4))
    quats /= np.linalg.norm(quats, axis=1, keepdims=True)
    settled = settle_quats(quats)
    read = np.rint(settled * 1024)
    read /= np.linalg.norm(read, axis=1, keepdims=True)
    np.testing.assert_array_equal(np.rint(read * 1024), np.rint(settled * 1024))
    assert (np.abs((read * quats).sum(1)) > np.cos(np.radians(0.2) / 2)).all(), "turned by more than 0.2 degrees"
