"""Residuals in two layers a pixel become Gaussians: those of the template, moved, and new ones beside it."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32, Int64
from scipy import ndimage
from torch import Tensor

from core.camera import Camera
from core.gaussians import DC, LOG_SCALE, LOGIT, MEAN, QUAT, SH_C0
from core.nets.generator import COLOR, GROWTH, OPACITY, SHIFT, TURN
from core.nets.pixel_gaussians import anchors, turned

# Splats of a sheet pile up: each lets through this root of what the pile lets through.
_PILE = 1.9
_MOST_OPAQUE = 0.995
_STANDS, _FREE, _WALLED = 0.35, 0.6, 0.9
# Walls between the sheets: distance of their splats, and the most of them at one pixel.
_STEP_CM, _MOST_STEPS = 0.3, 24


def to_parts(columns: Float[Tensor, "n 14"]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Means, quats, scales, opacities and colours, as the renderer wants them, of rows of columns."""
    return (
        columns[:, MEAN],
        columns[:, QUAT],
        columns[:, LOG_SCALE].exp(),
        columns[:, LOGIT].sigmoid(),
        0.5 + SH_C0 * columns[:, DC],
    )


def at_seats(
    maps: Float[Tensor, "2 c h h"], pixel: Float[Tensor, "n 2"], between: Float[Tensor, " n"]
) -> Float[Tensor, "n c"]:
    """Residuals of splats from those of the two layers: what is between the layers gets what is between them."""
    side = maps.shape[-1]
    grid = (2 * pixel / side - 1)[None, None]
    found = F.grid_sample(maps.flatten(0, 1)[None], grid, padding_mode="border", align_corners=False)
    near, far = found[0, :, 0].T.split(maps.shape[1], 1)
    return near + between[:, None] * (far - near)


def moved(rows: Float[Tensor, "n 14"], residuals: Float[Tensor, "n 13"]) -> Float[Tensor, "n 14"]:
    """Columns of splats with residuals added; turns multiply."""
    return torch.cat(
        [
            rows[:, MEAN] + residuals[:, SHIFT],
            rows[:, DC] + residuals[:, COLOR] / SH_C0,
            rows[:, LOGIT : LOGIT + 1] + residuals[:, OPACITY],
            rows[:, LOG_SCALE] + residuals[:, GROWTH],
            turned(rows[:, QUAT], residuals[:, TURN]),
        ],
        1,
    )


@dataclass(frozen=True)
class Sheets:
    """Where new splats are needed: what the picture shows beside the template."""

    camera: Camera
    """Of the layers."""
    depth: Float32[np.ndarray, "2 h h"]
    """Of both layers, continued beside the template, along the camera's axis."""
    color: Float32[np.ndarray, "2 3 h h"]
    """Before any residual."""
    alpha: Float32[np.ndarray, "h h"]
    """Of the picture."""
    pixels: Int64[np.ndarray, " m"]
    """Which pixels get splats, row by row of the grid."""
    edge: Int64[np.ndarray, " e"]
    """Which of ``pixels`` are at the outline of what the picture shows: there the sheets are joined by a wall."""


def sheets(
    camera: Camera,
    depth: Float32[np.ndarray, "2 h h"],
    color: Float32[np.ndarray, "2 3 h h"],
    picture_alpha: Float32[np.ndarray, "h h"],
    template_alpha: Float32[np.ndarray, "h h"],
) -> Sheets:
    """The sheets of a picture on a template."""
    solid = picture_alpha > _STANDS
    wanted = (solid & (template_alpha < _FREE)).ravel()
    # What light shines through has no walls: they would show as streaks.
    outline = (
        solid & ~np.asarray(ndimage.binary_erosion(solid), bool) & (ndimage.maximum_filter(picture_alpha, 5) > _WALLED)
    )
    pixels = np.flatnonzero(wanted)
    return Sheets(camera, depth, color, picture_alpha, pixels, np.flatnonzero(outline.ravel()[pixels]))


def sheet_splats(sheet: Sheets, maps: Float[Tensor, "2 13 h h"]) -> Float[Tensor, "n 14"]:
    """Columns of the new splats: the front sheet's, the back sheet's, then those of the walls between them."""
    layers = [_sheet(sheet, maps, layer) for layer in (0, 1)]
    return torch.cat([*layers, _walls(sheet, *layers)])


def wall_places(sheet: Sheets, gap_cm: Float32[np.ndarray, " e"]) -> tuple[np.ndarray, np.ndarray]:
    """For each splat of the walls its place in ``sheet.edge`` and how far it is from the front sheet, in (0, 1)."""
    steps = np.clip(np.ceil(gap_cm / _STEP_CM) - 1, 0, _MOST_STEPS).astype(int)
    rows = np.repeat(np.arange(len(steps)), steps)
    first = np.repeat(np.cumsum(steps) - steps, steps)
    return rows, ((np.arange(len(rows)) - first + 1) / (steps[rows] + 1)).astype(np.float32)


def _sheet(sheet: Sheets, maps: Tensor, layer: int) -> Tensor:
    """Columns of one sheet."""

    def rows(values: Tensor) -> Tensor:
        return values.flatten(1).T[torch.from_numpy(sheet.pixels)]

    residuals = rows(maps[layer])
    depth = sheet.depth[layer] - maps[layer, SHIFT][2].detach().cpu().numpy()
    on = anchors(depth, _slopes(depth, sheet.camera), sheet.camera)

    def fixed(values: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values, np.float32))

    at = fixed(sheet.depth[layer].ravel()[sheet.pixels])[:, None]
    means = fixed(on.eye) + at * fixed(on.rays[sheet.pixels]) + residuals[:, SHIFT]
    alpha = fixed(sheet.alpha.ravel()[sheet.pixels])[:, None] * torch.sigmoid(4 + residuals[:, OPACITY])
    opacity = 1 - (1 - alpha.clamp(0, _MOST_OPAQUE)) ** (1 / _PILE)
    color = rows(fixed(sheet.color[layer])) + residuals[:, COLOR]
    scales = fixed(on.scales[sheet.pixels]).log() + residuals[:, GROWTH]
    quats = turned(fixed(on.quats(sheet.pixels)), residuals[:, TURN])
    return torch.cat([means, (color - 0.5) / SH_C0, torch.logit(opacity.clamp(1e-4, 0.9999)), scales, quats], 1)


def _walls(sheet: Sheets, near: Tensor, far: Tensor) -> Tensor:
    edge = torch.from_numpy(sheet.edge)
    near, far = near[edge], far[edge]
    gap = (near - far)[:, MEAN].norm(dim=1).detach().numpy()
    rows, share = wall_places(sheet, gap)
    at, share = torch.from_numpy(rows), torch.from_numpy(share)[:, None]
    between = near[at] + share * (far[at] - near[at])
    # Round splats have no side that they could turn the wrong way.
    size = near[at, LOG_SCALE][:, 1:2].expand(-1, 3)
    upright = torch.tensor([1.0, 0, 0, 0]).expand(len(rows), -1)
    return torch.cat([between[:, : LOG_SCALE.start], size, upright], 1)


def _slopes(depth: Float32[np.ndarray, "h h"], camera: Camera) -> Float32[np.ndarray, "h h 3"]:
    """Unit normals of a surface of that depth, towards the camera, head frame."""
    smooth = ndimage.gaussian_filter(depth, 1.0)
    pixel = smooth / camera.K[0, 0]
    down, across = np.gradient(smooth)
    normals = np.stack([across / pixel, down / pixel, -np.full_like(depth, 1.0)], -1)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return (normals @ camera.world_to_camera[:3, :3]).astype(np.float32)
