"""Maps to pixel-aligned Gaussians (paper, Eq. 2): residuals on the front surface of a template."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32, Int
from torch import Tensor

from core.camera import Camera
from core.gaussians import Gaussians, quats_from_axes

CHANNELS = 14
"""Of the map of residuals: gate, colour (3), opacity, place (3), log scale (3), rotation (3)."""

# Standard deviation of a splat over the distance of pixels: less leaves a grid to be seen, more blurs.
_SIGMA_PX = 0.55
# Splats overlap: that their pile lets through what one pixel lets through, each lets through this root of it.
_PILE = 2 * np.pi * _SIGMA_PX**2
_MOST_OPAQUE, _LEAST_OPAQUE = 0.995, 0.005
# A surface seen edge-on is not stretched further than this.
_STEEPEST = 0.35
_THICKNESS = 0.25
# Furthest residuals: sideways in pixels, of log scales, and of rotations in half radians.
_SHIFT_PX, _GROWTH, _TURN = 1.0, 0.7, 0.5
_SHOWN = 0.03


@dataclass(frozen=True)
class BaseMaps:
    """The template's front surface and the selfie, at the Gaussians' resolution; one row of a batch each."""

    color: Float[Tensor, "b 3 g g"]
    """Of the template, display sRGB."""
    alpha: Float[Tensor, "b 1 g g"]
    """Of the template."""
    selfie: Float[Tensor, "b 3 g g"]
    """Unposed, display sRGB."""


@dataclass(frozen=True)
class PixelMaps:
    """What becomes of each pixel."""

    color: Float[Tensor, "b 3 g g"]
    """Display sRGB, in [0, 1]."""
    alpha: Float[Tensor, "b 1 g g"]
    """Coverage, in (0, 1)."""
    shift: Float[Tensor, "b 3 g g"]
    """From the pixel's middle on the template's surface: right and down in pixels, and away in centimetres."""
    growth: Float[Tensor, "b 3 g g"]
    """Added to log scales."""
    turn: Float[Tensor, "b 3 g g"]
    """Vector part of the quaternion by which splats turn in their own axes."""


def pixel_maps(base: BaseMaps, residuals: Float[Tensor, "b 14 g g"]) -> PixelMaps:
    """The maps that residuals make of a template; zeros leave it as it is.

    The gate mixes the selfie's own pixels in: what a network of a quarter of the resolution could not paint, it lets
    through.
    """
    gate, color, opacity, shift, growth, turn = residuals.split((1, 3, 1, 3, 3, 3), 1)
    mixed = base.color + gate.clamp(0, 1) * (base.selfie - base.color)
    alpha = torch.sigmoid(torch.logit(base.alpha.clamp(_LEAST_OPAQUE, _MOST_OPAQUE)) + 4 * opacity)
    shift = torch.cat([_SHIFT_PX * torch.tanh(shift[:, :2]), shift[:, 2:]], 1)
    return PixelMaps(
        # A straight-through clamp would leave colours that overshoot without a way back.
        _leaky_clamp(mixed + color),
        alpha,
        shift,
        _GROWTH * torch.tanh(growth),
        _TURN * torch.tanh(turn),
    )


@dataclass(frozen=True)
class Anchors:
    """Where the Gaussians of one person's front view stand before any residual; row by row of the grid."""

    rays: Float32[np.ndarray, "n 3"]
    """From the camera through each pixel's middle, of depth 1, head frame."""
    right: Float32[np.ndarray, "3"]
    """One pixel to the right at depth 1, head frame."""
    down: Float32[np.ndarray, "3"]
    """One pixel down at depth 1, head frame."""
    eye: Float32[np.ndarray, "3"]
    """The camera, head frame."""
    depth: Float32[np.ndarray, " n"]
    """Of the template's surface, in centimetres."""
    slopes: Float32[np.ndarray, "n 3"]
    """Away from the camera; what of that lies in the surface is the splats' first axis."""
    normals: Float32[np.ndarray, "n 3"]
    """Of the surface, unit: their third axis."""
    scales: Float32[np.ndarray, "n 3"]
    """So that the splats of a closed surface just overlap, in centimetres."""

    def quats(self, rows: Int[np.ndarray, " r"]) -> Float32[np.ndarray, "r 4"]:
        """How the splats of some rows are turned; most pixels never get one, and it is a good part of the work."""
        return quats_from_axes(self.slopes[rows], self.normals[rows])


def anchors(depth: Float32[np.ndarray, "g g"], normals: Float32[np.ndarray, "g g 3"], camera: Camera) -> Anchors:
    """Anchors on a template's front surface.

    Args:
        depth: along the camera's axis, in centimetres.
        normals: unit, head frame, towards the camera.
        camera: whose picture has the size of the maps.
    """
    # In single precision throughout: it is a good part of the time that a selfie takes.
    rotation = camera.world_to_camera[:3, :3].astype(np.float32)
    focal, middle_x, middle_y = (np.float32(camera.K[at]) for at in ((0, 0), (0, 2), (1, 2)))
    rows, columns = np.indices(depth.shape, np.float32)
    x, y = (columns + np.float32(0.5) - middle_x) / focal, (rows + np.float32(0.5) - middle_y) / focal
    rays = np.stack([x, y, np.ones_like(x)], -1).reshape(-1, 3) @ rotation
    depth, normals = depth.ravel(), normals.reshape(-1, 3)
    sight = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    facing = np.abs((normals * sight).sum(1))
    pixel = depth / focal * _SIGMA_PX
    scales = np.stack([pixel / np.maximum(facing, _STEEPEST), pixel, pixel * _THICKNESS], 1)
    # Facing the camera there is no slope; any direction in the surface will do then.
    slopes = sight + np.array((1e-3, 3e-4, 0.0), np.float32)
    return Anchors(
        rays,
        rotation[0] / focal,
        rotation[1] / focal,
        (-rotation.T @ camera.world_to_camera[:3, 3]).astype(np.float32),
        depth,
        slopes,
        normals,
        scales,
    )


def place(maps: PixelMaps, row: int, on: Anchors) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Means, quats, scales, opacities and colours of the splats that show, as gsplat names them, with gradients.

    Args:
        maps: of a batch.
        row: which of the batch.
        on: anchors of that person.
    """
    alpha = maps.alpha[row, 0].flatten()
    shown = torch.nonzero(alpha.detach() > _SHOWN)[:, 0]
    index = shown.cpu().numpy()

    def rows(grid: Tensor) -> Tensor:
        return grid[row].flatten(1)[:, shown].T.float()

    def fixed(values: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(alpha.device)

    shift = rows(maps.shift)
    depth = fixed(on.depth[index])[:, None] + shift[:, 2:]
    rays = fixed(on.rays[index]) + shift[:, :1] * fixed(on.right) + shift[:, 1:2] * fixed(on.down)
    opacities = 1 - (1 - alpha[shown].float().clamp(0, _MOST_OPAQUE)) ** (1 / _PILE)
    return (
        fixed(on.eye) + depth * rays,
        turned(fixed(on.quats(index)), rows(maps.turn)),
        fixed(on.scales[index]) * torch.exp(rows(maps.growth)),
        opacities,
        rows(maps.color),
    )


def to_gaussians(maps: PixelMaps, row: int, on: Anchors) -> Gaussians:
    """The splats of one person, to draw or to keep."""
    means, quats, scales, opacities, colors = (part.detach().cpu().numpy() for part in place(maps, row, on))
    return Gaussians(means, quats, scales, opacities, np.clip(colors, 0, 1))


def turned(quats: Float[Tensor, "n 4"], vector: Float[Tensor, "n 3"]) -> Float[Tensor, "n 4"]:
    """Quaternions times those of a small turn, ``(1, vector)``, normalised."""
    w, axis = quats[:, :1], quats[:, 1:]
    real = w - (axis * vector).sum(1, keepdim=True)
    imaginary = axis + w * vector + torch.linalg.cross(axis, vector)
    return torch.nn.functional.normalize(torch.cat([real, imaginary], 1), dim=1)


def _leaky_clamp(x: Tensor) -> Tensor:
    return x.clamp(0, 1) + 0.01 * (x - x.clamp(0, 1))
