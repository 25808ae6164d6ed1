import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar
from core.character.build import build_avatar
from core.character.model import Character
from core.evaluate.sliders import SLIDERS, edge_agreement, evaluate_sliders, relations, rises
from core.gaussians import DC, SH_C0
from core.rig.head import HeadRig
from core.rig.style import HouseStyle
from core.rig.surface import SurfacePattern
from tests.core.stylize.heads import COLOURS, head

STYLES = ("plastic toy", "gold", "alien", "elf", "zombie", "vampire")


@pytest.fixture(scope="module")
def people(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> dict[str, Avatar]:
    return {name: build_avatar(rig, pattern, character, HouseStyle()) for name, character in characters.items()}


def test_each_slider_moves_its_own_measure_and_little_else(people: dict[str, Avatar]):
    result = evaluate_sliders(people, STYLES, size=192, values=(0.0, 0.5, 1.0))
    assert (result["people"], len(result["styles"])) == (6, 6)
    # One pair in thirty-six may stumble: Canny edges come and go by a threshold.
    assert all(share > 0.97 for share in result["monotone"].values()), result["failing"]
    effect = result["effect"]
    assert (
        effect["strength"]["distance"] > 0.1
        and effect["edges"]["edges"] > 0.1
        and effect["identity"]["identity"] > 0.15
    )
    # The strength is free to change all; the others leave alone what is not theirs.
    for slider, measure in (("edges", "identity"), ("identity", "edges")):
        assert abs(effect[slider][measure]) < 0.35 * effect[SLIDERS[measure]][measure]
    assert abs(effect["edges"]["distance"]) < 0.2 * effect["strength"]["distance"]


@pytest.mark.parametrize(
    ("curve", "up"),
    [((0, 0.5, 1), True), ((0, 1, 0.98), True), ((0, 1, 0.9), False), ((0, 0, 0), False), ((1, 0.5, 0), False)],
)
def test_rising(curve: tuple, up: bool):
    assert rises(np.array(curve, np.float64)) == up


def test_edges_agree_within_a_pixel_and_no_further():
    one, near, far = (np.zeros((20, 20), bool) for _ in range(3))
    one[:, 5], near[:, 6], far[:, 8] = True, True, True
    assert edge_agreement(one, one) == edge_agreement(one, near) == pytest.approx(1)
    assert edge_agreement(one, far) == 0
    # Edges that were not there count as much as those that are gone.
    assert edge_agreement(one, one | far) == edge_agreement(one | far, one) == pytest.approx(2 / 3)


def test_relations_are_between_the_parts_colours():
    avatar = head()
    assert np.isnan(relations(avatar)).any()
    brighter = avatar.rest.copy()
    hair = avatar.labels == PARTS.index("hair")
    brighter[hair, DC] = (np.array(COLOURS["skin"]) - 0.5) / SH_C0
    changed = np.linalg.norm(
        relations(Avatar(brighter, avatar.offsets, avatar.labels, avatar.shapes)) - relations(avatar), axis=1
    )
    # Skin against hair is the first pair; skin against lips, the third, has nothing to do with hair.
    assert changed[0] > 0.2 and changed[2] == 0
