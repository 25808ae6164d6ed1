from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.motion import Film, Keyframe
from core.errors import InvalidRequest
from core.media.animation import save_animation
from tests.app.conftest import make_avatar

REST, SMILE = (0.0,) * 16, (0.0,) * 12 + (1.0, 1.0, 0.0, 0.0)
FILM = Film((Keyframe(0.5, REST), Keyframe(1.5, SMILE)), 2.0, fps=10, size=64)


def test_the_face_is_as_a_keyframe_says_at_its_time_and_eases_between():
    for time_s, expected in ((0.5, 0), (1.5, 1), (1.0, 0.5), (0.0, 0.5), (2.5, 0), (0.75, 0.15625)):
        assert FILM.weights(time_s)[12] == pytest.approx(expected), time_s
        assert FILM.weights(time_s)[0] == 0


def test_it_starts_over_without_a_jolt():
    values = [float(FILM.weights(t)[12]) for t in np.arange(0, 4, 0.02)]
    assert np.abs(np.diff(values)).max() < 0.04


def test_two_keyframes_at_one_moment_are_a_cut():
    film = replace(FILM, keyframes=(Keyframe(0.0, REST), Keyframe(1.0, REST), Keyframe(1.0, SMILE)))
    assert film.weights(0.99)[12] == 0 and film.weights(1.0)[12] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keyframes": FILM.keyframes[:1]}, "keyframes"),
        ({"keyframes": FILM.keyframes[::-1]}, "follow one another"),
        ({"keyframes": (Keyframe(0.0, REST), Keyframe(9.0, SMILE))}, "follow one another"),
        ({"keyframes": (Keyframe(0.0, REST), Keyframe(1.0, (2.0,) * 16))}, "between 0 and 1"),
        ({"keyframes": (Keyframe(0.0, REST), Keyframe(1.0, (float("nan"),) * 16))}, "between 0 and 1"),
        ({"seconds": 100.0}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"size": 4000}, "size"),
        ({"fps": 0}, "frames"),
    ],
)
def test_what_cannot_be_shown_is_refused(change, words):
    with pytest.raises(InvalidRequest, match=words):
        replace(FILM, **change)


def test_a_film_is_a_file_that_moves(tmp_path):
    save_animation(FILM.animation(make_avatar()), tmp_path / "film.webp")
    with Image.open(tmp_path / "film.webp") as film:
        assert film.n_frames == 20 and film.size == (64, 64)
        film.seek(5)
        rest = np.asarray(film.convert("RGB"), float)
        film.seek(15)
        assert np.abs(np.asarray(film.convert("RGB"), float) - rest).max() > 30
