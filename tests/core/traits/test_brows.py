from dataclasses import replace

import numpy as np
import pytest

from core.landmarks import LEFT_BROW
from core.portrait import FACE_PARTS
from core.rig.head import HeadRig
from core.rig.sight import Sight
from core.traits.brows import Brows, brow_geometry, brow_looks, measure_brows, preset_brows
from tests.conftest import EXAMPLES

PRESETS = ("thin", "soft", "straight", "arched", "bushy")


def labelled(sight: Sight, labels: np.ndarray) -> Sight:
    return replace(sight, portrait=replace(sight.portrait, labels=labels))


@pytest.mark.parametrize("name", EXAMPLES)
def test_measured_brows_are_plausible(sights: dict[str, Sight], name: str) -> None:
    brows, doubt = measure_brows(sights[name])
    assert 0.1 <= brows.density <= 1
    assert all(0.1 < thickness < 1.2 for thickness in brows.thickness)
    assert not doubt or brows == Brows()


def test_people_differ(sights: dict[str, Sight]) -> None:
    middles = [measure_brows(sight)[0].thickness[1] for sight in sights.values()]
    assert np.ptp(middles) > 0.1


def test_what_covers_brows_makes_them_the_usual_ones(sights: dict[str, Sight]) -> None:
    sight = sights["beard"]
    labels = sight.portrait.labels.copy()
    labels[:260] = FACE_PARTS.index("hair")
    brows, doubt = measure_brows(labelled(sight, labels))
    assert brows == Brows() and "hidden" in doubt


def test_thicker_labels_make_thicker_and_higher_brows(sights: dict[str, Sight]) -> None:
    sight = sights["beard"]
    labels = sight.portrait.labels.copy()
    taller = sight.portrait.mask("brows")
    for rows in range(1, 7):
        taller |= np.roll(sight.portrait.mask("brows"), -rows, axis=0)
    labels[taller] = FACE_PARTS.index("brows")
    before, after = measure_brows(sight)[0], measure_brows(labelled(sight, labels))[0]
    assert after.thickness[1] > before.thickness[1]
    assert after.height[1] > before.height[1]


def height_of(rig: HeadRig, brows: Brows) -> float:
    y = brow_geometry(rig, rig.neutral, brows).means[:, 1]
    return float(np.ptp(y))


def test_presets_differ_as_they_are_called(rig: HeadRig) -> None:
    thin, bushy = (preset_brows(name) for name in ("thin", "bushy"))
    assert max(thin.thickness) < min(bushy.thickness)
    assert thin.density < bushy.density
    assert height_of(rig, preset_brows("arched")) > height_of(rig, preset_brows("straight"))
    assert len({preset_brows(name) for name in PRESETS}) == len(PRESETS)
    with pytest.raises(ValueError, match="bushy"):
        preset_brows("unibrow")


def test_brows_are_mirror_images_and_as_many_for_everybody(rig: HeadRig) -> None:
    counts = set()
    for name in PRESETS:
        means = brow_geometry(rig, rig.neutral, preset_brows(name)).means
        left, right = np.split(means, 2)
        np.testing.assert_allclose(left.mean(0), right.mean(0) * (-1, 1, 1), atol=0.2)
        counts.add(len(means))
    assert len(counts) == 1


def test_brows_rise_with_the_skin(rig: HeadRig) -> None:
    raised = rig.neutral + rig.shape_offsets("browUpLeft")
    moved = brow_geometry(rig, raised, Brows()).means - brow_geometry(rig, rig.neutral, Brows()).means
    skin = (rig.landmarks(raised) - rig.landmarks(rig.neutral))[list(LEFT_BROW[1])]
    left, right = np.split(moved, 2)
    assert left[:, 1].mean() == pytest.approx(skin[:, 1].mean(), rel=0.35)
    assert np.abs(right).mean() < 0.15 * left[:, 1].mean()


def test_sparse_brows_let_the_skin_through(rig: HeadRig) -> None:
    geometry = brow_geometry(rig, rig.neutral, Brows())
    color = np.float32((0.2, 0.15, 0.1))
    (colors, sparse), (_, dense) = (brow_looks(Brows(density=d), geometry, color) for d in (0.1, 1.0))
    assert sparse.mean() < dense.mean() - 0.2
    assert np.abs(colors.mean(0) - color).max() < 0.12
