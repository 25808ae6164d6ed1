from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from core.canonical.unpose import PHOTO_PX, Unposing, unpose
from core.rig.fit import HeadFit
from core.rig.head import HeadRig
from tests.core.canonical.conftest import Standing, pixels


@pytest.fixture(scope="module")
def unposing(rig: HeadRig, standing: Standing) -> Unposing:
    return unpose(rig, standing.reading.fit, standing.sculpt.rest, standing.camera)


def straight(fit: HeadFit, degrees: float = 0.0) -> HeadFit:
    """The fit with the head straight ahead, or turned to its own left."""
    rotation = Rotation.from_euler("y", degrees, degrees=True).as_matrix().astype(np.float32)
    return replace(fit, rotation=rotation, translation=np.array((256, -256, 0), np.float32))


def places_at(unposing: Unposing, at: np.ndarray) -> np.ndarray:
    x, y = (at - 0.5).T
    return np.stack([ndimage.map_coordinates(unposing.places[..., k], (y, x), order=1) for k in (0, 1)], 1)


def missed(rig: HeadRig, unposing: Unposing, fit: HeadFit, standing: Standing) -> np.ndarray:
    """How far off the landmarks that the photo shows come to lie, in its pixels."""
    at = pixels(rig.landmarks(standing.sculpt.rest), standing.camera)
    column, row = at.astype(int).T
    shown = rig.landmark_hit & unposing.visible[row, column] & unposing.surface[row, column]
    assert shown.sum() > 250
    wanted = fit.to_pixels(rig.landmarks(fit.photo_vertices(rig)))[:, :2]
    return np.linalg.norm(places_at(unposing, at) - wanted, axis=1)[shown]


def test_landmarks_of_the_cartoon_lie_on_those_of_the_photo(
    rig: HeadRig, standing: Standing, unposing: Unposing
) -> None:
    off = missed(rig, unposing, standing.reading.fit, standing)
    assert np.median(off) < 0.5 and np.quantile(off, 0.95) < 2


def test_a_straight_head_shows_all_of_its_face(rig: HeadRig, standing: Standing) -> None:
    fit = straight(standing.reading.fit)
    front = unpose(rig, fit, standing.sculpt.rest, standing.camera)
    assert np.quantile(missed(rig, front, fit, standing), 0.95) < 2
    middle = front.surface & ndimage.binary_erosion(front.surface, iterations=20)
    assert front.visible[middle].mean() > 0.95
    across = np.diff(front.places[middle.any(1)][:, 128 - 20 : 128 + 20, 0], axis=1)
    assert np.median(across) > 0, "left stays left"


@pytest.mark.parametrize("degrees", [-45.0, 45.0])
def test_the_far_side_of_a_turned_head_is_not_visible(rig: HeadRig, standing: Standing, degrees: float) -> None:
    fit = straight(standing.reading.fit, degrees)
    turned = unpose(rig, fit, standing.sculpt.rest, standing.camera)
    halves = np.hsplit(turned.surface, 2), np.hsplit(turned.visible & turned.surface, 2)
    # Turned to its own left, it hides that side, which is on the right of the picture.
    near, far = (0, 1) if degrees > 0 else (1, 0)
    shown = [visible.sum() / surface.sum() for surface, visible in zip(*halves, strict=True)]
    assert shown[near] > 0.85 and shown[far] < 0.7
    rim = turned.surface & ~ndimage.binary_erosion(turned.surface, iterations=12)
    side = np.s_[110:170, 128 * far : 128 * (far + 1)]
    assert turned.visible[side][rim[side]].mean() < 0.1


def test_beside_the_head_places_go_on_without_a_step(unposing: Unposing, standing: Standing) -> None:
    step = PHOTO_PX / standing.camera.width
    outside = ~unposing.surface
    assert 0.2 < outside.mean() < 0.9
    for axis in (0, 1):
        steps = np.linalg.norm(np.diff(unposing.places, axis=axis), axis=2)
        touched = np.take(outside, range(1, 256), axis) | np.take(outside, range(255), axis)
        assert np.quantile(steps[touched], 0.99) < 4 * step
        assert 0.3 * step < np.median(steps[touched]) < 3 * step, "it is no smear"


def test_what_lies_outside_the_photo_is_not_visible(rig: HeadRig, standing: Standing) -> None:
    fit = standing.reading.fit
    moved = replace(fit, translation=fit.translation + np.array((260, 0, 0), np.float32))
    part = unpose(rig, moved, standing.sculpt.rest, standing.camera)
    outside = (part.places[..., 0] >= PHOTO_PX) | (part.places[..., 0] < 0)
    assert 0.2 < outside.mean() < 0.8
    assert not part.visible[outside].any() and part.visible[~outside].any()
