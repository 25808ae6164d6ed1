import numpy as np
import pytest

from core.stylize.accents.places import Places
from core.stylize.paint import Paint, painted
from core.stylize.patterns import Pattern, pattern_mask, tile_of
from core.stylize.recipes import RECIPES
from core.stylize.surface import read_surface
from tests.core.stylize.heads import head

SURFACE = read_surface(head())
LIGHT = (0.5 + 0.5 * SURFACE.normals[:, 2]).astype(np.float32)
USED = {p for r in RECIPES for p in (r.material.pattern, *r.material.overlays) if p}
PLACES = Places(SURFACE.means.astype(float), SURFACE.labels)


@pytest.mark.parametrize("pattern", sorted(USED, key=lambda p: p.kind), ids=lambda p: p.kind)
def test_every_pattern_has_dark_and_light_places(pattern: Pattern):
    mask = pattern_mask(pattern, SURFACE, LIGHT, 0)
    assert mask.shape == (len(SURFACE.means),)
    assert np.isfinite(mask).all() and mask.min() > -0.2 and mask.max() < 1.5
    assert np.ptp(mask) > 0.3
    assert np.array_equal(mask, pattern_mask(pattern, SURFACE, LIGHT, 0))


def test_borders_lie_where_parts_meet():
    mask = pattern_mask(Pattern("borders", "#000000", 0.9, 1.0), SURFACE, LIGHT, 0)
    hair = SURFACE.means[:, 1] > 6
    at_edge = np.abs(SURFACE.means[:, 1] - 6) < 0.4
    front = SURFACE.means[:, 2] > 3
    assert mask[at_edge & front].mean() > 0.3
    assert mask[hair & (SURFACE.means[:, 1] > 7.5)].max() == 0


def test_tiles_are_about_as_large_as_asked():
    cell, apart = tile_of(SURFACE, 3.0, 0)
    area = 4 * np.pi * 8.6**2
    assert 0.3 * area / 9 < len(np.unique(cell)) < 2.5 * area / 9
    assert apart.min() >= 0


@pytest.mark.parametrize("kind", sorted({paint.kind for r in RECIPES for paint in r.paints}))
def test_every_drawing_marks_some_of_the_head_and_not_all(kind: str):
    before = SURFACE.lab.copy()
    if kind in ("bones", "shirt"):
        labels = np.where(SURFACE.means[:, 1] < -5, 15, SURFACE.labels).astype(np.uint8)
        places = Places(SURFACE.means.astype(float), labels)
    else:
        places = PLACES
    after = painted(before, places, (Paint(kind, "#00ff00"),))
    changed = np.abs(after - before).max(1) > 0.05
    assert 0 < changed.mean() < 0.5
    assert np.array_equal(before, SURFACE.lab)


def test_paint_shows_on_dark_skin_too():
    dark = SURFACE.lab.copy()
    dark[:, 0] -= 0.4
    paint = Paint("whiskers", "#101010", on_dark="#ffffff")
    light_after, dark_after = painted(SURFACE.lab, PLACES, (paint,)), painted(dark, PLACES, (paint,))
    marked = np.abs(light_after - SURFACE.lab).max(1) > 0.1
    assert (light_after[marked, 0] < SURFACE.lab[marked, 0]).all()
    assert (dark_after[marked, 0] > dark[marked, 0]).all()
