"""One drawing of one set of splats, and the way back from its pictures to the splats."""

import threading
from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
from jaxtyping import Float32, Int64, Shaped

from core.camera import Camera
from core.gaussians import Gaussians
from core.render import project_backward, raster, raster_backward, surfels, tiles
from core.render.project import ELLIPSE, SURFEL, depth_order, project
from core.unit import unit

Kind = Literal["ellipsoid", "surfel"]
"""3D Gaussians, or the flat ones of 2DGS."""

_LARGE_TILE, _SMALL_TILE = 32, 16
_LARGE_PICTURE_PX = 384
"""From this side up large tiles are faster: fewer list entries weigh more than a finer early stop."""

_ONE_AT_A_TIME = threading.Lock()
"""Where numba finds neither OpenMP nor TBB, two threads in its parallel loops at once end the process."""


@dataclass(frozen=True)
class Drawing:
    """Pictures, and what it takes to find their gradients."""

    kind: Kind
    gaussians: Gaussians
    """Float32, contiguous."""
    camera: Camera
    order: Int64[np.ndarray, " m"]
    """Splats in front of the camera, nearest first."""
    splats: Shaped[np.ndarray, " m"]
    """Them on the picture: project.ELLIPSE or project.SURFEL."""
    tiling: tiles.Tiling
    turns: Int64[np.ndarray, " t"]
    """The order in which to take the tiles."""
    color: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    depth: Float32[np.ndarray, "h w"]
    normals: Float32[np.ndarray, "h w 3"] | None


def draw(gaussians: Gaussians, camera: Camera, kind: Kind, *, normals: bool) -> Drawing:
    """The pictures of ``gaussians``, as core.render.splats.render describes them.

    Raises:
        ValueError: if the camera's picture is empty, its pixels are skewed, or a focal length is not positive.
    """
    check_camera(camera)
    width, height = camera.width, camera.height
    # Numba compiles once for each combination of types: here they become the only one.
    gaussians = Gaussians(*(np.ascontiguousarray(part, np.float32) for part in vars(gaussians).values()))
    size = _LARGE_TILE if max(width, height) >= _LARGE_PICTURE_PX else _SMALL_TILE
    with _ONE_AT_A_TIME:
        order, splats = _on_picture(gaussians, camera, kind)
        tiling = tiles.bin_into_tiles(splats, width, height, size)
        turns = _turns(tiling.starts, numba.get_num_threads())
        color, alpha, depth = _composite(kind, splats, tiling, turns, height, width)
        facing = None
        if normals:
            as_colors = _colored(splats, _facing_normals(gaussians, camera)[0][order])
            facing, _, _ = _composite(kind, as_colors, tiling, turns, height, width)
    return Drawing(kind, gaussians, camera, order, splats, tiling, turns, color, alpha, depth, facing)


def check_camera(camera: Camera) -> None:
    """Nothing, if ``camera`` can be drawn with.

    Raises:
        ValueError: if its picture is empty, its pixels are skewed, or a focal length is not positive.
    """
    K, width, height = camera.K, camera.width, camera.height
    if width < 1 or height < 1:
        raise ValueError(f"the picture must be at least 1 x 1 pixels, got {width} x {height}")
    if K[0, 1] != 0 or K[1, 0] != 0 or not (K[0, 0] > 0 and K[1, 1] > 0):
        raise ValueError(f"K must have positive focal lengths and no skew, got {K.tolist()}")


def gradients(
    drawing: Drawing,
    color_bar: Float32[np.ndarray, "h w 3"],
    alpha_bar: Float32[np.ndarray, "h w"],
    depth_bar: Float32[np.ndarray, "h w"],
    normals_bar: Float32[np.ndarray, "h w 3"] | None,
) -> tuple[
    Float32[np.ndarray, "n 3"],
    Float32[np.ndarray, "n 4"],
    Float32[np.ndarray, "n 3"],
    Float32[np.ndarray, " n"],
    Float32[np.ndarray, "n 3"],
]:
    """Gradients of a loss by means, quats, scales, opacities and colors.

    They are those of the picture as drawn: a splat that does not show has none, nor has the choice of which
    does. For a number of threads they are the same bits every time.

    Args:
        drawing: of the splats.
        color_bar: gradient of the loss by ``drawing.color``.
        alpha_bar: by ``drawing.alpha``.
        depth_bar: by ``drawing.depth``.
        normals_bar: by ``drawing.normals``, if that was drawn and matters.
    """
    d = drawing
    view, lens, size = _frame(d.camera)
    out = tuple(np.zeros_like(part) for part in vars(d.gaussians).values())
    normal_bars = np.zeros((len(d.order), 3), np.float32)
    with _ONE_AT_A_TIME:
        moments = _replay(d, d.splats, (d.color, d.alpha, d.depth), (color_bar, alpha_bar, depth_bar))
        if d.normals is not None and normals_bar is not None:
            # The loss is a sum over channels, so the normals may have a pass of their own, as colours.
            normals, sides = _facing_normals(d.gaussians, d.camera)
            nothing = np.zeros_like(alpha_bar)
            as_colors = _colored(d.splats, normals[d.order])
            more = _replay(d, as_colors, (d.normals, d.alpha, d.depth), (normals_bar, nothing, nothing))
            normal_bars = more[:, 1:4] * sides[d.order, None]
            more[:, 1:4] = 0
            moments += more
        back = project_backward.ellipse_gradients if d.kind == "ellipsoid" else project_backward.surfel_gradients
        g = d.gaussians
        back(d.splats, moments, normal_bars, d.order, g.means, g.quats, g.scales, view, lens, size, out)
    return out


def _on_picture(
    gaussians: Gaussians, camera: Camera, kind: Kind
) -> tuple[Int64[np.ndarray, " m"], Shaped[np.ndarray, " m"]]:
    """The splats in front of the camera, nearest first, and what they are on the picture."""
    view, lens, size = _frame(camera)
    order, depths = depth_order(gaussians.means, view)
    splats = np.zeros(len(order), ELLIPSE if kind == "ellipsoid" else SURFEL)
    kernel = project if kind == "ellipsoid" else surfels.project_surfels
    g = gaussians
    kernel(
        order, depths, g.means, g.quats, g.scales, g.opacities, g.colors, view, lens, size[0], size[1], splats
    )  # fmt: skip
    return order, splats


def _frame(
    camera: Camera,
) -> tuple[Float32[np.ndarray, "4 4"], Float32[np.ndarray, "4"], Float32[np.ndarray, "2"]]:
    """A camera for the kernels: the view; fx, fy, cx and cy; width and height."""
    K = camera.K
    lens = np.array([K[0, 0], K[1, 1], K[0, 2], K[1, 2]], np.float32)
    return (
        np.ascontiguousarray(camera.world_to_camera, np.float32),
        lens,
        np.array([camera.width, camera.height], np.float32),
    )


def _composite(
    kind: Kind,
    splats: Shaped[np.ndarray, " m"],
    tiling: tiles.Tiling,
    turns: Int64[np.ndarray, " t"],
    height: int,
    width: int,
) -> tuple[Float32[np.ndarray, "h w 3"], Float32[np.ndarray, "h w"], Float32[np.ndarray, "h w"]]:
    """Colour, alpha and depth."""
    color = np.empty((height, width, 3), np.float32)
    alpha = np.empty((height, width), np.float32)
    depth = np.empty((height, width), np.float32)
    kernel = raster.composite_ellipses if kind == "ellipsoid" else raster.composite_surfels
    kernel(splats, tiling.starts, tiling.splats, turns, tiling.size, color, alpha, depth)
    return color, alpha, depth


def _replay(
    drawing: Drawing,
    splats: Shaped[np.ndarray, " m"],
    pictures: tuple[np.ndarray, np.ndarray, np.ndarray],
    bars: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Float32[np.ndarray, "m moments"]:
    """The moments of all splats."""
    kernel, moments = (
        (raster_backward.replay_ellipses, 10) if drawing.kind == "ellipsoid" else (raster_backward.replay_surfels, 16)
    )
    sheets = np.zeros((numba.get_num_threads(), len(splats), moments), np.float32)
    tiling = drawing.tiling
    kernel(splats, tiling.starts, tiling.splats, drawing.turns, tiling.size, pictures, bars, sheets)
    return sheets.sum(0) if len(sheets) > 1 else sheets[0]


def _facing_normals(
    gaussians: Gaussians, camera: Camera
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, " n"]]:
    """Unit third axes turned to the camera, in the head frame, and the side taken: 1 or -1."""
    # Splats with broken numbers are hidden; what they get here is not used.
    with np.errstate(invalid="ignore", over="ignore"):
        w, x, y, z = unit(gaussians.quats).T
        axes = np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], 1)
        rotation, shift = camera.world_to_camera[:3, :3], camera.world_to_camera[:3, 3]
        position = (-shift @ rotation).astype(np.float32)
        sides = np.where((axes * (position - gaussians.means)).sum(1) > 0, np.float32(1), np.float32(-1))
        return (axes * sides[:, None]).astype(np.float32), sides


def _colored(splats: Shaped[np.ndarray, " m"], colors: Float32[np.ndarray, "m 3"]) -> Shaped[np.ndarray, " m"]:
    """A copy of the splats that shows other colours."""
    copy = splats.copy()
    copy["red"], copy["green"], copy["blue"] = colors.T
    return copy


def _turns(starts: Int64[np.ndarray, " tiles_and_end"], threads: int) -> Int64[np.ndarray, " t"]:
    """An order of the tiles that gives every thread its share of full and of empty ones.

    Numba hands each thread one contiguous part of a parallel loop, so tiles are dealt like cards.
    """
    fullest_first = np.argsort(-np.diff(starts), kind="stable")
    return np.concatenate([fullest_first[thread::threads] for thread in range(threads)])
