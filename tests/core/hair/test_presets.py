"""Every named head of hair is whole, is what its name says, and leaves the face free."""

from dataclasses import replace

import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar
from core.character.build import build_avatar
from core.character.model import Character
from core.errors import InvalidRequest
from core.hair.presets import HAIR_STYLES, preset_hair
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from tests.conftest import PERSON


def wearing(rig: HeadRig, pattern: SurfacePattern, character: Character, name: str) -> Avatar:
    bare = replace(character, hair=preset_hair(name), headwear=None, glasses=None, bust=False)
    return build_avatar(rig, pattern, bare, HouseStyle())


def hair_of(avatar: Avatar) -> np.ndarray:
    """Where the splats of hair lie that do not belong to the skin."""
    means = avatar.posed(np.zeros(16, np.float32)).means
    return means[avatar.labels == PARTS.index("hair")]


@pytest.mark.parametrize("name", HAIR_STYLES)
def test_every_style_is_finite_light_and_leaves_eyes_and_mouth_free(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character], name: str
) -> None:
    character = characters[PERSON]
    avatar = wearing(rig, pattern, character, name)
    assert np.isfinite(avatar.rest).all() and len(avatar) < 50_000
    sculpt = Sculpt(rig, pattern, cartoon_head(rig, character.identity, HouseStyle()))
    hair = hair_of(avatar)
    front = hair[hair[:, 2] > 2]
    for place in (*(sculpt.landmarks[list(rim)].mean(0) for rim in (LEFT_EYE, RIGHT_EYE)), sculpt.landmarks[13]):
        assert not (np.linalg.norm(front[:, :2] - place[:2], axis=1) < 0.8).any(), name


def test_names_tell_lengths_and_volumes(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]
) -> None:
    def reach(name: str) -> tuple[float, float]:
        hair = hair_of(wearing(rig, pattern, characters[PERSON], name))
        return float(np.quantile(hair[:, 1], 0.01)), float(np.quantile(hair[:, 1], 0.999))

    lowest = {name: reach(name)[0] for name in ("short", "bob", "long straight")}
    assert lowest["long straight"] < -11 < lowest["bob"] < -5.5 < lowest["short"]
    highest = {name: reach(name)[1] for name in ("buzz cut", "quiff", "afro", "bun")}
    assert highest["buzz cut"] + 1 < highest["quiff"] < highest["afro"]
    assert highest["bun"] > highest["buzz cut"] + 2


def test_a_bald_top_is_bald_on_top_only(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]
) -> None:
    hair = hair_of(wearing(rig, pattern, characters[PERSON], "bald top"))
    assert len(hair) > 500 and hair[:, 1].max() < 10
    assert preset_hair("bald") is None


def test_an_unknown_name_is_refused_with_the_choices() -> None:
    with pytest.raises(InvalidRequest, match=r"no hair style 'mullet'.*bob"):
        preset_hair("mullet")
