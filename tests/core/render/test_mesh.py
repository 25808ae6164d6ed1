import numpy as np
import pytest

from core.render.mesh import rasterize


def triangles(*rows: tuple[int, int, int]) -> np.ndarray:
    return np.array(rows, np.int32).reshape(-1, 3)


CORNER = np.array([[1, 1, 5], [6, 1, 5], [1, 6, 10]], np.float32)


def test_known_triangle_covers_exactly_its_pixels() -> None:
    drawn = rasterize(CORNER, triangles((0, 1, 2)), 8, 7)
    expected = np.full((7, 8), -1)
    # Middles (x + 0.5, y + 0.5) with x + y + 1 <= 7, from pixel (1, 1): the long edge belongs to it.
    for y in range(1, 6):
        expected[y, 1 : 7 - y] = 0
    np.testing.assert_array_equal(drawn.triangle, expected)
    assert np.isinf(drawn.depth[expected < 0]).all()
    assert not drawn.barycentric[expected < 0].any()


@pytest.mark.parametrize("winding", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_barycentrics_rebuild_the_pixel_and_its_depth(winding: tuple[int, int, int]) -> None:
    drawn = rasterize(CORNER, triangles(winding), 8, 7)
    y, x = np.nonzero(drawn.triangle == 0)
    assert len(y) == 15
    weights = drawn.barycentric[y, x]
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    rebuilt = weights @ CORNER[list(winding)]
    np.testing.assert_allclose(rebuilt, np.stack([x + 0.5, y + 0.5, drawn.depth[y, x]], 1), atol=1e-5)


def test_nearest_wins_and_of_equals_the_first() -> None:
    back = np.array([0, 0, 1])
    far, near = CORNER + back, CORNER - back
    points = np.concatenate([far, near, near]).astype(np.float32)
    drawn = rasterize(points, triangles((0, 1, 2), (3, 4, 5), (6, 7, 8)), 8, 8)
    assert set(np.unique(drawn.triangle)) == {-1, 1}


def test_crossing_triangles_share_the_picture_where_they_meet() -> None:
    square = np.array([[0, 0, 0], [0, 8, 0], [16, 0, 16], [0, 0, 4], [0, 8, 4], [16, 0, 4]], np.float32)
    drawn = rasterize(square, triangles((0, 1, 2), (3, 4, 5)), 16, 8)
    # The first rises by 1 a pixel, the second stays at 4: they cross at x = 4.
    assert (drawn.triangle[:4, :4] == 0).all() and (drawn.triangle[:4, 4:8] == 1).all()


def test_neighbours_leave_no_gap() -> None:
    rng = np.random.default_rng(0)
    y, x = np.meshgrid(np.arange(0, 61, 6.0), np.arange(0, 61, 6.0), indexing="ij")
    jitter = rng.uniform(-2, 2, (2, *x.shape)) * ((x > 0) & (x < 60) & (y > 0) & (y < 60))
    points = np.stack([x + jitter[0], y + jitter[1], np.zeros_like(x)], -1).reshape(-1, 3).astype(np.float32)
    quads = [(r * 11 + c, r * 11 + c + 1, r * 11 + c + 11, r * 11 + c + 12) for r in range(10) for c in range(10)]
    faces = triangles(*[t for a, b, c, d in quads for t in ((a, b, c), (b, d, c))])
    drawn = rasterize(points, faces, 60, 60)
    assert (drawn.triangle >= 0).all()
    assert len(np.unique(drawn.triangle)) == len(faces)


def test_border_is_clipped_and_broken_triangles_are_skipped() -> None:
    points = np.array([[-50, -50, 1], [200, -50, 1], [-50, 200, 1], [np.nan, 3, 1], [2, 2, 0], [5, 5, 0]], np.float32)
    # The second has a NaN, the third no area, the fourth an infinite depth.
    points = np.concatenate([points, np.array([[0, 9, np.inf]], np.float32)])
    drawn = rasterize(points, triangles((0, 1, 2), (3, 4, 5), (4, 5, 4), (4, 5, 6)), 9, 5)
    assert (drawn.triangle == 0).all()


def test_a_mesh_beside_the_picture_or_without_triangles_is_empty() -> None:
    assert (rasterize(CORNER + np.float32(100), triangles((0, 1, 2)), 8, 8).triangle == -1).all()
    assert (rasterize(CORNER, triangles(), 8, 8).triangle == -1).all()


def test_refuses_points_that_do_not_exist_and_empty_pictures() -> None:
    with pytest.raises(ValueError, match="index 3 points"):
        rasterize(CORNER, triangles((0, 1, 3)), 8, 8)
    with pytest.raises(ValueError, match="at least 1 x 1"):
        rasterize(CORNER, triangles((0, 1, 2)), 0, 8)
