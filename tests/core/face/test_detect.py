import sys

import numpy as np
import pytest
from PIL import Image

from core.errors import InvalidRequest, MissingSystemLibrary, NoFaceFound, SeveralFacesFound
from core.face import landmarks
from core.face.detect import find_face
from core.face.landmarks import Landmarker
from core.portrait import Portrait

LEFT, RIGHT = "beard", "bob"


def side_by_side(portraits: dict[str, Portrait], right_scale: float = 1.0) -> np.ndarray:
    sheet = Image.new("RGB", (1024, 512), (128, 128, 128))
    sheet.paste(Image.fromarray(portraits[LEFT].image), (0, 0))
    side = round(512 * right_scale)
    sheet.paste(Image.fromarray(portraits[RIGHT].image).resize((side, side)), (512, 0))
    return np.asarray(sheet)


def likeness(image: np.ndarray, portrait: Portrait) -> float:
    """Mean difference of two aligned pictures in the middle, where the face is."""
    middle = np.s_[150:400, 150:360]
    return float(np.abs(image[middle].astype(float) - portrait.image[middle]).mean())


def test_a_face_fills_the_frame_as_ffhq_says(portraits: dict[str, Portrait]) -> None:
    for name, portrait in portraits.items():
        low, high = portrait.points[:468, :2].min(0), portrait.points[:468, :2].max(0)
        assert np.all(low > 60) and np.all(high < 500), name
        assert np.abs((low[0] + high[0]) / 2 - 256) < 40, name
        assert 0.9 < np.ptp(portrait.points[468:473, 0]) / np.ptp(portrait.points[473:, 0]) < 1.1, name


def test_scores_have_arkits_names(portraits: dict[str, Portrait]) -> None:
    scores = portraits["bob"].scores
    assert len(scores) == 52 and all(0 <= score <= 1 for score in scores.values())
    assert scores["mouthSmileLeft"] > 0.4 > portraits["short_hair"].scores["mouthSmileLeft"]


@pytest.mark.parametrize(("face", "name", "other"), [(0, LEFT, RIGHT), (1, RIGHT, LEFT)])
def test_faces_are_counted_from_the_left(
    portraits: dict[str, Portrait], landmarker: Landmarker, face: int, name: str, other: str
) -> None:
    image, _ = find_face(landmarker, side_by_side(portraits), face)
    assert likeness(image, portraits[name]) < 10 < 25 < likeness(image, portraits[other])


def test_of_two_alike_nobody_is_guessed(portraits: dict[str, Portrait], landmarker: Landmarker) -> None:
    with pytest.raises(SeveralFacesFound, match="shows 2 faces"):
        find_face(landmarker, side_by_side(portraits))
    for face in (2, -1):
        with pytest.raises(InvalidRequest, match=f"no face number {face}; the photo has 2"):
            find_face(landmarker, side_by_side(portraits), face)


def test_a_bystander_is_passed_over(portraits: dict[str, Portrait], landmarker: Landmarker) -> None:
    photo = side_by_side(portraits, 0.5)
    assert len(landmarker.detect(photo)) == 2
    image, _ = find_face(landmarker, photo)
    assert likeness(image, portraits[LEFT]) < 10


def test_nobody_and_somebody_far_away_are_refused(portraits: dict[str, Portrait], landmarker: Landmarker) -> None:
    with pytest.raises(NoFaceFound, match="No face was found"):
        find_face(landmarker, np.full((400, 300, 3), 90, np.uint8))
    far = Image.new("RGB", (300, 300), (128, 128, 128))
    far.paste(Image.fromarray(portraits[LEFT].image).resize((100, 100)), (90, 90))
    with pytest.raises(NoFaceFound, match=r"only \d\d px tall"):
        find_face(landmarker, np.asarray(far))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring these libraries")
def test_a_missing_system_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    landmarks.check_system_libraries()
    monkeypatch.setattr(landmarks, "_SYSTEM_LIBRARIES", {"libnowhere.so.1": "libnowhere1"})
    with pytest.raises(MissingSystemLibrary, match="apt-get install libnowhere1"):
        landmarks.check_system_libraries()
