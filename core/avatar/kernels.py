"""The inner loops of :mod:`core.avatar.blend` and :mod:`core.avatar.pack`, compiled.

They stand in one file because numba's cache notices a change in the file of a kernel, not in what it imports.

Splats are worked on :data:`LANES` at a time: a *block* holds the numbers of so many splats column by column,
so that the processor does the same step for all of them at once, in a third of the time. The steps of a
single splat are the same in every lane, and with and without packing, so its numbers are, to the last bit.
"""

from typing import no_type_check

import numpy as np
from numba import njit

from core.gaussians import SH_C0

LANES = 16
"""Splats in a block. The compiler turns a loop of exactly this length into vector instructions."""

_SH_C0 = np.float32(SH_C0)
_ZERO, _HALF, _ONE, _TWO = np.float32(0), np.float32(0.5), np.float32(1), np.float32(2)
_LOG2_E = np.float32(1.4426950408889634)
# ln 2 in two parts, the first of few bits, so that whole multiples of it are exact.
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)

# no_type_check keeps the shape checks of the test run off the kernels: numba can only compile a bare function.
# Division as numpy has it: Python's, which raises at zero, needs a branch, and branches cannot be vectorised.


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def pose_rows(rest, columns, words, floats, rows, ordinals, starts, sets, deltas, weights):
    """Writes ``rest + sum_i w_i delta_i`` into some rows of ``columns``, and packs them in the same pass.

    Args:
        rest: (n, 14).
        columns: (n, 14), written.
        words: (m, 8) of uint32 for the ``m`` splats that any set moves, written; (0, 8) to pack nothing.
        floats: the memory of ``words`` seen as float32.
        rows: (t,) of ``columns`` to work out.
        ordinals: (t,) where each of them stands among the ``m``.
        starts: (m + 1,) where the entries of each of the ``m`` begin. Unsigned, as ``sets``: Python's negative
            indices cost time.
        sets: (e,) which set an entry belongs to.
        deltas: (e, 14) what it adds at weight 1.
        weights: (k,).
    """
    block = np.zeros(14 * LANES, np.float32)
    out = np.empty(4 * LANES, np.uint32)
    for first in range(0, len(rows), LANES):
        count = min(LANES, len(rows) - first)
        for lane in range(count):
            ordinal = ordinals[first + lane]
            entries = starts[ordinal], starts[ordinal + 1]
            _pose_row(rest, columns, rows[first + lane], entries, sets, deltas, weights)
        if len(words):
            _load(columns, rows, first, count, block)
            _pack_block(block, out)
            for lane in range(count):
                _store(block, out, lane, words, floats, ordinals[first + lane])


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def pack_rows(columns, rows, words, floats):
    """Packs ``columns[rows]`` into ``words`` (m, 8); ``floats`` is the same memory seen as float32."""
    block = np.zeros(14 * LANES, np.float32)
    out = np.empty(4 * LANES, np.uint32)
    for first in range(0, len(rows), LANES):
        count = min(LANES, len(rows) - first)
        _load(columns, rows, first, count, block)
        _pack_block(block, out)
        for lane in range(count):
            _store(block, out, lane, words, floats, first + lane)


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _pose_row(rest, columns, row, entries, sets, deltas, weights):
    """Writes one splat, its quaternion normalised."""
    # In fourteen variables, because sums in an array go through memory at every step: twice the time.
    x, y, z, red, green = rest[row, 0], rest[row, 1], rest[row, 2], rest[row, 3], rest[row, 4]
    blue, logit, size_0, size_1, size_2 = rest[row, 5], rest[row, 6], rest[row, 7], rest[row, 8], rest[row, 9]
    q_0, q_1, q_2, q_3 = rest[row, 10], rest[row, 11], rest[row, 12], rest[row, 13]
    at_rest = True
    for e in range(entries[0], entries[1]):
        weight = weights[sets[e]]
        if weight != 0:
            at_rest = False
            x, y, z = x + weight * deltas[e, 0], y + weight * deltas[e, 1], z + weight * deltas[e, 2]
            red, green = red + weight * deltas[e, 3], green + weight * deltas[e, 4]
            blue, logit = blue + weight * deltas[e, 5], logit + weight * deltas[e, 6]
            size_0, size_1 = size_0 + weight * deltas[e, 7], size_1 + weight * deltas[e, 8]
            size_2, q_0 = size_2 + weight * deltas[e, 9], q_0 + weight * deltas[e, 10]
            q_1, q_2 = q_1 + weight * deltas[e, 11], q_2 + weight * deltas[e, 12]
            q_3 = q_3 + weight * deltas[e, 13]
    norm = max(np.sqrt(q_0 * q_0 + q_1 * q_1 + q_2 * q_2 + q_3 * q_3), np.float32(1e-12))
    # At rest dividing could move the last bit; dividing by one cannot.
    norm = _ONE if at_rest else norm
    q_0, q_1, q_2, q_3 = q_0 / norm, q_1 / norm, q_2 / norm, q_3 / norm
    columns[row, 0], columns[row, 1], columns[row, 2], columns[row, 3] = x, y, z, red
    columns[row, 4], columns[row, 5], columns[row, 6], columns[row, 7] = green, blue, logit, size_0
    columns[row, 8], columns[row, 9], columns[row, 10], columns[row, 11] = size_1, size_2, q_0, q_1
    columns[row, 12], columns[row, 13] = q_2, q_3


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _load(columns, rows, first, count, block):
    """Brings some rows into the block."""
    for lane in range(count):
        row = rows[first + lane]
        for c in range(14):
            block[c * LANES + lane] = columns[row, c]


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _pack_block(block, out):
    """The last four words of every splat in the block, word by word: covariance R S S^T R^T, then colour."""
    for i in range(LANES):
        w, x, y, z = block[10 * LANES + i], block[11 * LANES + i], block[12 * LANES + i], block[13 * LANES + i]
        unit = _ONE / max(np.sqrt(w * w + x * x + y * y + z * z), np.float32(1e-12))
        w, x, y, z = w * unit, x * unit, y * unit, z * unit
        a, b, c = _exp(block[7 * LANES + i]), _exp(block[8 * LANES + i]), _exp(block[9 * LANES + i])
        xa, xb, xc = (_ONE - _TWO * (y * y + z * z)) * a, _TWO * (x * y - w * z) * b, _TWO * (x * z + w * y) * c
        ya, yb, yc = _TWO * (x * y + w * z) * a, (_ONE - _TWO * (x * x + z * z)) * b, _TWO * (y * z - w * x) * c
        za, zb, zc = _TWO * (x * z - w * y) * a, _TWO * (y * z + w * x) * b, (_ONE - _TWO * (x * x + y * y)) * c
        out[i] = _pair(xa * xa + xb * xb + xc * xc, xa * ya + xb * yb + xc * yc)
        out[LANES + i] = _pair(xa * za + xb * zb + xc * zc, ya * ya + yb * yb + yc * yc)
        out[2 * LANES + i] = _pair(ya * za + yb * zb + yc * zc, za * za + zb * zb + zc * zc)
        red = _byte(block[3 * LANES + i] * _SH_C0 + _HALF)
        green = _byte(block[4 * LANES + i] * _SH_C0 + _HALF)
        blue = _byte(block[5 * LANES + i] * _SH_C0 + _HALF)
        alpha = _byte(_ONE / (_ONE + _exp(-block[6 * LANES + i])))
        out[3 * LANES + i] = red | (green << np.uint32(8)) | (blue << np.uint32(16)) | (alpha << np.uint32(24))


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _store(block, out, lane, words, floats, place):
    """Writes one splat of a packed block as row ``place`` of the buffer."""
    for c in range(3):
        floats[place, c] = block[c * LANES + lane]
    words[place, 3] = np.uint32(0)
    for word in range(4):
        words[place, 4 + word] = out[word * LANES + lane]


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _exp(x):
    """e^x to 1e-7 of itself, for x in [-87, 88] (clipped); the C library's function cannot be vectorised."""
    x = min(max(x, np.float32(-87)), np.float32(88))
    # e^x = 2^n e^r with |r| <= ln(2) / 2, where seven terms of the series, adjusted a little, are enough.
    n = np.floor(x * _LOG2_E + _HALF)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    y = np.float32(1.9875691500e-4)
    y = y * r + np.float32(1.3981999507e-3)
    y = y * r + np.float32(8.3334519073e-3)
    y = y * r + np.float32(4.1665795894e-2)
    y = y * r + np.float32(1.6666665459e-1)
    y = y * r + np.float32(5.0000001201e-1)
    y = y * r * r + r + _ONE
    return y * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _byte(value):
    """A value in [0, 1] (clipped) as the nearest of 256 steps."""
    return np.uint32(np.int32(min(max(value, _ZERO), _ONE) * np.float32(255) + _HALF))


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def _pair(low, high):
    """Two numbers as float16 in one word."""
    return np.uint32(half(low) | np.uint32(half(high) << np.uint32(16)))


@njit(cache=True, nogil=True, error_model="numpy")
@no_type_check
def half(value):
    """The 16 bits of a float32 rounded to float16, ties to even; numba has no float16 of its own."""
    # Numba widens every operation on uint32 to 64 bits, which halves the speed, unless told otherwise each time.
    bits = np.float32(value).view(np.uint32)
    sign = np.uint32(np.uint32(bits >> np.uint32(16)) & np.uint32(0x8000))
    size = np.uint32(bits & np.uint32(0x7FFFFFFF))
    # Rebias the exponent; adding half a step, less one unless the kept part is odd, rounds ties to even.
    odd = np.uint32(np.uint32(size >> np.uint32(13)) & np.uint32(1))
    result = np.uint32(np.uint32(size - np.uint32((112 << 23) - 0xFFF) + odd) >> np.uint32(13))
    # Below 2^-14 float16 is fixed point with step 2^-24: the last bit of a float32 between 0.5 and 1.
    fixed = np.uint32(np.float32(np.abs(value) + _HALF).view(np.uint32) - np.uint32(0x3F000000))
    result = fixed if size < np.uint32(0x38800000) else result
    infinite = np.uint32(0x7E00) if size > np.uint32(0x7F800000) else np.uint32(0x7C00)
    result = infinite if size >= np.uint32(0x47800000) else result  # 65536 and above, infinity and NaN
    return np.uint32(sign | result)
