"""Where in a photo each pixel of the canonical front view lies: through the head that was fitted to the photo."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from core.camera import Camera
from core.canonical.fill import push_pull
from core.render.mesh import Fragments, rasterize
from core.rig.fit import HeadFit
from core.rig.head import HeadRig

PHOTO_PX = 512
"""Side of an aligned photo."""

# A place behind what the photo shows there by more than this is hidden.
_HIDDEN_CM = 0.5
# Cosine to the line of sight below which a place is only a streak in the photo.
_GRAZING = 0.2


@dataclass(frozen=True)
class Unposing:
    """The map from the canonical front view, of any size, to an aligned photo."""

    places: Float32[np.ndarray, "h w 2"]
    """Where each pixel lies in the photo: x right, y down, in its pixels; may be outside."""
    surface: Bool[np.ndarray, "h w"]
    """Which pixels show the head; beside it (hair, hats, background) places continue those of its outline."""
    visible: Bool[np.ndarray, "h w"]
    """Which pixels the photo shows: inside it, and not on a side of the head that is turned away or covered by it."""


def unpose(rig: HeadRig, fit: HeadFit, cartoon: Float32[np.ndarray, "v 3"], camera: Camera) -> Unposing:
    """Relates the front view of a cartoon head to the photo its person was fitted to.

    Both heads are the same mesh, so that a place of one is a place of the other: lids, lips and chin of a photo with
    any expression, from any side, come to lie on those of the cartoon head.

    Args:
        rig: the head.
        fit: to the photo.
        cartoon: vertices of the head in the primary style at rest, head frame.
        camera: of the canonical front view; square.
    """
    shown = rasterize(_pixels(cartoon, camera), rig.triangles, camera.width, camera.height)
    photo = fit.to_pixels(fit.photo_vertices(rig)).astype(np.float32)
    surface = shown.triangle >= 0
    places = _interpolated(shown, photo[rig.triangles])
    visible = surface & _seen(rig, photo, shown, places, fit.scale)
    flat = _continued(places[..., :2], surface)
    inside = ((flat >= 0) & (flat < PHOTO_PX)).all(-1)
    return Unposing(flat, surface, (visible | ~surface) & inside)


def _pixels(points: np.ndarray, camera: Camera) -> Float32[np.ndarray, "v 3"]:
    in_camera = points @ camera.world_to_camera[:3, :3].T + camera.world_to_camera[:3, 3]
    in_pixels = in_camera @ camera.K.T
    return np.concatenate([in_pixels[:, :2] / in_pixels[:, 2:], in_camera[:, 2:]], 1).astype(np.float32)


def _interpolated(shown: Fragments, corners: Float32[np.ndarray, "t 3 c"]) -> Float32[np.ndarray, "h w c"]:
    """A value at each pixel from those at the corners of its triangle; 0 where there is none."""
    return np.einsum("hwk,hwkc->hwc", shown.barycentric, corners[np.maximum(shown.triangle, 0)])


def _seen(rig: HeadRig, photo: np.ndarray, shown: Fragments, places: np.ndarray, scale: float) -> np.ndarray:
    front = rasterize(photo, rig.triangles, PHOTO_PX, PHOTO_PX).depth
    column, row = np.clip(places[..., :2], 0, PHOTO_PX - 1).astype(int).transpose(2, 0, 1)
    uncovered = places[..., 2] < front[row, column] + _HIDDEN_CM * scale
    corners = photo[rig.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facing = normals[:, 2] / np.maximum(np.linalg.norm(normals, axis=1), 1e-9)
    # Triangles of the rig wind so that their normals look outwards; z of the photo looks away from the camera.
    return uncovered & (-facing[np.maximum(shown.triangle, 0)] > _GRAZING)


def _continued(places: Float32[np.ndarray, "h w 2"], surface: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w 2"]:
    """Places beside the head: the affine map nearest to the head's, plus what its outline deviates from that."""
    rows, columns = np.indices(surface.shape, np.float32)
    terms = np.stack([columns, rows, np.ones_like(rows)], -1)
    known = terms[surface].astype(np.float64)
    # Of the sums of squares, which is exact enough for three unknowns and many times quicker.
    affine = np.linalg.lstsq(known.T @ known, known.T @ places[surface])[0]
    flat = (terms @ affine).astype(np.float32)
    return flat + push_pull(places - flat, surface)
