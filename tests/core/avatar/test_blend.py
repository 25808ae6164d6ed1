"""The laws of Eq. 7, and that the fast blend keeps them."""

import numpy as np
import pytest

from core.avatar.blend import Blender
from core.avatar.model import Avatar
from core.avatar.pack import pack
from core.expressions import SHAPES
from core.gaussians import QUAT, Gaussians, from_columns


def assert_same(a: Gaussians, b: Gaussians, tolerance: float) -> None:
    for name in ("means", "quats", "scales", "opacities", "colors"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), atol=tolerance, err_msg=name)


def test_weights_of_zero_give_rest_to_the_bit(tiny_avatar: Avatar):
    blender = Blender(tiny_avatar)
    blender.blend(np.full(16, 0.7))
    np.testing.assert_array_equal(blender.blend(np.zeros(16)), tiny_avatar.rest)


@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_weight_one_gives_the_set(tiny_avatar: Avatar, shape: int):
    wanted = tiny_avatar.rest.copy()
    wanted[tiny_avatar.offsets[shape].index] += tiny_avatar.offsets[shape].delta
    blended = Blender(tiny_avatar).blend(np.eye(16)[shape])
    assert_same(from_columns(blended), from_columns(wanted), 1e-6)
    untouched = np.setdiff1d(np.arange(len(tiny_avatar)), tiny_avatar.offsets[shape].index)
    np.testing.assert_array_equal(blended[untouched], tiny_avatar.rest[untouched])


def test_fast_blend_equals_the_plain_one(tiny_avatar: Avatar):
    blender, rng = Blender(tiny_avatar), np.random.default_rng(0)
    for _ in range(5):
        weights = np.where(rng.random(16) < 0.3, 0, rng.uniform(0, 1, 16))
        fast, plain = from_columns(blender.blend(weights)), tiny_avatar.posed(weights)
        assert_same(fast, plain, 1e-6)
        # The sums are made in the same order; only the length of a quaternion is worked out otherwise.
        for name in ("means", "scales", "opacities", "colors"):
            np.testing.assert_array_equal(getattr(fast, name), getattr(plain, name), err_msg=name)


def test_all_but_rotations_are_linear_in_the_weights(tiny_avatar: Avatar):
    blender, rng = Blender(tiny_avatar), np.random.default_rng(1)
    one, two = rng.uniform(0, 1, (2, 16))
    first, second = blender.blend(one).copy(), blender.blend(two).copy()
    halfway = blender.blend((one + two) / 2)
    np.testing.assert_allclose(halfway[:, : QUAT.start], (first + second)[:, : QUAT.start] / 2, atol=1e-5)


def test_numbers_do_not_depend_on_earlier_weights(tiny_avatar: Avatar):
    rng, used = np.random.default_rng(2), Blender(tiny_avatar)
    for _ in range(50):
        weights = np.where(rng.random(16) < 0.5, 0, rng.uniform(0, 1, 16))
        used.set_weights(weights)
    np.testing.assert_array_equal(used.columns, Blender(tiny_avatar).blend(weights))


def test_packing_in_the_same_pass_is_packing_afterwards(tiny_avatar: Avatar):
    blender, plain = Blender(tiny_avatar, packing=True), Blender(tiny_avatar)
    np.testing.assert_array_equal(blender.packed, pack(tiny_avatar.rest, blender.moving))
    rng = np.random.default_rng(3)
    weights = np.zeros(16)
    for _ in range(20):
        weights[rng.integers(16)] = rng.choice([0, rng.random()])
        np.testing.assert_array_equal(blender.set_weights(weights), plain.set_weights(weights))
        np.testing.assert_array_equal(blender.columns, plain.columns)
        np.testing.assert_array_equal(blender.packed, pack(plain.columns, blender.moving))
    assert len(plain.packed) == 0


def test_the_packed_buffer_does_not_depend_on_earlier_weights(tiny_avatar: Avatar):
    rng, used = np.random.default_rng(4), Blender(tiny_avatar, packing=True)
    weights = np.zeros(16)
    for _ in range(50):
        weights = np.where(rng.random(16) < 0.5, 0, rng.uniform(0, 1, 16))
        used.set_weights(weights)
    fresh = Blender(tiny_avatar, packing=True)
    fresh.set_weights(weights)
    np.testing.assert_array_equal(used.packed, fresh.packed)
    used.set_weights(np.zeros(16))
    np.testing.assert_array_equal(used.packed, Blender(tiny_avatar, packing=True).packed)


def test_packed_rows_of_untouched_splats_are_not_written(tiny_avatar: Avatar):
    """A mark left in the kept buffer stays where no set that changed reaches, and only there."""
    blender = Blender(tiny_avatar, packing=True)
    blender.set_weights(np.full(16, 0.4))
    blender.packed[:, 3] = 7
    weights = np.full(16, 0.4)
    weights[5] = 0.8
    changed = blender.set_weights(weights)
    np.testing.assert_array_equal(blender.moving[blender.packed[:, 3] == 0], changed)


def test_only_rows_of_changed_sets_are_touched(tiny_avatar: Avatar):
    blender = Blender(tiny_avatar)
    weights = np.full(16, 0.4)
    np.testing.assert_array_equal(blender.set_weights(weights), blender.moving)
    assert len(blender.set_weights(weights)) == 0
    before = blender.columns.copy()
    weights[3] = 0.9
    changed = blender.set_weights(weights)
    np.testing.assert_array_equal(changed, tiny_avatar.offsets[3].index)
    np.testing.assert_array_equal(np.flatnonzero((before != blender.columns).any(1)), changed)


def test_moved_rotations_have_unit_length(tiny_avatar: Avatar):
    quats = Blender(tiny_avatar).blend(np.ones(16))[:, QUAT]
    np.testing.assert_allclose(np.linalg.norm(quats, axis=1), 1, atol=1e-6)


def test_an_avatar_without_changes_stays_at_rest(tiny_avatar: Avatar):
    still = Avatar(tiny_avatar.rest, (), tiny_avatar.labels, shapes=())
    blender = Blender(still)
    assert len(blender.moving) == 0
    np.testing.assert_array_equal(blender.blend(np.zeros(0)), tiny_avatar.rest)


@pytest.mark.parametrize("weights", [np.zeros(15), np.full(16, np.nan), np.full(16, np.inf)])
def test_bad_weights_are_refused(tiny_avatar: Avatar, weights: np.ndarray):
    with pytest.raises(ValueError, match="16 finite numbers"):
        Blender(tiny_avatar).set_weights(weights)
