from dataclasses import replace

import numpy as np
import pytest

from core.landmarks import LEFT_IRIS, RIGHT_IRIS
from core.oklab import to_oklab
from core.portrait import FACE_PARTS, Portrait
from core.rig.masks import dilated
from core.rig.sight import Sight
from core.traits.palette import NEUTRAL, Palette, measure_palette
from tests.conftest import EXAMPLES, PERSON


def palette_of(sight: Sight, portrait: Portrait | None = None) -> Palette:
    return measure_palette(sight if portrait is None else replace(sight, portrait=portrait))[0]


def without_part(portrait: Portrait, part: str, instead: str = "background") -> Portrait:
    labels = portrait.labels.copy()
    labels[labels == FACE_PARTS.index(part)] = FACE_PARTS.index(instead)
    return replace(portrait, labels=labels)


def painted(portrait: Portrait, paint: dict[str, tuple[int, int, int]]) -> Portrait:
    image = portrait.image.copy()
    for part, color in paint.items():
        image[portrait.mask(part)] = color
    return replace(portrait, image=image)


def hue(color: np.ndarray) -> float:
    lab = to_oklab(color)
    return float(np.arctan2(lab[2], lab[1]))


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("factor", [0.85, 1.12])
def test_brightness_changes_colours_little(sights: dict[str, Sight], name: str, factor: float) -> None:
    portrait = sights[name].portrait
    image = np.clip(portrait.image * factor, 0, 255).astype(np.uint8)
    other, palette = palette_of(sights[name], replace(portrait, image=image)), palette_of(sights[name])
    for part in ("hair", "skin", "lips"):
        change = to_oklab(getattr(other, part)) - to_oklab(getattr(palette, part))
        assert abs(change[0]) < 0.12, part
        assert np.hypot(*change[1:]) < 0.02, part


def test_colours_are_told_apart(sights: dict[str, Sight]) -> None:
    palettes = {name: palette_of(sight) for name, sight in sights.items()}
    lab = {name: {part: to_oklab(color) for part, color in vars(palette).items()} for name, palette in palettes.items()}
    assert lab["blue_hair"]["hair"][2] < -0.03 < 0.0 < lab["bob"]["hair"][2]
    assert lab["glasses"]["hair"][0] > 0.6 > 0.4 > lab["short_hair"]["hair"][0]
    assert min(lab["fringe"]["skin"][0], lab["blue_hair"]["skin"][0]) > lab["beard"]["skin"][0] + 0.12
    for name, colors in lab.items():
        assert colors["lips"][0] < colors["skin"][0] and colors["lips"][1] > colors["skin"][1] + 0.02, name
        assert colors["brows"][0] < colors["skin"][0] - 0.1, name
        assert 0.24 < colors["iris"][0] < 0.67, name
        assert colors["hair_roots"][0] < colors["hair"][0] < colors["hair_light"][0] - 0.04, name
        assert 0.5 < np.arctan2(colors["skin"][2], colors["skin"][1]) < 1.0, name
    for palette in palettes.values():
        for color in vars(palette).values():
            assert color.dtype == np.float32 and color.min() >= 0 and color.max() <= 1


def test_painted_colours_come_back(sights: dict[str, Sight]) -> None:
    """Clothes are taken as they are, skin and hair nearly so."""
    portrait = sights[PERSON].portrait
    paint = {"hair": (150, 60, 40), "clothes": (20, 120, 60), "skin": (200, 150, 120)}
    palette = palette_of(sights[PERSON], painted(portrait, paint))
    np.testing.assert_allclose(palette.clothes * 255, paint["clothes"], atol=2)
    assert hue(palette.hair) == pytest.approx(hue(np.float32(paint["hair"]) / 255), abs=0.05)
    for part in ("hair", "skin"):
        assert abs(to_oklab(getattr(palette, part))[0] - to_oklab(np.float32(paint[part]) / 255)[0]) < 0.05


@pytest.mark.parametrize("color", [(30, 90, 200), (40, 130, 90), (230, 120, 180)])
def test_dyed_hair_keeps_its_hue_and_leaves_the_brows(sights: dict[str, Sight], color: tuple) -> None:
    portrait = sights[PERSON].portrait
    palette = palette_of(sights[PERSON], painted(portrait, {"hair": color}))
    assert hue(palette.hair) == pytest.approx(hue(np.float32(color) / 255), abs=0.1)
    assert abs(hue(palette.brows) - hue(palette_of(sights[PERSON]).brows)) < 0.5


def test_lipstick_shows(sights: dict[str, Sight]) -> None:
    portrait = sights["fringe"].portrait
    bare, made_up = (
        to_oklab(palette_of(sights["fringe"], p).lips) for p in (portrait, painted(portrait, {"lips": (190, 15, 35)}))
    )
    assert made_up[1] > 0.17 > bare[1] + 0.03


@pytest.mark.parametrize(
    ("color", "shade"), [((70, 110, 170), "blue"), ((80, 50, 30), "brown"), ((70, 100, 60), "green")]
)
def test_painted_irises_are_read(sights: dict[str, Sight], color: tuple, shade: str) -> None:
    portrait = sights["fringe"].portrait
    image = portrait.image.copy()
    rows, columns = np.mgrid[:512, :512]
    for iris in (LEFT_IRIS, RIGHT_IRIS):
        centre, rim = portrait.points[iris[0], :2], portrait.points[list(iris[1:]), :2]
        near = np.hypot(columns - centre[0], rows - centre[1]) < np.linalg.norm(rim - centre, axis=1).mean()
        image[near & portrait.mask("eyes")] = color
    iris = to_oklab(palette_of(sights["fringe"], replace(portrait, image=image)).iris)
    expected = {"blue": iris[2] < -0.03, "brown": min(iris[1:]) > 0.015, "green": iris[1] < -0.01 and iris[2] > 0.01}
    assert expected[shade], iris


def test_highlights_and_roots_are_seen(sights: dict[str, Sight]) -> None:
    """Light locks over dark hair, which grows out darker still."""
    sight = sights["bob"]
    portrait = sight.portrait
    plain = painted(portrait, {"hair": (120, 80, 50)})
    image = plain.image.copy()
    streaks = portrait.mask("hair") & (np.arange(512) % 4 == 0)[None]
    image[streaks] = (210, 170, 120)
    image[portrait.mask("hair") & dilated(portrait.mask("skin"), 20)] = (60, 40, 25)
    streaked, even = palette_of(sight, replace(portrait, image=image)), palette_of(sight, plain)
    for part, sign in (("hair_light", 1), ("hair_roots", -1)):
        away, usual = (to_oklab(getattr(p, part))[0] - to_oklab(p.hair)[0] for p in (streaked, even))
        assert sign * away > sign * usual + 0.05, part


def test_what_does_not_show_is_neutral_and_told(sights: dict[str, Sight]) -> None:
    portrait = sights["bob"].portrait
    bare = replace(portrait, labels=np.full_like(portrait.labels, FACE_PARTS.index("background")))
    palette, doubt = measure_palette(replace(sights["bob"], portrait=bare))
    for part, color in NEUTRAL.items():
        np.testing.assert_allclose(to_oklab(getattr(palette, part)), to_oklab(np.float32(color)), atol=0.08)
    assert doubt.count(".") == 1 and "skin, lips, brows, irises and clothes" in doubt
    assert measure_palette(sights["bob"])[1] == ""


def test_a_bald_head_needs_no_hair_colour(sights: dict[str, Sight]) -> None:
    portrait = sights["bob"].portrait
    bald, doubt = measure_palette(replace(sights["bob"], portrait=without_part(portrait, "hair")))
    np.testing.assert_allclose(bald.skin, palette_of(sights["bob"]).skin)
    assert to_oklab(bald.hair)[0] < 0.6 and doubt == ""
    _, doubt = measure_palette(replace(sights["bob"], portrait=without_part(portrait, "hair", "headwear")))
    assert "hair" in doubt


def test_closed_eyes_tell_no_colour(sights: dict[str, Sight]) -> None:
    portrait = sights["fringe"].portrait
    shut = painted(portrait, {"eyes": (200, 150, 130)})
    palette, doubt = measure_palette(replace(sights["fringe"], portrait=shut))
    assert "irises" in doubt
    np.testing.assert_allclose(palette.iris, NEUTRAL["iris"], atol=1e-3)
