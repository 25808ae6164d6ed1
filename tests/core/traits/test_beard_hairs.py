import numpy as np
import pytest

from core.character.model import Character
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from core.traits.beard import preset_beard
from core.traits.beard_hairs import BeardHairs, beard_colors, beard_geometry, grow_beard

BROWN, WHITE = np.float32((0.25, 0.16, 0.1)), np.float32((0.85, 0.85, 0.86))


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, characters["beard"].identity, HouseStyle()))


@pytest.fixture(scope="module")
def full(rig: HeadRig, pattern: SurfacePattern) -> BeardHairs:
    return grow_beard(rig, pattern, preset_beard("full", BROWN))


def test_a_shaved_face_has_no_hairs_and_a_denser_beard_more(rig: HeadRig, pattern: SurfacePattern) -> None:
    counts = [len(grow_beard(rig, pattern, preset_beard(n, BROWN))) for n in ("none", "stubble", "short", "full")]
    assert counts[0] == 0 and counts == sorted(counts)
    assert counts[-1] < 9000


def test_hairs_stand_off_the_skin_and_none_grows_on_the_lips(rig: HeadRig, full: BeardHairs) -> None:
    assert full.outward.min() > 0 and full.outward.max() < 0.6
    assert rig.splat_lips[full.source].max() < 0.3


def test_a_long_beard_hangs_below_the_chin(sculpt: Sculpt, full: BeardHairs) -> None:
    chin = sculpt.landmarks[152, 1]
    long = beard_geometry(sculpt.rig, sculpt.rest, full).means
    near_chin = np.abs(long[:, 0]) < 1.5
    short = grow_beard(sculpt.rig, sculpt.pattern, preset_beard("short", BROWN))
    lowest = [np.quantile(means[:, 1], 0.02) for means in (beard_geometry(sculpt.rig, sculpt.rest, short).means, long)]
    assert lowest[1] < lowest[0] - 0.3
    assert np.quantile(long[near_chin, 1], 0.05) < chin - 0.5


def test_hairs_are_long_along_the_direction_in_which_they_grow(full: BeardHairs) -> None:
    assert (full.sizes[:, 0] > 1.5 * full.sizes[:, 1]).mean() > 0.95


def test_an_open_jaw_takes_the_beard_along(sculpt: Sculpt, full: BeardHairs) -> None:
    opened = sculpt.head.warp(sculpt.head.vertices + sculpt.rig.shape_offsets("jawOpen"))
    moved = beard_geometry(sculpt.rig, opened, full).means - beard_geometry(sculpt.rig, sculpt.rest, full).means
    skin = sculpt.surface.means[full.source]
    chin = (np.abs(skin[:, 0]) < 1.5) & (skin[:, 1] < sculpt.landmarks[17, 1])
    upper_lip = skin[:, 1] > sculpt.landmarks[13, 1]
    assert moved[chin, 1].mean() < -0.8
    assert np.abs(moved[upper_lip & (np.abs(skin[:, 0]) < 1)]).max() < 0.6


def test_colours_are_the_beards_but_never_even(sculpt: Sculpt, full: BeardHairs) -> None:
    geometry = beard_geometry(sculpt.rig, sculpt.rest, full)
    brown, white = (beard_colors(sculpt, preset_beard("full", color), full, geometry) for color in (BROWN, WHITE))
    assert np.abs(brown.mean(0) - BROWN).max() < 0.1
    assert white.mean() > brown.mean() + 0.4
    assert brown.std(0).min() > 0.01
