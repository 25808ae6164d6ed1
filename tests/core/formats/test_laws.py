"""Eq. 7 holds for avatars that went through a file as it does for those that did not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.avatar.model import Avatar
from core.formats.export import export, load_avatar, load_gaussians
from core.gaussians import LOG_SCALE, MEAN, QUAT
from tests.conftest import random_avatar
from tests.golden.write import by_the_paper

SPLATS = 200
weights_of_a_pose = st.lists(st.floats(0, 1), min_size=16, max_size=16).map(np.array)


@pytest.fixture(scope="module", params=[".snapmoji", ".glb"])
def avatar(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Avatar:
    """One that was read from a file."""
    path = tmp_path_factory.mktemp("laws") / f"a{request.param}"
    export(random_avatar(SPLATS), np.zeros(16), path)
    return load_avatar(path)


@given(weights=weights_of_a_pose)
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_posing_is_the_sum_of_the_paper(avatar: Avatar, weights: np.ndarray):
    posed, rows = avatar.posed(weights), by_the_paper(avatar, weights)
    np.testing.assert_allclose(posed.means, rows[:, MEAN], atol=2e-5)
    np.testing.assert_allclose(np.log(posed.scales), rows[:, LOG_SCALE], atol=2e-5)
    np.testing.assert_allclose(posed.quats, rows[:, QUAT], atol=2e-5)


@given(a=weights_of_a_pose, b=weights_of_a_pose, share=st.floats(0, 1))
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_posing_is_affine_in_the_weights(avatar: Avatar, a: np.ndarray, b: np.ndarray, share: float):
    between = avatar.posed(share * a + (1 - share) * b).means
    np.testing.assert_allclose(between, share * avatar.posed(a).means + (1 - share) * avatar.posed(b).means, atol=5e-5)


@pytest.mark.parametrize("shape", range(16))
def test_a_weight_of_one_gives_the_set_and_no_weight_gives_rest(avatar: Avatar, shape: int):
    offset = avatar.offsets[shape]
    moved = avatar.rest[:, MEAN].copy()
    np.testing.assert_array_equal(avatar.posed(np.zeros(16)).means, moved)
    moved[offset.index] += offset.delta[:, MEAN]
    np.testing.assert_array_equal(avatar.posed(np.eye(16)[shape]).means, moved)


@given(weights=weights_of_a_pose)
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_files_pose_as_the_avatar_that_was_written(avatar: Avatar, weights: np.ndarray):
    """Rounding adds up: half a step for rest and for each of the sets that meet in a splat."""
    original = random_avatar(SPLATS).posed(weights)
    np.testing.assert_allclose(avatar.posed(weights).means, original.means, atol=17 * 0.00025)


@pytest.mark.parametrize("suffix", [".ply", ".spz", ".splat"])
@given(weights=weights_of_a_pose)
@settings(max_examples=15, deadline=None, derandomize=True, database=None)
def test_stills_keep_every_splat_in_its_place(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, weights: np.ndarray
):
    path = tmp_path_factory.getbasetemp() / f"still{suffix}"
    original = random_avatar(60)
    export(original, weights, path)
    exact = 0.5 / 4096 + 1e-6 if suffix == ".spz" else 0
    np.testing.assert_allclose(load_gaussians(path).means, original.posed(weights).means, rtol=0, atol=exact)
