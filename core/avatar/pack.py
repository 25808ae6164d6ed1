"""Splats as the 32 bytes each that Viser's client uploads to the graphics card.

Building this buffer here, in one pass over the rows, costs a tenth of handing Viser covariance matrices.
A splat is eight 32-bit words, little-endian: centre (3 x float32), zero, the upper triangle of the covariance
xx xy xz yy yz zz (6 x float16), then red, green, blue, opacity (4 x uint8).

Lengths stay centimetres: float16 keeps a covariance in square centimetres to 0.1 %, but in square metres half
a millimetre vanishes. Give the scene node ``scale=0.01``.
"""

import numpy as np
from jaxtyping import Float32, Int, UInt32

from core.avatar.kernels import pack_rows


def pack(columns: Float32[np.ndarray, "n 14"], rows: Int[np.ndarray, " m"] | None = None) -> UInt32[np.ndarray, "_ 8"]:
    """Viser's buffer of the splats in ``columns``, or of those named by ``rows``, in that order.

    Colours and opacities are rounded to the nearest of 256 steps (Viser itself cuts off, which darkens).

    Args:
        columns: rows of :data:`core.gaussians.COLUMNS`; quaternions need not have unit length.
        rows: which rows to pack; all of them by default.
    """
    # Numba compiles once for each type of number: here it becomes the only one.
    wanted = np.arange(len(columns)) if rows is None else rows.astype(np.int64)
    buffer = np.empty((len(wanted), 8), np.uint32)
    pack_rows(columns, wanted, buffer, buffer.view(np.float32))
    return buffer
