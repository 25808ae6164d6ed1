"""Smooth surfaces of cloth, straw and metal, covered evenly with flat splats."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from core.gaussians import Gaussians, quats_from_axes
from core.oklab import to_oklab, to_srgb
from core.rig.shading import lit
from core.unit import unit

Surface = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Points (n, 3) in cm of two coordinates (n,), each in [0, 1]; the first may run in a circle."""

_OPACITY = 0.985
# Of the distance to the neighbours: wide enough that nothing shines through, narrow enough for seams to show.
_SIGMA = 0.84
_STEP = 0.004
_PROBES = 24


@dataclass(frozen=True)
class Patch:
    """Places on a surface, evenly spread, and how the surface lies there."""

    u: Float[np.ndarray, " n"]
    """First coordinate on the surface."""
    v: Float[np.ndarray, " n"]
    """Second coordinate."""
    points: Float[np.ndarray, "n 3"]
    normals: Float[np.ndarray, "n 3"]
    """Unit length."""
    along: Float[np.ndarray, "n 3"]
    """Direction in which the first coordinate grows, unit length."""
    sizes: Float[np.ndarray, "n 2"]
    """Distances to the neighbours along both coordinates, in cm."""

    def where(self, kept: Bool[np.ndarray, " n"]) -> "Patch":
        """The places chosen by one boolean each."""
        return Patch(
            *(a[kept] for a in (self.u, self.v, self.points, self.normals, self.along, self.sizes)),
        )


def cover(surface: Surface, spacing: float, *, flip: bool = False) -> Patch:
    """Places about ``spacing`` cm apart all over a surface.

    Args:
        surface: what to cover.
        spacing: wanted distance of neighbours, in cm.
        flip: whether the outside is where the second coordinate's direction crossed with the first's points to,
            instead of the first's with the second's.
    """
    probes, probes_v = np.linspace(0, 1, _PROBES + 1), np.linspace(0, 1, 4 * _PROBES + 1)
    grid_u, grid_v = (a.ravel() for a in np.meshgrid(probes, probes_v))
    grid = surface(grid_u, grid_v).reshape(len(probes_v), len(probes), 3)
    # Rows are equally far apart on the surface, however unevenly its second coordinate runs.
    walked = np.append(0.0, np.linalg.norm(np.diff(grid, axis=0), axis=2).mean(1).cumsum())
    long_u = np.linalg.norm(np.diff(grid, axis=1), axis=2).sum(1)
    rows = max(int(np.ceil(walked[-1] / spacing)), 1)
    border = np.interp(np.arange(rows + 1) / rows * walked[-1], walked, probes_v)
    middle, step_v = (border[1:] + border[:-1]) / 2, np.diff(border)
    counts = np.maximum(np.ceil(np.interp(middle, probes_v, long_u) / spacing).astype(int), 3)
    # Every second row is shifted by half a step, which closes the gaps best.
    u = np.concatenate([(np.arange(n) + 0.25 + 0.5 * (k % 2)) / n for k, n in enumerate(counts)])
    v, step_u = np.repeat(middle, counts), np.repeat(1.0 / counts, counts)
    step_v = np.repeat(step_v, counts)
    low, high = v - step_v / 4, v + step_v / 4
    by_u = (surface(u + _STEP, v) - surface(u - _STEP, v)) / (2 * _STEP)
    by_v = (surface(u, high) - surface(u, low)) / (high - low)[:, None]
    normals = unit(np.cross(by_v, by_u) if flip else np.cross(by_u, by_v))
    length = np.linalg.norm(by_u, axis=1)
    sizes = np.stack([length * step_u, np.linalg.norm(by_v, axis=1) * step_v], axis=1)
    along = by_u / np.maximum(length, 1e-9)[:, None]
    return Patch(u, v, surface(u, v), normals, along, np.clip(sizes, 0.25 * spacing, 2.2 * spacing))


def cloth_splats(
    patch: Patch,
    colors: Float[np.ndarray, "#n 3"],
    tone: Float[np.ndarray, " #n"],
    occlusion: Float[np.ndarray, " #n"],
    *,
    depth: float = 1.1,
) -> Gaussians:
    """Flat splats on a patch, opaque from both sides.

    Args:
        patch: where.
        colors: unlit display sRGB, one each or one for all.
        tone: factor on the lightness: seams, ribs and folds.
        occlusion: how much of the sky is hidden, in [0, 1].
        depth: contrast of the light.
    """
    count = len(patch.points)
    lab = to_oklab(np.broadcast_to(colors, (count, 3)).astype(np.float32))
    # Shade takes colour with it: dark cloth is not more colourful than lit cloth.
    lab[:, 0] *= tone
    lab[:, 1:] *= (tone * (1 - 0.3 * np.asarray(occlusion)))[..., None]
    base = np.clip(to_srgb(lab), 0, 1)
    normals = patch.normals.astype(np.float32)
    scales = np.empty((count, 3), np.float32)
    scales[:, :2] = _SIGMA * patch.sizes
    scales[:, 2] = 0.18 * scales[:, :2].min(1)
    return Gaussians(
        means=patch.points.astype(np.float32),
        quats=quats_from_axes(patch.along.astype(np.float32), normals),
        scales=scales,
        opacities=np.full(count, _OPACITY, np.float32),
        colors=lit(base.astype(np.float32), normals, np.broadcast_to(occlusion, count), depth=depth),
    )


def tube(line: Float[np.ndarray, "m 3"], radius: float | Float[np.ndarray, " m"], *, closed: bool) -> Surface:
    """The surface of a cord along a line through points; the first coordinate runs along it, the second round it."""
    points = np.concatenate([line, line[:1]]) if closed else line
    at = np.linspace(0, 1, len(points))
    thick = np.broadcast_to(radius, len(line)).astype(float)
    thick = np.append(thick, thick[0]) if closed else thick
    tangent = np.gradient(points, axis=0)
    if closed:
        tangent[0] = tangent[-1] = points[1] - points[-2]
    tangent = unit(tangent)
    # The direction that turns least along a line round or before a face is away from the line's middle; a straight
    # line has none.
    away = points - line.mean(0) + (0.001, 0.0, 0.002)
    side = unit(away - (away * tangent).sum(1, keepdims=True) * tangent)
    other = np.cross(tangent, side)

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        along = u % 1.0 if closed else np.clip(u, 0, 1)

        def read(values: np.ndarray) -> np.ndarray:
            return np.stack([np.interp(along, at, values[:, k]) for k in range(3)], axis=1)

        turn = 2 * np.pi * v
        rim = np.cos(turn)[:, None] * read(side) + np.sin(turn)[:, None] * read(other)
        return read(points) + np.interp(along, at, thick)[:, None] * rim

    return surface


def mixed(
    color: Float32[np.ndarray, "3"], other: Float32[np.ndarray, "3"], share: Float[np.ndarray, " n"]
) -> np.ndarray:
    """Colours (n, 3) between two; ``share`` 1 is the other."""
    return color + (other - color) * share[:, None]
