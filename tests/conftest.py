"""Small made-up splats and avatars for every test."""

import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.expressions import SHAPES
from core.gaussians import DC, LOG_SCALE, LOGIT, MEAN, QUAT, Gaussians, to_columns


def random_gaussians(count: int, seed: int = 0) -> Gaussians:
    """Splats of plausible place, size and colour, in any orientation."""
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(count, 3))
    quats = rng.normal(size=(count, 4))
    return Gaussians(
        means=(directions / np.linalg.norm(directions, axis=1, keepdims=True) * (8, 12, 10)).astype(np.float32),
        quats=(quats / np.linalg.norm(quats, axis=1, keepdims=True)).astype(np.float32),
        scales=np.exp(rng.uniform(-4, 0, (count, 3))).astype(np.float32),
        opacities=rng.uniform(0.05, 0.99, count).astype(np.float32),
        colors=rng.uniform(0, 1, (count, 3)).astype(np.float32),
    )


def random_avatar(count: int, seed: int = 0) -> Avatar:
    """An avatar of 16 sparse sets that overlap on the first half of its splats; the rest never move."""
    rng = np.random.default_rng(seed)
    size = np.empty(14, np.float32)
    size[MEAN], size[DC], size[LOGIT], size[LOG_SCALE], size[QUAT] = 0.5, 0.3, 0.5, 0.2, 0.2
    offsets = []
    for _ in SHAPES:
        index = np.sort(rng.choice(count // 2, count // 8, replace=False)).astype(np.int32)
        offsets.append(OffsetSet(index, (rng.normal(size=(len(index), 14)) * size).astype(np.float32)))
    labels = rng.integers(0, len(PARTS), count).astype(np.uint8)
    return Avatar(to_columns(random_gaussians(count, seed)), tuple(offsets), labels)


@pytest.fixture(scope="session")
def tiny_gaussians() -> Gaussians:
    """64 splats."""
    return random_gaussians(64)


@pytest.fixture(scope="session")
def tiny_avatar() -> Avatar:
    """300 splats, 16 sparse sets."""
    return random_avatar(300)
