"""Which way hair runs at each place of the head: from the crown or the parting outwards, then down."""

import numpy as np
from jaxtyping import Float

from core.hair.envelope import Envelope
from core.hair.shape import HairShape
from core.smoothstep import smoothstep
from core.unit import unit

_CROWN = np.array((0.8, 10.5, -4.5))
_DOWN = np.array((0.0, -1.0, 0.0))
TIES = {"bun": (0.0, 12.6, -4.2), "low bun": (0.0, -1.6, -9.6), "ponytail": (0.0, 6.2, -10.6)}
"""Where tied hair is gathered, by kind, head frame, cm."""


def directions(envelope: Envelope, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """Unit directions in which strands run from root to tip at points on the hair."""
    shape = envelope.shape
    x, y, z = points.T
    if shape.curl > 0.8:
        # Coils run every way, neighbours nearly alike.
        return unit(
            np.stack([np.sin(1.9 * y + 1.3 * z), np.sin(1.7 * z + 1.1 * x + 2.0), np.sin(1.8 * x + 1.4 * y + 4.0)], 1)
        )
    if shape.updo != "none":
        way = np.array(TIES[shape.updo]) - points
    elif shape.is_long:
        way = unit(_falling(shape, points))
        beside = smoothstep(3.5, 5.5, np.abs(x)) * smoothstep(-1.5, 1.0, y) * smoothstep(-2.0, 0.5, z)
        way += (beside * (1 - envelope.over_cheek(points)))[:, None] * (0.0, -0.3, -1.2)
    else:
        way = _lying(shape, points)
    if shape.fringe:
        ahead = np.stack([0.12 * x + 0.1, np.full(len(x), -0.5) - 0.4 * (z > 6), np.full(len(x), 0.9)], axis=1)
        front = (smoothstep(-1.0, 2.5, z) * smoothstep(3.0, 5.0, y) * smoothstep(-6.8, -5.0, -np.abs(x)))[:, None]
        way = unit(way) * (1 - front) + ahead * front
    return unit(way)


def _falling(shape: HairShape, points: np.ndarray) -> np.ndarray:
    x, y, z = points.T
    parting = 0.5 if shape.parting_x is None else shape.parting_x
    side = np.tanh((x - parting) * 1.5) * np.exp(-np.abs(x - parting) / 6.0)
    # Behind the crown there is no parting: hair falls straight.
    side *= np.clip((z + 4) / 4, 0, 1)
    away = np.stack([side, np.full(len(x), -0.25), np.full(len(x), -0.12)], axis=1)
    away[:, 2] -= 0.5 * np.clip((-z - 1) / 4, 0, 1)
    lower = np.clip((7.5 - y) / 6.0, 0, 1)[:, None]
    # Ends turn in a little.
    inward = np.stack([-0.02 * x, np.zeros(len(x)), np.zeros(len(x))], axis=1) * smoothstep(2.0, 9.0, -y)[:, None]
    return away * (1 - lower) + _DOWN * (0.25 + lower) + inward


def _lying(shape: HairShape, points: np.ndarray) -> np.ndarray:
    _, y, z = points.T
    way = unit(points - _CROWN) + _DOWN * 0.35 * np.clip((5 - y) / 6, 0, 1)[:, None]
    back = np.array((0.12, 0.25, -1.0)) + _DOWN * 0.6 * np.clip((8 - y) / 5, 0, 1)[:, None]
    front = smoothstep(-3.0, 1.0, z) * smoothstep(3.0, 6.0, y) * max(shape.swept, 0.0)
    return way * (1 - front[:, None]) + back * front[:, None]
