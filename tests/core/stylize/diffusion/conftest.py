"""The network from tiny random parts, loaded once."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from core.stylize.diffusion.network import Diffusion, load_diffusion
from tests.core.stylize.diffusion.tiny import save_tiny_parts


@pytest.fixture(scope="session")
def tiny_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `launch.py weights fetch sd15` would leave it."""
    for package in ("diffusers", "transformers", "accelerate"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install -e '.[diffusion]'")
    folder = tmp_path_factory.mktemp("sd15")
    save_tiny_parts(folder)
    return folder


@pytest.fixture(scope="session")
def network(tiny_parts: Path) -> Diffusion:
    return load_diffusion(tiny_parts, "cpu")


@pytest.fixture(scope="session")
def primary() -> np.ndarray:
    """Something like a head on a plain background."""
    rows, columns = np.mgrid[:128, :128] - 64
    picture = np.full((128, 128, 3), 225, np.uint8)
    picture[np.hypot(rows, columns) < 45] = (200, 150, 120)
    picture[np.hypot(rows + 10, np.abs(columns) - 18) < 7] = (40, 30, 30)
    return picture


@pytest.fixture(scope="session")
def selfie() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (96, 96, 3)).astype(np.uint8)
