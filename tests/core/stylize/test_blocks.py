import numpy as np
import pytest

from core.avatar.model import PARTS
from core.gaussians import MEAN
from core.pipeline import Creation
from core.stylize.blocks import in_blocks

EDGE = 1.25


def on_a_grid(means: np.ndarray) -> np.ndarray:
    """Which places have one coordinate on a face of the grid."""
    return (np.abs(means / EDGE - np.rint(means / EDGE)) < 1e-3).any(1)


def test_splats_become_faces_of_blocks(creation: Creation):
    base = creation.base
    result = in_blocks(base, EDGE, 1.0)
    hair = base.labels == PARTS.index("hair")
    assert on_a_grid(result.rest[hair, MEAN]).mean() > 0.98
    assert np.linalg.norm(result.rest[hair, MEAN] - base.rest[hair, MEAN], axis=1).mean() < EDGE
    assert on_a_grid(base.rest[hair, MEAN]).mean() < 0.1


def test_half_way_is_half_way(creation: Creation):
    base = creation.base
    whole, half = (in_blocks(base, EDGE, amount).rest[:, MEAN] for amount in (1.0, 0.5))
    assert half == pytest.approx((whole + base.rest[:, MEAN]) / 2, abs=1e-4)


def test_eyes_keep_their_shape(creation: Creation):
    base = creation.base
    result = in_blocks(base, EDGE, 1.0)
    iris = base.labels == PARTS.index("iris")
    shift = result.rest[iris, MEAN] - base.rest[iris, MEAN]
    assert shift == pytest.approx(np.tile(shift[:1], (len(shift), 1)), abs=1e-5)


def test_a_block_moves_as_one(creation: Creation):
    base = creation.base
    result = in_blocks(base, EDGE, 1.0)
    offset = result.offsets[base.shapes.index("jawOpen")]
    skin = result.labels[offset.index] == PARTS.index("beard")
    skin |= result.labels[offset.index] == PARTS.index("lips")
    rows, delta = offset.index[skin], offset.delta[skin, MEAN]
    near = np.linalg.norm(result.rest[rows, None, MEAN] - result.rest[None, rows[:40], MEAN], axis=2) < 0.2
    spread = [np.ptp(delta[near[:, k]], axis=0).max() for k in range(40)]
    assert np.median(spread) < 0.05
