import numpy as np
import pytest

from app.poses import PRESETS, random_pose
from core.expressions import POSES, weights_vector


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_possible_expressions(name):
    weights = weights_vector(PRESETS[name])
    assert (weights.max() > 0) == (name != "neutral")
    assert not any(PRESETS[name].get(f"browUp{s}") and PRESETS[name].get(f"browDown{s}") for s in ("Left", "Right"))


def test_all_named_poses_are_presets():
    assert POSES.items() <= PRESETS.items()


def test_a_random_expression_is_possible_and_not_neutral():
    generator, seen = np.random.default_rng(0), []
    for _ in range(20):
        weights = random_pose(generator)
        assert not (weights["jawLeft"] and weights["jawRight"])
        assert not (weights["browUpLeft"] and weights["browDownLeft"])
        seen.append(weights_vector(weights))
    assert np.max(seen) > 0.2
    assert len(np.unique(seen, axis=0)) > 10
