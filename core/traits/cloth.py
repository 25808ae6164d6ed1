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
    shown = lit(base.astype(np.float32), normals, np.broadcast_to(occlusion, count), depth=depth)
    return flat_splats(patch, shown, wide=_SIGMA)


def flat_splats(
    patch: Patch,
    colors: Float[np.ndarray, "n 3"],
    *,
    wide: float = 0.75,
    thick: float = 0.18,
    opacity: float = _OPACITY,
) -> Gaussians:
    """One flat splat for every place of a patch.

    Args:
        patch: where.
        colors: display sRGB as shown.
        wide: standard deviation relative to the distance to the neighbours.
        thick: that along the normal, relative to the smaller of the other two.
        opacity: of all.
    """
    scales = np.empty((len(patch.points), 3), np.float32)
    scales[:, :2] = wide * patch.sizes
    scales[:, 2] = thick * scales[:, :2].min(1)
    return Gaussians(
        means=patch.points.astype(np.float32),
        quats=quats_from_axes(patch.along.astype(np.float32), patch.normals.astype(np.float32)),
        scales=scales,
        opacities=np.full(len(scales), opacity, np.float32),
        colors=np.clip(colors, 0, 1).astype(np.float32),
    )


def tangents(line: Float[np.ndarray, "m 3"], *, closed: bool) -> Float[np.ndarray, "m 3"]:
    """Unit directions of a line at its points; a closed one runs on from the last to the first."""
    ahead = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0) if closed else np.gradient(line, axis=0)
    return unit(ahead)


def tube(
    line: Float[np.ndarray, "m 3"],
    radius: float | Float[np.ndarray, " m"],
    *,
    closed: bool,
    side: Float[np.ndarray, "m 3"] | None = None,
    depth: Callable[[np.ndarray], np.ndarray] = lambda radius: radius,
) -> Surface:
    """The surface of a cord along a line through points; the first coordinate runs along it, the second round it.

    Args:
        line: its middle.
        radius: at each point, or everywhere.
        closed: whether the last point is joined to the first.
        side: the direction that the radius is measured in; by default away from the line's middle.
        depth: the radius across that direction, by the radius (n, 1); the same by default.
    """
    along = tangents(line, closed=closed)
    if side is None:
        # What turns least along a line round or before a face; a straight line has no way out of its middle.
        side = line - line.mean(0) + (0.001, 0.0, 0.002)
    side = unit(side - (side * along).sum(1, keepdims=True) * along)
    knots = np.column_stack([line, side, np.cross(along, side), np.broadcast_to(radius, len(line))])
    knots = np.concatenate([knots, knots[:1]]) if closed else knots
    at = np.linspace(0, 1, len(knots))

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        here = u % 1.0 if closed else np.clip(u, 0, 1)
        read = np.stack([np.interp(here, at, knot) for knot in knots.T], axis=1)
        place, side, other, wide = np.split(read, (3, 6, 9), axis=1)
        turn = 2 * np.pi * v[:, None]
        return place + wide * np.cos(turn) * side + depth(wide) * np.sin(turn) * other

    return surface


def mixed(
    color: Float32[np.ndarray, "3"], other: Float32[np.ndarray, "3"], share: Float[np.ndarray, " n"]
) -> np.ndarray:
    """Colours (n, 3) between two; ``share`` 1 is the other."""
    return color + (other - color) * share[:, None]
