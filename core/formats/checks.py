"""What no file of splats may hold, whatever its format: writers and readers refuse the same things."""

import numpy as np
from jaxtyping import Float32

from core.errors import UnreadableAvatar
from core.gaussians import LOG_SCALE, MEAN, QUAT, Gaussians, from_columns

MAX_STILL_SPLATS = 1_000_000
"""A still with more splats is refused; ours have about 35,000."""

_MAX_CM = 3e4
_MAX_LOG = 40.0
# Of everything else; far beyond any splat, and squares of it still fit float32.
_MAX_NUMBER = 1e6


def check_rest(rows: Float32[np.ndarray, "n 14"]) -> None:
    """Accepts rows of :data:`core.gaussians.COLUMNS` that were read and can be drawn.

    Raises:
        UnreadableAvatar: see :func:`fault_in_rest`.
    """
    if fault := fault_in_rest(rows):
        raise UnreadableAvatar(f"The file is damaged: it holds {fault}.")


def check_deltas(rows: Float32[np.ndarray, "m 14"]) -> None:
    """Accepts changes of such rows that were read.

    Raises:
        UnreadableAvatar: see :func:`fault_in_deltas`.
    """
    if fault := fault_in_deltas(rows):
        raise UnreadableAvatar(f"The file is damaged: it holds {fault}.")


def fault_in_rest(rows: Float32[np.ndarray, "n 14"]) -> str | None:
    """Why rows cannot be drawn: a number that is not finite, a zero rotation, a splat too far or too large."""
    if np.isfinite(rows).all() and (np.abs(rows[:, QUAT]).max(1, initial=0) < 1e-6).any():
        return "a rotation of length zero"
    return fault_in_deltas(rows)


def fault_in_deltas(rows: Float32[np.ndarray, "m 14"]) -> str | None:
    """Why changes of rows cannot be drawn: a number that is not finite or too large, a move too far."""
    if not np.isfinite(rows).all():
        return "numbers that are not finite"
    if (np.abs(rows[:, MEAN]) > _MAX_CM).any() or (np.abs(rows[:, LOG_SCALE]) > _MAX_LOG).any():
        return "splats of an impossible place or size"
    if (np.abs(rows) > _MAX_NUMBER).any():
        return "numbers too large for a splat"
    return None


def drawable(rows: Float32[np.ndarray, "n 14"]) -> Gaussians:
    """The splats in rows of :data:`core.gaussians.COLUMNS` that were read.

    Raises:
        UnreadableAvatar: see :func:`fault_in_rest`.
    """
    check_rest(rows)
    return from_columns(rows)
