"""Offset sets hold what can be seen, and poses add up."""

import numpy as np
import pytest

from core.avatar.model import Avatar, from_sets, offset_between
from core.expressions import SHAPES
from core.gaussians import QUAT, Gaussians, from_columns, to_columns
from tests.conftest import random_gaussians


def moved(gaussians: Gaussians, rows: list[int], by_cm: float) -> Gaussians:
    means = gaussians.means.copy()
    means[rows, 1] += np.float32(by_cm)
    return Gaussians(means, gaussians.quats, gaussians.scales, gaussians.opacities, gaussians.colors)


def test_weight_one_gives_back_the_set_it_was_made_of(tiny_gaussians: Gaussians):
    sets = [random_gaussians(64, seed=i + 1) for i in range(16)]
    avatar = from_sets(tiny_gaussians, sets, np.zeros(64, np.uint8))
    for i, wanted in enumerate(sets):
        posed = avatar.posed(np.eye(16)[i])
        for name in ("means", "scales", "opacities", "colors"):
            np.testing.assert_allclose(getattr(posed, name), getattr(wanted, name), rtol=1e-4, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(np.abs((posed.quats * wanted.quats).sum(1)), 1, atol=1e-5)


def test_weights_of_zero_give_rest(tiny_avatar: Avatar):
    posed, rest = tiny_avatar.posed(np.zeros(16)), from_columns(tiny_avatar.rest)
    np.testing.assert_array_equal(posed.means, rest.means)
    np.testing.assert_array_equal(posed.quats, rest.quats)


def test_only_what_can_be_seen_is_kept(tiny_gaussians: Gaussians):
    rows = to_columns(tiny_gaussians)
    seen = offset_between(rows, to_columns(moved(tiny_gaussians, [3, 40], 0.01)))
    np.testing.assert_array_equal(seen.index, [3, 40])
    np.testing.assert_allclose(seen.delta[:, 1], 0.01, atol=1e-5)
    assert len(offset_between(rows, to_columns(moved(tiny_gaussians, [3, 40], 0.001))).index) == 0


def test_opposite_quaternions_are_the_same_rotation(tiny_gaussians: Gaussians):
    rows = to_columns(tiny_gaussians)
    opposite = rows.copy()
    opposite[:, QUAT] *= -1
    assert len(offset_between(rows, opposite).index) == 0


def test_counts_that_do_not_fit_are_refused(tiny_gaussians: Gaussians, tiny_avatar: Avatar):
    labels = np.zeros(64, np.uint8)
    with pytest.raises(ValueError, match="one set for each of 16 shapes, got 15"):
        from_sets(tiny_gaussians, [tiny_gaussians] * 15, labels)
    with pytest.raises(ValueError, match="as many splats as rest"):
        from_sets(tiny_gaussians, [tiny_gaussians] * 15 + [tiny_gaussians.select(np.arange(60))], labels, SHAPES)
    with pytest.raises(ValueError, match="must hold 16 numbers, got 3"):
        tiny_avatar.posed(np.zeros(3))
