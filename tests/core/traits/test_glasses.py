from dataclasses import replace

import numpy as np
import pytest

from core.character.model import Character
from core.rig.fit import HeadFit
from core.rig.head import HeadRig
from core.rig.style import HouseStyle, cartoon_head
from core.traits.glasses import Glasses, glasses_splats, measure_glasses
from tests.conftest import EXAMPLES, PERSON


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_who_wears_glasses_gets_them(characters: dict[str, Character], name: str) -> None:
    glasses = characters[name].glasses
    assert (glasses is not None) == (name == "glasses")
    if glasses is not None:
        assert glasses.tint == 0, "clear lenses"
        assert glasses.color.max() < 0.35, "a dark frame"


def warped(rig: HeadRig, fit: HeadFit) -> np.ndarray:
    head = cartoon_head(rig, fit, HouseStyle())
    return head.warp(head.vertices)


@pytest.mark.parametrize("tint", [0.0, 1.0])
def test_glasses_sit_before_the_eyes(rig: HeadRig, characters: dict[str, Character], tint: float) -> None:
    rest = warped(rig, characters[PERSON].fit)
    splats = glasses_splats(rig, rest, Glasses(2.5, 1.8, 0.2, np.float32((0.1, 0.1, 0.1)), tint))
    landmarks = rig.landmarks(rest)
    lenses = splats.means[:, 2] > landmarks[[263, 33], 2].mean()
    for eye in (landmarks[[263, 362, 386, 374]], landmarks[[33, 133, 159, 145]]):
        near = lenses & (np.sign(splats.means[:, 0]) == np.sign(eye[0, 0]))
        assert splats.means[near, 0].min() < eye[:, 0].min() and splats.means[near, 0].max() > eye[:, 0].max()
        assert splats.means[near, 1].min() < eye[:, 1].min() and splats.means[near, 1].max() > eye[:, 1].max()
    assert splats.means[:, 2].min() < 0, "temples reach back to the ears"
    assert splats.scales.min() > 0 and np.isfinite(splats.means).all()
    see_through = splats.opacities < 0.9
    assert see_through.any() == (tint > 0), "only dark lenses are drawn"


def test_wider_glasses_are_wider(rig: HeadRig, characters: dict[str, Character]) -> None:
    rest = warped(rig, characters[PERSON].fit)
    widths = [
        np.ptp(glasses_splats(rig, rest, Glasses(half, 1.8, 0.2, np.zeros(3, np.float32), 0.0)).means[:400, 0])
        for half in (2.6, 3.1)
    ]
    assert widths[1] > widths[0] + 0.3


def test_the_frames_colour_is_the_photos(rig: HeadRig, characters: dict[str, Character], portraits) -> None:
    portrait = portraits["glasses"]
    image = portrait.image.copy()
    image[portrait.mask("glasses")] = (180, 20, 30)
    red = measure_glasses(rig, characters["glasses"].fit, replace(portrait, image=image))
    assert red is not None
    np.testing.assert_allclose(red.color * 255, (180, 20, 30), atol=3)
