import numpy as np
import pytest
from scipy.linalg import sqrtm

from core.evaluate.distances import frechet_distance, kernel_distance, psnr, ssim


def features(count: int, width: int = 6, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, width)) @ np.random.default_rng(99).normal(size=(width, width))


def test_frechet_distance_is_the_closed_form() -> None:
    first, second = features(50), features(40, seed=1) * 1.5 + 2
    cov_1, cov_2 = np.cov(first.T), np.cov(second.T)
    expected = np.sum((first.mean(0) - second.mean(0)) ** 2) + np.trace(cov_1 + cov_2 - 2 * sqrtm(cov_1 @ cov_2).real)
    assert frechet_distance(first, second) == pytest.approx(float(expected), rel=1e-9)


def test_frechet_distance_of_fewer_pictures_than_features() -> None:
    """Equal sets are at 0, moved ones at the square of the way, doubled ones at the trace of the covariance."""
    few = np.random.default_rng(0).normal(size=(5, 300))
    spread = float(np.var(few, axis=0, ddof=1).sum())
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(few, few + 0.5) == pytest.approx(75, rel=1e-9)
    assert frechet_distance(few, few * 2 - few.mean(0)) == pytest.approx(spread, rel=1e-9)


def test_kernel_distance_is_the_definition() -> None:
    first, second = features(7), features(5, seed=1) + 1
    kernel = lambda x, y: (x @ y / 6 + 1) ** 3
    within = [
        np.mean([kernel(rows[i], rows[j]) for i in range(len(rows)) for j in range(len(rows)) if i != j])
        for rows in (first, second)
    ]
    between = np.mean([kernel(x, y) for x in first for y in second])
    assert kernel_distance(first, second) == pytest.approx(float(sum(within) - 2 * between), rel=1e-9)


def test_kernel_distance_is_without_bias_and_frechet_is_not() -> None:
    """Over many draws of one kind: KID on both sides of 0 and 0 in the mean, FID always above."""
    rng = np.random.default_rng(0)
    draws = [(rng.normal(size=(20, 8)), rng.normal(size=(20, 8))) for _ in range(200)]
    kids = np.array([kernel_distance(*draw) for draw in draws])
    assert kids.min() < 0 < kids.max() and abs(kids.mean()) < 3 * kids.std() / np.sqrt(len(kids))
    assert min(frechet_distance(*draw) for draw in draws[:20]) > 0.1
    assert kernel_distance(draws[0][0], draws[0][1] + 1) > kids.max()


def test_one_picture_is_no_set() -> None:
    for distance in (frechet_distance, kernel_distance):
        with pytest.raises(ValueError, match="at least two pictures, got 1 and 4"):
            distance(features(1), features(4))


def test_psnr_is_decibels_below_one() -> None:
    picture = np.full((4, 4, 3), 0.5)
    assert psnr(picture, picture + 0.1) == pytest.approx(20) and psnr(picture, picture - 0.01) == pytest.approx(40)
    assert psnr(picture, picture) == float("inf")


def test_ssim_is_one_for_equal_and_falls_with_noise() -> None:
    rng = np.random.default_rng(0)
    picture = np.clip(np.cumsum(rng.normal(0, 0.1, (40, 50, 3)), axis=1) + 0.5, 0, 1)
    noise = rng.normal(size=picture.shape)
    values = [ssim(picture, picture + size * noise) for size in (0.0, 0.02, 0.1, 0.5)]
    assert values[0] == pytest.approx(1) and values == sorted(values, reverse=True) and abs(values[-1]) < 0.5
    assert abs(ssim(noise, rng.normal(size=picture.shape))) < 0.1 and ssim(picture, 1 - picture) < 0


def test_ssim_of_flat_pictures_is_that_of_their_brightness() -> None:
    expected = (2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4)
    assert ssim(np.full((11, 11, 1), 0.2), np.full((11, 11, 1), 0.6)) == pytest.approx(expected)
    with pytest.raises(ValueError, match="at least 11 px"):
        ssim(np.zeros((10, 20, 3)), np.zeros((10, 20, 3)))
