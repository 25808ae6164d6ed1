"""The paper's Eq. 7, fast: sparse, and only where a weight changed."""

import numpy as np
from jaxtyping import Float, Float32, Int32, UInt32

from core.avatar.kernels import pose_rows
from core.avatar.model import Avatar
from core.avatar.pack import pack


class Blender:
    """Poses one avatar over and over, in place, and packs it for the viewer in the same pass if asked to.

    This object has working state: the weights it was last given and the rows they lead to. A call touches
    only the splats of those blendshapes whose weight changed, and works each of them out afresh, from rest,
    adding the active sets in their order. So the numbers depend on the weights alone, to the last bit, and
    never on the weights before. Not safe to share between threads.
    """

    def __init__(self, avatar: Avatar, packing: bool = False):
        """Start at rest.

        Args:
            avatar: its arrays are copied.
            packing: whether to keep :attr:`packed` up to date.
        """
        self._rest = np.ascontiguousarray(avatar.rest, np.float32)
        self._columns = self._rest.copy()
        self._weights = np.zeros(len(avatar.shapes), np.float32)

        rows = np.concatenate([np.zeros(0, np.int32), *(s.index for s in avatar.offsets)])
        sets = np.concatenate(
            [np.zeros(0, np.uint16), *(np.full(len(s.index), i, np.uint16) for i, s in enumerate(avatar.offsets))]
        )
        deltas = np.concatenate([np.zeros((0, 14), np.float32), *(s.delta for s in avatar.offsets)])
        # The sets lie one after the other; regroup by splat. The sort is stable, so that each splat's
        # entries keep the order of the sets, which is the order in which Avatar.posed adds them.
        by_row = np.argsort(rows, kind="stable")
        self.moving: Int32[np.ndarray, " m"] = np.unique(rows).astype(np.int32)
        """Rows that any set moves, ascending; all other rows stay at rest for ever."""
        self._starts = np.searchsorted(rows[by_row], np.append(self.moving, len(avatar))).astype(np.uint64)
        self._sets = sets[by_row]
        self._deltas = np.ascontiguousarray(deltas[by_row], np.float32)
        self._members = [np.searchsorted(self.moving, s.index) for s in avatar.offsets]
        self._packed = pack(self._columns, self.moving if packing else self.moving[:0])
        self._packed_floats = self._packed.view(np.float32)

    @property
    def columns(self) -> Float32[np.ndarray, "n 14"]:
        """All rows as now posed, quaternions of unit length. Do not write to it; the next call overwrites it."""
        return self._columns

    @property
    def packed(self) -> UInt32[np.ndarray, "_ 8"]:
        """``pack(columns, moving)``, kept up to date; the next call overwrites it. Empty unless packing."""
        return self._packed

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
        ordinals = self._touched(np.flatnonzero(new != self._weights))
        rows = self.moving[ordinals]
        self._weights = new
        pose_rows(
            *(self._rest, self._columns, self._packed, self._packed_floats),
            *(rows, ordinals, self._starts, self._sets, self._deltas, new),
        )
        return rows

    def blend(self, weights: Float[np.ndarray, " k"]) -> Float32[np.ndarray, "n 14"]:
        """:meth:`set_weights`, then :attr:`columns`.

        Raises:
            ValueError: if there is not one finite weight for each shape.
        """
        self.set_weights(weights)
        return self._columns

    def _touched(self, changed: np.ndarray) -> np.ndarray:
        """Places in :attr:`moving` of the splats of these sets, ascending."""
        if len(changed) == 1:
            return self._members[changed[0]]
        touched = np.zeros(len(self.moving), np.bool_)
        for i in changed:
            touched[self._members[i]] = True
        return np.flatnonzero(touched)
