from dataclasses import replace

import numpy as np
import pytest

from core.character.model import Character
from core.portrait import FACE_PARTS
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.sight import Sight
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from core.traits.earrings import KINDS, earring_splats, lobes, preset_earrings
from core.traits.earrings_reading import measure_earrings
from tests.conftest import EXAMPLES, PERSON

GOLD = np.array((0.85, 0.68, 0.3), np.float32)


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, characters[PERSON].identity, HouseStyle()))


@pytest.mark.parametrize("kind", KINDS)
def test_earrings_hang_at_both_lobes(sculpt: Sculpt, kind: str) -> None:
    splats = earring_splats(sculpt, preset_earrings(kind, GOLD))
    assert np.isfinite(splats.means).all() and splats.scales.min() > 0
    ears = sculpt.surface.means[sculpt.rig.splats_of("ear")]
    for (lobe, _), sign in zip(lobes(sculpt), (1, -1), strict=True):
        assert lobe[1] < np.quantile(ears[:, 1], 0.3)
        own = splats.means[sign * splats.means[:, 0] > 0]
        assert np.linalg.norm(own - lobe, axis=1).min() < 0.3
        assert own[:, 1].max() < lobe[1] + 0.4
        assert (lobe[1] - own[:, 1].min() > 0.8) == (kind != "stud")
    left, right = (splats.means[sign * splats.means[:, 0] > 0].mean(0) for sign in (1, -1))
    np.testing.assert_allclose(left * (-1, 1, 1), right, atol=0.15)


def test_larger_ones_are_larger(sculpt: Sculpt) -> None:
    sizes = [
        np.ptp(earring_splats(sculpt, replace(preset_earrings("hoop", GOLD), size=size)).means[:, 1])
        for size in (0.8, 1.3)
    ]
    assert sizes[1] > 1.4 * sizes[0]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind must be one of"):
        preset_earrings("tunnel", GOLD)


@pytest.mark.parametrize("name", EXAMPLES)
def test_nobody_gets_earrings_who_shows_none(characters: dict[str, Character], name: str) -> None:
    assert characters[name].earrings is None


def with_jewels(sight: Sight, reach_cm: float, color: tuple[int, int, int]) -> Sight:
    """The sight with a bright spot at each lobe that reaches so far down from it, on a plain dark background."""
    rows, columns = sight.splat_pixels
    image, labels = sight.portrait.image.copy(), sight.portrait.labels.copy()
    grid_row, grid_column = np.mgrid[:512, :512]
    for sign in (1, -1):
        ear = sight.rig.splats_of("ear") & (sign * sight.rig.neutral[sight.pattern.corners[:, 0], 0] > 0)
        row, column = np.quantile(rows[ear], 0.95), columns[ear & (rows > np.quantile(rows[ear], 0.85))].mean()
        scale = sight.fit.scale
        shell = np.hypot((grid_column - column) / 0.9, (grid_row - row + 1.0 * scale) / 1.6) < scale
        image[shell], labels[shell] = (150, 105, 85), FACE_PARTS.index("ears")
        down = grid_row - row
        jewel = (np.abs(grid_column - column) < 0.16 * scale) & (down > -0.2 * scale) & (down < reach_cm * scale)
        image[jewel], labels[jewel] = color, FACE_PARTS.index("ears")
    return Sight(sight.rig, sight.pattern, replace(sight.portrait, image=image, labels=labels), sight.fit)


def test_what_gleams_at_both_lobes_is_an_earring(sights: dict[str, Sight]) -> None:
    sight = sights[PERSON]
    stud, doubt = measure_earrings(with_jewels(sight, 0.4, (255, 255, 255)))
    assert stud is not None and stud.kind == "stud" and not doubt
    assert np.ptp(stud.color) < 0.08, "silver"
    drop, _ = measure_earrings(with_jewels(sight, 1.8, (255, 225, 120)))
    assert drop is not None and drop.kind == "drop"
    assert drop.color[0] > drop.color[2] + 0.25, "gold"
    assert measure_earrings(with_jewels(sight, 0.4, (165, 120, 100)))[0] is None, "hardly lighter than the skin"
