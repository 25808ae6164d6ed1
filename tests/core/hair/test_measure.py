"""Hair is read from the photo: its length, its edge, its curl; and nothing is read where nothing shows."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from core.hair.measure import measure_hair
from core.hair.shape import HairShape
from core.hair.texture import strand_order
from core.portrait import FACE_PARTS
from core.rig.sight import Sight

HAIR, SKIN, BACKGROUND = (FACE_PARTS.index(part) for part in ("hair", "skin", "background"))


def read(sight: Sight) -> HairShape:
    hair, _ = measure_hair(sight)
    assert hair is not None
    return hair


def relabelled(sight: Sight, labels: np.ndarray) -> Sight:
    return Sight(sight.rig, sight.pattern, replace(sight.portrait, labels=labels), sight.fit)


def test_lengths_and_fringes_of_the_examples(sights: dict[str, Sight]) -> None:
    shapes = {name: read(sight) for name, sight in sights.items()}
    assert {name for name, shape in shapes.items() if shape.is_long} == {"fringe", "bob", "blue_hair"}
    assert shapes["fringe"].fringe and shapes["blue_hair"].fringe
    assert not shapes["short_hair"].fringe and not shapes["beard"].fringe
    assert all(shape.top for shape in shapes.values())


def test_no_hair_is_a_bald_head(sights: dict[str, Sight]) -> None:
    sight = sights["short_hair"]
    bare = np.where(sight.portrait.labels == HAIR, BACKGROUND, sight.portrait.labels).astype(np.uint8)
    assert measure_hair(relabelled(sight, bare)) == (None, "")


def test_more_hair_beside_the_head_is_thicker_hair(sights: dict[str, Sight]) -> None:
    sight = sights["beard"]
    eyes = sight.portrait.points[[33, 263], 1].mean()
    labels = sight.portrait.labels.copy()
    rows = slice(int(eyes) - 90, int(eyes) - 20)
    grown = ndimage.binary_dilation(labels[rows] == HAIR, iterations=22) & (labels[rows] == BACKGROUND)
    assert grown.sum() > 1000, "the example must leave room beside the hair"
    labels[rows][grown] = HAIR
    before, after = read(sight), read(relabelled(sight, labels))
    assert after.outline.max() > before.outline.max() + 0.2


def test_a_fringe_painted_on_the_forehead_is_read(sights: dict[str, Sight]) -> None:
    sight = sights["short_hair"]
    labels = sight.portrait.labels.copy()
    brow = int(sight.portrait.points[[105, 334], 1].min())
    forehead = np.zeros(labels.shape, bool)
    forehead[brow - 120 : brow - 6, 150:362] = True
    labels[forehead & (labels == SKIN)] = HAIR
    assert read(relabelled(sight, labels)).fringe


def test_a_covered_eye_is_noticed(sights: dict[str, Sight]) -> None:
    sight = sights["short_hair"]
    labels = sight.portrait.labels.copy()
    # The avatar's left eye is in the right half of the picture.
    labels[150:300, 290:400] = HAIR
    assert read(relabelled(sight, labels)).eyes_free == (False, True)
    assert read(sight).eyes_free == (True, True)


@pytest.mark.parametrize("angle", [0.0, 0.7, 1.9])
def test_strands_side_by_side_are_in_order_and_noise_is_not(angle: float) -> None:
    rows, columns = np.mgrid[:200, :200]
    mask = np.ones((200, 200), bool)
    stripes = 0.4 + 0.1 * np.sin((rows * np.cos(angle) + columns * np.sin(angle)) * 0.9)
    noise = 0.4 + 0.1 * np.random.default_rng(0).normal(size=(200, 200))
    ordered, contrast = strand_order(stripes.astype(np.float32), mask, 12.0)
    confused, _ = strand_order(noise.astype(np.float32), mask, 12.0)
    assert ordered > 0.9 and confused < 0.4 and contrast > 0.01
