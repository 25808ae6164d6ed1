from dataclasses import replace

import numpy as np
import pytest

from core.character.model import Character
from core.rig.head import RIG_PARTS, HeadRig
from core.rig.sight import Sight
from core.rig.surface import SurfacePattern, neutral_places
from core.traits.beard import Beard, beard_cover, measure_beard, preset_beard
from tests.conftest import EXAMPLES


def full(**densities: float) -> Beard:
    return Beard(**{"moustache": 0.0, "chin": 0.0, "jaw": 0.0} | densities, color=np.float32((0.2, 0.15, 0.1)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_the_bearded_man_has_a_beard(characters: dict[str, Character], name: str) -> None:
    beard = characters[name].beard
    if name == "beard":
        assert beard.chin > 0.3 and beard.jaw > 0.3 and not beard.is_shaved
        assert beard.color.max() < 0.4
    else:
        assert beard.is_shaved
        assert beard.moustache == beard.chin == beard.jaw == 0


def looked_at(sight: Sight, image: np.ndarray) -> Beard:
    return measure_beard(replace(sight, portrait=replace(sight.portrait, image=image.astype(np.uint8))))[0]


@pytest.mark.parametrize("name", ["beard", "bob"])
def test_the_photos_brightness_does_not_matter(sights: dict[str, Sight], name: str) -> None:
    sight = sights[name]
    before, darker = measure_beard(sight)[0], looked_at(sight, sight.portrait.image * 0.85)
    assert darker.is_shaved == before.is_shaved
    assert darker.chin == pytest.approx(before.chin, abs=0.2)


def test_light_from_one_side_is_no_beard(sights: dict[str, Sight]) -> None:
    shade = np.linspace(1.0, 0.55, 512)[None, :, None]
    assert looked_at(sights["bob"], sights["bob"].portrait.image * shade).is_shaved


def test_a_hidden_face_has_no_beard_and_says_so(sights: dict[str, Sight]) -> None:
    sight = sights["beard"]
    hidden = replace(sight, portrait=replace(sight.portrait, labels=np.zeros((512, 512), np.uint8)))
    beard, doubt = measure_beard(hidden)
    assert beard.is_shaved and doubt.endswith(".")


def test_white_hairs_make_a_grey_beard(sights: dict[str, Sight]) -> None:
    sight = sights["beard"]
    mask = sight.portrait.mask("hair")[..., None]
    white_haired = looked_at(sight, np.where(mask, (225, 225, 230), sight.portrait.image))
    before = measure_beard(sight)[0]
    assert white_haired.color.mean() > before.color.mean() + 0.08


def test_presets_are_what_they_are_called(rig: HeadRig, pattern: SurfacePattern) -> None:
    color = np.float32((0.2, 0.15, 0.1))
    assert preset_beard("none", color).is_shaved
    assert preset_beard("moustache", color).jaw == preset_beard("goatee", color).jaw == 0
    places = neutral_places(rig, pattern)
    covered = [beard_cover(places, preset_beard(name, color)).sum() for name in ("none", "stubble", "short", "full")]
    assert covered == sorted(covered) and covered[0] == 0
    with pytest.raises(ValueError, match="goatee"):
        preset_beard("mutton", color)


def test_a_beard_grows_where_beards_grow(rig: HeadRig, pattern: SurfacePattern) -> None:
    places = neutral_places(rig, pattern)
    cover = beard_cover(places, full(moustache=1.0, chin=1.0, jaw=1.0))
    assert cover.min() >= 0 and 0.5 < cover.max() <= 1
    assert cover[places[:, 1] > 2].max() == 0, "not above the ears"
    assert cover[places[:, 2] < 0].max() == 0, "not behind them"
    lips = rig.splat_part == RIG_PARTS.index("lips")
    assert cover[lips].mean() < 0.25
    mirrored = beard_cover(places * np.float32((-1, 1, 1)), full(moustache=1.0, chin=1.0, jaw=1.0))
    np.testing.assert_allclose(mirrored, cover, atol=1e-6)


def test_each_density_has_its_own_place(rig: HeadRig, pattern: SurfacePattern) -> None:
    places = neutral_places(rig, pattern)
    assert beard_cover(places, full()).max() == 0
    middle = {
        part: np.average(places[:, 1], weights=beard_cover(places, full(**{part: 1.0})))
        for part in ("moustache", "chin", "jaw")
    }
    assert middle["moustache"] > middle["jaw"] > middle["chin"]
    wide = np.average(np.abs(places[:, 0]), weights=beard_cover(places, full(jaw=1.0)))
    assert wide > 4
    half, whole = (beard_cover(places, full(chin=density)) for density in (0.5, 1.0))
    assert (half <= whole).all() and half.sum() < 0.8 * whole.sum()
