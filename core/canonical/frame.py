"""What the networks see of a person: the selfie, unposed, and the template avatar, pixel on pixel."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

from core.avatar.model import Avatar
from core.camera import Camera, orbit
from core.canonical.fill import push_pull
from core.canonical.unpose import PHOTO_PX, Unposing
from core.gaussians import from_columns
from core.portrait import FACE_PARTS, Portrait
from core.render.splats import render

PICTURE_CM = 35.3
"""Side of the canonical front view at the middle of the head."""


@dataclass(frozen=True)
class TemplateView:
    """The template avatar at rest in the canonical front view."""

    rgba: Float32[np.ndarray, "h w 4"]
    """Display sRGB, straight alpha; beside the avatar colours continue those of its outline."""
    depth: Float32[np.ndarray, "h w"]
    """Along the camera's axis, in centimetres; beside the avatar it continues that of its outline."""
    normals: Float32[np.ndarray, "h w 3"]
    """Unit normals, head frame, looking to the camera; beside the avatar along +z."""


@dataclass(frozen=True)
class Frame:
    """A person in the canonical front view: what GDA takes in."""

    selfie: Float32[np.ndarray, "h w 3"]
    """The photo, unposed, in [0, 1]; where it is hidden, the other half of the head, mirrored."""
    labels: UInt8[np.ndarray, "h w"]
    """What the photo shows there, as indices into :data:`core.portrait.FACE_PARTS`."""
    visible: Bool[np.ndarray, "h w"]
    """Where ``selfie`` is the photo's own, and not mirrored or filled."""
    surface: Bool[np.ndarray, "h w"]
    """Which pixels show the rig's own surface, and not something beside it."""
    template: TemplateView


def front_camera(size: int) -> Camera:
    """The camera of the canonical front view."""
    return orbit(size=size)


def template_view(avatar: Avatar, camera: Camera) -> TemplateView:
    """The front view of a template avatar at rest."""
    drawn = render(from_columns(avatar.rest), camera, normals=True)
    solid = drawn.alpha > 0.5
    color = drawn.color / np.maximum(drawn.alpha, 1e-3)[..., None]
    maps = push_pull(np.concatenate([color, drawn.depth[..., None]], 2), solid)
    color = np.where(drawn.alpha[..., None] > 0.02, color, maps[..., :3])
    assert drawn.normals is not None
    normals = np.where(solid[..., None], drawn.normals, (0.0, 0.0, 1.0))
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
    rgba = np.concatenate([np.clip(color, 0, 1), drawn.alpha[..., None]], 2)
    return TemplateView(rgba.astype(np.float32), maps[..., 3], normals.astype(np.float32))


def canonical_frame(portrait: Portrait, unposing: Unposing, template: TemplateView) -> Frame:
    """Everything about a portrait in the canonical front view."""
    size = len(unposing.places)
    shrunk = np.asarray(Image.fromarray(portrait.image).resize((size, size), Image.Resampling.BOX))
    selfie, labels, visible = unposed(shrunk, portrait.labels, unposing)
    return Frame(selfie, labels, visible, unposing.surface, template)


def unposed(
    image: UInt8[np.ndarray, "p p 3"], labels: UInt8[np.ndarray, "q q"], unposing: Unposing
) -> tuple[Float32[np.ndarray, "h w 3"], UInt8[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """A photo and its labels, of any sizes, in the canonical front view, and where they are the photo's own.

    So that nothing aliases, the photo should have no more pixels than the view. What the photo hides of the head is
    taken from the other half, mirrored; what neither shows is filled smoothly.
    """
    color = _sampled(image, unposing.places * (len(image) / PHOTO_PX))
    column, row = np.moveaxis(unposing.places * (len(labels) / PHOTO_PX), -1, 0)
    column, row = (np.clip(axis, 0, len(labels) - 1).astype(int) for axis in (column, row))
    part = labels[row, column]
    visible = unposing.visible
    mirrored = unposing.surface & ~visible & visible[:, ::-1] & unposing.surface[:, ::-1]
    color[mirrored], part[mirrored] = color[:, ::-1][mirrored], part[:, ::-1][mirrored]
    known = visible | mirrored
    part[~known & ~unposing.surface] = FACE_PARTS.index("background")
    return push_pull(color, known), part, visible


def _sampled(image: UInt8[np.ndarray, "p p 3"], places: Float32[np.ndarray, "h w 2"]) -> Float32[np.ndarray, "h w 3"]:
    """Colours in [0, 1] at places of a picture, in its pixels: linear between their middles; beyond, the border's."""
    picture = torch.from_numpy(np.float32(image) / 255).permute(2, 0, 1)[None]
    grid = torch.from_numpy(places * (2 / len(image)) - 1)[None]
    sampled = F.grid_sample(picture, grid, padding_mode="border", align_corners=False)[0]
    return np.ascontiguousarray(sampled.permute(1, 2, 0).numpy())
