"""An avatar that wears what GDA saw: the change of its front view, laid onto its splats, and what stands out beside."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, UInt8
from scipy import ndimage

from core.avatar.model import PARTS, Avatar
from core.camera import project
from core.canonical.adapt import Adapted
from core.canonical.batch import pooled
from core.canonical.frame import front_camera, template_view
from core.gaussians import Gaussians, to_columns
from core.portrait import FACE_PARTS
from core.stylize.diffusion.lift import tinted

# Coverage beside the avatar from which something stands there, and how large it must be, in pixels of the grid.
_STANDS, _SMALLEST_PX = 0.5, 40
# What is drawn with few large splats; how much a pattern differs, and how far it may turn away from the camera.
_COARSE, _PATTERNED, _FACING = ("headwear",), 0.025, 0.35
_LIFTED_CM = 0.12
# Difference of premultiplied colours below which two views show the same.
_SAME = 0.04
_WORN_AS = {"hair": "hair", "headwear": "headwear", "glasses": "glasses", "clothes": "clothes"}


def wear(avatar: Avatar, adapted: Adapted) -> Avatar:
    """The template avatar with what the network changed of its front view; shapes and places stay as they are.

    The splats that the front view shows take the change of colour, so that what the network left alone keeps the
    template's full sharpness. What the network put beside
    the avatar (the brim of a hat, a bow), and patterns on headwear, whose splats are too coarse to carry them, is added
    as its own splats, which no expression moves.

    Args:
        avatar: the template that ``adapted`` was made from.
        adapted: from :func:`core.canonical.adapt.adapt`.
    """
    size, grid = len(adapted.frame.labels), len(adapted.change)
    change = adapted.change[..., :3]
    if size != grid:
        change = ndimage.zoom(change, (size / grid, size / grid, 1), order=1, grid_mode=True, mode="nearest")
    lifted = tinted(avatar, np.ascontiguousarray(change, np.float32), front_camera(size))
    own, labels = _own_splats(adapted)
    if not len(own):
        return lifted
    rows = np.concatenate([lifted.rest, to_columns(own)])
    return Avatar(rows, lifted.offsets, np.concatenate([lifted.labels, labels]), lifted.shapes)


def refitted(adapted: Adapted, template: Avatar) -> Adapted:
    """What was seen of a person, for another template of theirs: only where the two templates look the same.

    A hat that was taken off by hand must not come back from the photo.
    """
    size, grid = len(adapted.frame.labels), len(adapted.change)
    now = template_view(template, front_camera(size))
    was = adapted.frame.template
    moved = np.abs(now.rgba * now.rgba[..., 3:] - was.rgba * was.rgba[..., 3:]).max(2) > _SAME
    moved = ndimage.binary_dilation(moved, iterations=max(1, size // 128))
    same = 1 - ndimage.gaussian_filter(moved.astype(np.float32), size / 256)
    frame = replace(adapted.frame, template=now)
    return replace(adapted, frame=frame, change=adapted.change * pooled(same[..., None], grid))


def _own_splats(adapted: Adapted) -> tuple[Gaussians, UInt8[np.ndarray, " n"]]:
    """The network's splats where the avatar has none or only coarse ones, and the parts they belong to."""
    grid = len(adapted.change)
    step = len(adapted.frame.labels) // grid
    seen = adapted.frame.labels[::step, ::step]
    covered = adapted.frame.template.rgba[..., 3] >= _STANDS
    free = ~covered.reshape(grid, step, grid, step).any((1, 3))
    facing = pooled(adapted.frame.template.normals, grid)[..., 2]
    patterned = np.isin(seen, [FACE_PARTS.index(name) for name in _COARSE]) & ~free & (facing > _FACING)
    patterned &= np.abs(adapted.change[..., :3]).max(2) > _PATTERNED
    # Beyond the photo's border nothing was seen, only smeared.
    shown = adapted.frame.visible[::step, ::step]
    beside = ndimage.binary_dilation(_large(free & shown & (adapted.change[..., 3] > _STANDS), _SMALLEST_PX))
    wanted = np.logical_or(beside, ndimage.binary_closing(_large(patterned, _SMALLEST_PX), iterations=2))
    column, row = np.clip(project(adapted.gaussians.means, front_camera(grid)), 0, grid - 1).astype(int).T
    chosen = np.flatnonzero(wanted[row, column])
    names = [_WORN_AS.get(FACE_PARTS[part], "accessory") for part in seen[row, column][chosen]]
    own = adapted.gaussians.select(chosen)
    # In front of what they are painted on, or the two would fight over each pixel.
    own = replace(own, means=own.means + np.array((0, 0, _LIFTED_CM), np.float32))
    return own, np.array([PARTS.index(name) for name in names], np.uint8)


def _large(mask: Bool[np.ndarray, "g g"], pixels: int) -> Bool[np.ndarray, "g g"]:
    """The connected regions of a mask that are not specks."""
    regions = np.zeros(mask.shape, np.int32)
    ndimage.label(mask, output=regions)
    sizes = np.bincount(regions.ravel())
    sizes[0] = 0
    return sizes[regions] >= pixels
