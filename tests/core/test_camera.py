"""Cameras look where they say, from where they say."""

import numpy as np
import pytest

from core.camera import HEAD_CENTRE_CM, Camera, orbit, project


def position(camera: Camera) -> np.ndarray:
    R, t = camera.world_to_camera[:3, :3], camera.world_to_camera[:3, 3]
    return -R.T @ t


VIEWS = [(0.0, 0.0), (30.0, 0.0), (-90.0, 10.0), (180.0, -20.0), (45.0, 89.0), (270.0, -89.0)]


@pytest.mark.parametrize(("yaw", "pitch"), VIEWS)
def test_the_target_lies_in_the_middle(yaw: float, pitch: float):
    camera = orbit(yaw, pitch, size=300, distance_cm=110.0)
    np.testing.assert_allclose(project(np.array([HEAD_CENTRE_CM]), camera), [[150, 150]], atol=1e-3)
    depth = camera.world_to_camera @ np.array([*HEAD_CENTRE_CM, 1])
    np.testing.assert_allclose(depth[:3], (0, 0, 110), atol=1e-4)


@pytest.mark.parametrize(("yaw", "pitch"), VIEWS)
def test_the_transform_is_rigid_and_upright(yaw: float, pitch: float):
    R = orbit(yaw, pitch).world_to_camera[:3, :3]
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(R) == pytest.approx(1, abs=1e-6)
    assert R[0, 1] == pytest.approx(0, abs=1e-6), "the horizon is level"
    assert R[1, 1] < 0, "y points down in the picture"


def test_yaw_goes_to_the_avatars_left_and_pitch_up():
    assert position(orbit(0.0, distance_cm=110.0))[2] > 100
    np.testing.assert_allclose(position(orbit(90.0, distance_cm=110.0)) - HEAD_CENTRE_CM, (110, 0, 0), atol=1e-3)
    assert position(orbit(0.0, 30.0))[1] > 40


def test_from_the_front_the_avatars_left_is_on_the_right():
    origin, left, top = np.array(HEAD_CENTRE_CM), np.array((5.0, 0, 0)), np.array((0, 5.0, 0))
    middle, at_left, at_top = project(np.stack([origin, origin + left, origin + top]), orbit())
    assert at_left[0] > middle[0] and at_left[1] == pytest.approx(middle[1], abs=1e-3)
    assert at_top[1] < middle[1] and at_top[0] == pytest.approx(middle[0], abs=1e-3)


def test_the_angle_of_view_spans_the_picture():
    camera = orbit(size=400, distance_cm=50.0, fov_deg=40.0, target_cm=(0.0, 0.0, 0.0))
    edge = 50 * np.tan(np.radians(20))
    points = np.array([[edge, 0, 0], [-edge, 0, 0], [0, edge, 0]])
    np.testing.assert_allclose(project(points, camera), [[400, 200], [0, 200], [200, 0]], atol=1e-2)


def test_size_and_distance_scale_as_they_should():
    point = np.array([[3.0, 4.0, 1.0]])
    offset = project(point, orbit(size=256)) - 128
    np.testing.assert_allclose(project(point, orbit(size=512)) - 256, 2 * offset, atol=1e-3)
    flat = np.array([[3.0, 1.0, HEAD_CENTRE_CM[2]]])
    near, far = project(flat, orbit(distance_cm=60.0)) - 256, project(flat, orbit(distance_cm=120.0)) - 256
    np.testing.assert_allclose(near, 2 * far, atol=1e-2)


@pytest.mark.parametrize(
    "bad",
    [
        {"pitch_deg": 90.0},
        {"pitch_deg": -90.0},
        {"size": 0},
        {"distance_cm": 0.0},
        {"fov_deg": 0.0},
        {"fov_deg": 180.0},
    ],
)
def test_impossible_cameras_are_refused(bad: dict[str, float]):
    with pytest.raises(ValueError, match=r"pitch_deg|bad camera"):
        orbit(**bad)  # pyright: ignore[reportArgumentType]
