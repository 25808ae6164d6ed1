"""What the tests rely on without saying so."""

import sys

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from core.oklab import to_oklab


def test_numpy_is_loaded_after_its_threads_were_settled() -> None:
    loaded = list(sys.modules)
    assert loaded.index("tests") < loaded.index("numpy")


def test_shapes_of_core_are_checked() -> None:
    with pytest.raises(TypeCheckError):
        to_oklab(np.zeros((2, 4), np.float32))
