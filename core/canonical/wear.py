"""An avatar that wears what GDA saw: the change of its front view, laid onto its splats, and what stands out beside."""

import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from core.avatar.model import PARTS, Avatar
from core.canonical.adapt import Adapted
from core.canonical.frame import front_camera
from core.gaussians import Gaussians, to_columns
from core.portrait import FACE_PARTS
from core.render.splats import render
from core.stylize.diffusion.lift import lift

_PICTURE_PX = 512
# Coverage beside the avatar from which something stands there, and how large it must be, in pixels of the grid.
_STANDS, _SMALLEST_PX = 0.5, 40
_WORN_AS = {"hair": "hair", "headwear": "headwear", "glasses": "glasses", "clothes": "clothes"}


def wear(avatar: Avatar, adapted: Adapted) -> Avatar:
    """The template avatar with what the network changed of its front view; shapes and places stay as they are.

    The splats that the front view shows take the change of colour, so that what the network left alone keeps the
    template's full sharpness; others follow as in :func:`core.stylize.diffusion.lift.lift`. What the network put beside
    the avatar (the brim of a hat, a bow) is added as its own splats, which no expression moves.

    Args:
        avatar: the template that ``adapted`` was made from.
        adapted: from :func:`core.canonical.adapt.adapt`.
    """
    camera = front_camera(_PICTURE_PX)
    rest = avatar.posed(np.zeros(len(avatar.shapes), np.float32))
    drawn = render(rest, camera)
    scale = _PICTURE_PX / len(adapted.change)
    change = ndimage.zoom(adapted.change, (scale, scale, 1), order=1, grid_mode=True, mode="nearest")
    wanted = np.clip(drawn.color + change[..., :3], 0, 1)
    lifted = lift(avatar, np.rint(wanted * 255).astype(np.uint8), camera)
    beside, labels = _beside(adapted, ~np.asarray(drawn.alpha > 1 - _STANDS))
    if not len(beside):
        return lifted
    rows = np.concatenate([lifted.rest, to_columns(beside)])
    return Avatar(rows, lifted.offsets, np.concatenate([lifted.labels, labels]), lifted.shapes)


def _beside(adapted: Adapted, empty: Bool[np.ndarray, "h w"]) -> tuple[Gaussians, Float32[np.ndarray, " n"]]:
    """The network's splats where the avatar has none, and the parts they belong to."""
    grid = len(adapted.change)
    free = empty.reshape(grid, len(empty) // grid, grid, -1).all((1, 3))
    regions = np.zeros((grid, grid), np.int32)
    ndimage.label(free & (adapted.change[..., 3] > _STANDS), output=regions)
    sizes = np.bincount(regions.ravel())
    sizes[0] = 0
    stands = ndimage.binary_dilation(sizes[regions] >= _SMALLEST_PX)
    camera = front_camera(grid)
    in_camera = adapted.gaussians.means @ camera.world_to_camera[:3, :3].T + camera.world_to_camera[:3, 3]
    pixels = in_camera[:, :2] / in_camera[:, 2:] * camera.K[0, 0] + camera.K[:2, 2]
    column, row = np.clip(pixels, 0, grid - 1).astype(int).T
    chosen = np.flatnonzero(stands[row, column])
    step = len(adapted.frame.labels) // grid
    seen = adapted.frame.labels[::step, ::step][row, column][chosen]
    names = [_WORN_AS.get(FACE_PARTS[part], "accessory") for part in seen]
    return adapted.gaussians.select(chosen), np.array([PARTS.index(name) for name in names], np.uint8)
