from dataclasses import replace

import numpy as np

from core.avatar.model import Avatar, OffsetSet
from core.canonical.frame import front_camera
from core.canonical.layers import layers_of, motion_maps, painted, part_maps, seats_of
from core.expressions import SHAPES
from core.gaussians import Gaussians, to_columns

CAMERA = front_camera(32)


def walls(*depths: float) -> Gaussians:
    """Square walls of 24 cm across the line of sight, at some z, of equal splats."""
    along = np.linspace(-12, 12, 25, dtype=np.float32)
    x, y = (each.ravel() for each in np.meshgrid(along, along))
    means = np.concatenate([np.stack([x, y, np.full_like(x, z)], 1) for z in depths]).astype(np.float32)
    count = len(means)
    return Gaussians(
        means,
        np.tile(np.array((1, 0, 0, 0), np.float32), (count, 1)),
        np.full((count, 3), 0.8, np.float32),
        np.full(count, 0.95, np.float32),
        np.repeat(np.linspace(0.1, 0.9, len(depths), dtype=np.float32), 625)[:, None].repeat(3, 1),
    )


def test_the_first_layer_is_the_nearest_and_the_second_the_furthest() -> None:
    splats = walls(0.0, 6.0, -6.0)
    layers = layers_of(splats, CAMERA)
    middle = np.s_[:, 8:24, 8:24]
    front, back = layers.splat[middle] // 625
    assert (front == 1).all() and (back == 2).all()
    distance = float(np.linalg.norm(CAMERA.world_to_camera[:3, 3]))
    near, far = layers.depth[middle] - distance
    assert abs(near + 6).max() < 0.1 and abs(far - 6).max() < 0.1
    assert (layers.splat[:, 0, 0] == -1).all() and layers.alpha[0, 0] < 0.01
    assert abs(layers.depth[0, 0, 0] - distance + 6) < 0.5, "beside the walls depth goes on"
    np.testing.assert_allclose(layers.normals[16, 16], (0, 0, 1), atol=1e-3)
    colors = painted(splats.colors, layers)
    np.testing.assert_allclose(colors[:, 16, 16, 0], (0.5, 0.9), atol=1e-5)
    np.testing.assert_allclose(colors[0, 0, 0, 0], 0.5, atol=0.02)


def test_a_splat_s_seat_says_how_far_behind_the_first_layer_it_is() -> None:
    splats = walls(0.0, 6.0, -6.0)
    seats = seats_of(splats, layers_of(splats, CAMERA), CAMERA)
    inside = (np.abs(splats.means[:, :2]) < 9).all(1)
    for number, between in enumerate((0.5, 0.0, 1.0)):
        wall = inside & (np.arange(len(splats)) // 625 == number)
        np.testing.assert_allclose(seats.between[wall], between, atol=0.02)
    np.testing.assert_allclose(seats.pixel[312], (16, 16 - 0.4 * 32 / 35.27), atol=0.1)


def test_labels_and_motion_are_those_of_what_shows() -> None:
    splats = walls(6.0, -6.0)
    labels = np.repeat(np.array((3, 8), np.uint8), 625)
    still = OffsetSet(np.zeros(0, np.int32), np.zeros((0, 14), np.float32))
    delta = np.zeros((1250, 14), np.float32)
    delta[:625, 1], delta[625:, 1] = 0.5, 9.0
    moving = OffsetSet(np.arange(1250, dtype=np.int32), delta)
    avatar = Avatar(to_columns(splats), (moving, *[still] * 15), labels)
    layers = layers_of(splats, CAMERA)
    parts = part_maps(labels, layers, 5)
    assert (parts[:, 16, 16] == (3, 8)).all() and (parts[:, 0, 0] == 5).all()
    motion = motion_maps(avatar, layers, 16)
    assert motion.shape == (len(SHAPES), 16, 16, 3)
    np.testing.assert_allclose(motion[0, 8, 8], (0, 0.5, 0), atol=1e-5)
    assert not motion[1:].any() and not motion[0, 0, 0].any()


def test_nothing_has_no_layers() -> None:
    splats = walls(0.0)
    layers = layers_of(replace(splats, means=splats.means + np.float32(500)), CAMERA)
    assert (layers.splat == -1).all() and not layers.alpha.any()
