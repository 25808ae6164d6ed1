"""The photo as if the head looked straight ahead: where it shows hair, headwear and face."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from core.portrait import Portrait
from core.render.mesh import rasterize
from core.rig.fit import HeadFit
from core.rig.head import RIG_PARTS, HeadRig
from core.rig.masks import dilated

STEP_CM = 0.15
"""Side of a cell of the front view."""
COLUMNS_X_CM = -15.0 + STEP_CM * np.arange(201)
"""Where the columns lie; the first is the avatar's right."""
ROWS_Y_CM = 18.0 - STEP_CM * np.arange(241)
"""Where the rows lie; the first is the top."""
EDGE_Z_CM = -0.6
"""Depth at which what stands out beside the head is taken to be: the plane of the ears."""


@dataclass(frozen=True)
class FrontView:
    """The photo as if the head looked straight ahead: a grid of ``STEP_CM`` in the head frame's x and y."""

    hair: Bool[np.ndarray, "241 201"]
    """Where hair shows; row 0 is the top, column 0 the avatar's right."""
    headwear: Bool[np.ndarray, "241 201"]
    """Where a hat, hood or scarf shows."""
    face: Bool[np.ndarray, "241 201"]
    inside: Bool[np.ndarray, "241 201"]
    """Where the photo reaches."""
    skull_z: Float32[np.ndarray, "241 201"]
    """Front surface of the head; NaN outside its silhouette."""

    def at(self, grid: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Values of one of the grids at points in cm; the nearest cell's."""
        column = np.clip(np.round((x - COLUMNS_X_CM[0]) / STEP_CM).astype(int), 0, len(COLUMNS_X_CM) - 1)
        row = np.clip(np.round((ROWS_Y_CM[0] - y) / STEP_CM).astype(int), 0, len(ROWS_Y_CM) - 1)
        return np.asarray(grid[row, column])


def front_view(rig: HeadRig, fit: HeadFit, portrait: Portrait, vertices: np.ndarray) -> FrontView:
    """The front view of a portrait.

    Args:
        rig: the head.
        fit: of the portrait.
        portrait: what to look at.
        vertices: of the measured head without expression, head frame.
    """
    x, y = COLUMNS_X_CM, ROWS_Y_CM
    left, top, shape = x[0], y[0], (len(y), len(x))
    solid = rig.triangles[rig.triangle_part == RIG_PARTS.index("skin")]
    on_grid = np.stack(
        [(vertices[:, 0] - left) / STEP_CM + 0.5, (top - vertices[:, 1]) / STEP_CM + 0.5, -vertices[:, 2]], 1
    )
    depth = rasterize(on_grid.astype(np.float32), solid, len(x), len(y)).depth
    skull_z = np.where(np.isfinite(depth), -depth, np.nan).astype(np.float32)
    z = np.where(np.isfinite(depth), np.maximum(-depth, EDGE_Z_CM), EDGE_Z_CM)
    points = np.stack([*np.meshgrid(x, y), z], axis=-1).reshape(-1, 3)
    column, row = np.floor(fit.to_pixels(points)[:, :2]).astype(int).T
    inside = (column >= 0) & (column < 512) & (row >= 0) & (row < 512)
    column, row = np.clip(column, 0, 511), np.clip(row, 0, 511)

    def seen(*parts: str) -> np.ndarray:
        return (portrait.mask(*parts)[row, column] & inside).reshape(shape)

    hair = _cleaned(seen("hair"))
    # A fitted skull can stick out of thin hair: what is neither hair nor face there is under the hair.
    upper = (y > 3.0)[:, None] & np.isfinite(depth)
    hair |= seen("background") & upper & dilated(hair, 9)
    face = seen("skin", "brows", "eyes", "glasses", "mouth", "lips")
    return FrontView(hair, _cleaned(seen("headwear")), face, inside.reshape(shape), skull_z)


def _cleaned(mask: np.ndarray) -> np.ndarray:
    """The mask with smooth edges, without wisps, stray labels and what belongs to other people."""
    mask = ndimage.gaussian_filter(mask.astype(np.float32), 1.6) > 0.5
    regions = np.zeros(mask.shape, np.int32)
    ndimage.label(mask, output=regions)
    sizes = np.bincount(regions.ravel()) * STEP_CM**2
    sizes[0] = 0
    return mask & (sizes[regions] > max(2.0, 0.06 * sizes.max()))
