"""Places and numbers that are spread out without chance: the same at every call."""

import numpy as np
from jaxtyping import Float, Int

GOLDEN_ANGLE_RAD = np.pi * (3 - np.sqrt(5))
"""Turned by so much from one to the next, points round a middle never line up."""


def directions(count: int) -> Float[np.ndarray, "n 3"]:
    """Unit directions all round, evenly spread (Fibonacci's lattice), from the top down."""
    k = np.arange(count) + 0.5
    height, turn = 1 - 2 * k / count, k * GOLDEN_ANGLE_RAD
    flat = np.sqrt(1 - height**2)
    return np.stack([flat * np.sin(turn), height, flat * np.cos(turn)], axis=1)


def scattered(numbers: Int[np.ndarray, " n"], seed: int = 0) -> Float[np.ndarray, " n"]:
    """A number in [0, 1) for each of some whole numbers, without a pattern; another one for every seed."""
    wave = np.sin(numbers * 12.9898 + 78.233 * seed) * 43758.5453
    return wave - np.floor(wave)
