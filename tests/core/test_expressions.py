"""The 16 names, and their relation to ARKit's."""

import numpy as np
import pytest

from core.errors import InvalidRequest
from core.expressions import ARKIT_PARTS, POSES, READABLE_SHAPES, SHAPES, from_arkit, pose_weights, weights_vector


def to_arkit(weights: np.ndarray) -> dict[str, float]:
    """ARKit scores that our weights raise, by the table."""
    scores: dict[str, float] = {}
    for name, weight in zip(SHAPES, weights, strict=True):
        for part, share in ARKIT_PARTS[name].items():
            scores[part] = scores.get(part, 0) + share * float(weight)
    return scores


def test_there_are_sixteen_different_names_and_each_has_parts():
    assert len(SHAPES) == len(set(SHAPES)) == 16
    assert set(ARKIT_PARTS) == set(SHAPES)
    assert set(READABLE_SHAPES) < set(SHAPES)
    for name in SHAPES:
        twin = name.replace("Left", "Right") if "Left" in name else name.replace("Right", "Left")
        assert twin in SHAPES, f"{name} has a mirror image"


@pytest.mark.parametrize("shape", SHAPES)
def test_from_arkit_undoes_the_table_for_each_shape(shape: str):
    weights = weights_vector({shape: 0.8})
    read = from_arkit(to_arkit(weights))
    assert read[SHAPES.index(shape)] == pytest.approx(0.8)
    # One brow alone raises half of the inner brow that both share: it is all that may leak.
    others = np.delete(read, SHAPES.index(shape))
    assert others.max() <= (0.4 + 1e-6 if shape.startswith("browUp") else 0)


def test_from_arkit_undoes_the_table_for_symmetric_faces():
    weights = np.random.default_rng(0).uniform(0, 1, 16).astype(np.float32)
    for name in SHAPES:
        if name.endswith("Right"):
            weights[SHAPES.index(name)] = weights[SHAPES.index(name.replace("Right", "Left"))]
    np.testing.assert_allclose(from_arkit(to_arkit(weights)), weights, atol=1e-6)


def test_both_brows_up_raise_the_inner_brow_fully():
    assert to_arkit(weights_vector({"browUpLeft": 1.0, "browUpRight": 1.0}))["browInnerUp"] == 1


def test_absent_and_odd_scores_do_no_harm():
    assert not from_arkit({}).any()
    read = from_arkit({"jawOpen": 1.7, "jawLeft": -0.2, "tongueOut": 1.0})
    assert read[SHAPES.index("jawOpen")] == 1 and read.sum() == 1


def test_weights_vector_puts_each_name_in_its_place():
    for i, name in enumerate(SHAPES):
        np.testing.assert_array_equal(weights_vector({name: 1.0}), np.eye(16)[i])


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_weights_outside_the_range_are_refused(value: float):
    with pytest.raises(InvalidRequest, match="weight of jawOpen must lie between 0 and 1"):
        weights_vector({"jawOpen": value})


def test_unknown_names_are_refused_with_the_known():
    with pytest.raises(InvalidRequest, match=r"no blendshape called 'jawopen'.*mouthStretchRight"):
        weights_vector({"jawopen": 0.5})
    with pytest.raises(InvalidRequest, match=r"no pose called 'bored'.*playful"):
        pose_weights("bored")


@pytest.mark.parametrize("pose", POSES)
def test_poses_are_valid_and_neutral_alone_is_empty(pose: str):
    assert pose_weights(pose).any() == (pose != "neutral")
