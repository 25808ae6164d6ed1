"""Curved surfaces covered evenly with splats: what accents are built of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.unit import unit

Surface = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Points (n, 3) in cm at ``u`` and ``v`` (n,) in [0, 1]; outward is the direction of d/du x d/dv."""

_STEP = 1e-3
_THIN = 0.16


@dataclass(frozen=True)
class Patch:
    """Evenly spread places on a surface."""

    points: Float[np.ndarray, "n 3"]
    normals: Float[np.ndarray, "n 3"]
    """Unit length."""
    along: Float[np.ndarray, "n 3"]
    """Direction of d/du."""
    sizes: Float[np.ndarray, "n 3"]
    """Standard deviations along d/du, across it, and through the surface, in cm."""
    u: Float[np.ndarray, " n"]
    v: Float[np.ndarray, " n"]

    def __len__(self) -> int:
        return len(self.points)


def cover(surface: Surface, spacing_cm: float, *, flip: bool = False) -> Patch:
    """Splats about ``spacing_cm`` apart, in staggered rows of equal ``v``; ``flip`` turns the surface inside out."""
    across = np.linspace(0, 1, 9)
    lines = surface(np.repeat(across, 17), np.tile(np.linspace(0, 1, 17), 9)).reshape(9, 17, 3)
    rows = max(2, round(float(np.linalg.norm(np.diff(lines, axis=1), axis=2).sum(1).max()) / spacing_cm))
    levels = (np.arange(rows) + 0.5) / rows
    rings = surface(np.tile(np.linspace(0, 1, 33), rows), np.repeat(levels, 33)).reshape(rows, 33, 3)
    lengths = np.linalg.norm(np.diff(rings, axis=1), axis=2).sum(1)
    counts = np.maximum(1, np.rint(lengths / spacing_cm)).astype(int)
    row = np.repeat(np.arange(rows), counts)
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    u, v = (place + 0.25 + 0.5 * (row % 2)) / counts[row], levels[row]
    points = surface(u, v)
    along = surface(u + _STEP, v) - surface(u - _STEP, v)
    up = surface(u, np.minimum(v + _STEP, 1)) - surface(u, np.maximum(v - _STEP, 0))
    normals = unit(np.cross(along, up) * (-1 if flip else 1))
    # At a tip there is no direction: any will do.
    normals[np.linalg.norm(normals, axis=1) < 0.5] = (0, 1, 0)
    along[np.linalg.norm(along, axis=1) < 1e-9] = (1, 0, 0)
    sizes = np.empty((len(u), 3))
    sizes[:, 0] = 0.62 * lengths[row] / counts[row]
    sizes[:, 1] = 0.62 * spacing_cm
    sizes[:, 2] = _THIN * spacing_cm
    return Patch(points, normals, along, np.maximum(sizes, 0.01), u, v)


def ball(centre: Sequence[float] | np.ndarray, radii: float | Sequence[float]) -> Surface:
    """A sphere or an upright ellipsoid."""
    middle, size = np.asarray(centre, float), np.broadcast_to(np.asarray(radii, float), 3)

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        turn, polar = 2 * np.pi * u, np.pi * (v - 0.5)
        return middle + size * np.stack([np.cos(polar) * np.sin(turn), np.sin(polar), np.cos(polar) * np.cos(turn)], 1)

    return surface


def tube(line: Float[np.ndarray, "m 3"], radius: float | Sequence[float] | np.ndarray) -> Surface:
    """A tube round a line; ``radius`` may change along it, and be 0 at a tip."""
    steps = np.linspace(0, 1, len(line))
    width = np.broadcast_to(np.asarray(radius, float), len(steps)) if np.ndim(radius) == 0 else np.asarray(radius)
    widths = np.interp(steps, np.linspace(0, 1, len(width)), width)
    ahead = unit(np.gradient(line, axis=0))
    # A fixed direction carried along the line: no twist for lines that do not turn back on it.
    apart = np.array((0.31, 0.17, 0.93)) if abs(ahead[:, 2]).mean() < 0.8 else np.array((0.93, 0.31, 0.17))
    side = unit(np.cross(ahead, apart))
    other = np.cross(ahead, side)

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        at = lambda values: np.stack([np.interp(v, steps, values[:, k]) for k in range(3)], 1)
        turn = 2 * np.pi * u[:, None]
        out = np.cos(turn) * at(side) + np.sin(turn) * at(other)
        return at(line) + np.interp(v, steps, widths)[:, None] * out

    return surface


def bent(points: Sequence[Sequence[float] | np.ndarray] | np.ndarray, count: int = 24) -> Float[np.ndarray, "m 3"]:
    """A smooth line through a few points (Catmull-Rom)."""
    p = np.asarray([np.asarray(point, float) for point in points])
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, len(p) - 3 - 1e-9, count)
    k = t.astype(int)
    f = (t - k)[:, None]
    a, b, c, d = p[k], p[k + 1], p[k + 2], p[k + 3]
    return 0.5 * (2 * b + (c - a) * f + (2 * a - 5 * b + 4 * c - d) * f**2 + (3 * b - a - 3 * c + d) * f**3)


def around(turn: np.ndarray, distance: np.ndarray, y: np.ndarray, z: float = -0.8) -> Float[np.ndarray, "n 3"]:
    """Points at turns round the head's axis (0 in front, a quarter circle at the avatar's left, radians)."""
    return np.stack(np.broadcast_arrays(distance * np.sin(turn), y, z + distance * np.cos(turn)), 1)


def disc(centre: np.ndarray, facing: np.ndarray, radius: float, dome: float = 0.0) -> Surface:
    """A round plate, raised by ``dome`` in its middle."""
    facing = unit(np.asarray(facing, float))
    right = unit(np.cross((0.0, 1.0, 0.0) if abs(facing[1]) < 0.9 else (0.0, 0.0, 1.0), facing))
    up = np.cross(facing, right)

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        r, turn = 1 - v, 2 * np.pi * u
        flat = np.cos(turn)[:, None] * right + np.sin(turn)[:, None] * up
        return centre + radius * r[:, None] * flat + (dome * np.sqrt(np.maximum(1 - r**2, 0)))[:, None] * facing

    return surface
