from dataclasses import replace

import numpy as np
import pytest

from core.avatar.model import PARTS
from core.camera import project
from core.canonical.adapt import Adapted
from core.canonical.frame import Frame, front_camera
from core.canonical.wear import refitted, wear
from core.gaussians import DC, Gaussians
from core.portrait import FACE_PARTS
from tests.core.canonical.conftest import Standing

GRID = 256


@pytest.fixture
def untouched(standing: Standing) -> Adapted:
    """What a network that changes nothing saw, with one splat a pixel over the whole view."""
    shape = (GRID, GRID)
    frame = Frame(
        np.zeros((*shape, 3), np.float32),
        np.zeros(shape, np.uint8),
        np.ones(shape, bool),
        np.ones(shape, bool),
        standing.view,
    )
    camera = front_camera(GRID)
    rows, columns = np.indices(shape)
    rays = np.stack([columns + 0.5 - GRID / 2, rows + 0.5 - GRID / 2, np.full(shape, camera.K[0, 0])], -1)
    rays /= camera.K[0, 0]
    points = (rays * 100.0).reshape(-1, 3) - camera.world_to_camera[:3, 3]
    count = GRID * GRID
    splats = Gaussians(
        (points @ camera.world_to_camera[:3, :3]).astype(np.float32),
        np.tile(np.array((1, 0, 0, 0), np.float32), (count, 1)),
        np.full((count, 3), 0.05, np.float32),
        np.full(count, 0.9, np.float32),
        np.full((count, 3), 0.5, np.float32),
    )
    return Adapted(frame, splats, np.zeros((*shape, 4), np.float32))


def test_what_changes_nothing_leaves_the_avatar_as_it_is(standing: Standing, untouched: Adapted) -> None:
    worn = wear(standing.avatar, untouched)
    assert len(worn) == len(standing.avatar)
    np.testing.assert_allclose(worn.rest, standing.avatar.rest, atol=1e-5)


def test_a_change_colours_the_splats_that_show_it_and_no_others(standing: Standing, untouched: Adapted) -> None:
    change = np.zeros((GRID, GRID, 4), np.float32)
    nose = project(standing.sculpt.landmarks[[4]], front_camera(GRID))[0].astype(int)
    patch = np.s_[nose[1] - 8 : nose[1] + 8, nose[0] - 8 : nose[0] + 8]
    change[patch] = (-0.2, 0.1, 0.1, 0)
    worn = wear(standing.avatar, replace(untouched, change=change))
    moved = np.abs(worn.rest - standing.avatar.rest).max(1) > 0.05
    places = project(standing.avatar.rest[:, :3], front_camera(GRID))
    inside = (np.abs(places - nose) < 9).all(1)
    assert moved[inside].sum() > 30, "the nose changes"
    assert not moved[(np.abs(places - nose) > 16).any(1)].any(), "nothing else does"
    assert not moved[standing.avatar.rest[:, 2] < 0].any(), "nor the back of the head"
    redder = worn.rest[moved, DC][:, 0] - standing.avatar.rest[moved, DC][:, 0]
    assert redder.mean() < 0
    np.testing.assert_array_equal(worn.rest[:, :3], standing.avatar.rest[:, :3])


def test_what_stands_beside_the_avatar_becomes_splats_that_no_shape_moves(
    standing: Standing, untouched: Adapted
) -> None:
    change, labels = np.zeros((GRID, GRID, 4), np.float32), np.zeros((GRID, GRID), np.uint8)
    change[4:20, 4:24] = (0.5, 0.5, 0.5, 0.9)
    labels[:40, :40] = FACE_PARTS.index("headwear")
    seen = replace(untouched, change=change, frame=replace(untouched.frame, labels=labels))
    worn = wear(standing.avatar, seen)
    added = len(worn) - len(standing.avatar)
    assert 16 * 20 <= added <= 18 * 22 + 40
    assert (worn.labels[-added:] == PARTS.index("headwear")).all()
    for offsets in worn.offsets:
        assert offsets.index.max() < len(standing.avatar)


def test_specks_beside_the_avatar_are_left_out(standing: Standing, untouched: Adapted) -> None:
    change = np.zeros((GRID, GRID, 4), np.float32)
    change[4:8, 4:8] = (0.5, 0.5, 0.5, 0.9)
    assert len(wear(standing.avatar, replace(untouched, change=change))) == len(standing.avatar)


def test_a_change_of_what_was_edited_away_does_not_come_back(standing: Standing, untouched: Adapted) -> None:
    change = np.full((GRID, GRID, 4), 0.1, np.float32)
    seen = replace(untouched, change=change)
    hair = standing.avatar.labels == PARTS.index("hair")
    rest = standing.avatar.rest.copy()
    rest[hair, DC] = 1.0
    dyed = replace(standing.avatar, rest=rest)
    same, other = refitted(seen, standing.avatar).change, refitted(seen, dyed).change
    np.testing.assert_allclose(same, change, atol=1e-5)
    chin = project(standing.sculpt.landmarks[[152]], front_camera(GRID))[0].astype(int)
    assert other[chin[1] - 4, chin[0], 0] > 0.09, "the face is the same"
    places = project(standing.avatar.rest[hair, :3], front_camera(GRID))
    top = places[places[:, 1].argmin()].astype(int)
    assert other[top[1] + 6, top[0], 0] < 0.02, "the hair is not"
