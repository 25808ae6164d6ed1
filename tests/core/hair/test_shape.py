from dataclasses import replace

import numpy as np
import pytest

from core.avatar.model import PARTS
from core.camera import orbit
from core.character.build import build_avatar
from core.character.model import Character, measure_character
from core.expressions import SHAPES
from core.hair.shape import CENTRE, measure_hair
from core.hair.strands import hair_splats, without
from core.portrait import FACE_PARTS, Portrait
from core.render.splats import render
from core.rig.head import HeadRig
from core.rig.style import HouseStyle
from core.rig.surface import SurfacePattern
from tests.conftest import EXAMPLES

LONG = {"blue_hair", "bob", "fringe"}
HAIR, HEADWEAR = PARTS.index("hair"), PARTS.index("headwear")


def relabelled(portrait: Portrait, part: str, instead: str, where: object = np.s_[:]) -> Portrait:
    labels = portrait.labels.copy()
    region = labels[where]
    region[region == FACE_PARTS.index(part)] = FACE_PARTS.index(instead)
    return replace(portrait, labels=labels)


@pytest.mark.parametrize("name", EXAMPLES)
def test_long_and_short_hair_are_told_apart(characters: dict[str, Character], name: str) -> None:
    hair = characters[name].hair
    assert hair is not None and hair.has_top
    assert hair.is_long == (name in LONG)
    assert not np.isfinite(hair.headwear_bottom) and not hair.hooded
    assert hair.thickness.min() >= 0 and hair.thickness.max() < 7
    if hair.is_long:
        assert hair.rows_y[-1] < -3 and (np.diff(hair.rows_y) < 0).all()


def test_hair_never_grows_into_the_skull(characters: dict[str, Character]) -> None:
    directions = np.random.default_rng(0).normal(size=(2000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for character in characters.values():
        assert character.hair is not None
        skull, outside = character.hair.radius(directions)
        assert skull.min() > 5 and skull.max() < 17
        assert (outside - skull).min() > 0.1


@pytest.mark.parametrize("name", EXAMPLES)
def test_splats_of_hair_are_sound(characters: dict[str, Character], name: str) -> None:
    character = characters[name]
    assert character.hair is not None
    hair = hair_splats(character.hair, character.palette)
    assert not hair.is_headwear.any()
    assert np.isfinite(hair.gaussians.means).all() and hair.gaussians.scales.min() > 0
    np.testing.assert_allclose(np.linalg.norm(hair.gaussians.quats, axis=1), 1, atol=1e-4)
    assert hair.gaussians.colors.min() >= 0 and hair.gaussians.colors.max() <= 1
    away = np.linalg.norm(hair.gaussians.means - CENTRE, axis=1)
    assert away.max() < 22
    fewer = without(hair, np.arange(len(hair.is_headwear)) % 2 == 0)
    assert len(fewer.gaussians) == len(fewer.is_headwear) == len(hair.gaussians) // 2


def test_a_bald_head_has_no_hair(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], characters: dict[str, Character]
) -> None:
    for name in ("short_hair", "bob"):
        bare = relabelled(portraits[name], "hair", "background")
        assert measure_hair(rig, characters[name].fit, bare) is None, name
    bald = measure_character(rig, pattern, bare)
    avatar = build_avatar(rig, pattern, bald, HouseStyle())
    assert not np.isin(avatar.labels, [HAIR, HEADWEAR]).any()
    assert len(avatar) >= 20_000
    skin = avatar.posed(np.zeros(len(SHAPES), np.float32))
    top = render(skin, orbit(0.0, 60.0, size=128)).over((0.0, 0.0, 1.0))[64, 64]
    assert top[0] > top[2], "the scalp is skin"


@pytest.mark.parametrize("name", ["short_hair", "fringe"])
def test_headwear_takes_the_place_of_hair(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], name: str
) -> None:
    covered = relabelled(portraits[name], "hair", "headwear")
    image = covered.image.copy()
    image[covered.mask("headwear")] = (30, 140, 60)
    character = measure_character(rig, pattern, replace(covered, image=image))
    assert character.hair is not None and np.isfinite(character.hair.headwear_bottom)
    assert character.hair.hooded == (name in LONG), "what hangs beside the face is a hood"
    np.testing.assert_allclose(character.palette.headwear * 255, (30, 140, 60), atol=3)
    avatar = build_avatar(rig, pattern, character, HouseStyle())
    worn = avatar.labels == HEADWEAR
    rest = avatar.posed(np.zeros(len(SHAPES), np.float32))
    # The scalp below takes the hair's colour and name, too.
    outside = np.arange(len(avatar)) >= len(pattern.corners)
    high = outside & (rest.means[:, 1] > 11) & np.isin(avatar.labels, [HAIR, HEADWEAR])
    assert worn.sum() > 3000 and worn[high].all(), "no hair over the hat"
    green = rest.colors[worn]
    assert (green[:, 1] > green[:, [0, 2]].max(1)).all()


def test_a_hat_over_hair_leaves_the_hair_below(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait]
) -> None:
    hat = relabelled(portraits["fringe"], "hair", "headwear", np.s_[:150])
    character = measure_character(rig, pattern, hat)
    avatar = build_avatar(rig, pattern, character, HouseStyle())
    assert character.hair is not None and np.isfinite(character.hair.headwear_bottom)
    heights = avatar.posed(np.zeros(len(SHAPES), np.float32)).means[:, 1]
    assert np.median(heights[avatar.labels == HEADWEAR]) > np.median(heights[avatar.labels == HAIR]) + 4
