"""What a face does by itself: it blinks and sways a little. Plain functions of time."""

import numpy as np
from jaxtyping import Float

from core.expressions import SHAPES

_BLINK_EVERY_S = 4.0
_BLINK_SPREAD_S = 2.2
_CLOSING_S, _OPENING_S = 0.09, 0.16
_SWAY_DEG = (1.1, 2.2)
_SWAY_PERIOD_S = (7.3, 11.1)
_NECK_CM = (0.0, -12.0, -1.0)
_LIDS = [SHAPES.index("eyeBlinkLeft"), SHAPES.index("eyeBlinkRight")]


def blink(time_s: float) -> float:
    """How far the lids are closed, in [0, 1]: about every four seconds, never quite regularly."""
    turn = int(time_s // _BLINK_EVERY_S)
    # A hash of the turn in place of a random number: the same time always gives the same face.
    start = _BLINK_SPREAD_S * ((turn * 0.6180339887) % 1.0)
    since = time_s - turn * _BLINK_EVERY_S - start
    if since < 0 or since > _CLOSING_S + _OPENING_S:
        return 0.0
    return since / _CLOSING_S if since < _CLOSING_S else 1 - (since - _CLOSING_S) / _OPENING_S


def with_blink(weights: Float[np.ndarray, " k"], time_s: float) -> Float[np.ndarray, " k"]:
    """The expression with its lids closed as far as the blink, or the expression itself, asks."""
    closed = blink(time_s)
    if not closed:
        return weights
    blinking = weights.copy()
    blinking[_LIDS] = np.maximum(blinking[_LIDS], closed)
    return blinking


def sway(time_s: float) -> tuple[tuple[float, float, float, float], tuple[float, float, float]]:
    """How the head leans at a time.

    Returns:
        A rotation as wxyz, and the shift in centimetres that makes it turn about the neck.
    """
    nod, turn = (
        np.radians(angle) / 2 * np.sin(2 * np.pi * time_s / period)
        for angle, period in zip(_SWAY_DEG, _SWAY_PERIOD_S, strict=True)
    )
    quat = np.array([np.cos(nod) * np.cos(turn), np.sin(nod) * np.cos(turn), np.cos(nod) * np.sin(turn), 0.0])
    # The product of the two turns has a small roll, too.
    quat[3] = np.sin(nod) * np.sin(turn)
    return _held_at_neck(quat)


def about_neck(
    yaw_deg: float, pitch_deg: float, roll_deg: float
) -> tuple[tuple[float, float, float, float], tuple[float, float, float]]:
    """A turn with the signs of :class:`core.avatar.posture.Posture`, in degrees, as :func:`sway` gives it."""
    yaw, nod, tilt = np.radians((yaw_deg, -pitch_deg, -roll_deg)) / 2
    (cy, cn, ct), (sy, sn, st) = np.cos((yaw, nod, tilt)), np.sin((yaw, nod, tilt))
    # First tilted, then nodded, then turned aside.
    quat = np.array(
        [
            cy * cn * ct + sy * sn * st,
            cy * sn * ct + sy * cn * st,
            sy * cn * ct - cy * sn * st,
            cy * cn * st - sy * sn * ct,
        ]
    )
    return _held_at_neck(quat)


def _held_at_neck(quat: np.ndarray) -> tuple[tuple[float, float, float, float], tuple[float, float, float]]:
    neck = np.array(_NECK_CM)
    shift = neck - _rotated(quat, neck)
    return tuple(float(q) for q in quat), tuple(float(s) for s in shift)  # pyright: ignore[reportReturnType]


def _rotated(quat: np.ndarray, point: np.ndarray) -> np.ndarray:
    w, v = quat[0], quat[1:]
    return point + 2 * np.cross(v, np.cross(v, point) + w * point)
