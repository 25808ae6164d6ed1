"""How far pictures are apart: sets by their features (FID, KID), pairs by their pixels (PSNR, SSIM)."""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter

_SIGMA, _RADIUS = 1.5, 5
_K1, _K2 = 0.01, 0.03


def frechet_distance(first: Float[np.ndarray, "n d"], second: Float[np.ndarray, "m d"]) -> float:
    """FID (Heusel et al., 2017) of two sets of features; 0 at best.

    ``|mu_1 - mu_2|^2 + tr(S_1 + S_2 - 2 (S_1 S_2)^(1/2))`` with means ``mu`` and covariances ``S`` (divided by n - 1).
    The last trace is the sum of the singular values of ``X_1 X_2^T``, where the rows of ``X`` are the features less
    their mean over ``sqrt(n - 1)``: exact also for fewer pictures than features. It is biased upwards, the more the
    fewer pictures there are, so that only figures of equally large sets compare.

    Args:
        first: of n pictures, at least two.
        second: of m pictures, at least two.

    Raises:
        ValueError: if there are fewer.
    """
    first, second = _sets(first, second)
    mean_1, mean_2 = first.mean(0), second.mean(0)
    root_1 = (first - mean_1) / np.sqrt(len(first) - 1)
    root_2 = (second - mean_2) / np.sqrt(len(second) - 1)
    shared = np.linalg.svd(root_1 @ root_2.T, compute_uv=False).sum()
    distance = np.sum((mean_1 - mean_2) ** 2) + np.sum(root_1**2) + np.sum(root_2**2) - 2 * shared
    # Rounding alone can leave equal sets a little below zero.
    return max(float(distance), 0.0)


def kernel_distance(first: Float[np.ndarray, "n d"], second: Float[np.ndarray, "m d"]) -> float:
    """KID (Binkowski et al., 2018) of two sets of features: near 0, of either sign, for sets of one kind.

    The unbiased estimate of the squared maximum mean discrepancy with the kernel ``k(x, y) = (x . y / d + 1)^3``:
    ``mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)``, over all pictures at once.

    Args:
        first: of n pictures, at least two.
        second: of m pictures, at least two.

    Raises:
        ValueError: if there are fewer.
    """
    first, second = _sets(first, second)
    return (
        _mean_off_diagonal(_kernel(first, first))
        + _mean_off_diagonal(_kernel(second, second))
        - 2 * float(_kernel(first, second).mean())
    )


def psnr(picture: Float[np.ndarray, "h w c"], target: Float[np.ndarray, "h w c"]) -> float:
    """Peak signal-to-noise ratio in dB, ``-10 log10(mean (picture - target)^2)`` for values in [0, 1].

    Infinite for equal pictures.
    """
    error = float(np.mean((picture.astype(np.float64) - target) ** 2))
    return float("inf") if error == 0 else float(-10 * np.log10(error))


def ssim(picture: Float[np.ndarray, "h w c"], target: Float[np.ndarray, "h w c"]) -> float:
    """Structural similarity (Wang et al., 2004) of pictures in [0, 1]: 1 for equal ones, about 0 for unlike ones.

    The mean over channels and places of
    ``(2 mu_x mu_y + c_1)(2 s_xy + c_2) / ((mu_x^2 + mu_y^2 + c_1)(s_x^2 + s_y^2 + c_2))`` with ``c_1 = 0.01^2``,
    ``c_2 = 0.03^2`` and moments under a Gaussian of 1.5 pixels cut to 11 by 11. Places whose window would leave the
    picture are left out.

    Raises:
        ValueError: if the pictures are smaller than the window.
    """
    if min(picture.shape[:2]) <= 2 * _RADIUS:
        raise ValueError(f"pictures must be at least {2 * _RADIUS + 1} px wide and high, got {picture.shape}")
    x, y = picture.astype(np.float64), target.astype(np.float64)
    mean_x, mean_y = _smooth(x), _smooth(y)
    variance_x, variance_y = _smooth(x * x) - mean_x**2, _smooth(y * y) - mean_y**2
    covariance = _smooth(x * y) - mean_x * mean_y
    c_1, c_2 = _K1**2, _K2**2
    likeness = (2 * mean_x * mean_y + c_1) * (2 * covariance + c_2)
    likeness /= (mean_x**2 + mean_y**2 + c_1) * (variance_x + variance_y + c_2)
    return float(likeness.mean())


def _sets(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if min(len(first), len(second)) < 2:
        raise ValueError(f"each set must have at least two pictures, got {len(first)} and {len(second)}")
    return first.astype(np.float64), second.astype(np.float64)


def _kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first @ second.T / first.shape[1] + 1) ** 3


def _mean_off_diagonal(kernel: np.ndarray) -> float:
    count = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (count * (count - 1)))


def _smooth(picture: np.ndarray) -> np.ndarray:
    smoothed = gaussian_filter(picture, _SIGMA, radius=_RADIUS, axes=(0, 1))
    return smoothed[_RADIUS:-_RADIUS, _RADIUS:-_RADIUS]
