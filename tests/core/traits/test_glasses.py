from dataclasses import replace

import numpy as np
import pytest

from core.character.model import Character
from core.expressions import SHAPES as EXPRESSIONS
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.portrait import FACE_PARTS
from core.rig.head import HeadRig
from core.rig.masks import dilated, eroded
from core.rig.sculpt import Sculpt
from core.rig.sight import Sight
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from core.traits.glasses import SHAPES, Glasses, preset_glasses
from core.traits.glasses_reading import measure_glasses
from core.traits.glasses_splats import glasses_splats
from tests.conftest import EXAMPLES, PERSON

BLACK = np.array((0.1, 0.1, 0.1), np.float32)


def shape_name(glasses: Glasses) -> str:
    """The name in :data:`SHAPES` that describes glasses best."""
    if glasses.tint > 0.7:
        return "sunglasses"
    if glasses.rim < 0.05:
        return "rimless"
    if glasses.lift > 0.12:
        return "cat-eye"
    upper, lower = float(glasses.corners[:2].mean()), float(glasses.corners[2:].mean())
    if upper - lower > 0.9 and glasses.aspect > 0.82:
        return "aviator"
    if (upper + lower) / 2 > 2.7:
        return "square" if glasses.aspect > 0.74 else "rectangular"
    return "round" if glasses.aspect > 0.84 else "oval"


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, characters[PERSON].identity, HouseStyle()))


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_who_wears_glasses_gets_them(characters: dict[str, Character], name: str) -> None:
    glasses = characters[name].glasses
    assert (glasses is not None) == (name == "glasses")
    if glasses is not None:
        assert glasses.tint == 0, "clear lenses"
        assert glasses.color.max() < 0.35, "a dark frame"
        assert 0.08 <= glasses.rim < 0.25 and shape_name(glasses) in ("rectangular", "square")


@pytest.mark.parametrize("shape", SHAPES)
def test_glasses_frame_the_eyes_and_clear_whatever_moves_behind_them(sculpt: Sculpt, shape: str) -> None:
    splats = glasses_splats(sculpt, preset_glasses(shape, BLACK))
    assert np.isfinite(splats.means).all() and splats.scales.min() > 0
    front = splats.means[splats.means[:, 2] > sculpt.landmarks[[263, 33], 2].mean()]
    for rim in (LEFT_EYE, RIGHT_EYE):
        eye = sculpt.landmarks[list(rim)]
        near = front[np.sign(front[:, 0]) == np.sign(eye[0, 0])]
        for axis in (0, 1):
            assert near[:, axis].min() < eye[:, axis].min() and near[:, axis].max() > eye[:, axis].max()
    # Only the lenses' part: the bridge touches the nose.
    rim = front[np.abs(front[:, 0]) > 1.2]
    for expression in ["", *EXPRESSIONS]:
        offset = sculpt.rig.shape_offsets(expression) if expression else np.float32(0)
        face = sculpt.head.warp(sculpt.head.vertices + offset)
        face = face[(face[:, 2] > 4) & (np.abs(face[:, 1] - 1.5) < 4)]
        apart = np.hypot(rim[:, None, 0] - face[None, :, 0], rim[:, None, 1] - face[None, :, 1])
        behind = np.where(apart < 0.25, face[None, :, 2], -np.inf).max(1)
        assert (rim[:, 2] > behind + 0.02).all(), f"the face comes through at {expression or 'rest'}"


def test_temples_run_along_the_head_to_the_ears(sculpt: Sculpt) -> None:
    splats = glasses_splats(sculpt, preset_glasses("square", BLACK))
    side = splats.means[splats.means[:, 2] < 6]
    ears = sculpt.surface.means[sculpt.rig.splats_of("ear")]
    ears = ears[sculpt.skull.height(ears) > 0.2]
    assert sculpt.skull.height(side).min() > -0.05, "never inside the head"
    for sign in (1, -1):
        temple, ear = side[sign * side[:, 0] > 0], ears[sign * ears[:, 0] > 0]
        assert ear[:, 2].min() - 1.5 < temple[:, 2].min() < ear[:, 2].max()
        over = temple[np.abs(temple[:, 2] - np.median(ear[:, 2])) < 0.5]
        assert np.abs(over[:, 1].mean() - ear[:, 1].max()) < 0.6


def test_only_tinted_lenses_hide_the_eyes(sculpt: Sculpt) -> None:
    clear, dark = (glasses_splats(sculpt, preset_glasses(shape, BLACK)) for shape in ("square", "sunglasses"))
    half = clear.opacities < 0.9
    assert half.any() and clear.opacities[half].max() < 0.1, "a faint reflection at most"
    lens = dark.opacities[dark.opacities < 0.9]
    assert len(lens) > 200 and np.median(lens) > 0.5


def test_shapes_look_different_and_are_told_apart(sculpt: Sculpt) -> None:
    for shape in set(SHAPES) - {"sunglasses"}:
        assert shape_name(preset_glasses(shape, BLACK)) == shape
    heights = {}
    for shape in ("rectangular", "round"):
        means = glasses_splats(sculpt, preset_glasses(shape, BLACK)).means
        heights[shape] = np.ptp(means[means[:, 2] > 9, 1])
    assert heights["round"] > heights["rectangular"] + 0.4
    with pytest.raises(ValueError, match="shape must be one of"):
        preset_glasses("monocle", BLACK)


def test_the_frames_colour_is_the_photos(sights: dict[str, Sight]) -> None:
    sight = sights["glasses"]
    image = sight.portrait.image.copy()
    mask = sight.portrait.mask("glasses")
    image[dilated(mask, 2) & ~eroded(mask, 4)] = (150, 20, 30)
    red, _ = measure_glasses(Sight(sight.rig, sight.pattern, replace(sight.portrait, image=image), sight.fit))
    assert red is not None
    assert red.color[0] > 1.8 * max(red.color[1:]), red.color


def test_dark_lenses_are_read_as_sunglasses(sights: dict[str, Sight]) -> None:
    sight = sights["glasses"]
    image = sight.portrait.image.copy()
    image[sight.portrait.mask("glasses")] = (20, 22, 30)
    dark, _ = measure_glasses(Sight(sight.rig, sight.pattern, replace(sight.portrait, image=image), sight.fit))
    assert dark is not None and dark.tint > 0.85 and shape_name(dark) == "sunglasses"
    assert dark.color.max() < 0.3 and dark.lens.max() < 0.3


def test_a_shadow_at_one_eye_is_a_doubt_and_no_glasses(sights: dict[str, Sight]) -> None:
    sight = sights[PERSON]
    labels = sight.portrait.labels.copy()
    column, row = sight.portrait.points[LEFT_EYE[0], :2].astype(int)
    labels[row - 25 : row + 25, column - 20 : column + 20] = FACE_PARTS.index("glasses")
    read, doubt = measure_glasses(Sight(sight.rig, sight.pattern, replace(sight.portrait, labels=labels), sight.fit))
    assert read is None and "lasses" in doubt
