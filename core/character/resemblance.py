"""Whether several photos can be of one person, judged by the shape of the face alone."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32
from scipy.spatial.transform import Rotation

from core.rig.head import HeadRig

# Photos of one person were seen up to 1.5 mm apart; half of all pairs of strangers are nearer than 1.6 mm.
_STRANGERS_MM = 2.2


def could_be_one_person(rig: HeadRig, identities: Sequence[Float32[np.ndarray, " k"]]) -> bool:
    """Whether faces fitted to each photo on its own are near enough to each other.

    It tells only people of plainly different features apart.
    """
    return all(
        apart_mm(rig, one, other) < _STRANGERS_MM
        for number, one in enumerate(identities)
        for other in identities[:number]
    )


def apart_mm(rig: HeadRig, one: Float32[np.ndarray, " k"], other: Float32[np.ndarray, " k"]) -> float:
    """Mean distance between the landmarks of two calm faces, placed and scaled onto each other, in mm."""
    basis = rig.landmarks(rig.identity)[:, rig.landmark_hit]
    mean = rig.landmarks(rig.neutral)[rig.landmark_hit]
    first, second = (mean + np.tensordot(identity, basis, 1) for identity in (one, other))
    first, second = first - first.mean(0), second - second.mean(0)
    turned = Rotation.align_vectors(second, first)[0].apply(first)
    turned *= (turned * second).sum() / (turned**2).sum()
    return float(10 * np.linalg.norm(turned - second, axis=1).mean())
