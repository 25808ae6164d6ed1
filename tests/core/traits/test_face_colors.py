from dataclasses import replace

import numpy as np
import pytest

from core.avatar.model import PARTS
from core.character.model import Character
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern, neutral_places
from core.traits.beard import preset_beard
from core.traits.face_colors import lip_edge, surface_colors
from core.traits.lip_line import lip_line, lip_line_colors, lip_line_geometry
from core.traits.marks import Marks
from core.traits.palette import Palette

DARK = np.float32((0.15, 0.1, 0.08))


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, characters["bob"].identity, HouseStyle()))


@pytest.fixture(scope="module")
def palette(characters: dict[str, Character]) -> Palette:
    return characters["bob"].palette


def colored(sculpt: Sculpt, palette: Palette, beard: str = "none", **marks: float) -> tuple[np.ndarray, np.ndarray]:
    nothing = np.zeros(len(sculpt.surface.means), bool)
    return surface_colors(sculpt, palette, preset_beard(beard, DARK), Marks(**marks), nothing)


def around(sculpt: Sculpt, x: float, y: float, reach: float = 0.35) -> np.ndarray:
    places = neutral_places(sculpt.rig, sculpt.pattern)
    near = (np.abs(np.abs(places[:, 0]) - x) < reach) & (np.abs(places[:, 1] - y) < reach) & (places[:, 2] > 5)
    return near & sculpt.rig.splats_of("skin", "lips")


def test_colours_follow_the_palette_and_are_the_same_on_both_sides(sculpt: Sculpt, palette: Palette) -> None:
    colors, labels = colored(sculpt, palette)
    assert colors.min() >= 0 and colors.max() <= 1
    forehead = around(sculpt, 0.0, 5.0, 1.0)
    assert np.abs(colors[forehead].mean(0) - palette.skin).max() < 0.12
    lips = around(sculpt, 0.3, -5.4, 0.2)
    assert np.abs(colors[lips].mean(0) - palette.lips).max() < 0.16
    assert (labels[sculpt.rig.splats_of("teeth_upper")] == PARTS.index("teeth")).all()


def test_the_upper_lip_lies_in_shade(sculpt: Sculpt, palette: Palette) -> None:
    colors, _ = colored(sculpt, palette)
    assert colors[around(sculpt, 0.6, -4.35, 0.15)].mean() < colors[around(sculpt, 0.6, -5.3, 0.15)].mean() - 0.03


def test_cheeks_are_redder_than_the_forehead(sculpt: Sculpt, palette: Palette) -> None:
    colors, _ = colored(sculpt, palette)
    redness = colors[:, 0] - colors[:, 1]
    assert redness[around(sculpt, 4.0, -1.2)].mean() > redness[around(sculpt, 0.0, 5.0, 1.0)].mean() + 0.01


def test_a_beard_darkens_its_skin_and_stubble_less(sculpt: Sculpt, palette: Palette) -> None:
    chin = around(sculpt, 0.0, -7.5, 0.8)
    none, stubble, full = (colored(sculpt, palette, name)[0][chin].mean() for name in ("none", "stubble", "full"))
    assert none > stubble + 0.02 > full + 0.1
    assert PARTS.index("beard") in colored(sculpt, palette, "full")[1]
    assert PARTS.index("beard") not in colored(sculpt, palette)[1]


def test_make_up_colours_the_upper_lids_only(sculpt: Sculpt, palette: Palette) -> None:
    difference = np.abs(colored(sculpt, palette, eye_shadow=1.0)[0] - colored(sculpt, palette)[0]).max(1)
    assert difference[around(sculpt, 3.0, 2.2, 0.2)].mean() > 0.05
    assert difference[neutral_places(sculpt.rig, sculpt.pattern)[:, 1] < 1.0].max() < 1e-6


def test_hair_colours_the_skin_it_grows_from(sculpt: Sculpt, palette: Palette) -> None:
    under = np.zeros(len(sculpt.surface.means), bool)
    under[sculpt.rig.splats_of("scalp")] = True
    green = replace(palette, hair=np.float32((0.1, 0.8, 0.1)))
    colors, labels = surface_colors(sculpt, green, preset_beard("none", DARK), Marks(), under)
    assert (colors[under].argmax(1) == 1).mean() > 0.99
    assert (labels[under] == PARTS.index("hair")).all()


def test_the_lips_edge_is_a_closed_mirror_symmetric_ring() -> None:
    edge = lip_edge(120)
    assert np.linalg.norm(edge - np.roll(edge, 1, axis=0), axis=1).max() < 0.35
    np.testing.assert_allclose(sorted(edge[:, 0]), sorted(-edge[:, 0]), atol=1e-9)


def test_the_lip_line_follows_the_mouth(sculpt: Sculpt, palette: Palette) -> None:
    line = lip_line(sculpt.rig, sculpt.pattern)
    rest = lip_line_geometry(sculpt.rig, sculpt.rest, line)
    opened = sculpt.head.warp(sculpt.head.vertices + sculpt.rig.shape_offsets("jawOpen"))
    moved = lip_line_geometry(sculpt.rig, opened, line).means - rest.means
    lower = line.places[:, 1] < -5.3
    assert moved[lower, 1].mean() < -0.8
    assert np.abs(moved[line.places[:, 1] > -4.3, 1]).max() < 0.7
    assert np.abs(lip_line_colors(palette.lips, line, rest).mean(0) - palette.lips).max() < 0.15
