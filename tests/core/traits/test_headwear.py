from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import KDTree

from core.avatar.model import PARTS
from core.character.build import build_avatar
from core.character.model import Character
from core.gaussians import MEAN, rotation_matrices
from core.landmarks import LEFT_BROW, RIGHT_BROW
from core.portrait import FACE_PARTS
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.sight import Sight
from core.rig.skull import CENTRE
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from core.traits.headwear import KINDS, preset_headwear
from core.traits.headwear_fit import dimmed, headwear_shade, headwear_splats, hides, over_hair, pressed
from core.traits.headwear_reading import measure_headwear
from tests.conftest import EXAMPLES, PERSON

RED = np.array((0.7, 0.15, 0.2), np.float32)


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, characters[PERSON].identity, HouseStyle()))


def brow_y(sculpt: Sculpt) -> float:
    return float(sculpt.landmarks[[*LEFT_BROW[1], *RIGHT_BROW[1]], 1].max())


def painted(sight: Sight, where: np.ndarray, color: tuple[int, int, int]) -> Sight:
    """The sight with something red on the head."""
    labels, image = sight.portrait.labels.copy(), sight.portrait.image.copy()
    labels[where] = FACE_PARTS.index("headwear")
    image[where] = color
    return Sight(sight.rig, sight.pattern, replace(sight.portrait, labels=labels, image=image), sight.fit)


def pixel_grid(sight: Sight) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel lies in cm from the middle between the ears, roughly."""
    row, column = np.mgrid[:512, :512]
    middle = sight.fit.to_pixels(np.zeros((1, 3), np.float32))[0]
    return (column - middle[0]) / sight.fit.scale, (middle[1] - row) / sight.fit.scale


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_covers_its_part_of_the_head_without_holes(sculpt: Sculpt, kind: str) -> None:
    worn = preset_headwear(kind, RED)
    splats = headwear_splats(sculpt, worn)
    assert np.isfinite(splats.means).all() and splats.scales.min() > 0 and len(splats) < 15000
    assert splats.opacities.min() > 0.9, "opaque from every side"
    scalp = sculpt.surface.means[sculpt.bare & (sculpt.surface.means[:, 1] > brow_y(sculpt))]
    # A hood's opening may show the forehead and hair behind it.
    under = scalp[scalp[:, 2] < 0] if kind == "hood" else scalp[hides(sculpt, worn, scalp)]
    assert len(under) > 100

    def seen_from_middle(points: np.ndarray) -> np.ndarray:
        away = points - CENTRE
        return away / np.linalg.norm(away, axis=1, keepdims=True)

    outside = splats.means[sculpt.skull.height(splats.means) > 0.1]
    gap, _ = KDTree(seen_from_middle(outside)).query(seen_from_middle(under))
    # Locks beside a headband make way for it, too.
    assert gap.max() < (0.12 if kind == "headband" else 0.085), "the scalp shines through"


@pytest.mark.parametrize("kind", ["beanie", "turban"])
def test_nothing_stands_up_from_the_top(sculpt: Sculpt, kind: str) -> None:
    splats = headwear_splats(sculpt, preset_headwear(kind, RED))
    top = splats.select(splats.means[:, 1] > splats.means[:, 1].max() - 0.8)
    assert np.abs(rotation_matrices(top.quats)[:, 1, 2]).min() > 0.5, "flat splats that lie flat"


def test_caps_have_a_visor_hats_a_brim_and_beanies_neither(sculpt: Sculpt) -> None:
    reach = {}
    for kind in ("cap", "hat", "beanie"):
        means = headwear_splats(sculpt, preset_headwear(kind, RED)).means
        reach[kind] = (means[:, 2].max(), -means[:, 2].min(), np.abs(means[:, 0]).max())
    assert reach["cap"][0] > reach["beanie"][0] + 3 and abs(reach["cap"][1] - reach["beanie"][1]) < 1
    assert all(hat > beanie + 2.5 for hat, beanie in zip(reach["hat"], reach["beanie"], strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_the_face_stays_free(sculpt: Sculpt, kind: str) -> None:
    worn = preset_headwear(kind, RED)
    face = sculpt.landmarks[sculpt.rig.landmark_hit]
    features = face[(np.abs(face[:, 0]) < 4) & (face[:, 1] < brow_y(sculpt)) & (face[:, 1] > -6)]
    assert not hides(sculpt, worn, features.astype(np.float32)).any()
    splats = headwear_splats(sculpt, worn).means
    # Seen from ahead, nothing stands before the eyes, the nose and the mouth.
    before = splats[splats[:, 2] > 2]
    gap, _ = KDTree(before[:, :2]).query(features[:, :2])
    assert gap.min() > 0.25


def test_hair_comes_out_below_a_cap_and_not_below_a_headscarf(sculpt: Sculpt) -> None:
    top, beside = np.array([[0.0, 14.0, -1.0]], np.float32), np.array([[8.0, -5.0, -2.0]], np.float32)
    assert hides(sculpt, preset_headwear("cap", RED), top).all()
    assert not hides(sculpt, preset_headwear("cap", RED), beside).any()
    assert hides(sculpt, preset_headwear("headscarf", RED), np.concatenate([top, beside])).all()
    assert not hides(sculpt, preset_headwear("headband", RED), np.concatenate([top, beside])).any()


def test_a_lower_edge_covers_more_of_the_forehead_and_shades_it(sculpt: Sculpt) -> None:
    skin = sculpt.surface.means[sculpt.bare & (sculpt.surface.means[:, 2] > 6)]
    low, high = (replace(preset_headwear("beanie", RED), front=front) for front in (0.2, 0.5))
    assert hides(sculpt, low, skin).sum() > hides(sculpt, high, skin).sum() + 50
    shade = headwear_shade(sculpt, low, skin)
    assert shade.min() >= 0 and shade.max() <= 1
    near, far = skin[:, 1] > brow_y(sculpt) + 1, skin[:, 1] < -4
    assert shade[near].mean() > 0.1 and shade[far].max() < 0.01
    skin_tone = np.tile(np.array((0.85, 0.65, 0.55), np.float32), (len(skin), 1))
    dark = dimmed(skin_tone, shade)
    np.testing.assert_allclose(dark[far], skin_tone[far], atol=0.01)
    assert (dark[shade > 0.3] < skin_tone[shade > 0.3] - 0.05).all()


def test_hair_is_held_close_at_the_edge_and_hangs_freely_further_down(sculpt: Sculpt) -> None:
    worn = preset_headwear("cap", RED)
    turn = np.linspace(0.5, 1.5, 9) * np.pi
    for below, free in ((0.3, False), (6.0, True)):
        height = np.full(9, brow_y(sculpt) - 2.5 - below)
        wall = np.array([np.sin(turn) * 10.5, height, np.cos(turn) * 10.5 + CENTRE[2]]).T.astype(np.float32)
        moved = pressed(sculpt, worn, wall)
        assert (sculpt.skull.height(moved) <= sculpt.skull.height(wall) + 1e-4).all()
        assert np.allclose(moved, wall) == free, below


def test_thick_hair_makes_headwear_wider(sculpt: Sculpt) -> None:
    for kind in ("cap", "headband"):
        worn = preset_headwear(kind, RED)
        bald, thick = (
            over_hair(sculpt, worn, lambda directions, cm=cm: np.full(len(directions), cm)) for cm in (0.0, 1.6)
        )
        assert bald.ease == worn.ease < thick.ease
        widths = [np.ptp(headwear_splats(sculpt, each).means[:, 0]) for each in (bald, thick)]
        assert widths[1] > widths[0] + 0.5


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind must be one of"):
        preset_headwear("crown", RED)


def test_hair_and_ears_under_headwear_are_not_drawn(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character], sculpt: Sculpt
) -> None:
    worn = preset_headwear("headscarf", RED)
    avatar = build_avatar(rig, pattern, replace(characters[PERSON], headwear=worn), HouseStyle())
    for part in ("hair", "ear"):
        splats = avatar.posed(np.zeros(len(avatar.shapes))).select(avatar.labels == PARTS.index(part))
        # What is painted on the scalp itself needs no hiding.
        stands_out = (sculpt.skull.height(splats.means) > 0.2) | (part == "ear")
        assert not (hides(sculpt, worn, splats.means) & stands_out & (splats.opacities > 0.1)).any(), part
    rows = np.flatnonzero(avatar.labels == PARTS.index("headwear"))
    assert len(rows) > 1000
    assert not any(np.isin(rows, offset.index).any() for offset in avatar.offsets), "no expression moves it"
    assert np.ptp(avatar.rest[rows, MEAN], axis=0).min() > 15


@pytest.mark.parametrize("name", EXAMPLES)
def test_nobody_gets_headwear_who_wears_none(characters: dict[str, Character], name: str) -> None:
    assert characters[name].headwear is None


def test_a_stray_patch_is_a_doubt(sights: dict[str, Sight]) -> None:
    x, y = pixel_grid(sights[PERSON])
    worn, doubt = measure_headwear(painted(sights[PERSON], np.hypot(x - 5, y - 9) < 2.2, (150, 40, 50)))
    assert worn is None and "headwear" in doubt


def test_a_smooth_beanie_is_read_with_its_colour_and_edge(sights: dict[str, Sight]) -> None:
    sight = sights[PERSON]
    x, y = pixel_grid(sight)
    read = []
    for edge in (5.5, 7.5):
        where = (y > edge - 2.0 * (np.abs(x) / 6) ** 2) & (np.hypot(x / 8.2, (y - 2.0) / 12.5) < 1)
        worn, doubt = measure_headwear(painted(sight, where, (40, 70, 160)))
        assert worn is not None and not doubt and worn.kind == "beanie"
        assert worn.color[2] > 1.5 * worn.color[0] and worn.knit == 0
        read.append(worn.front)
    assert read[1] > read[0] + 0.1


def test_a_visor_of_another_tone_makes_it_a_cap(sights: dict[str, Sight]) -> None:
    sight = sights[PERSON]
    x, y = pixel_grid(sight)
    where = (y > 5.0 - 1.0 * (np.abs(x) / 6) ** 2) & (np.hypot(x / 8.0, (y - 2.0) / 12.5) < 1)
    with_visor = painted(painted(sight, where, (60, 90, 180)), where & (y < 7.0), (20, 25, 40))
    worn, _ = measure_headwear(with_visor)
    assert worn is not None and worn.kind == "cap"
    assert worn.second.sum() < 0.6 * worn.color.sum(), "a dark visor"


def test_cloth_beside_the_cheeks_makes_it_a_headscarf(sights: dict[str, Sight]) -> None:
    sight = sights[PERSON]
    x, y = pixel_grid(sight)
    face = np.hypot(x / 6.3, (y + 0.5) / np.where(y > -0.5, 7.0, 8.5)) < 1
    worn, doubt = measure_headwear(painted(sight, (np.hypot(x / 10, (y - 1.0) / 13) < 1) & ~face, (120, 60, 110)))
    assert worn is not None and not doubt and worn.kind == "headscarf"
