import numpy as np
import pytest

from core.render.project import ELLIPSE
from core.render.tiles import bin_into_tiles

WIDTH, HEIGHT = 75, 50


def random_ellipses(count: int, seed: int) -> np.ndarray:
    """Ellipses of all sizes and directions, some outside the picture, every tenth hidden."""
    rng = np.random.default_rng(seed)
    ellipses = np.zeros(count, ELLIPSE)
    axes = rng.normal(size=(count, 2, 2)) * np.exp(rng.normal(size=(count, 1, 1)) + 0.5)
    spread = axes @ axes.transpose(0, 2, 1) + 0.3 * np.eye(2)
    cut = rng.uniform(0.1, 11, count)
    var_x, cov, var_y = spread[:, 0, 0], spread[:, 0, 1], spread[:, 1, 1]
    ellipses["mean_x"] = rng.uniform(-10, WIDTH + 10, count)
    ellipses["mean_y"] = rng.uniform(-10, HEIGHT + 10, count)
    ellipses["slope"] = cov / var_y
    ellipses["narrow"] = np.sqrt(np.linalg.det(spread)) / var_y
    ellipses["radius_y"] = np.sqrt(cut * var_y)
    ellipses["tilt"] = cov * np.sqrt(cut / var_x)
    ellipses["radius_y"][::10] = -1
    return ellipses


def inside(ellipse: np.void, shrink: float) -> np.ndarray:
    """Pixels whose middle lies in the ellipse, made smaller or larger by ``shrink`` pixels."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    dy = y - float(ellipse["mean_y"])
    dx = x - float(ellipse["mean_x"]) - float(ellipse["slope"]) * dy
    half = float(ellipse["narrow"]) * np.sqrt(np.maximum(float(ellipse["radius_y"]) ** 2 - dy**2, 0))
    return (np.abs(dx) <= half - shrink) & (np.abs(dy) <= ellipse["radius_y"] - shrink)


@pytest.mark.parametrize("size", [16, 32])
def test_every_tile_with_a_pixel_of_the_ellipse_lists_it(size: int) -> None:
    ellipses = random_ellipses(300, size)
    tiling = bin_into_tiles(ellipses, WIDTH, HEIGHT, size)
    listed = np.zeros((len(ellipses), len(tiling.starts) - 1), bool)
    for tile, (start, stop) in enumerate(zip(tiling.starts[:-1], tiling.starts[1:], strict=True)):
        assert (np.diff(tiling.splats[start:stop]) > 0).all(), "depth order is lost"
        listed[tiling.splats[start:stop], tile] = True
    assert listed.sum() == len(tiling.splats)
    for k, ellipse in enumerate(ellipses):
        y, x = np.nonzero(inside(ellipse, 1e-3)) if ellipse["radius_y"] > 0 else ([], [])
        assert listed[k, np.unique(np.asarray(y, int) // size * tiling.across + np.asarray(x, int) // size)].all()
    assert not listed[::10].any()


def test_a_diagonal_needle_is_listed_along_the_diagonal_only() -> None:
    needle = np.zeros(1, ELLIPSE)
    needle["mean_x"], needle["mean_y"], needle["radius_y"] = 128, 128, 120
    needle["slope"], needle["narrow"], needle["tilt"] = 1, 0.01, 119.99
    tiling = bin_into_tiles(needle, 256, 256, 16)
    tiles = np.flatnonzero(np.diff(tiling.starts))
    # Its box holds 16 x 16 tiles; the needle runs through the diagonal ones and grazes their neighbours.
    assert np.abs(tiles // 16 - tiles % 16).max() <= 1
    assert 16 <= len(tiles) <= 46


def test_no_ellipses_no_lists() -> None:
    tiling = bin_into_tiles(np.zeros(0, ELLIPSE), 33, 17, 16)
    assert tiling.across == 3
    assert tiling.starts.tolist() == [0] * 7 and len(tiling.splats) == 0
