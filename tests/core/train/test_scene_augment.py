from dataclasses import replace

import numpy as np
import pytest

from core.camera import project
from core.canonical.frame import front_camera
from core.gaussians import DC, MEAN, SH_C0, from_columns
from core.render.splats import render
from core.train.scene_augment import augmented, mirrored, random_colors, recolored
from core.train.scenes import Scene, make_scene, random_weights, view_camera
from tests.conftest import random_avatar

SIZE = 64


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Random splats that are to become others of the same places."""
    template = random_avatar(300, 1)
    rest = template.rest.copy()
    rest[:, DC] = rest[::-1, DC]
    return make_scene(template, replace(template, rest=rest), np.zeros(93, np.float32), SIZE, np.random.default_rng(4))


def leaves(scene: Scene) -> dict[str, np.ndarray]:
    found = {}
    for holder in (scene, scene.view, scene.seats):
        found |= {name: value for name, value in vars(holder).items() if isinstance(value, np.ndarray)}
    return found


def test_a_scene_tells_what_its_template_lacks(scene: Scene) -> None:
    assert scene.view.picture.shape == (SIZE, SIZE, 4) and scene.rows.shape == (300, 14)
    assert len(scene.compared) == 300, "the teacher has a splat wherever the template has"
    assert np.abs(scene.compared_offset).max() > 0.05, "of another colour"
    np.testing.assert_allclose(scene.depth, scene.view.depth, atol=1e-4)
    np.testing.assert_allclose(scene.motion, 0, atol=1e-5)


def test_the_mirror_image_of_the_mirror_image_is_the_scene(scene: Scene) -> None:
    once, twice = mirrored(scene), mirrored(mirrored(scene))
    assert twice.views == scene.views
    again = leaves(twice)
    for name, value in leaves(scene).items():
        np.testing.assert_allclose(again[name], value, atol=1e-4, err_msg=name)
    assert not np.allclose(once.view.picture, scene.view.picture)


def test_the_mirror_image_is_what_a_mirror_shows(scene: Scene) -> None:
    image = mirrored(scene)
    for one, angles, other, turned in zip(scene.pictures, scene.views, image.pictures, image.views, strict=True):
        np.testing.assert_array_equal(one, other[:, ::-1])
        was, now = (
            render(from_columns(rows), view_camera(*view))
            for rows, view in ((scene.rows, angles), (image.rows, turned))
        )
        assert np.abs(was.color - now.color[:, ::-1]).mean() < 2e-3
    resting = project(image.rows[:, MEAN], front_camera(SIZE // 2))
    if not scene.weights.any():
        np.testing.assert_allclose(image.seats.pixel, resting, atol=0.02)


def test_colours_turn_together_and_the_person_s_own_stay(scene: Scene) -> None:
    matrix, shift = 0.5 * np.eye(3, dtype=np.float32)[[1, 2, 0]], np.full(3, 0.2, np.float32)
    other = recolored(scene, matrix, shift)
    np.testing.assert_array_equal(other.view.primary, scene.view.primary)
    np.testing.assert_allclose(other.view.picture[..., 0], 0.5 * scene.view.picture[..., 1] + 0.2, atol=1e-5)
    goal = 0.5 + SH_C0 * scene.rows[scene.compared, DC] + scene.compared_offset
    now = 0.5 + SH_C0 * other.rows[scene.compared, DC] + other.compared_offset
    np.testing.assert_allclose(now, np.clip(goal @ matrix.T + shift, 0, 1), atol=2e-3)


def test_random_colours_keep_grey_nearly_grey() -> None:
    for seed in range(20):
        matrix, shift = random_colors(np.random.default_rng(seed))
        middle = matrix @ np.full(3, 0.5) + shift
        assert np.abs(middle - 0.5).max() < 0.25
        assert np.ptp(matrix @ np.ones(3)) < 1e-4, "black, grey and white stay in line"


def test_the_same_chance_gives_the_same_scene(scene: Scene) -> None:
    one, same = (augmented(scene, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one.view.picture, same.view.picture)
    assert (random_weights(np.random.default_rng(1)) > 0).sum() in (1, 2, 3, 4)
