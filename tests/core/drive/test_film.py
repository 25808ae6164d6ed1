import numpy as np
import pytest

from core.avatar.posture import Posture
from core.drive.film import Stage, draw_signal, film, resampled
from core.drive.photos import one_after_another
from core.drive.signal import Signal
from core.errors import InvalidRequest
from core.expressions import SHAPES, weights_vector

OPEN = Signal(1.0, weights_vector({"jawOpen": 1.0}), Posture(yaw_deg=30.0))
REST = Signal(0.0, np.zeros(16, np.float32))
SMALL = Stage(size=48)


def test_between_two_moments_the_face_goes_evenly():
    frames = resampled([REST, OPEN], 4)
    assert [frame.weights[SHAPES.index("jawOpen")] for frame in frames] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert [frame.posture.yaw_deg for frame in frames] == pytest.approx([0, 7.5, 15, 22.5, 30])
    assert resampled([REST, Signal(0.5, REST.weights)], 10)[3].posture is None


def test_a_film_shows_its_first_and_last_moment(tiny_avatar):
    animation = film(tiny_avatar, [REST, OPEN], SMALL, 5)
    assert (animation.count, animation.fps, animation.size) == (6, 5, 48)
    np.testing.assert_array_equal(animation.frame(5), draw_signal(tiny_avatar, OPEN, SMALL))
    np.testing.assert_array_equal(animation.frame(0), draw_signal(tiny_avatar, REST, SMALL))
    assert (animation.frame(0) != animation.frame(5)).any()


def test_the_head_turns_as_far_as_asked(tiny_avatar):
    turned = Signal(0.0, REST.weights, Posture(yaw_deg=30.0))
    straight = draw_signal(tiny_avatar, REST, SMALL)
    np.testing.assert_array_equal(draw_signal(tiny_avatar, turned, Stage(size=48, turn=0.0)), straight)
    assert (draw_signal(tiny_avatar, turned, SMALL) != straight).any()
    assert draw_signal(tiny_avatar, REST, Stage(size=48, background=None)).shape == (48, 48, 4)


def test_what_cannot_be_shown_is_refused(tiny_avatar):
    with pytest.raises(InvalidRequest):
        film(tiny_avatar, [REST], SMALL, 24)
    with pytest.raises(InvalidRequest):
        film(tiny_avatar, [REST, OPEN], SMALL, 0)
    with pytest.raises(InvalidRequest):
        film(tiny_avatar, [REST, Signal(1000.0, REST.weights)], SMALL, 24)
    for size, turn in ((8, 1.0), (512, 1.5)):
        with pytest.raises(InvalidRequest):
            Stage(size=size, turn=turn)


def test_one_photo_comes_from_the_neutral_face_and_goes_back():
    stations = one_after_another([OPEN])
    jaw = [signal.weights[SHAPES.index("jawOpen")] for signal in stations]
    assert jaw == [0, 0, 1, 1, 0, 0]
    times = [signal.time_s for signal in stations]
    assert times == sorted(times) and len(one_after_another([OPEN, REST, OPEN])) == 6
