"""A turn is whole, even and seamless."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.avatar.model import Avatar
from core.camera import orbit
from core.expressions import pose_weights
from core.media.film import Film
from core.media.turntable import TURN_SECONDS, save_turntable, turn_camera
from core.render.splats import render

SMALL = Film(seconds=0.25, fps=24, size=64)


@pytest.mark.parametrize("film", [SMALL, Film(TURN_SECONDS), Film(seconds=1.3, fps=7)])
def test_every_step_is_the_same_also_from_the_last_frame_to_the_first(film: Film):
    views = [turn_camera(number, film).world_to_camera for number in range(film.frames)]
    assert len(views) == round(film.seconds * film.fps)
    turns = [after @ np.linalg.inv(before) for before, after in zip(views, views[1:] + views[:1], strict=True)]
    np.testing.assert_allclose(turns, np.broadcast_to(turns[0], (len(turns), 4, 4)), atol=1e-4)
    whole = np.linalg.multi_dot(turns) if len(turns) > 1 else turns[0]
    np.testing.assert_allclose(whole, np.eye(4), atol=1e-3)
    angle = np.degrees(np.arccos((np.trace(turns[0][:3, :3]) - 1) / 2))
    assert angle == pytest.approx(360 / len(views), abs=0.05)


@pytest.mark.parametrize("background", [(255, 255, 255), (10, 200, 90), None])
def test_frames_are_pictures_of_the_posed_avatar_from_all_sides(
    tmp_path: Path, tiny_avatar: Avatar, background: tuple[int, int, int] | None
):
    weights, path = pose_weights("happy"), tmp_path / "turn.webp"
    save_turntable(tiny_avatar, weights, path, Film(SMALL.seconds, SMALL.fps, SMALL.size, background))
    with Image.open(path) as image:
        assert (image.n_frames, image.size, image.info["loop"]) == (6, (64, 64), 0)
        for number in range(6):
            image.seek(number)
            frame = np.array(image.convert("RGBA")) / 255
            picture = render(tiny_avatar.posed(weights), orbit(60.0 * number, size=64))
            if background is None:
                np.testing.assert_allclose(frame[..., 3], picture.alpha, atol=0.05)
                continue
            wanted = np.clip(picture.over(tuple(np.array(background) / 255)), 0, 1)
            # Noise like this avatar is the worst there is for a WebP.
            assert np.abs(frame[..., :3] - wanted).mean() < 0.06
            others = [render(tiny_avatar.posed(weights), orbit(60.0 * n, size=64)) for n in range(6) if n != number]
            errors = [np.abs(frame[..., :3] - p.over(tuple(np.array(background) / 255))).mean() for p in others]
            assert np.abs(frame[..., :3] - wanted).mean() < min(errors) / 2


def test_weights_must_fit(tmp_path: Path, tiny_avatar: Avatar):
    with pytest.raises(ValueError, match="16 finite numbers"):
        save_turntable(tiny_avatar, np.zeros(3, np.float32), tmp_path / "a.gif", SMALL)
