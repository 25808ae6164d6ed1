import numpy as np
import pytest

from core.canonical.frame import canonical_frame, front_camera, unposed
from core.canonical.unpose import PHOTO_PX, Unposing, unpose
from core.portrait import FACE_PARTS, Portrait
from core.render.splats import render
from core.rig.head import HeadRig
from tests.conftest import PERSON
from tests.core.canonical.conftest import Standing

SIZE = 32
HAIR, SKIN = FACE_PARTS.index("hair"), FACE_PARTS.index("skin")


@pytest.fixture
def photo() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8), rng.integers(1, 12, (SIZE, SIZE), dtype=np.uint8)


def plain(visible: np.ndarray, surface: np.ndarray) -> Unposing:
    """Every pixel of the view is that of the photo."""
    rows, columns = np.indices((SIZE, SIZE), np.float32)
    places = (np.stack([columns, rows], -1) + 0.5) * (PHOTO_PX / SIZE)
    return Unposing(places.astype(np.float32), surface, visible)


def test_a_photo_seen_straight_is_itself(photo: tuple[np.ndarray, np.ndarray]) -> None:
    everywhere = np.ones((SIZE, SIZE), bool)
    color, parts, visible = unposed(*photo, plain(everywhere, everywhere))
    np.testing.assert_allclose(color, photo[0] / np.float32(255), atol=1e-5)
    np.testing.assert_array_equal(parts, photo[1])
    assert visible.all()


def test_what_is_hidden_of_the_head_is_the_other_half_mirrored(photo: tuple[np.ndarray, np.ndarray]) -> None:
    visible, surface = np.zeros((2, SIZE, SIZE), bool)
    visible[:, : SIZE // 2], surface[:, 4:-4] = True, True
    color, parts, shown = unposed(*photo, plain(visible, surface))
    own, mirrored = slice(4, SIZE // 2), slice(SIZE // 2, SIZE - 4)
    np.testing.assert_allclose(color[:, own], photo[0][:, own] / np.float32(255), atol=1e-5)
    np.testing.assert_array_equal(color[:, mirrored], color[:, own][:, ::-1])
    np.testing.assert_array_equal(parts[:, mirrored], photo[1][:, own][:, ::-1])
    np.testing.assert_array_equal(shown, visible)
    assert (parts[:, -4:] == 0).all(), "beside the head nobody knows what there is"
    assert color[:, -4:].min() >= 0 and color[:, -4:].std() > 0, "filled, not black"


def test_the_template_is_drawn_without_its_background(standing: Standing) -> None:
    view, drawn = standing.view, render(standing.avatar.posed(np.zeros(16, np.float32)), standing.camera)
    alpha = view.rgba[..., 3]
    np.testing.assert_array_equal(alpha, drawn.alpha)
    assert alpha[:8].max() < 0.05 and alpha[110:150, 110:150].min() > 0.99
    np.testing.assert_allclose(view.rgba[..., :3] * alpha[..., None], drawn.color, atol=0.02)
    assert view.rgba[0, 0, :3].max() > 0.1, "colours go on beside the head"


def test_depth_and_normals_look_to_the_camera(standing: Standing) -> None:
    view, camera = standing.view, standing.camera
    distance = float(np.linalg.norm(camera.world_to_camera[:3, 3]))
    np.testing.assert_allclose(np.linalg.norm(view.normals, axis=2), 1, atol=1e-4)
    rows, columns = np.indices(view.depth.shape)
    sight = np.stack([columns + 0.5 - 128, rows + 0.5 - 128, np.full_like(rows, camera.K[0, 0], float)], -1)
    sight = sight @ camera.world_to_camera[:3, :3]
    away = (view.normals * sight).sum(2) > 0.1 * np.linalg.norm(sight, axis=2)
    assert away.mean() < 0.005
    assert np.abs(view.depth - distance).max() < 40, "nothing is at the camera, nor far behind"
    nose, ear = view.depth[128:160, 124:132].min(), view.depth[140, view.rgba[140, :, 3] > 0.9][0]
    assert nose < ear - 4
    assert (view.normals[view.rgba[..., 3] < 0.4] == (0, 0, 1)).all()


def test_a_frame_lies_pixel_on_pixel(rig: HeadRig, standing: Standing, portraits: dict[str, Portrait]) -> None:
    unposing = unpose(rig, standing.reading.fit, standing.sculpt.rest, standing.camera)
    frame = canonical_frame(portraits[PERSON], unposing, standing.view)
    assert frame.selfie.shape == (256, 256, 3) and frame.selfie.min() >= 0 and frame.selfie.max() <= 1
    skin = standing.view.rgba[..., :3][frame.labels == SKIN]
    assert skin.std(0).max() < frame.selfie[frame.labels != SKIN].std(), "where the photo has skin the template has"
    assert front_camera(256).K.tolist() == standing.camera.K.tolist()
