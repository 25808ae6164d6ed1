"""Pictures of Gaussians: EWA splatting on the CPU (forward only).

The steps have a file each: :mod:`core.render.project` turns splats into ellipses, :mod:`core.render.tiles`
finds the tiles that each touches, :mod:`core.render.raster` composites them. The rules are gsplat's: a 0.3 px
blur, alpha cut below 1/255 and clamped to 0.999, and one depth order for the whole picture.
"""

import threading
from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float32, Int64, Shaped, UInt8

from core.camera import Camera, orbit
from core.gaussians import Gaussians
from core.render import project, raster, tiles

_LARGE_TILE, _SMALL_TILE = 32, 16
_LARGE_PICTURE_PX = 384
"""From this side up large tiles are faster: fewer list entries weigh more than a finer early stop."""

_ONE_AT_A_TIME = threading.Lock()
"""Where numba finds neither OpenMP nor TBB, two threads in its parallel loops at once end the process."""


@dataclass(frozen=True)
class Rendered:
    """A picture of Gaussians on nothing, to be put over a background."""

    color: Float32[np.ndarray, "h w 3"]
    """Display sRGB, premultiplied by alpha."""
    alpha: Float32[np.ndarray, "h w"]
    """Coverage in [0, 1]."""
    depth: Float32[np.ndarray, "h w"]
    """Camera z in centimetres, the mean over the splats weighted by what they show; 0 where empty."""

    def over(self, background: tuple[float, float, float]) -> Float32[np.ndarray, "h w 3"]:
        """The picture on a plain background, display sRGB in [0, 1]."""
        rest = (1 - self.alpha)[..., None]
        return self.color + rest * np.asarray(background, np.float32)

    def to_rgba8(self) -> UInt8[np.ndarray, "h w 4"]:
        """The picture with straight (not premultiplied) alpha, as PNG wants it."""
        # Empty pixels are black already, whatever they are divided by.
        straight = self.color / np.maximum(self.alpha, 1e-6)[..., None]
        rgba = np.concatenate([straight, self.alpha[..., None]], -1)
        return np.rint(np.clip(rgba, 0, 1) * 255).astype(np.uint8)


def render(gaussians: Gaussians, camera: Camera) -> Rendered:
    """Draw ``gaussians`` as ``camera`` sees them.

    Splats nearer than ``project.NEAR_CM``, and splats with a NaN or an infinite number, are left out. The
    picture does not depend on the number of threads.

    Raises:
        ValueError: if the camera's picture is empty, its pixels are skewed, or a focal length is not positive.
    """
    K, width, height = camera.K, camera.width, camera.height
    if width < 1 or height < 1:
        raise ValueError(f"the picture must be at least 1 x 1 pixels, got {width} x {height}")
    if K[0, 1] != 0 or K[1, 0] != 0 or not (K[0, 0] > 0 and K[1, 1] > 0):
        raise ValueError(f"K must have positive focal lengths and no skew, got {K.tolist()}")
    size = _LARGE_TILE if max(width, height) >= _LARGE_PICTURE_PX else _SMALL_TILE
    color = np.empty((height, width, 3), np.float32)
    alpha = np.empty((height, width), np.float32)
    depth = np.empty((height, width), np.float32)
    with _ONE_AT_A_TIME:
        ellipses = _ellipses(gaussians, camera)
        tiling = tiles.bin_into_tiles(ellipses, width, height, size)
        turns = _turns(tiling.starts, numba.get_num_threads())
        raster.composite(ellipses, tiling.starts, tiling.splats, turns, tiling.size, color, alpha, depth)
    return Rendered(color, alpha, depth)


def warm_up() -> None:
    """Compile the renderer, or load it from numba's cache, by drawing a tiny scene."""
    one = Gaussians(
        means=np.zeros((1, 3), np.float32),
        quats=np.array([[1, 0, 0, 0]], np.float32),
        scales=np.ones((1, 3), np.float32),
        opacities=np.ones(1, np.float32),
        colors=np.ones((1, 3), np.float32),
    )
    render(one, orbit(size=16))


def _ellipses(gaussians: Gaussians, camera: Camera) -> Shaped[np.ndarray, " m"]:
    """The splats in front of the camera as ellipses (project.ELLIPSE), nearest first."""
    # Numba compiles once for each combination of types: here they become the only one.
    means, quats, scales, opacities, colors, view, K = (
        np.ascontiguousarray(x, np.float32)
        for x in (
            gaussians.means,
            gaussians.quats,
            gaussians.scales,
            gaussians.opacities,
            gaussians.colors,
            camera.world_to_camera,
            camera.K,
        )
    )
    lens = np.array([K[0, 0], K[1, 1], K[0, 2], K[1, 2]], np.float32)
    order, depths = project.depth_order(means, view)
    ellipses = np.empty(len(order), project.ELLIPSE)
    width, height = np.float32(camera.width), np.float32(camera.height)
    project.project(order, depths, means, quats, scales, opacities, colors, view, lens, width, height, ellipses)
    return ellipses


def _turns(starts: Int64[np.ndarray, " tiles_and_end"], threads: int) -> Int64[np.ndarray, " t"]:
    """An order of the tiles that gives every thread its share of full and of empty ones.

    Numba hands each thread one contiguous part of a parallel loop, so tiles are dealt like cards.
    """
    fullest_first = np.argsort(-np.diff(starts), kind="stable")
    return np.concatenate([fullest_first[thread::threads] for thread in range(threads)])
