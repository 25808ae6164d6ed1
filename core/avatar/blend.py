"""The paper's Eq. 7, fast: sparse, and only where a weight changed."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int32
from numba import njit

from core.avatar.model import Avatar


class Blender:
    """Poses one avatar over and over, in place.

    This object has working state: the weights it was last given and the rows they lead to. A call touches
    only the splats of those blendshapes whose weight changed, and works each of them out afresh, from rest,
    adding the active sets in their order. So the numbers depend on the weights alone, to the last bit, and
    never on the weights before. Not safe to share between threads.
    """

    def __init__(self, avatar: Avatar):
        self._rest = np.ascontiguousarray(avatar.rest, np.float32)
        self._columns = self._rest.copy()
        self._weights = np.zeros(len(avatar.shapes), np.float32)

        rows = np.concatenate([np.zeros(0, np.int32), *(s.index for s in avatar.offsets)])
        sets = np.concatenate(
            [np.zeros(0, np.uint8), *(np.full(len(s.index), i) for i, s in enumerate(avatar.offsets))]
        )
        deltas = np.concatenate([np.zeros((0, 14), np.float32), *(s.delta for s in avatar.offsets)])
        # The sets lie one after the other; regroup by splat. The sort is stable, so that each splat's
        # entries keep the order of the sets, which is the order in which Avatar.posed adds them.
        by_row = np.argsort(rows, kind="stable")
        self.moving: Int32[np.ndarray, " m"] = np.unique(rows).astype(np.int32)
        """Rows that any set moves, ascending; all other rows stay at rest for ever."""
        self._starts = np.searchsorted(rows[by_row], np.append(self.moving, len(avatar))).astype(np.int64)
        self._sets = sets[by_row].astype(np.int64)
        self._deltas = np.ascontiguousarray(deltas[by_row], np.float32)
        self._members = [np.searchsorted(self.moving, s.index) for s in avatar.offsets]

    @property
    def columns(self) -> Float32[np.ndarray, "n 14"]:
        """All rows as now posed, quaternions of unit length. Do not write to it; the next call overwrites it."""
        return self._columns

    def set_weights(self, weights: Float[np.ndarray, " k"]) -> Int32[np.ndarray, " changed"]:
        """Poses the avatar at these weights (Eq. 7).

        Args:
            weights: one for each shape, in the avatar's order, usually in [0, 1].

        Returns:
            The rows of :attr:`columns` that were worked out again, ascending.

        Raises:
            ValueError: if there is not one finite weight for each shape.
        """
        if len(weights) != len(self._weights) or not np.isfinite(weights).all():
            raise ValueError(f"weights must hold {len(self._weights)} finite numbers, got {weights}")
        new = weights.astype(np.float32)
        touched = np.zeros(len(self.moving), np.bool_)
        for i in np.flatnonzero(new != self._weights):
            touched[self._members[i]] = True
        self._weights = new
        ordinals = np.flatnonzero(touched)
        _pose_rows(self._rest, self._columns, self.moving, ordinals, self._starts, self._sets, self._deltas, new)
        return self.moving[ordinals]

    def blend(self, weights: Float[np.ndarray, " k"]) -> Float32[np.ndarray, "n 14"]:
        """:meth:`set_weights`, then :attr:`columns`.

        Raises:
            ValueError: if there is not one finite weight for each shape.
        """
        self.set_weights(weights)
        return self._columns


# no_type_check keeps the shape checks of the test run off the kernels: numba can only compile a bare function.
@njit(cache=True, nogil=True)
@no_type_check
def _pose_rows(rest, columns, moving, ordinals, starts, sets, deltas, weights):
    """Writes ``rest + sum_i w_i delta_i`` into the rows ``moving[ordinals]`` of ``columns``."""
    for ordinal in ordinals:
        row = moving[ordinal]
        at_rest = True
        for c in range(14):
            columns[row, c] = rest[row, c]
        for entry in range(starts[ordinal], starts[ordinal + 1]):
            weight = weights[sets[entry]]
            if weight != 0:
                at_rest = False
                for c in range(14):
                    columns[row, c] += weight * deltas[entry, c]
        # Rows at rest keep rest's very numbers: normalising them could move the last bit.
        if not at_rest:
            q = columns[row, 10:14]
            norm = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])
            q /= max(norm, np.float32(1e-12))
