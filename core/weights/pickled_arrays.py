"""Reads files that hold NumPy arrays as a pickle, and lets a pickle make nothing else."""

import pickle
from pathlib import Path
from typing import Any

from core.errors import MissingWeights

_ALLOWED = {
    # Files written under NumPy 1 call it numpy.core.
    ("numpy.core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"): ("numpy", "ndarray"),
    ("numpy", "dtype"): ("numpy", "dtype"),
}


class _ArraysOnly(pickle.Unpickler):
    """A pickle can call whatever it names; here it can name arrays alone."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(*_ALLOWED[module, name])


def read_arrays(path: Path) -> Any:
    """Dicts, lists and arrays of a file, as they were nested.

    Raises:
        MissingWeights: if the file is no pickle, or asks for anything but arrays. Nothing that it asks for is run.
    """
    try:
        with path.open("rb") as file:
            return _ArraysOnly(file).load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise MissingWeights(f"{path} is no file of plain arrays ({error}); fetch it again.") from error
