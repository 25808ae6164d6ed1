from dataclasses import replace

import numpy as np
import pytest

from core.rig.sight import Sight
from core.rig.surface import neutral_places
from core.traits.marks import Marks, measure_marks
from tests.conftest import EXAMPLES


def painted(sight: Sight, places: list[tuple[float, float]], radius: float, darkness: float) -> Sight:
    """The photo with round dark spots at places of the neutral head."""
    image = sight.portrait.image.astype(float)
    x, y, z = neutral_places(sight.rig, sight.pattern).T
    rows, columns = np.mgrid[:512, :512]
    row, column = sight.splat_pixels
    for at_x, at_y in places:
        nearest = np.argmin((x - at_x) ** 2 + (y - at_y) ** 2 + 100 * (z < 3))
        distance = np.hypot(rows - row[nearest], columns - column[nearest])
        image *= 1 - darkness * np.clip(radius + 0.5 - distance, 0, 1)[..., None]
    return replace(sight, portrait=replace(sight.portrait, image=image.astype(np.uint8)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_the_old_man_looks_old_and_nobody_has_spots(sights: dict[str, Sight], name: str) -> None:
    marks, doubt = measure_marks(sights[name])
    assert marks.freckles < 0.2
    assert marks.moles == ()
    assert marks.age > 0.7 if name == "glasses" else marks.age < 0.3
    assert doubt == ""


def test_a_mole_is_found_where_it_is(sights: dict[str, Sight]) -> None:
    marks, _ = measure_marks(painted(sights["bob"], [(3.6, -2.6)], 2.5, 0.5))
    assert len(marks.moles) == 1
    x, y, size = marks.moles[0]
    assert (x, y) == pytest.approx((3.6, -2.6), abs=0.35)
    assert 0.1 < size < 0.5


def test_many_small_spots_are_freckles_and_not_moles(sights: dict[str, Sight]) -> None:
    rng = np.random.default_rng(3)
    spots = rng.uniform((2.0, -2.3), (5.0, -0.3), (45, 2))
    places = [(side * x, y) for side in (1, -1) for x, y in spots]
    marks, _ = measure_marks(painted(sights["bob"], places, 1.6, 0.22))
    assert marks.freckles > 0.4
    assert marks.moles == ()


def test_rough_skin_and_grey_hair_look_older(sights: dict[str, Sight]) -> None:
    sight = sights["bob"]
    rows = np.arange(512)[:, None, None]
    lined = sight.portrait.image * (1 - 0.16 * (rows % 9 < 2))
    lined = np.where(sight.portrait.mask("hair")[..., None], 190, lined)
    older = replace(sight, portrait=replace(sight.portrait, image=lined.astype(np.uint8)))
    assert measure_marks(older)[0].age > measure_marks(sight)[0].age + 0.3


def test_hidden_skin_says_so(sights: dict[str, Sight]) -> None:
    sight = sights["bob"]
    hidden = replace(sight, portrait=replace(sight.portrait, labels=np.zeros((512, 512), np.uint8)))
    marks, doubt = measure_marks(hidden)
    assert marks == Marks() and doubt.endswith(".")
