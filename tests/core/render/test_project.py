import numpy as np

from core.camera import orbit
from core.render.project import BLUR_PX2, ELLIPSE, MIN_ALPHA, depth_order, project


def test_depth_order_is_nearest_first_and_stable() -> None:
    means = np.zeros((6, 3), np.float32)
    means[:, 2] = [5, 9, 5, np.nan, 200, 5]  # one is not a number, one is behind the camera
    order, depths = depth_order(means, orbit(size=8, distance_cm=110.0, target_cm=(0.0, 0.0, 0.0)).world_to_camera)
    assert order.tolist() == [1, 0, 2, 5]
    np.testing.assert_allclose(depths, [101, 105, 105, 105], rtol=1e-6)


def test_a_long_needle_keeps_its_width() -> None:
    """Along the diagonal float32 would lose var_x var_y - cov^2, here a millionth of either product."""
    camera = orbit(size=512, distance_cm=110.0, target_cm=(0.0, 0.0, 0.0), fov_deg=20.0)
    turn = np.pi / 8  # half of 45 degrees about the line of sight
    quat = np.array([[np.cos(turn), 0, 0, np.sin(turn)]], np.float32)
    scales = np.array([[60, 0.001, 0.001]], np.float32)
    ellipses = np.zeros(1, ELLIPSE)
    order, depths = depth_order(np.zeros((1, 3), np.float32), camera.world_to_camera)
    K = camera.K
    project(
        order,
        depths,
        np.zeros((1, 3), np.float32),
        quat,
        scales,
        np.ones(1, np.float32),
        np.ones((1, 3), np.float32),
        camera.world_to_camera,
        np.array([K[0, 0], K[1, 1], K[0, 2], K[1, 2]], np.float32),
        np.float32(512),
        np.float32(512),
        ellipses,
    )
    long = (float(K[0, 0]) * 60 / 110) ** 2 + float(BLUR_PX2)
    wide = (float(K[0, 0]) * 0.001 / 110) ** 2 + float(BLUR_PX2)
    var = (long + wide) / 2
    # Camera y points down: the needle falls to the left.
    np.testing.assert_allclose(ellipses["slope"], -(long - wide) / 2 / var, rtol=1e-6)
    np.testing.assert_allclose(ellipses["narrow"], np.sqrt(long * wide) / var, rtol=1e-4)
    np.testing.assert_allclose(ellipses["half_a"], -0.5 * var / (long * wide), rtol=1e-4)
    np.testing.assert_allclose(ellipses["radius_y"], np.sqrt(2 * np.log(1 / MIN_ALPHA) * var), rtol=1e-5)
    np.testing.assert_allclose(ellipses["mean_x"], 255.5, atol=1e-3)
