"""An avatar in the canonical front view as two layers: the surface that shows, and the one furthest behind it."""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float32, Int32, UInt8
from numba import njit
from scipy import ndimage

from core.avatar.model import Avatar
from core.camera import Camera, project
from core.canonical.fill import push_pull
from core.gaussians import MEAN, Gaussians, from_columns
from core.render.drawing import Drawing, draw

# A splat covers a pixel whose middle is within so many of its standard deviations, if it is so opaque.
_REACH, _OPAQUE = 1.3, 0.3
# Where both layers are nearer to each other than this, a splat's place between them tells nothing.
_THIN_CM = 1.0


@dataclass(frozen=True)
class Layers:
    """An avatar at rest in the canonical front view; index 0 of pairs is the surface that shows, 1 what is behind."""

    splat: Int32[np.ndarray, "2 g g"]
    """Rows of the nearest and of the furthest splat along each pixel's ray; -1 beside the avatar."""
    alpha: Float32[np.ndarray, "g g"]
    """Coverage."""
    depth: Float32[np.ndarray, "2 g g"]
    """Along the camera's axis, in centimetres; beside the avatar it continues that of its outline."""
    normals: Float32[np.ndarray, "g g 3"]
    """Unit normals of the surface that shows, head frame; beside the avatar along +z."""


@dataclass(frozen=True)
class Seats:
    """Where the splats of an avatar are in its layers."""

    pixel: Float32[np.ndarray, "n 2"]
    """Column and row, in pixels of the layers; the middle of the first pixel is at 0.5."""
    between: Float32[np.ndarray, " n"]
    """0 on the layer that shows, 1 on the one behind, in [0, 1]."""


def layers_of(gaussians: Gaussians, camera: Camera) -> Layers:
    """The two layers of some splats; all pixels beside them if there are none."""
    drawing = draw(gaussians, camera, "ellipsoid", normals=True)
    splat = np.full((2, camera.height, camera.width), -1, np.int32)
    _nearest_and_furthest(drawing.order, drawing.splats, splat[0], splat[1])
    known = splat[0] >= 0
    z = _camera_z(gaussians.means, camera)
    depth = np.stack([z[ids] for ids in splat], -1) if len(z) else np.zeros((*known.shape, 2), np.float32)
    # Single hairs stand out from a surface; what is between them is behind them.
    depth = push_pull(ndimage.median_filter(push_pull(depth, known), (3, 3, 1)), known)
    return Layers(splat, drawing.alpha, np.ascontiguousarray(np.moveaxis(depth, -1, 0)), _normals(drawing))


def seats_of(gaussians: Gaussians, layers: Layers, camera: Camera) -> Seats:
    """Where each splat belongs."""
    pixel = project(gaussians.means, camera).astype(np.float32)
    height, width = layers.alpha.shape
    column, row = np.clip(pixel, 0, (width - 1, height - 1)).astype(int).T
    near, far = layers.depth[:, row, column]
    z = _camera_z(gaussians.means, camera)
    between = (z - near) / np.maximum(far - near, _THIN_CM)
    return Seats(pixel, np.clip(between, 0, 1).astype(np.float32))


def painted(colors: Float32[np.ndarray, "n c"], layers: Layers) -> Float32[np.ndarray, "2 g g c"]:
    """Values of splats as maps of both layers; beside the avatar they continue those of its outline."""
    known = layers.splat[0] >= 0
    return np.stack([push_pull(colors[ids], known) for ids in layers.splat])


def part_maps(labels: UInt8[np.ndarray, " n"], layers: Layers, beside: int) -> UInt8[np.ndarray, "2 g g"]:
    """Which part each layer shows; ``beside`` beside the avatar."""
    return np.where(layers.splat >= 0, labels[layers.splat], beside).astype(np.uint8)


def motion_maps(avatar: Avatar, layers: Layers, side: int) -> Float32[np.ndarray, "k side side 3"]:
    """By how much the surface that shows moves with each shape at weight 1, in centimetres, head frame.

    Args:
        avatar: whose layers these are.
        layers: of it at rest.
        side: of the maps, which divides that of the layers.
    """
    grid = len(layers.alpha)
    block, known = grid // side, layers.splat[0] >= 0
    share = known.reshape(side, block, side, block).sum((1, 3))[..., None]
    maps = np.zeros((len(avatar.shapes), side, side, 3), np.float32)
    for number, offset in enumerate(avatar.offsets):
        moved = np.zeros((len(avatar), 3), np.float32)
        moved[offset.index] = offset.delta[:, MEAN]
        shown = moved[layers.splat[0]] * known[..., None]
        maps[number] = shown.reshape(side, block, side, block, 3).sum((1, 3)) / np.maximum(share, 1)
    return maps


def at_rest(avatar: Avatar) -> Gaussians:
    """The splats with all weights at 0."""
    return from_columns(avatar.rest)


def _camera_z(means: np.ndarray, camera: Camera) -> Float32[np.ndarray, " n"]:
    return (means @ camera.world_to_camera[2, :3] + camera.world_to_camera[2, 3]).astype(np.float32)


def _normals(drawing: Drawing) -> Float32[np.ndarray, "g g 3"]:
    assert drawing.normals is not None
    normals = np.where(drawing.alpha[..., None] > 0.5, drawing.normals, (0.0, 0.0, 1.0))
    return (normals / np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)).astype(np.float32)


# no_type_check keeps the shape checks of the test run off kernels: numba can only compile a bare function.
@njit(error_model="numpy", cache=True, nogil=True)
@no_type_check
def _nearest_and_furthest(order, ellipses, nearest, furthest):
    """Writes rows of splats, which come nearest first."""
    height, width = nearest.shape
    for k in range(len(order)):
        e = ellipses[k]
        if e.radius_y < 0 or e.opacity < _OPAQUE:
            continue
        reach = min(e.radius_y, _REACH / np.sqrt(-2 * e.half_c))
        for y in range(max(0, int(np.ceil(e.mean_y - reach))), min(height - 1, int(np.floor(e.mean_y + reach))) + 1):
            dy = y - e.mean_y
            left = _REACH * _REACH + 2 * e.half_c * dy * dy
            if left < 0:
                continue
            middle, half = e.mean_x + e.slope * dy, np.sqrt(left / (-2 * e.half_a))
            for x in range(max(0, int(np.ceil(middle - half))), min(width - 1, int(np.floor(middle + half))) + 1):
                if nearest[y, x] < 0:
                    nearest[y, x] = order[k]
                furthest[y, x] = order[k]
