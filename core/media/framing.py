"""How wide a view has to be so that nothing of an avatar is cut off: capes and pedestals reach beyond a head."""

import numpy as np

from core.avatar.model import Avatar
from core.camera import HEAD_CENTRE_CM
from core.gaussians import from_columns

_DISTANCE_CM = 100.0
"""That :func:`core.camera.orbit` keeps."""
_SHOWS, _LEAN, _AIR = 0.2, 0.06, 1.03
"""Opacity that counts, what a camera a few degrees up adds, and what is left free."""
_WIDEST_DEG = 32.0


def whole_fov_deg(avatar: Avatar, least_deg: float = 20.0) -> float:
    """The angle of view, at least that, that shows all of an avatar at rest from every side."""
    rest = from_columns(avatar.rest)
    means = rest.means[rest.opacities > _SHOWS] - np.array(HEAD_CENTRE_CM, np.float32)
    if not len(means):
        return least_deg
    around = np.minimum(np.hypot(means[:, 0], means[:, 2]), 0.5 * _DISTANCE_CM)
    # High and low places look farthest out where they are nearest, those at the side where the view touches them.
    upright = (np.abs(means[:, 1]) + _LEAN * around) / (_DISTANCE_CM - around)
    sideways = around / np.sqrt(_DISTANCE_CM**2 - around**2)
    half = _AIR * float(np.maximum(upright, sideways).max())
    return min(max(float(np.degrees(2 * np.arctan(half))), least_deg), _WIDEST_DEG)
