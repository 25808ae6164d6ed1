import numpy as np

from core.train.examples import Example, _mirrored, plain_example, random_example
from core.train.pairs import Pair


def arrays(example: Example) -> list[np.ndarray]:
    frame, template = example.frame, example.frame.template
    grids = (frame.selfie, frame.labels, frame.visible, frame.surface, template.rgba, template.depth, template.normals)
    return [*grids, example.target, example.depth]


def test_a_plain_example_is_the_pair(pair: Pair) -> None:
    example = plain_example(pair)
    np.testing.assert_array_equal(example.frame.labels, pair.labels)
    np.testing.assert_allclose(example.frame.selfie * 255, pair.photo, atol=1.5)
    np.testing.assert_array_equal(np.rint(example.target * 255), pair.target)
    np.testing.assert_array_equal(np.rint(example.frame.template.rgba * 255), pair.template.rgba)
    weak = plain_example(pair, weak=True)
    np.testing.assert_array_equal(np.rint(weak.frame.template.rgba * 255), pair.weak.rgba)
    np.testing.assert_array_equal(weak.target, example.target)


def test_mirrored_twice_is_the_same(pair: Pair) -> None:
    example = plain_example(pair)
    once, twice = _mirrored(example), _mirrored(_mirrored(example))
    for before, mirrored, after in zip(*map(arrays, (example, once, twice)), strict=True):
        np.testing.assert_array_equal(after, before)
        assert mirrored.shape == before.shape
    np.testing.assert_array_equal(once.target, example.target[:, ::-1])
    np.testing.assert_array_equal(once.frame.template.normals[..., 0], -example.frame.template.normals[:, ::-1, 0])


def test_the_seed_decides(pair: Pair) -> None:
    first, again, other = (arrays(random_example(pair, np.random.default_rng(seed))) for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first[0], other[0])


def test_augmentation_comes_in_all_kinds_and_leaves_the_goal(pair: Pair) -> None:
    rng = np.random.default_rng(0)
    examples = [random_example(pair, rng) for _ in range(24)]
    goals = {example.target.tobytes() for example in examples}
    assert len(goals) == 2, "as it is, and mirrored"
    weak = [bool((abs(np.rint(e.frame.template.rgba[40, 32, :3] * 255) - 128) < 1).all()) for e in examples]
    hidden = [not e.frame.visible.all() for e in examples]
    assert 4 < sum(weak) < 20 and 1 < sum(hidden) < 20
    light = [float(e.frame.selfie.mean()) for e in examples]
    assert max(light) - min(light) > 0.1
    assert all(e.frame.selfie.min() >= 0 and e.frame.selfie.max() <= 1 for e in examples)
