import numpy as np
from scipy.spatial import KDTree

from core.train.sampling import poisson_disk

SQUARE = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0]], float)
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


def sampled(spacing: np.ndarray, seed: int = 0) -> np.ndarray:
    triangle, barycentric = poisson_disk(SQUARE, HALVES, spacing, seed)
    np.testing.assert_allclose(barycentric.sum(1), 1, atol=1e-5)
    assert barycentric.min() >= 0
    return (SQUARE[HALVES[triangle]] * barycentric[..., None]).sum(1)


def test_points_keep_their_distance_and_leave_no_gap() -> None:
    points = sampled(np.full(4, 0.5))
    nearest = KDTree(points).query(points, k=2)[0][:, 1]
    assert nearest.min() >= 0.5 - 1e-5
    grid = np.stack([*np.meshgrid(np.linspace(0, 10, 150), np.linspace(0, 10, 150))], -1).reshape(-1, 2)
    gap = KDTree(points[:, :2]).query(grid)[0]
    assert np.quantile(gap, 0.995) < 0.5, "nowhere would another point fit"


def test_density_follows_the_spacing() -> None:
    points = sampled(np.array([0.3, 0.9, 0.9, 0.3]))
    nearest = KDTree(points).query(points, k=2)[0][:, 1]
    left, right = points[:, 0] < 2, points[:, 0] > 8
    assert left.sum() > 3 * right.sum()
    assert nearest[left].mean() < 0.6 < nearest[right].mean()


def test_the_seed_decides() -> None:
    np.testing.assert_array_equal(sampled(np.ones(4), 3), sampled(np.ones(4), 3))
    assert not np.array_equal(sampled(np.ones(4), 3)[:20], sampled(np.ones(4), 4)[:20])
