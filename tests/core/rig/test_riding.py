"""What rides on the skin stays where it was at rest, and as far from the skin in every pose."""

import numpy as np
import pytest

from core.character.model import Character
from core.rig.head import HeadRig
from core.rig.riding import Riders, riding
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern, place
from core.traits.brows import Brows, brow_geometry
from tests.conftest import PERSON


@pytest.fixture(scope="module")
def riders(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Riders:
    sculpt = Sculpt(rig, pattern, cartoon_head(rig, characters[PERSON].identity, HouseStyle()))
    return riding(sculpt, brow_geometry(rig, sculpt.rest, Brows()))


def test_at_rest_nothing_moves(riders: Riders) -> None:
    again = riders.posed(riders.sculpt.rest)
    np.testing.assert_allclose(again.means, riders.rest.means, atol=1e-4)
    np.testing.assert_allclose(np.abs((again.quats * riders.rest.quats).sum(1)), 1, atol=1e-4)


@pytest.mark.parametrize("shape", ["browDownLeft", "browUpRight", "mouthSmileLeft"])
def test_distance_to_the_carrier_stays(riders: Riders, rig: HeadRig, shape: str) -> None:
    head = riders.sculpt.head
    vertices = head.warp(head.vertices + rig.shape_offsets(shape))
    posed, skin = riders.posed(vertices), place(riders.sculpt.pattern, rig, vertices, riders.carrier)
    before = np.linalg.norm(riders.rest.means - riders.sculpt.surface.means[riders.carrier], axis=1)
    np.testing.assert_allclose(np.linalg.norm(posed.means - skin.means, axis=1), before, atol=1e-3)
    # Never under the skin it rides on.
    assert (((posed.means - skin.means) * skin.normals).sum(1) > -0.02).all()


def test_brows_go_where_the_shape_takes_them(riders: Riders, rig: HeadRig) -> None:
    head = riders.sculpt.head
    raised = riders.posed(head.warp(head.vertices + rig.shape_offsets("browUpLeft"))).means - riders.rest.means
    left = riders.rest.means[:, 0] > 0
    assert raised[left, 1].mean() > 0.3 > 0.12 > abs(raised[~left & (riders.rest.means[:, 0] < -2), 1].mean())
