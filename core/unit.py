"""Directions: vectors brought to length 1."""

import numpy as np
from jaxtyping import Float

_SHORTEST = 1e-12


def unit(vectors: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n d"]:
    """Vectors of length 1 in the same directions, along the last axis and of the same type.

    A vector shorter than 1e-12 has no direction: it comes out shorter than 1, and zero stays zero.
    """
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _SHORTEST)
