"""Whether this computer can paint with the diffusion network; nothing large is loaded to find out."""

import importlib.util
from pathlib import Path

from core.errors import MissingExtra
from core.weights.catalogue import weights_named
from core.weights.store import missing_files, require

WEIGHTS = weights_named("sd15")
"""What the network is made of."""

_PACKAGES = ("diffusers", "transformers", "accelerate")


def check_ready(folder: Path) -> None:
    """Nothing, if the network can be loaded from ``folder``.

    Raises:
        MissingExtra: if its packages are not installed.
        MissingWeights: if files are missing.
    """
    missing = _missing_packages()
    if missing:
        names = " and ".join(missing)
        raise MissingExtra(f"The diffusion stylizer needs {names}; run: pip install -e '.[diffusion]'")
    require(WEIGHTS, folder)


def why_not(folder: Path) -> str:
    """Why the network is not what a user wants by default; empty if it is."""
    if missing_files(WEIGHTS, folder):
        return "the weights sd15 are not here"
    if _missing_packages():
        return "the extra 'diffusion' is not installed"
    return "" if best_device() != "cpu" else "there is no GPU"


def best_device() -> str:
    """``cuda``, ``mps`` or ``cpu``."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _missing_packages() -> list[str]:
    return [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
