"""The lower rim of the neck, at which clothes begin."""

import numpy as np
from jaxtyping import Float

from core.rig.head import RIG_PARTS, HeadRig
from core.rig.sculpt import Sculpt

_SMOOTHING = np.hanning(15) / np.hanning(15).sum()


def neck_rim(sculpt: Sculpt, turns: Float[np.ndarray, " k"]) -> Float[np.ndarray, "k 3"]:
    """The rim as a smooth loop, head frame, cm.

    Args:
        sculpt: the head at rest.
        turns: angles in radians at which to take it, evenly spaced once round; 0 is in front, positive the avatar's
            left.
    """
    rim = sculpt.rest[_rim_vertices(sculpt.rig)]
    angle = np.arctan2(rim[:, 0], rim[:, 2] - rim[:, 2].mean())
    order = np.argsort(angle)
    loop = np.stack([np.interp(turns, angle[order], rim[order, axis], period=2 * np.pi) for axis in range(3)], axis=1)
    side = len(_SMOOTHING) // 2
    padded = np.concatenate([loop[-side:], loop, loop[:side]])
    return np.stack([np.convolve(padded[:, axis], _SMOOTHING, "valid") for axis in range(3)], axis=1)


def _rim_vertices(rig: HeadRig) -> np.ndarray:
    """Vertices on the open edge at the bottom of the neck."""
    skin = rig.triangles[rig.triangle_part == RIG_PARTS.index("skin")]
    edges = np.sort(np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]]), axis=1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    border = np.unique(unique[count == 1])
    # The other borders of the skin are at the eyes and the mouth.
    return border[rig.neutral[border, 1] < -6.5]
