import io

import numpy as np
import pytest
from PIL import Image

from core.avatar.model import PARTS
from core.oklab import to_oklab
from core.stylize.controls import StyleControls
from core.stylize.embedded import stylize
from core.stylize.prompts import understand
from core.stylize.reference import in_reference_style, part_colours, read_reference, shrunk
from core.stylize.surface import read_surface
from tests.core.stylize.heads import head

AVATAR = head()
SURFACE = read_surface(AVATAR)
FULL = StyleControls(1.0, 0.5, 0.0)
ROWS, COLUMNS = np.mgrid[:200, :300]
STRIPES = np.where((ROWS // 10 % 2)[..., None] == 0, np.uint8((20, 40, 140)), np.uint8((240, 220, 120))).astype(
    np.uint8
)
HALVES = np.where((COLUMNS < 150)[..., None], np.uint8((20, 40, 140)), np.uint8((240, 220, 120))).astype(np.uint8)
PLAIN = np.full((40, 60, 3), (60, 160, 90), np.uint8)


def part(name: str) -> np.ndarray:
    return SURFACE.labels == PARTS.index(name)


def colours_of(picture: np.ndarray) -> np.ndarray:
    return to_oklab(np.unique(picture.reshape(-1, 3), axis=0).astype(np.float32) / 255)


def test_the_palette_is_the_pictures():
    reference = read_reference(STRIPES)
    assert reference.shares.sum() == pytest.approx(1)
    main = reference.palette[np.argsort(-reference.shares)[:2]]
    away = np.linalg.norm(main[:, None] - colours_of(STRIPES), axis=2)
    assert away.min(0).max() < 0.05


def test_light_parts_take_the_light_colours():
    chosen = part_colours(SURFACE, read_reference(STRIPES))
    assert chosen["skin"][0] > chosen["hair"][0] + 0.3
    assert chosen["skin"][2] > 0.05 and chosen["hair"][2] < -0.05


def test_a_texture_is_one_and_a_scene_is_none():
    assert read_reference(STRIPES).texture > 0.9
    assert read_reference(HALVES).texture < 0.3
    assert read_reference(PLAIN).texture == 0


def test_the_texture_lies_on_the_surface_from_all_sides():
    lab = in_reference_style(SURFACE, read_reference(STRIPES), {}, FULL)
    for side in (SURFACE.normals[:, 2] > 0.8, SURFACE.normals[:, 0] > 0.8, SURFACE.normals[:, 0] < -0.8):
        rows = side & part("skin")
        heights = np.round(SURFACE.means[rows, 1] / 0.35).astype(int)
        heights -= heights.min()
        means = np.bincount(heights, lab[rows, 2]) / np.maximum(np.bincount(heights), 1)
        # Horizontal stripes: rows differ, and within a row all is alike.
        assert means[np.bincount(heights) > 3].std() > 0.03


def test_sliders_are_obeyed():
    reference = read_reference(STRIPES)
    own = SURFACE.lab[part("skin")].mean(0)
    away = [
        np.linalg.norm(
            in_reference_style(SURFACE, reference, {}, StyleControls(1.0, 0.5, i))[part("skin")].mean(0) - own
        )
        for i in (0.0, 0.5, 1.0)
    ]
    assert away[0] > away[1] > away[2]
    busy = [
        in_reference_style(SURFACE, reference, {}, StyleControls(1.0, e, 0.0))[part("skin"), 2].std()
        for e in (0.0, 1.0)
    ]
    assert busy[0] > 1.3 * busy[1]
    assert stylize(AVATAR, understand(""), StyleControls(0.0, 0.5, 0.5), 0, reference) is AVATAR


def test_colours_asked_for_go_before_the_pictures():
    red = (0.8, 0.1, 0.1)
    lab = in_reference_style(SURFACE, read_reference(PLAIN), {"hair": red}, FULL)
    asked = to_oklab(np.array(red, np.float32))
    assert np.linalg.norm(lab[part("hair")].mean(0) - asked) < 0.1
    assert lab[part("skin"), 1].mean() < 0


def test_prompt_and_picture_meet_between():
    reference = read_reference(PLAIN)
    both, gold, picture = (
        stylize(AVATAR, understand(prompt), FULL, 0, shown).rest[: len(AVATAR), :]
        for prompt, shown in (("gold", reference), ("gold", None), ("", reference))
    )
    assert not np.array_equal(both, gold) and not np.array_equal(both, picture)


@pytest.mark.parametrize("picture", [PLAIN[:1, :1], np.zeros((3, 500, 3), np.uint8), np.full((9, 9, 3), 255, np.uint8)])
def test_any_picture_will_do(picture: np.ndarray):
    lab = in_reference_style(SURFACE, read_reference(picture), {}, FULL)
    assert np.isfinite(lab).all()


def test_the_kept_copy_is_small_and_gives_the_same_style():
    noisy = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), np.uint8)
    assert len(shrunk(noisy)) < 60_000
    again = np.asarray(Image.open(io.BytesIO(shrunk(STRIPES))))
    first, second = (in_reference_style(SURFACE, read_reference(p), {}, FULL) for p in (STRIPES, again))
    assert np.abs(first - second).mean() < 0.02
