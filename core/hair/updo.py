"""Tied hair: the bun or the ponytail behind the head, as guide curves of its own."""

import numpy as np
from jaxtyping import Float

from core.hair.envelope import Envelope
from core.hair.flow import TIES
from core.hair.locks import Locks
from core.rig.skull import CENTRE
from core.spread import GOLDEN_ANGLE_RAD
from core.unit import unit

_BUN_CM = {"bun": 3.1, "low bun": 3.0}
_TURNS, _STEPS = 22, 16
_TAIL_STEPS, _TAIL_LOCKS, _TAIL_CM = 18, 40, 15.0


def tied(envelope: Envelope) -> Locks | None:
    """The locks of what is tied; None if nothing is."""
    kind = envelope.shape.updo
    if kind == "none":
        return None
    tie = envelope.onto(np.array([TIES[kind]]))[0]
    outward = unit(tie - CENTRE)
    return (
        _tail(tie, outward)
        if kind == "ponytail"
        else _bun(tie + outward * 0.25 * _BUN_CM[kind], outward, _BUN_CM[kind])
    )


def _bun(middle: Float[np.ndarray, "3"], outward: Float[np.ndarray, "3"], radius: float) -> Locks:
    """Locks wound round a flattened ball, like a ball of wool seen along ``outward``."""
    side, up = _across(outward)
    # Each lock is an arc over the ball whose plane is turned a little further than the last.
    turn = np.arange(_TURNS) * GOLDEN_ANGLE_RAD
    tilt = np.linspace(0.15, 1.45, _TURNS)
    sweep = np.linspace(-1.25, 1.25, _STEPS)
    first = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * up
    second = np.cross(outward, first)
    pole = np.cos(tilt)[:, None] * outward + np.sin(tilt)[:, None] * second
    normals = pole[:, None] * np.cos(sweep)[None, :, None] + first[:, None] * np.sin(sweep)[None, :, None]
    points = middle + normals * radius * np.array((1.0, 0.92, 1.0))
    return _whole(points, normals, 0.62)


def _tail(tie: Float[np.ndarray, "3"], outward: Float[np.ndarray, "3"]) -> Locks:
    """A bundle that leaves the tie, bends and falls, thickest in the middle."""
    share = np.linspace(0, 1, _TAIL_STEPS)
    way = outward + np.array((0.0, 0.5, 0.0))
    fall = np.array((0.0, -1.0, -0.12))
    middle = tie + _TAIL_CM * (share * (1 - share) ** 2 * 0.9)[:, None] * way + (_TAIL_CM * share**1.5)[:, None] * fall
    tangent = unit(np.gradient(middle, axis=0))
    side = np.tile((1.0, 0.0, 0.0), (_TAIL_STEPS, 1))
    back = np.cross(tangent, side)
    girth = 0.7 + 2.1 * np.sin(np.pi * np.clip(share * 0.8 + 0.06, 0, 1)) ** 0.8 * (1 - 0.55 * share**3)
    angle = 2 * np.pi * (np.arange(_TAIL_LOCKS) / _TAIL_LOCKS)[:, None] + 0.8 * share
    normals = side * np.cos(angle)[..., None] + back * np.sin(angle)[..., None]
    layer = np.where(np.arange(_TAIL_LOCKS) % 3 == 0, 0.72, 1.0)[:, None]
    points = middle + normals * (girth * layer)[..., None]
    return _whole(points, normals, 0.62)


def _whole(points: np.ndarray, normals: np.ndarray, width: float) -> Locks:
    present = np.ones(points.shape[:2], bool)
    none = np.zeros(points.shape[:2])
    return Locks(points, normals, present, np.full(len(points), width), none, none + 9.0)


def _across(axis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    side = unit(np.cross(axis, (0.0, 0.0, 1.0) if abs(axis[2]) < 0.9 else (0.0, 1.0, 0.0)))
    return side, np.cross(axis, side)
