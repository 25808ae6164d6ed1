"""Surfaces made softer: what is wrinkled or folded becomes simple, edges of lids and lips stay."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy import sparse

from core.landmarks import INNER_LIPS, LEFT_EYE, OUTER_LIPS, RIGHT_EYE
from core.rig.head import RIG_PARTS, HeadRig

# Lids and lips keep their shape up to this distance, and are softened like the rest from twice as far on.
_KEPT_CM = 0.45


def softened(
    rig: HeadRig, vertices: Float32[np.ndarray, "v 3"], face: float, ears: float, rounds: int
) -> Float32[np.ndarray, "v 3"]:
    """The head with smoother skin.

    Args:
        rig: the head.
        vertices: at rest.
        face: how far each round moves a vertex of the face towards the mean of its neighbours, in [0, 1].
        ears: the same for the ears.
        rounds: how often.
    """
    neighbours = _neighbours(rig)
    share = (_openness(rig) * np.where(_ears(rig), ears, face))[:, None].astype(np.float32)
    for _ in range(rounds):
        vertices = vertices + share * (neighbours @ vertices - vertices)
    return vertices.astype(np.float32)


def _ears(rig: HeadRig) -> Bool[np.ndarray, " v"]:
    x, y, z = rig.neutral.T
    return (np.abs(x) > 6.95 + 0.1 * np.abs(y - 0.5)) & (y > -3.2) & (y < 3.6) & (z > -3.5) & (z < 1.3)


def _openness(rig: HeadRig) -> Float[np.ndarray, " v"]:
    """1 where skin may be smoothed, 0 at lids, lips and whatever is not skin."""
    rims = rig.landmarks(rig.neutral)[_indices(LEFT_EYE, RIGHT_EYE, INNER_LIPS, OUTER_LIPS)]
    # The landmarks are not quite symmetric, but the head shall be.
    rims = np.concatenate([rims, rims * np.array((-1, 1, 1), np.float32)])
    away = np.linalg.norm(rig.neutral[:, None] - rims, axis=2).min(1)
    open_to = np.clip(away / _KEPT_CM - 1, 0, 1)
    skin = np.zeros(len(rig.neutral))
    skin[rig.vertices_of("skin")] = 1
    # What other parts share, and the mouth behind the lips, stays where those are.
    for part in set(RIG_PARTS) - {"skin", "ear", "neck", "scalp", "lips"}:
        skin[rig.vertices_of(part)] = 0
    return open_to * skin


def _indices(*groups: Sequence[int]) -> list[int]:
    return [index for group in groups for index in group]


def _neighbours(rig: HeadRig) -> sparse.csr_matrix:
    """The matrix that takes vertices to the means of their neighbours."""
    skin = rig.triangles[rig.triangle_part == RIG_PARTS.index("skin")]
    start, end = np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]]).T
    count = len(rig.neutral)
    ones = np.ones(len(start), np.float32)
    graph = sparse.csr_matrix((ones, (start, end)), (count, count))
    graph = ((graph + graph.T) > 0).astype(np.float32)
    degree = np.maximum(np.asarray(graph.sum(1)).ravel(), 1)
    return sparse.csr_matrix(sparse.diags(1 / degree) @ graph, dtype=np.float32)
