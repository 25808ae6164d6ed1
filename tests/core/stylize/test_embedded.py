import itertools

import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar, without
from core.gaussians import DC, LOG_SCALE, LOGIT, MEAN, QUAT, SH_C0
from core.oklab import to_oklab
from core.stylize.controls import StyleControls
from core.stylize.embedded import stylize
from core.stylize.prompts import understand
from core.stylize.recipes import RECIPES
from core.stylize.surface import read_surface
from tests.core.stylize.heads import head

STYLES = [recipe.name for recipe in RECIPES]
SLIDER = (0.0, 0.25, 0.5, 0.75, 1.0)
AVATAR = head()


def restyled(prompt: str, seed: int = 0, **controls: float) -> Avatar:
    """The head's own splats in a style, without what was added to them."""
    result = stylize(
        AVATAR, understand(prompt), StyleControls(**{name: float(value) for name, value in controls.items()}), seed
    )
    return result if result is AVATAR else without(result, np.arange(len(result)) >= len(AVATAR))


def rgb(avatar: Avatar) -> np.ndarray:
    return avatar.rest[:, DC] * SH_C0 + 0.5


def lab(avatar: Avatar) -> np.ndarray:
    return to_oklab(np.clip(rgb(avatar), 0, 1))


def part(name: str) -> np.ndarray:
    return AVATAR.labels == PARTS.index(name)


def test_nothing_asked_changes_nothing():
    assert restyled("", strength=1) is AVATAR
    assert restyled("gold", strength=0) is AVATAR


@pytest.mark.parametrize("style", [recipe.name for recipe in RECIPES if not recipe.blocks_cm])
def test_only_colours_and_opacities_change(style: str):
    result = restyled(style, strength=1)
    for columns in (MEAN, LOG_SCALE, QUAT):
        assert np.array_equal(result.rest[:, columns], AVATAR.rest[:, columns])
        for before, after in zip(AVATAR.offsets, result.offsets, strict=True):
            assert np.array_equal(before.index, after.index)
            assert np.array_equal(before.delta[:, columns], after.delta[:, columns])
    assert rgb(result).min() > -1e-5 and rgb(result).max() < 1 + 1e-5
    assert (result.rest[:, LOGIT] <= AVATAR.rest[:, LOGIT] + 1e-5).all()


@pytest.mark.parametrize("style", STYLES)
def test_strength_moves_away_from_the_primary_avatar(style: str):
    far = [np.linalg.norm(lab(restyled(style, strength=s)) - lab(AVATAR), axis=1).mean() for s in SLIDER]
    assert far[0] == 0 and (np.diff(far) > 0).all()
    # A halo, a crown: what is added carries some styles, and it is not counted here.
    assert far[-1] > 0.03


@pytest.mark.parametrize("style", [recipe.name for recipe in RECIPES if not recipe.blocks_cm])
def test_edges_bring_the_primary_avatars_own_contrast_back(style: str):
    body = ~np.isin(AVATAR.labels, [PARTS.index(p) for p in ("sclera", "iris", "teeth", "mouth")])
    own = read_surface(AVATAR).detail[body]
    agree = []
    for edges in SLIDER:
        detail = read_surface(restyled(style, strength=1, edges=edges)).detail[body]
        agree.append(float(detail @ own / np.linalg.norm(detail) / np.linalg.norm(own)))
    # Where hardly anything was lost there is hardly anything to bring back.
    assert all(after > before or after > 0.9 for before, after in itertools.pairwise(agree))
    assert agree[-1] > agree[0] + 0.02


@pytest.mark.parametrize("style", ["alien", "zombie", "marble statue", "gold", "ice", "lava", "hologram"])
@pytest.mark.parametrize("group", ["skin", "hair"])
def test_identity_keeps_the_persons_colours(style: str, group: str):
    # Medians: lava's cracks are as orange as many a skin.
    own = np.median(lab(AVATAR)[part(group)], 0)
    away = []
    for identity in SLIDER:
        now = np.median(lab(restyled(style, strength=1, identity=identity))[part(group)], 0)
        away.append(float(np.hypot(*(now - own)[1:])))
    # What has arrived (medians of strands are not their means), or cannot be shown any further away, may tremble.
    assert all(after < before + 0.003 or after < 0.04 for before, after in itertools.pairwise(away))
    assert away[-1] < 0.7 * away[0]


@pytest.mark.parametrize("style", STYLES)
def test_eyes_stay_alive_and_the_mouth_readable(style: str):
    for identity in (0.0, 0.5):
        result = lab(restyled(style, strength=1, edges=0, identity=identity))[:, 0]
        iris = part("iris")
        assert result[part("sclera")].mean() - np.median(result[iris]) > 0.2
        assert result[part("teeth")].mean() - result[part("mouth")].mean() > 0.3
        # The catchlight is the brightest splat of the eyes, as white as before.
        assert result[-1] == pytest.approx(lab(AVATAR)[-1, 0], abs=0.01)
        assert result[-1] == result[iris].max()


def test_same_seed_same_avatar_and_another_seed_other_veins():
    one, again, other = (restyled("marble", seed=seed).rest for seed in (3, 3, 4))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_colours_alone_change_their_part_and_nothing_else():
    result = restyled("pink hair", strength=1)
    hair = part("hair")
    assert np.abs(rgb(result)[~hair] - rgb(AVATAR)[~hair]).max() < 1e-4
    pink = to_oklab(np.array(understand("pink hair").colours["hair"], np.float32))
    assert np.abs(lab(result)[hair].mean(0) - pink).max() < 0.06
    # The strands are still there.
    assert np.corrcoef(lab(result)[hair, 0], lab(AVATAR)[hair, 0])[0, 1] > 0.95


def test_two_styles_meet_between():
    gold, ice, both = (
        lab(restyled(prompt, strength=1))[part("skin")].mean(0) for prompt in ("gold", "ice", "gold ice")
    )
    assert np.abs(both - (gold + ice) / 2).max() < 0.05


def test_a_golden_robot_is_golden():
    gold, robot, both = (
        np.hypot(*lab(restyled(prompt, strength=1))[part("skin")].mean(0)[1:])
        for prompt in ("gold", "robot", "golden robot")
    )
    assert robot < 0.5 * gold and both > 0.75 * gold


@pytest.mark.parametrize("style", STYLES)
def test_a_shadow_of_an_expression_remains_a_shadow(style: str):
    result = restyled(style, strength=1)
    offset = result.offsets[1]
    before = lab(result)[offset.index, 0]
    posed = (result.rest[offset.index] + offset.delta)[:, DC] * SH_C0 + 0.5
    assert posed.min() > -1e-4 and posed.max() < 1 + 1e-4
    after = to_oklab(np.clip(posed, 0, 1))[:, 0]
    assert (after <= before + 1e-3).all() and (before - after).mean() > 0.05


def test_opacity_offsets_follow_the_scaled_opacity():
    # A splat that an expression fades out is as faded, in proportion, in a translucent style.
    sets = AVATAR.offsets[0]
    sets.delta[:, LOGIT] = -4
    result = restyled("hologram", strength=1)
    sets.delta[:, LOGIT] = 0
    opacity = lambda logit: 1 / (1 + np.exp(-logit))
    rows = sets.index
    ratio = opacity(result.rest[rows, LOGIT]) / opacity(AVATAR.rest[rows, LOGIT])
    posed = opacity(result.rest[rows, LOGIT] + result.offsets[0].delta[:, LOGIT])
    assert posed == pytest.approx(ratio * opacity(AVATAR.rest[rows, LOGIT] - 4), rel=1e-3)
