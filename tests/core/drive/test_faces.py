"""Photos and films of example people."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from core.drive.faces import FaceReader
from core.drive.head_turn import head_turn
from core.drive.photos import photo_signal
from core.drive.video import film_frames, video_signals
from core.errors import InvalidRequest, NoFaceFound
from core.expressions import from_arkit
from tests.conftest import EXAMPLES, PERSON


@pytest.fixture(scope="module")
def reader(landmarker, rig) -> FaceReader:
    return FaceReader(landmarker, rig)


def write_film(path: Path, frames: list[np.ndarray], fps: float = 10.0) -> Path:
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), fps, (width, height))
    for frame in frames:
        writer.write(frame[..., ::-1].copy())
    writer.release()
    return path


@pytest.mark.parametrize(("axis", "name"), [(0, "yaw"), (1, "pitch"), (2, "roll")])
def test_turned_landmarks_are_found_turned(rig, axis, name):
    from core.avatar.posture import Posture, turned_points

    angles = [0.0, 0.0, 0.0]
    angles[axis] = 25.0
    turned = turned_points(rig.landmarks(rig.neutral), Posture(*angles))
    # As a camera in front sees them, at any scale: x right, y down, z away.
    pixels = (turned * (7, -7, -7) + (200, 300, 0)).astype(np.float32)
    assert head_turn(rig, pixels) == pytest.approx(angles, abs=0.01), name


def test_a_photos_signal_is_what_the_landmarker_reads(reader, portraits):
    signal = photo_signal(reader, EXAMPLES[PERSON].read_bytes())
    np.testing.assert_allclose(signal.weights, from_arkit(portraits[PERSON].scores), atol=1e-6)
    assert abs(signal.posture.yaw_deg) < 20 and abs(signal.posture.roll_deg) < 20


def test_a_leaning_photo_leans_the_head(reader, tmp_path):
    picture = Image.open(EXAMPLES[PERSON]).convert("RGB")
    straight = photo_signal(reader, EXAMPLES[PERSON].read_bytes()).posture
    # Counter-clockwise for the viewer is towards the right shoulder.
    picture.rotate(20, Image.Resampling.BICUBIC, fillcolor=(128, 128, 128)).save(tmp_path / "leaning.png")
    leaning = photo_signal(reader, (tmp_path / "leaning.png").read_bytes()).posture
    assert leaning.roll_deg - straight.roll_deg == pytest.approx(-20, abs=5)


def test_a_films_signals_have_the_times_of_its_frames(reader, tmp_path):
    face = np.asarray(Image.open(EXAMPLES[PERSON]).convert("RGB").resize((256, 256)))
    blank = np.full_like(face, 200)
    film = write_film(tmp_path / "film.avi", [face, face, blank, face])
    signals = list(video_signals(reader, film, 60.0))
    assert [signal.time_s for signal in signals] == pytest.approx([0.0, 0.1, 0.3])
    assert len(list(film_frames(film, 0.2))) == 2
    frame, _ = next(film_frames(film, 1.0))
    assert np.abs(frame.astype(int) - face).mean() < 8


def test_large_films_are_reduced(tmp_path):
    film = write_film(tmp_path / "large.avi", [np.zeros((96, 1600, 3), np.uint8)])
    frame, _ = next(film_frames(film, 1.0))
    assert frame.shape == (77, 1280, 3)


def test_a_film_without_a_face_or_no_film_at_all_is_said(reader, tmp_path):
    blank = write_film(tmp_path / "blank.avi", [np.full((64, 64, 3), 200, np.uint8)] * 2)
    with pytest.raises(NoFaceFound, match=r"blank\.avi"):
        list(video_signals(reader, blank, 60.0))
    (tmp_path / "words.mp4").write_text("not a film")
    for path in (tmp_path / "words.mp4", tmp_path / "absent.mp4"):
        with pytest.raises(InvalidRequest):
            list(film_frames(path, 60.0))
