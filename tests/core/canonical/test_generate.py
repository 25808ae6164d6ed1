import numpy as np
import pytest
import torch

from core.avatar.model import PARTS, Avatar
from core.canonical.adapt import Adapted
from core.canonical.frame import Frame
from core.canonical.generate import generate, laid_on, pooled_rgba
from core.canonical.layers import at_rest
from core.canonical.stage_two import StageTwo, adapted_picture, cut_out, template_lift
from core.expressions import SHAPES
from core.gaussians import DC
from core.nets.generator import Generator, GeneratorConfig
from core.rig.expression_code import shape_codes
from core.rig.head import HeadRig
from tests.core.canonical.conftest import Standing

TINY = GeneratorConfig(size=256, channels=(8, 8, 16, 16, 16))


@pytest.fixture(scope="module")
def stage_two(rig: HeadRig) -> StageTwo:
    """Untrained."""
    return StageTwo(Generator(TINY).eval(), shape_codes(rig))


@pytest.fixture(scope="module")
def front(standing: Standing) -> np.ndarray:
    return adapted_picture(standing.avatar, None)


def made_of(stage_two: StageTwo, standing: Standing, picture: np.ndarray) -> Avatar:
    return stage_two.avatar(standing.avatar, picture, standing.reading.character.identity)


def test_before_training_the_picture_of_an_avatar_gives_the_avatar(
    stage_two: StageTwo, standing: Standing, front: np.ndarray
) -> None:
    made = made_of(stage_two, standing, front)
    lifted = laid_on(standing.avatar, front)
    own = len(standing.avatar)
    assert own <= len(made) < own + 200, "hardly anything stands beside it"
    moved = np.abs(np.delete(made.rest[:own] - lifted.rest, np.r_[DC], 1)).max(1) > 1e-4
    assert moved.mean() < 0.03, "but for a few at the very outline, which no two pictures have alike"
    again = adapted_picture(made, None)
    assert np.abs(again - front).mean() < np.abs(adapted_picture(lifted, None) - front).mean() + 1e-3
    for offset, same in zip(made.offsets, lifted.offsets, strict=True):
        rows = offset.index < own
        np.testing.assert_array_equal(offset.index[rows], same.index)
        np.testing.assert_allclose(offset.delta[rows], same.delta, atol=2e-3)


def test_what_stands_beside_the_template_is_whole_from_every_side_and_rides_along(
    stage_two: StageTwo, standing: Standing, front: np.ndarray
) -> None:
    picture = front.copy()
    left = int(np.flatnonzero(front[240, :, 3] > 0.5)[0])
    picture[200:280, left - 50 : left + 6] = (0.9, 0.1, 0.1, 1.0)
    made = made_of(stage_two, standing, picture)
    new = at_rest(made).select(made.labels == PARTS.index("accessory"))
    red = new.colors[:, 0] > 0.7
    assert red.sum() > 150
    assert np.ptp(new.means[red, 2]) > 2, "it has a front and a back"
    depths = np.sort(new.means[red, 2])
    assert np.diff(depths).max() < 0.5, "and walls between"


def test_expressions_stay_those_of_the_rig_where_the_network_moves_nothing(
    stage_two: StageTwo, standing: Standing, front: np.ndarray
) -> None:
    found = generate(stage_two.network, standing.avatar, front, standing.reading.character.identity, stage_two.codes)
    assert found.driven == () and found.added == len(found.avatar) - len(standing.avatar)


def test_what_the_network_moves_with_a_shape_becomes_part_of_its_set(
    rig: HeadRig, standing: Standing, front: np.ndarray
) -> None:
    torch.manual_seed(0)
    network = Generator(TINY).eval()
    torch.nn.init.normal_(network.unet.exit.weight, std=0.3)
    for attention in network.unet.up_attention:
        torch.nn.init.normal_(attention.project_out.weight, std=0.5)  # pyright: ignore[reportArgumentType, reportAttributeAccessIssue]
    found = generate(network, standing.avatar, front, standing.reading.character.identity, shape_codes(rig))
    assert set(found.driven) == set(SHAPES)
    jaw = found.avatar.offsets[SHAPES.index("jawOpen")]
    assert len(jaw.index) > len(standing.avatar.offsets[SHAPES.index("jawOpen")].index)


def test_a_smaller_picture_has_the_same_colours() -> None:
    picture = np.zeros((64, 64, 4), np.float32)
    picture[:, :32] = (0.2, 0.4, 0.6, 1.0)
    small = pooled_rgba(picture, 16)
    np.testing.assert_allclose(small[:, :8], np.broadcast_to(picture[0, 0], (16, 8, 4)), atol=1e-6)
    assert not small[:, 8:, 3].any()


def test_gda_s_change_is_laid_over_the_template_s_own_picture(standing: Standing, front: np.ndarray) -> None:
    change = np.zeros((64, 64, 4), np.float32)
    change[20:32, 5:20] = (0.5, 0.25, 0.0, 1.0)
    change[2:4, 2:4] = (0.5, 0.25, 0.0, 1.0)
    shape = (64, 64)
    frame = Frame(
        np.zeros((*shape, 3), np.float32),
        np.zeros(shape, np.uint8),
        np.ones(shape, bool),
        np.ones(shape, bool),
        standing.view,
    )
    changed = adapted_picture(standing.avatar, Adapted(frame, at_rest(standing.avatar), change))
    np.testing.assert_allclose(changed[200, 120], (0.5, 0.25, 0, 1), atol=1e-4)
    np.testing.assert_array_equal(changed[:100], front[:100], "a speck in the air is nothing")
    np.testing.assert_array_equal(changed[300:], front[300:])


def test_a_painted_picture_loses_its_background_and_keeps_what_joins_the_avatar() -> None:
    primary = np.zeros((512, 512, 4), np.uint8)
    primary[200:400, 200:300] = (90, 60, 40, 255)
    painted = np.full((512, 512, 3), 225, np.uint8)
    painted[200:400, 200:300] = (30, 200, 30)
    painted[150:200, 220:280] = (250, 200, 0)
    painted[20:60, 20:60] = (0, 0, 0)
    cut = cut_out(painted, primary, 225 / 255)
    assert cut[170, 250, 3] > 0.99 and cut[300, 250, 3] == 1, "a crown joins the avatar"
    assert cut[40, 40, 3] == 0 and cut[450, 450, 3] == 0, "a blot and the background do not"
    np.testing.assert_allclose(cut[170, 250, :3], (250 / 255, 200 / 255, 0))


def test_the_template_lift_is_what_there_is_without_it(standing: Standing, front: np.ndarray) -> None:
    lifted = template_lift(standing.avatar, front, standing.reading.character.identity)
    assert len(lifted) == len(standing.avatar)
    np.testing.assert_array_equal(lifted.rest[:, :3], standing.avatar.rest[:, :3])
