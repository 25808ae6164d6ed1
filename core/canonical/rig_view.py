"""What the generator sees of a person: a front picture, and the template avatar behind it, pixel on pixel."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from core.avatar.model import PARTS, Avatar
from core.camera import Camera
from core.canonical.frame import PICTURE_CM, front_camera
from core.canonical.layers import Seats, at_rest, layers_of, motion_maps, painted, part_maps, seats_of
from core.canonical.revolve import revolved

_COVERED = 0.5


@dataclass(frozen=True)
class RigView:
    """One person; index 0 of pairs is the surface that shows, 1 the one furthest behind it."""

    picture: Float32[np.ndarray, "s s 4"]
    """Display sRGB, straight alpha."""
    primary: Float32[np.ndarray, "2 h h 3"]
    """Colours of the template before the picture was laid onto it; half the picture's side."""
    lifted: Float32[np.ndarray, "2 h h 3"]
    """And after it; those of the picture where it shows something beside the template."""
    parts: UInt8[np.ndarray, "2 h h"]
    """Indices into :data:`core.avatar.model.PARTS`."""
    alpha: Float32[np.ndarray, "h h"]
    """Coverage by the template."""
    depth: Float32[np.ndarray, "2 h h"]
    """Along the camera's axis, in centimetres from the middle of the head."""
    revolved: Float32[np.ndarray, "2 h h"]
    """What ``depth`` would be, were all that the picture shows round: :func:`core.canonical.revolve.revolved`."""
    normals: Float32[np.ndarray, "h h 3"]
    positions: Float32[np.ndarray, "q q 3"]
    """Of the surface that shows, head frame, centimetres; a quarter of the picture's side."""
    motion: Float32[np.ndarray, "k q q 3"]
    """What each shape at weight 1 adds to ``positions``."""


def rig_view(template: Avatar, lifted: Avatar, picture: Float32[np.ndarray, "s s 4"]) -> tuple[RigView, Seats]:
    """The view, and where the template's splats are in it.

    Args:
        template: before the picture was laid onto it.
        lifted: the same splats after it.
        picture: canonical front view, display sRGB, straight alpha; its side is a multiple of 4.
    """
    half, quarter = len(picture) // 2, len(picture) // 4
    camera = front_camera(half)
    rest = at_rest(template)
    layers = layers_of(rest, camera)
    seen, coverage = shrunk(picture)
    beside = (layers.alpha < _COVERED) & (coverage > 0)
    colors = painted(at_rest(lifted).colors, layers)
    colors = np.where(beside[..., None], seen, colors).astype(np.float32)
    depth = layers.depth - np.float32(distance_cm(camera))
    view = RigView(
        picture,
        painted(rest.colors, layers),
        colors,
        part_maps(template.labels, layers, PARTS.index("clothes")),
        layers.alpha,
        depth,
        revolved(depth, coverage, PICTURE_CM / half),
        layers.normals,
        _positions(layers.depth[0], camera, quarter),
        motion_maps(template, layers, quarter),
    )
    return view, seats_of(rest, layers, camera)


def shrunk(picture: Float32[np.ndarray, "s s 4"]) -> tuple[Float32[np.ndarray, "h h 3"], Float32[np.ndarray, "h h"]]:
    """Colours and coverage of a picture at half its side; colours are 0 where nothing is covered."""
    half = len(picture) // 2
    premultiplied = np.concatenate([picture[..., :3] * picture[..., 3:], picture[..., 3:]], 2)
    pooled = premultiplied.reshape(half, 2, half, 2, 4).mean((1, 3))
    return pooled[..., :3] / np.maximum(pooled[..., 3:], 1e-3), pooled[..., 3]


def distance_cm(camera: Camera) -> float:
    """From the camera to the middle of the head, where depths of views are 0."""
    return float(np.linalg.norm(camera.world_to_camera[:3, 3]))


def _positions(depth: Float32[np.ndarray, "h h"], camera: Camera, side: int) -> Float32[np.ndarray, "q q 3"]:
    along = (np.arange(len(depth), dtype=np.float32) + 0.5 - camera.K[0, 2]) / camera.K[0, 0]
    x, y = np.meshgrid(along, along)
    in_camera = np.stack([x * depth, y * depth, depth], -1) - camera.world_to_camera[:3, 3]
    block = len(depth) // side
    in_head = in_camera @ camera.world_to_camera[:3, :3]
    return in_head.reshape(side, block, side, block, 3).mean((1, 3)).astype(np.float32)
