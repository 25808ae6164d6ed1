"""What every reader of splats refuses, whatever the file."""

import numpy as np
from jaxtyping import Float32

from core.errors import UnreadableAvatar
from core.gaussians import LOG_SCALE, MEAN, QUAT

_MAX_CM = 1e5
_MAX_LOG_SCALE = 20.0


def check_columns(rows: Float32[np.ndarray, "n 14"]) -> None:
    """Accepts rows of :data:`core.gaussians.COLUMNS` that can be drawn.

    Raises:
        UnreadableAvatar: if a number is not finite, a quaternion is zero, or a splat is absurdly far or large.
    """
    if not np.isfinite(rows).all():
        raise UnreadableAvatar("The file is damaged: it holds numbers that are not finite.")
    if (np.abs(rows[:, QUAT]).max(1, initial=0) < 1e-6).any():
        raise UnreadableAvatar("The file is damaged: it holds a rotation of length zero.")
    if (np.abs(rows[:, MEAN]) > _MAX_CM).any() or (rows[:, LOG_SCALE] > _MAX_LOG_SCALE).any():
        raise UnreadableAvatar("The file is damaged: it holds splats of an impossible place or size.")
