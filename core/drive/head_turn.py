"""How a head is turned, from the landmarks that no expression moves."""

from typing import cast

import numpy as np
from jaxtyping import Float32
from scipy.spatial.transform import Rotation

from core.rig.head import HeadRig

# Bridge and sides of the nose, forehead, temples, cheekbones, corners of the eyes: nothing that talks or frowns.
_STILL = [
    *(168, 6, 197, 195, 5, 4, 1, 151, 9, 8, 2, 33, 263, 133, 362, 109, 338, 67, 297, 54, 284, 21, 251, 162, 389),
    *(127, 356, 234, 454, 116, 345, 50, 280, 98, 327),
]


def head_turn(rig: HeadRig, points: Float32[np.ndarray, "478 3"]) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees, with the signs of :class:`core.avatar.posture.Posture`.

    Args:
        rig: says where the landmarks of a head that looks straight ahead are.
        points: x right, y down, z away from the camera, in pixels.
    """
    usual = rig.landmarks(rig.neutral)[_STILL]
    seen = points[_STILL] * np.array([1, -1, -1], np.float32)
    # The rotation alone, whatever the sizes (Kabsch).
    u, _, vt = np.linalg.svd((seen - seen.mean(0)).T @ (usual - usual.mean(0)))
    return angles_of(Rotation.from_matrix(u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt))


def angles_of(rotation: Rotation) -> tuple[float, float, float]:
    """Yaw, pitch and roll of a turn in the head frame: rolled first, then pitched, then turned aside; degrees."""
    yaw, nod, tilt = cast(np.ndarray, rotation.as_euler("YXZ", degrees=True)).tolist()
    return yaw, -nod, -tilt
