"""Hair that reaches the shoulders lies on them."""

from dataclasses import replace

import numpy as np
from scipy.spatial import KDTree

from core.gaussians import Gaussians, quats_from_axes, rotation_matrices
from core.unit import unit

_OFF_CM = 0.22
_NEIGHBOURS = 6


def draped(hair: Gaussians, below: Gaussians) -> Gaussians:
    """Hair moved out of a surface that it would sink into, and laid along it there.

    Args:
        hair: splats of strands.
        below: flat splats of the surface, whose third axis points outwards.
    """
    outward = rotation_matrices(below.quats)[:, :, 2]
    low = np.flatnonzero(hair.means[:, 1] < below.means[:, 1].max() + 1.0)
    if not len(low):
        return hair
    apart, near = KDTree(below.means).query(hair.means[low], k=_NEIGHBOURS)
    weight = 1 / (np.asarray(apart) + 0.05)
    weight /= weight.sum(1, keepdims=True)
    place = (below.means[near] * weight[..., None]).sum(1)
    normal = unit((outward[near] * weight[..., None]).sum(1)).astype(np.float32)
    height = ((hair.means[low] - place) * normal).sum(1)
    sunk = height < _OFF_CM
    # A strand keeps a little of its depth, so that those of one lock do not fall into one plane.
    means, quats = hair.means.copy(), hair.quats.copy()
    lift = (_OFF_CM + 0.1 * np.clip(height, -2, 0) + 0.2) * sunk - height * sunk
    means[low] += (normal * np.where(sunk, lift, 0)[:, None]).astype(np.float32)
    axes = rotation_matrices(hair.quats[low[sunk]])
    quats[low[sunk]] = quats_from_axes(axes[:, :, 0], normal[sunk])
    return replace(hair, means=means, quats=quats)
