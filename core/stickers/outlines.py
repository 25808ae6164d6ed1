"""Outlines of flat shapes as points: curves, rings, stars. All in a box from -1 to 1, x right and y down."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

Number = float | int
Point = tuple[Number, Number]
_STEPS = 24


def circle(x: Number, y: Number, radius: Number, squash: Number = 1.0) -> Float[np.ndarray, "n 2"]:
    """A circle, or with ``squash`` other than 1 an ellipse so many times as high as wide."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    return np.stack([x + radius * np.cos(turn), y + squash * radius * np.sin(turn)], 1)


def arc(x: Number, y: Number, radius: Number, start_deg: Number, end_deg: Number, squash: Number = 1.0) -> np.ndarray:
    """Part of a circle, open; 0 degrees is right, 90 down."""
    turn = np.radians(np.linspace(start_deg, end_deg, _STEPS))
    return np.stack([x + radius * np.cos(turn), y + squash * radius * np.sin(turn)], 1)


def curve(*pieces: Sequence[Point]) -> Float[np.ndarray, "n 2"]:
    """Cubic Bézier pieces one after the other, four points each; a piece of three begins where the last ended."""
    t = np.linspace(0, 1, _STEPS)[:, None]
    points: list[np.ndarray] = []
    for piece in pieces:
        corners = np.array(piece, float)
        if len(corners) == 3:
            corners = np.concatenate([points[-1][-1:], corners])
        a, b, c, d = corners
        points.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
    return np.concatenate(points)


def star(points: int, inner: Number, outer: Number = 1.0, turn_deg: Number = 0.0) -> Float[np.ndarray, "n 2"]:
    """A star with straight sides, one point up."""
    turn = np.radians(turn_deg) + np.arange(2 * points) * np.pi / points
    radius = np.where(np.arange(2 * points) % 2 == 0, outer, inner)
    return np.stack([radius * np.sin(turn), -radius * np.cos(turn)], 1)


def rounded(corners: Float[np.ndarray, "n 2"], share: Number) -> Float[np.ndarray, "m 2"]:
    """A closed outline with every corner rounded over that share of its sides, below 0.5."""
    before, after = np.roll(corners, 1, 0), np.roll(corners, -1, 0)
    start = corners + share * (before - corners)
    end = corners + share * (after - corners)
    t = np.linspace(0, 1, 7)[None, :, None]
    bend = (1 - t) ** 2 * start[:, None] + 2 * (1 - t) * t * corners[:, None] + t**2 * end[:, None]
    return bend.reshape(-1, 2)


def mirrored(points: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
    """The other half of a symmetric shape."""
    return points[::-1] * (-1, 1)


def moved(points: Float[np.ndarray, "n 2"], x: Number, y: Number, scale: Number = 1.0, turn_deg: Number = 0.0):
    """Points turned clockwise about the origin, scaled and shifted, (n, 2)."""
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return scale * points @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
