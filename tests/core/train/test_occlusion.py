import numpy as np

from core.train.occlusion import ambient_occlusion


def sheet(z: float, half: float, cells: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """A flat square as a mesh."""
    line = np.linspace(-half, half, cells + 1)
    x, y = np.meshgrid(line, line)
    vertices = np.stack([x.ravel(), y.ravel(), np.full(x.size, z)], axis=1)
    corner = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    below, right = corner + cells + 1, corner + 1
    triangles = np.concatenate([np.stack([corner, right, below], 1), np.stack([right, below + 1, below], 1)])
    return vertices, triangles.astype(np.int32)


def probes(half: float) -> tuple[np.ndarray, np.ndarray]:
    grid = np.linspace(-half, half, 9)
    x, y = np.meshgrid(grid, grid)
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    return points, np.tile((0.0, 0.0, 1.0), (len(points), 1))


def test_an_open_plain_sees_the_whole_sky() -> None:
    assert ambient_occlusion(*probes(6.0), *sheet(0.0, 10.0)).max() < 0.02


def test_a_wide_roof_hides_nearly_all_of_it() -> None:
    floor, above = sheet(0.0, 20.0), sheet(2.0, 20.0)
    vertices = np.concatenate([floor[0], above[0]])
    triangles = np.concatenate([floor[1], above[1] + np.int32(len(floor[0]))])
    assert ambient_occlusion(*probes(2.0), vertices, triangles).min() > 0.85


def test_a_roof_hides_what_its_angle_says() -> None:
    """Over the middle of a disk of radius r at height h the hidden share is r^2 / (r^2 + h^2)."""
    h, r = 6.0, 8.0
    floor, roof = sheet(0.0, 14.0), sheet(h, r, 24)
    corners = roof[0][roof[1]].mean(1)
    disk = roof[1][np.hypot(corners[:, 0], corners[:, 1]) < r]
    vertices = np.concatenate([floor[0], roof[0]])
    triangles = np.concatenate([floor[1], disk + np.int32(len(floor[0]))])
    share = ambient_occlusion(*probes(0.5), vertices, triangles)
    np.testing.assert_allclose(share.mean(), r**2 / (r**2 + h**2), atol=0.06)
