from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial import KDTree

from core.avatar.model import PARTS
from core.camera import orbit, project
from core.character.build import build_avatar
from core.character.model import Character
from core.gaussians import Gaussians, rotation_matrices
from core.render.splats import render
from core.rig.head import HeadRig
from core.rig.neck import neck_rim
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from core.traits.bust import bust_splats
from tests.conftest import PERSON

BLUE = np.float32((0.2, 0.3, 0.6))
TAN = np.float32((0.8, 0.6, 0.5))


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, np.zeros(len(rig.identity), np.float32), HouseStyle()))


@pytest.fixture(scope="module")
def bust(sculpt: Sculpt) -> tuple[Gaussians, np.ndarray]:
    return bust_splats(sculpt, BLUE, np.tile(TAN, (len(sculpt.surface.means), 1)))


def test_a_bust_is_sound_and_symmetric(bust: tuple[Gaussians, np.ndarray]) -> None:
    splats, labels = bust
    assert 2000 < len(splats) <= 5000 and len(labels) == len(splats)
    assert {PARTS[label] for label in np.unique(labels)} == {"neck", "clothes"}
    for values in vars(splats).values():
        assert np.isfinite(values).all()
    assert splats.scales.min() > 0 and splats.scales.max() < 1
    mirrored = splats.means * np.float32((-1, 1, 1))
    assert KDTree(splats.means).query(mirrored)[0].max() < 0.4
    away = splats.means - np.float32((0, -12, -1.5))
    cloth = labels == PARTS.index("clothes")
    assert ((rotation_matrices(splats.quats)[:, :, 2] * away).sum(1) > 0)[cloth].mean() > 0.85, "it faces outward"


def test_the_neck_runs_on_where_the_heads_ends_and_in_its_colour(
    sculpt: Sculpt, bust: tuple[Gaussians, np.ndarray]
) -> None:
    splats, labels = bust
    neck = splats.select(labels == PARTS.index("neck"))
    rim = neck_rim(sculpt, np.linspace(-np.pi, np.pi, 60, endpoint=False))
    assert KDTree(neck.means).query(rim)[0].max() < 0.4
    upper = neck.select(neck.means[:, 1] > rim_height(rim, neck.means) + 0.1)
    assert len(upper) > 30
    np.testing.assert_allclose(upper.colors, np.tile(TAN, (len(upper), 1)), atol=0.02)
    # Shoulders are wider than the neck, and the whole ends at the same height in front and behind.
    cloth = splats.means[labels == PARTS.index("clothes")]
    assert np.ptp(cloth[:, 0]) > 1.7 * np.ptp(rim[:, 0])
    front, back = (cloth[side, 1].min() for side in (cloth[:, 2] > 0, cloth[:, 2] < -3))
    assert front == pytest.approx(back, abs=0.4)


def rim_height(rim: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Height of the rim next to each point."""
    return rim[KDTree(rim[:, [0, 2]]).query(points[:, [0, 2]])[1], 1]


@pytest.mark.parametrize("view", [(0, 0), (35, 5), (90, 0), (180, 10), (150, -25), (20, -60), (-60, 40)])
def test_an_avatar_with_a_bust_is_closed_and_in_the_frame_from_every_side(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character], view: tuple[int, int]
) -> None:
    avatar = build_avatar(rig, pattern, replace(characters[PERSON], bust=True, hair=None), HouseStyle())
    rest = avatar.posed(np.zeros(16, np.float32))
    camera = orbit(float(view[0]), float(view[1]), size=192)
    # Its underside must hide the hollow head: seen from outside, only cloth shows there.
    solid = render(rest, camera).alpha > 0.8
    assert (ndimage.binary_fill_holes(solid) == solid).all()
    if abs(view[1]) <= 10:
        pixels = project(rest.means, camera)
        assert pixels.min() > 6 and pixels.max() < 186
    if view[1] < -50:
        shown = replace(rest, colors=np.repeat(np.float32(avatar.labels == PARTS.index("clothes")), 3).reshape(-1, 3))
        picture = render(shown, camera)
        low = picture.alpha.shape[0] * 3 // 4
        below = (picture.alpha > 0.8) & (np.arange(192) > low)[:, None]
        assert picture.color[below][:, 0].mean() > 0.9


def test_a_collar_remains_without_a_bust(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]
) -> None:
    collar, bust = (
        build_avatar(rig, pattern, replace(characters[PERSON], bust=bust), HouseStyle()) for bust in (False, True)
    )
    cloth = [avatar.rest[avatar.labels == PARTS.index("clothes"), :3] for avatar in (collar, bust)]
    assert 500 < len(cloth[0]) < len(cloth[1])
    assert np.ptp(cloth[0][:, 1]) < 6 < np.ptp(cloth[1][:, 1])
