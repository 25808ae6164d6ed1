"""Frames as the tensors that the networks take in."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float32

from core.camera import Camera
from core.canonical.frame import Frame, front_camera
from core.canonical.rig_view import RigView
from core.nets.gda import FrameBatch
from core.nets.generator import RigViews
from core.nets.pixel_gaussians import Anchors, anchors


def frame_batch(frames: Sequence[Frame], camera: Camera) -> FrameBatch:
    """Several people's frames, all of the size of the camera's picture."""
    focal, middle = camera.K[0, 0], camera.K[0, 2]
    along = (np.arange(camera.width, dtype=np.float32) + 0.5 - middle) / focal
    x, y = np.meshgrid(along, along)
    # Depths are near the distance of the head's middle, which would drown what they differ by.
    distance = float(np.linalg.norm(camera.world_to_camera[:3, 3]))
    depth = np.stack([frame.template.depth for frame in frames])
    position = np.stack([x * depth, y * depth, depth - distance], 1)

    def stacked(name: str) -> torch.Tensor:
        return _channels_first(np.stack([getattr(frame, name) for frame in frames]))

    def template(name: str) -> torch.Tensor:
        return _channels_first(np.stack([getattr(frame.template, name) for frame in frames]))

    return FrameBatch(
        stacked("selfie"),
        torch.from_numpy(np.stack([frame.labels for frame in frames])).long(),
        torch.from_numpy(np.stack([frame.visible for frame in frames]))[:, None].float(),
        template("rgba"),
        torch.from_numpy(position.astype(np.float32)),
        template("normals"),
    )


def frame_anchors(frame: Frame, grid: int) -> Anchors:
    """Where a person's Gaussians stand on the template: ``grid`` a side, of which the frame's side is a multiple."""
    depth = pooled(frame.template.depth[..., None], grid)[..., 0]
    normals = pooled(frame.template.normals, grid)
    normals = normals / np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
    return anchors(depth, normals, front_camera(grid))


def pooled(picture: Float32[np.ndarray, "s s c"], grid: int) -> Float32[np.ndarray, "g g c"]:
    """Means over equal squares of pixels, ``grid`` of them a side; the picture itself if it has no more."""
    block = len(picture) // grid
    if block == 1:
        return picture
    return picture.reshape(grid, block, grid, block, -1).mean((1, 3)).astype(np.float32)


def _channels_first(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(values, -1, 1), np.float32))


def rig_views(views: Sequence[RigView], identities: Sequence[Float32[np.ndarray, " i"]]) -> RigViews:
    """Several people's views as tensors, with the identity of each."""

    def stacked(name: str) -> torch.Tensor:
        return _channels_first(np.stack([getattr(view, name) for view in views]))

    def plain(name: str) -> torch.Tensor:
        return torch.from_numpy(np.stack([getattr(view, name) for view in views]).astype(np.float32))

    def pairs(name: str) -> torch.Tensor:
        values = np.stack([getattr(view, name) for view in views])
        return torch.from_numpy(np.ascontiguousarray(np.moveaxis(values, -1, 2), np.float32))

    return RigViews(
        stacked("picture"),
        pairs("primary"),
        pairs("lifted"),
        torch.from_numpy(np.stack([view.parts for view in views])).long(),
        plain("alpha")[:, None],
        plain("depth"),
        plain("revolved"),
        stacked("normals"),
        stacked("positions"),
        pairs("motion"),
        torch.from_numpy(np.stack(identities).astype(np.float32)),
    )
