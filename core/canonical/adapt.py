"""Gaussian Domain Adaptation at work (paper, section 3.2): a selfie to primary-style Gaussians in the front view."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from core.avatar.model import Avatar
from core.camera import Camera
from core.canonical.batch import frame_anchors, frame_batch, pooled
from core.canonical.frame import Frame, canonical_frame, front_camera, template_view
from core.canonical.unpose import unpose
from core.gaussians import Gaussians
from core.nets.gda import GDA
from core.nets.pixel_gaussians import PixelMaps, to_gaussians
from core.portrait import Portrait
from core.render.splats import render
from core.rig.fit import HeadFit
from core.rig.head import HeadRig


@dataclass(frozen=True)
class Adapted:
    """What GDA made of one selfie."""

    frame: Frame
    """What it saw."""
    gaussians: Gaussians
    """The paper's theta_GDA: the front of the avatar, pixel on pixel."""
    change: Float32[np.ndarray, "g g 4"]
    """By what the network changed the template's front view: premultiplied colour and coverage."""


def adapt(
    network: GDA,
    portrait: Portrait,
    rig: HeadRig,
    fit: HeadFit,
    cartoon: Float32[np.ndarray, "v 3"],
    template: Avatar,
) -> Adapted:
    """The primary-style Gaussians of the person in a portrait.

    Args:
        network: trained.
        portrait: of the person.
        rig: the head.
        fit: to the portrait.
        cartoon: vertices of the person's head in the primary style, at rest, head frame.
        template: their avatar as it was built from what could be read of them.
    """
    camera = front_camera(network.config.size)
    return adapted_from(
        network, canonical_frame(portrait, unpose(rig, fit, cartoon, camera), template_view(template, camera))
    )


def adapted_from(network: GDA, frame: Frame) -> Adapted:
    """What a trained network makes of a person in the canonical front view."""
    with torch.inference_mode():
        maps = network(frame_batch([frame], front_camera(network.config.size)))
    grid = network.config.grid
    return Adapted(frame, to_gaussians(maps, 0, frame_anchors(frame, grid)), _change(maps, frame, grid))


def front_view_of(adapted: Adapted, camera: Camera) -> UInt8[np.ndarray, "h w 4"]:
    """The paper's I_sty: the Gaussians drawn from the front, straight alpha."""
    return render(adapted.gaussians, camera).to_rgba8()


def _change(maps: PixelMaps, frame: Frame, grid: int) -> Float32[np.ndarray, "g g 4"]:
    made = torch.cat([maps.color * maps.alpha, maps.alpha], 1)[0].permute(1, 2, 0).float().numpy()
    rgba = frame.template.rgba
    was = np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], 2)
    return made - pooled(was, grid)
