import numpy as np
import pytest

from core.comics.scenes import SCENES, draw_scene


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_fills_its_picture_and_differs_by_side_and_shot(name: str) -> None:
    wide = draw_scene(name, "medium", "", 160, 90)
    assert wide.shape == (90, 160, 3) and wide.min() >= 0 and wide.max() <= 1
    # Black is what nobody painted.
    assert (wide.max(-1) > 0.03).all()
    near = draw_scene(name, "close-up", "", 160, 90)
    assert np.abs(near - wide).mean() > 0.002
    np.testing.assert_array_equal(wide, draw_scene(name, "medium", "", 160, 90))


def test_a_narrow_picture_shows_one_half() -> None:
    left, right = (draw_scene("room", "medium", "", 90, 90, side) for side in (-1, 1))
    assert np.abs(left - right).mean() > 0.02


@pytest.mark.parametrize("effect", ["burst", "dots", "speed"])
def test_effects_lighten_the_edges_and_leave_the_middle(effect) -> None:
    plain, changed = draw_scene("blue", "medium", "", 200, 200), draw_scene("blue", "medium", effect, 200, 200)
    more = (changed - plain).mean(-1)
    assert more.min() > -1e-5 and more.max() > 0.05
    assert np.abs(more[95:115, 95:105]).max() < 0.03
