import numpy as np
import pytest
from PIL import Image

from core.face.align import alignment, warp_to_aligned
from core.face.detect import find_face
from core.face.landmarks import Landmarker
from core.landmarks import LEFT_EYE, MOUTH_CORNERS, RIGHT_EYE
from core.portrait import Portrait
from tests.conftest import PERSON


def shifted(x: float, y: float, scale: float = 1.0) -> np.ndarray:
    return np.array([[scale, 0, x], [0, scale, y]])


def test_eyes_are_level_and_the_frame_is_ffhqs() -> None:
    points = np.zeros((478, 3), np.float32)
    points[list(RIGHT_EYE), :2], points[list(LEFT_EYE), :2] = (100, 200), (160, 200)
    points[list(MOUTH_CORNERS), :2] = (130, 270)
    matrix = alignment(points)
    # The larger of 2.0 x 60 and 1.8 x 70 is half the frame; its centre lies 7 under the eyes.
    np.testing.assert_allclose(matrix[:, :2] * 512, np.eye(2) * 2 * 126)
    np.testing.assert_allclose(matrix @ (256, 256, 1), (130, 207))


def test_the_frame_follows_the_face(portraits: dict[str, Portrait]) -> None:
    points = portraits[PERSON].points
    turn = np.radians(33)
    similarity = 1.7 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = points.copy()
    moved[:, :2] = points[:, :2] @ similarity.T + (40, -90)
    before, after = alignment(points), alignment(moved)
    np.testing.assert_allclose(after[:, :2], similarity @ before[:, :2], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(after[:, 2], similarity @ before[:, 2] + (40, -90), rtol=1e-3)


@pytest.mark.parametrize(("turn_deg", "scale"), [(0, 0.6), (25, 0.9), (-40, 1.5)])
def test_a_turned_or_resized_photo_gives_the_same_portrait(
    portraits: dict[str, Portrait], landmarker: Landmarker, turn_deg: float, scale: float
) -> None:
    portrait = portraits[PERSON]
    turn = np.radians(turn_deg)
    inverse = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) / scale
    corner = (256, 256) - inverse @ (480, 520)
    photo = Image.fromarray(portrait.image).transform(
        (1000, 1000),
        Image.Transform.AFFINE,
        (*inverse[0], corner[0], *inverse[1], corner[1]),
        Image.Resampling.BICUBIC,
        fillcolor=(120, 120, 120),
    )
    _, face = find_face(landmarker, np.asarray(photo))
    away = np.linalg.norm((face.points - portrait.points)[:, :2], axis=1)
    assert away.mean() < 3 and away.max() < 9


def test_beyond_the_border_the_photo_is_mirrored() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (600, 540, 3), np.uint8)
    around = np.pad(photo, ((300, 300), (300, 300), (0, 0)), "reflect")
    for x, y in ((0, 0), (-130, -40), (90, 200), (-60, 222)):
        aligned = warp_to_aligned(photo, shifted(x, y))
        np.testing.assert_array_equal(aligned, around[300 + y : 812 + y, 300 + x : 812 + x])


def test_beyond_the_mirror_image_the_edge_is_repeated() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    aligned = warp_to_aligned(photo, shifted(-200, -100))
    np.testing.assert_array_equal(aligned[100:140, 200:230], photo)
    np.testing.assert_array_equal(aligned[100:140, 199:170:-1], photo[:, 1:])
    # Further out comes the last column of the mirror image, which is the photo's own last one.
    np.testing.assert_array_equal(aligned[100:140, :170], np.repeat(photo[:, -1:], 170, axis=1))


def test_a_large_photo_is_averaged_not_sampled() -> None:
    checks = (np.indices((2048, 2048)).sum(0) % 2 * 255).astype(np.uint8)
    aligned = warp_to_aligned(np.repeat(checks[..., None], 3, axis=2), shifted(0, 0, 4.0))
    assert np.abs(aligned.astype(int) - 127.5).max() < 2
