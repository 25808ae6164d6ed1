"""Pictures of Gaussians: splatting on the CPU.

The steps have a file each: :mod:`core.render.project` and :mod:`core.render.surfels` bring splats to the picture,
:mod:`core.render.tiles` finds the tiles that each touches, :mod:`core.render.raster` composites them, and
:mod:`core.render.drawing` calls them in turn. The rules are gsplat's: a 0.3 px blur, alpha cut below 1/255 and
clamped to 0.999, and one depth order for the whole picture. :mod:`core.render.differentiable` has gradients.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from core.camera import Camera, orbit
from core.gaussians import Gaussians
from core.render.drawing import Kind, draw
from core.render.mesh import rasterize


@dataclass(frozen=True)
class Rendered:
    """A picture of Gaussians on nothing, to be put over a background."""

    color: Float32[np.ndarray, "h w 3"]
    """Display sRGB, premultiplied by alpha."""
    alpha: Float32[np.ndarray, "h w"]
    """Coverage in [0, 1]."""
    depth: Float32[np.ndarray, "h w"]
    """Camera z in centimetres of the splats' centres, the mean weighted by what they show; 0 where empty."""
    normals: Float32[np.ndarray, "h w 3"] | None = None
    """Third axes of the splats, turned to the camera, in the head frame, premultiplied by alpha; if asked for."""

    def over(self, background: tuple[float, float, float]) -> Float32[np.ndarray, "h w 3"]:
        """The picture on a plain background, display sRGB in [0, 1]."""
        rest = (1 - self.alpha)[..., None]
        return self.color + rest * np.asarray(background, np.float32)

    def to_rgb8(self, background: tuple[int, int, int]) -> UInt8[np.ndarray, "h w 3"]:
        """8 bits a channel, over a background in display sRGB, 0 to 255."""
        red, green, blue = background
        return np.rint(np.clip(self.over((red / 255, green / 255, blue / 255)), 0, 1) * 255).astype(np.uint8)

    def to_rgba8(self) -> UInt8[np.ndarray, "h w 4"]:
        """The picture with straight (not premultiplied) alpha, as PNG wants it."""
        # Empty pixels are black already, whatever they are divided by.
        straight = self.color / np.maximum(self.alpha, 1e-6)[..., None]
        rgba = np.concatenate([straight, self.alpha[..., None]], -1)
        return np.rint(np.clip(rgba, 0, 1) * 255).astype(np.uint8)


def render(gaussians: Gaussians, camera: Camera, *, kind: Kind = "ellipsoid", normals: bool = False) -> Rendered:
    """Draw ``gaussians`` as ``camera`` sees them.

    Splats nearer than ``project.NEAR_CM``, and splats with a NaN or an infinite number, are left out. The
    picture does not depend on the number of threads.

    Args:
        gaussians: the splats.
        camera: the camera.
        kind: "ellipsoid" draws 3D Gaussians (EWA); "surfel" draws the discs of their first two axes (2DGS), and
            leaves out those that reach behind the camera.
        normals: whether to draw the normals too, for as much time again as the colours take.

    Raises:
        ValueError: if the camera's picture is empty, its pixels are skewed, or a focal length is not positive.
    """
    drawing = draw(gaussians, camera, kind, normals=normals)
    return Rendered(drawing.color, drawing.alpha, drawing.depth, drawing.normals)


def warm_up() -> None:
    """Compile what the app draws with, or load it from numba's cache, by drawing a tiny scene.

    That is 3D Gaussians without gradients, and meshes.
    """
    rasterize(np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32), 1, 1)
    one = Gaussians(
        means=np.zeros((1, 3), np.float32),
        quats=np.array([[1, 0, 0, 0]], np.float32),
        scales=np.ones((1, 3), np.float32),
        opacities=np.ones(1, np.float32),
        colors=np.ones((1, 3), np.float32),
    )
    render(one, orbit(size=16))
