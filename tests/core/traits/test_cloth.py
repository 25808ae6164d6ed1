import numpy as np
import pytest
from scipy.spatial import KDTree

from core.traits.cloth import cloth_splats, cover, flat_splats, tube


def ball(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    turn, polar = 2 * np.pi * u, np.pi * (np.clip(v, 0, 1) - 0.5)
    return 5 * np.stack([np.cos(polar) * np.sin(turn), np.sin(polar), np.cos(polar) * np.cos(turn)], axis=1)


@pytest.mark.parametrize("spacing", [0.3, 0.6])
def test_a_surface_is_covered_evenly_and_faces_outwards(spacing: float) -> None:
    patch = cover(ball, spacing)
    np.testing.assert_allclose(np.linalg.norm(patch.points, axis=1), 5, atol=1e-3)
    assert ((patch.normals * patch.points).sum(1) > 4.9).all()
    gaps = KDTree(patch.points).query(patch.points, k=2)[0][:, 1]
    assert 0.3 * spacing < np.quantile(gaps, 0.1) and gaps.max() < 1.3 * spacing
    everywhere = ball(np.random.default_rng(0).uniform(size=2000), np.random.default_rng(1).uniform(size=2000))
    assert KDTree(patch.points).query(everywhere)[0].max() < 0.85 * spacing, "a hole"
    assert (cover(ball, spacing, flip=True).normals * patch.points).sum(1).max() < -4.9


def test_rows_are_even_where_the_second_coordinate_is_not() -> None:
    plain = cover(ball, 0.4)
    bent = cover(lambda u, v: ball(u, np.clip(v, 0, 1) ** 3), 0.4)
    assert abs(len(plain.points) - len(bent.points)) < 0.05 * len(plain.points)


@pytest.mark.parametrize("straight", [False, True])
def test_a_tube_lies_round_its_line(straight: bool) -> None:
    turn = np.linspace(0, np.pi, 40)
    line = np.stack([np.cos(turn), np.sin(turn), 0 * turn], axis=1) if not straight else np.eye(3)[1] * turn[:, None]
    patch = cover(tube(3 * line, 0.2, closed=False), 0.1, flip=True)
    apart, nearest = KDTree(3 * line).query(patch.points)
    assert np.abs(apart - 0.2).max() < 0.05
    assert ((patch.points - 3 * line[nearest]) * patch.normals).sum(1).min() > 0.1, "outwards"


def test_a_bar_is_as_wide_along_its_side_and_as_deep_across_it_as_told() -> None:
    line = np.linspace((0.0, 0.0, 0.0), (3.0, 0.0, 0.0), 5)
    slanted = np.tile((0.7, 0.0, 0.7), (5, 1))
    bar = tube(line, 0.4, closed=False, side=slanted, depth=lambda radius: 0.25 * radius)
    points = np.abs(bar(np.full(9, 0.5), np.linspace(0, 1, 9)))
    assert points.max(0) == pytest.approx((1.5, 0.1, 0.4))


def test_splats_lie_flat_on_their_patch_and_nearly_touch() -> None:
    patch = cover(tube(np.linspace((0.0, 0.0, 0.0), (3.0, 0.0, 0.0), 5), 0.4, closed=False), 0.1)
    splats = flat_splats(patch, np.full((len(patch.points), 3), 2.0), wide=0.5, thick=0.1, opacity=0.3)
    np.testing.assert_allclose(splats.scales[:, :2], 0.5 * patch.sizes, rtol=1e-5)
    np.testing.assert_allclose(splats.scales[:, 2], 0.1 * splats.scales[:, :2].min(1), rtol=1e-5)
    assert splats.opacities == pytest.approx(0.3) and splats.colors.max() == 1


def test_shade_darkens_cloth_and_takes_colour_with_it() -> None:
    patch = cover(ball, 0.6)
    red = np.array([[0.8, 0.1, 0.1]], np.float32)
    plain = cloth_splats(patch, red, np.ones(1), np.zeros(1))
    dark = cloth_splats(patch, red, np.full(1, 0.7), np.full(1, 0.5))
    assert (dark.colors.sum(1) < plain.colors.sum(1)).all()
    assert plain.opacities.min() > 0.9 and plain.scales[:, 2].max() < plain.scales[:, :2].min()
