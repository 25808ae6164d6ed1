"""Rows of columns as whole numbers of fine steps, stored byte by byte.

Every step is a power of two, so a number that was read is exact in float32: all readers, in any language, get
the same bits, and writing what was read gives the same numbers again.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int64, UInt8

from core.gaussians import COLUMNS, DC, LOG_SCALE, LOGIT, MEAN, QUAT

MAX_STEPS = 0xFFFF
"""A column spans at most this many steps: two bytes."""
MAX_BASE = 1 << 23
"""Bound of a column's smallest number, in steps: beyond it float32 could not hold every step."""
MAX_EXPONENT = 20
"""A step is ``2**-exponent`` with the exponent from 0 to this."""

# The finest step of each column: 0.005 mm, half an 8-bit colour step, 0.4 % of opacity, 0.8 % of size, 0.1 degrees.
# Rounding errs by half of that.
_FINEST = np.empty(len(COLUMNS), np.int64)
_FINEST[MEAN] = 11
_FINEST[DC] = 7
_FINEST[LOGIT] = 6
_FINEST[LOG_SCALE] = 7
_FINEST[QUAT] = 10


@dataclass(frozen=True)
class Grid:
    """The steps of a block's 14 columns: ``number = (base + stored) * 2**-exponent``."""

    exponents: tuple[int, ...]
    """From 0 to :data:`MAX_EXPONENT`, one a column."""
    base: tuple[int, ...]
    """Smallest number of each column, in steps."""


def split(values: Float[np.ndarray, "m 14"]) -> tuple[bytes, Grid]:
    """The values rounded to steps, as byte planes: for each column all low bytes, then all high bytes.

    Raises:
        ValueError: if a column spans more than 65,535.
    """
    if not len(values):
        return b"", Grid(tuple(_FINEST.tolist()), (0,) * len(COLUMNS))
    exponents = _FINEST.copy()
    steps = _in_steps(values, exponents)
    # A column of wide range takes coarser steps, whole octaves at a time.
    while (coarser := _too_wide(steps)).any():
        exponents[coarser] -= 1
        if exponents.min() < 0:
            widest = np.ptp(values, axis=0).max()
            raise ValueError(f"a column of values must span at most {MAX_STEPS}, got {widest:g}")
        steps = _in_steps(values, exponents)
    base = steps.min(0)
    return to_planes((steps - base).T, width=2), Grid(tuple(exponents.tolist()), tuple(base.tolist()))


def join(data: memoryview, count: int, grid: Grid) -> Float32[np.ndarray, "m 14"]:
    """The inverse of :func:`split`, from ``count * 28`` bytes."""
    values = np.empty((count, len(COLUMNS)), np.float32)
    # A column at a time: whole numbers of 64 bits take four times the memory of what they become.
    for column, (exponent, base) in enumerate(zip(grid.exponents, grid.base, strict=True)):
        stored = from_planes(data[2 * column * count : 2 * (column + 1) * count], (1, count), width=2)[0]
        values[:, column] = (stored + base) * 2.0**-exponent
    return values


def to_planes(values: Int64[np.ndarray, "k m"], width: int) -> bytes:
    """Whole numbers as ``width`` bytes each; for each of the k lines first all lowest bytes, then the next."""
    planes = [(values >> (8 * byte)) & 0xFF for byte in range(width)]
    stacked: UInt8[np.ndarray, "k w m"] = np.stack(planes, axis=1).astype(np.uint8)
    return stacked.tobytes()


def from_planes(data: memoryview, shape: tuple[int, int], width: int) -> Int64[np.ndarray, "k m"]:
    """The inverse of :func:`to_planes`, for ``shape`` = (k, m)."""
    planes = np.frombuffer(data, np.uint8).reshape(shape[0], width, shape[1]).astype(np.int64)
    return sum((planes[:, byte] << (8 * byte) for byte in range(width)), start=np.zeros(shape, np.int64))


def settle_quats(quats: Float[np.ndarray, "n 4"]) -> Float[np.ndarray, "n 4"]:
    """Nearby quaternions that rounding to steps, reading and normalising again leave unchanged.

    Readers normalise, and a normalised quaternion may round to another step than it came from. Going back and
    forth between the steps and the unit sphere comes nearer at every turn, so it ends.
    """
    settled = np.asarray(quats, np.float64)
    scale = 2.0 ** _FINEST[QUAT]
    for _ in range(64):
        on_grid = np.rint(settled * scale) / scale
        unit = (on_grid / np.linalg.norm(on_grid, axis=1, keepdims=True)).astype(np.float32).astype(np.float64)
        if (np.rint(unit * scale) / scale == on_grid).all():
            break
        settled = unit
    return settled


def _in_steps(values: Float[np.ndarray, "m 14"], exponents: Int64[np.ndarray, "14"]) -> Int64[np.ndarray, "m 14"]:
    """Values rounded to whole steps."""
    return np.rint(values.astype(np.float64) * 2.0**exponents).astype(np.int64)


def _too_wide(steps: Int64[np.ndarray, "m 14"]) -> np.ndarray:
    """Which columns do not fit their two bytes and their base."""
    low, high = steps.min(0), steps.max(0)
    return (high - low > MAX_STEPS) | (low < -MAX_BASE) | (high > MAX_BASE)
