"""Splats as the 32 bytes each that Viser's client uploads to the graphics card.

Building this buffer here, in one pass over the rows, costs a tenth of handing Viser covariance matrices.
A splat is eight 32-bit words, little-endian: centre (3 x float32), zero, the upper triangle of the covariance
xx xy xz yy yz zz (6 x float16), then red, green, blue, opacity (4 x uint8).

Lengths stay centimetres: float16 keeps a covariance in square centimetres to 0.1 %, but in square metres half
a millimetre vanishes. Give the scene node ``scale=0.01``.
"""

import math
from typing import no_type_check

import numpy as np
from jaxtyping import Float32, Int, Int32, UInt32
from numba import njit

from core.avatar.model import Avatar
from core.gaussians import SH_C0

_SH_C0 = np.float32(SH_C0)
_ONE, _TWO, _HALF = np.float32(1), np.float32(2), np.float32(0.5)


def pack(columns: Float32[np.ndarray, "n 14"], rows: Int[np.ndarray, " m"] | None = None) -> UInt32[np.ndarray, "_ 8"]:
    """Viser's buffer of the splats in ``columns``, or of those named by ``rows``, in that order.

    Colours and opacities are rounded to the nearest of 256 steps (Viser itself cuts off, which darkens).

    Args:
        columns: rows of :data:`core.gaussians.COLUMNS`; quaternions need not have unit length.
        rows: which rows to pack; all of them by default.
    """
    wanted = np.arange(len(columns)) if rows is None else rows
    buffer = np.zeros((len(wanted), 8), np.uint32)
    _pack_rows(columns, wanted, buffer, buffer.view(np.float32))
    return buffer


def moving_rows(avatar: Avatar) -> Int32[np.ndarray, " m"]:
    """Rows that any blendshape moves, ascending: the only ones a viewer must send again."""
    moves = np.zeros(len(avatar), bool)
    for offset in avatar.offsets:
        moves[offset.index] = True
    return np.flatnonzero(moves).astype(np.int32)


# no_type_check keeps the shape checks of the test run off the kernels: numba can only compile a bare function.
@njit(cache=True, nogil=True)
@no_type_check
def _pack_rows(columns, rows, words, floats):
    """Fills ``words``; ``floats`` is the same memory seen as float32."""
    cov = np.empty(6, np.float32)
    bits = cov.view(np.uint32)
    for i in range(len(rows)):
        row = columns[rows[i]]
        floats[i, 0], floats[i, 1], floats[i, 2] = row[0], row[1], row[2]
        _covariance(row, cov)
        for pair in range(3):
            words[i, 4 + pair] = _half(bits[2 * pair], cov[2 * pair]) | (
                _half(bits[2 * pair + 1], cov[2 * pair + 1]) << np.uint32(16)
            )
        red, green, blue = (
            _byte(row[3] * _SH_C0 + _HALF),
            _byte(row[4] * _SH_C0 + _HALF),
            _byte(row[5] * _SH_C0 + _HALF),
        )
        alpha = _byte(_ONE / (_ONE + np.float32(math.exp(-row[6]))))
        words[i, 7] = red | (green << np.uint32(8)) | (blue << np.uint32(16)) | (alpha << np.uint32(24))


@njit(cache=True, nogil=True)
@no_type_check
def _covariance(row, out):
    """Upper triangle of R S S^T R^T for one row of columns."""
    w, x, y, z = row[10], row[11], row[12], row[13]
    scale = _ONE / max(np.sqrt(w * w + x * x + y * y + z * z), np.float32(1e-12))
    w, x, y, z = w * scale, x * scale, y * scale, z * scale
    a, b, c = np.float32(math.exp(row[7])), np.float32(math.exp(row[8])), np.float32(math.exp(row[9]))
    xa, xb, xc = (_ONE - _TWO * (y * y + z * z)) * a, _TWO * (x * y - w * z) * b, _TWO * (x * z + w * y) * c
    ya, yb, yc = _TWO * (x * y + w * z) * a, (_ONE - _TWO * (x * x + z * z)) * b, _TWO * (y * z - w * x) * c
    za, zb, zc = _TWO * (x * z - w * y) * a, _TWO * (y * z + w * x) * b, (_ONE - _TWO * (x * x + y * y)) * c
    out[0], out[1], out[2] = xa * xa + xb * xb + xc * xc, xa * ya + xb * yb + xc * yc, xa * za + xb * zb + xc * zc
    out[3], out[4], out[5] = ya * ya + yb * yb + yc * yc, ya * za + yb * zb + yc * zc, za * za + zb * zb + zc * zc


@njit(cache=True, nogil=True)
@no_type_check
def _byte(value):
    """A value in [0, 1] (clipped) as the nearest of 256 steps."""
    return np.uint32(min(max(value, np.float32(0)), _ONE) * np.float32(255) + _HALF)


@njit(cache=True, nogil=True)
@no_type_check
def _half(bits, value):
    """The 16 bits of a float32 rounded to float16, ties to even; numba has no float16 of its own.

    Args:
        bits: the float32 as a uint32.
        value: the same float32.
    """
    sign = (bits >> np.uint32(16)) & np.uint32(0x8000)
    size = bits & np.uint32(0x7FFFFFFF)
    if size >= np.uint32(0x47800000):  # 65536 and above, infinity and NaN
        return sign | np.uint32(0x7E00 if size > np.uint32(0x7F800000) else 0x7C00)
    if size < np.uint32(0x38800000):  # below 2^-14 float16 is fixed point with step 2^-24
        steps = np.float32(abs(value)) * np.float32(16777216)
        return sign | np.uint32(np.rint(steps))
    # Rebias the exponent; adding half a step, less one unless the kept part is odd, rounds ties to even.
    odd = (size >> np.uint32(13)) & np.uint32(1)
    rounded = np.uint32(size - np.uint32(112 << 23)) + np.uint32(0xFFF) + odd
    return sign | np.uint32(rounded >> np.uint32(13))
