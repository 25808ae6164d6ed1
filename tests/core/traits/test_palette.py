from dataclasses import replace

import numpy as np
import pytest

from core.face.landmarks import Landmarker
from core.face.parts import FaceParser, parse_face
from core.oklab import to_oklab, to_srgb
from core.portrait import FACE_PARTS, Portrait
from core.traits.palette import measure_palette
from tests.conftest import EXAMPLES


def without_part(portrait: Portrait, part: str, instead: str) -> Portrait:
    labels = portrait.labels.copy()
    labels[labels == FACE_PARTS.index(part)] = FACE_PARTS.index(instead)
    return replace(portrait, labels=labels)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("factor", [0.85, 1.12])
def test_brightness_changes_colours_little(
    portraits: dict[str, Portrait], landmarker: Landmarker, parser: FaceParser, name: str, factor: float
) -> None:
    portrait = portraits[name]
    image = np.clip(portrait.image * factor, 0, 255).astype(np.uint8)
    face = landmarker.detect(image)[0]
    other = measure_palette(Portrait(image, face.points, face.scores, parse_face(parser, image)))
    palette = measure_palette(portrait)
    for part in ("hair", "skin"):
        change = to_oklab(getattr(other, part)) - to_oklab(getattr(palette, part))
        assert abs(change[0]) < 0.12, part
        assert np.hypot(*change[1:]) < 0.02, part


def test_colours_are_told_apart(portraits: dict[str, Portrait]) -> None:
    palettes = {name: measure_palette(portrait) for name, portrait in portraits.items()}
    lab = {name: {part: to_oklab(color) for part, color in vars(palette).items()} for name, palette in palettes.items()}
    assert lab["blue_hair"]["hair"][2] < -0.03 < 0.0 < lab["bob"]["hair"][2]
    assert lab["glasses"]["hair"][0] > 0.6 > 0.4 > lab["short_hair"]["hair"][0]
    assert min(lab["fringe"]["skin"][0], lab["blue_hair"]["skin"][0]) > lab["beard"]["skin"][0] + 0.15
    for name, colors in lab.items():
        assert colors["lips"][0] < colors["skin"][0] and colors["lips"][1] > colors["skin"][1] + 0.02, name
        assert colors["brows"][0] < colors["skin"][0] - 0.1, name
        assert 0.35 < colors["iris"][0] < 0.7, name
    for palette in palettes.values():
        for color in vars(palette).values():
            assert color.dtype == np.float32 and color.min() >= 0 and color.max() <= 1


def test_painted_colours_come_back(portraits: dict[str, Portrait]) -> None:
    """Clothes and hats are taken as they are, hair nearly so."""
    portrait = portraits["short_hair"]
    image = portrait.image.copy()
    paint = {"hair": (150, 60, 40), "clothes": (20, 120, 60), "skin": (200, 150, 120)}
    for part, color in paint.items():
        image[portrait.mask(part)] = color
    palette = measure_palette(replace(portrait, image=image))
    np.testing.assert_allclose(palette.clothes * 255, paint["clothes"], atol=2)
    hair, painted = to_oklab(palette.hair), to_oklab(np.float32(paint["hair"]) / 255)
    np.testing.assert_allclose(np.arctan2(hair[2], hair[1]), np.arctan2(painted[2], painted[1]), atol=0.05)
    assert abs(hair[0] - painted[0]) < 0.08
    skin = to_oklab(palette.skin)
    assert abs(skin[0] - to_oklab(np.float32(paint["skin"]) / 255)[0]) < 0.05


def test_parts_that_do_not_show_have_plausible_colours(portraits: dict[str, Portrait]) -> None:
    portrait = portraits["bob"]
    bare = replace(portrait, labels=np.full_like(portrait.labels, FACE_PARTS.index("background")))
    palette = measure_palette(bare)
    assert all(np.isfinite(color).all() for color in vars(palette).values())
    assert to_oklab(palette.hair)[0] < 0.4, "dark hair is the likeliest"
    bald = measure_palette(without_part(portrait, "hair", "background"))
    np.testing.assert_allclose(bald.skin, measure_palette(portrait).skin)


def test_oklab_goes_there_and_back() -> None:
    colors = np.random.default_rng(0).uniform(0, 1, (500, 3)).astype(np.float32)
    np.testing.assert_allclose(to_srgb(to_oklab(colors)), colors, atol=2e-4)
