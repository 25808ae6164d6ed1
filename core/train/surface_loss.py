"""What makes splats a surface: their normals fit their depths, and they gather along each ray (paper, Eq. 11)."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from core.camera import Camera
from core.canonical.rig_view import distance_cm
from core.render.differentiable import RenderedTensors, render_torch


def normal_error(drawn: RenderedTensors, camera: Camera) -> Float[Tensor, ""]:
    """One less the cosine between the splats' normals and those of the surface that their depths make; in [0, 2].

    Mean over what is covered. ``drawn`` must have normals.
    """
    depth, side = drawn.depth, drawn.depth.shape[0]
    along = (torch.arange(side) + 0.5 - float(camera.K[0, 2])) / float(camera.K[0, 0])
    points = torch.stack([along[None] * depth, along[:, None] * depth, depth], -1)
    across, down = points[1:-1, 2:] - points[1:-1, :-2], points[2:, 1:-1] - points[:-2, 1:-1]
    surface = F.normalize(torch.linalg.cross(down, across), dim=2) @ torch.from_numpy(camera.world_to_camera[:3, :3])
    assert drawn.normals is not None
    own = F.normalize(drawn.normals[1:-1, 1:-1], dim=2, eps=1e-6)
    inside = -F.max_pool2d(-drawn.alpha.detach()[None], 3, 1)[0] > 0.95
    return ((1 - (own * surface).sum(2)) * inside).sum() / inside.sum().clamp(min=1)


def depth_distortion(
    means: Float[Tensor, "n 3"],
    quats: Float[Tensor, "n 4"],
    scales: Float[Tensor, "n 3"],
    opacities: Float[Tensor, " n"],
    camera: Camera,
) -> Float[Tensor, ""]:
    """How far apart along their rays the splats of a pixel lie, in cm² (2DGS's depth distortion, squared distances).

    The mean over pixels of ``sum_{i<j} w_i w_j (z_i - z_j)²``, with the weight that each splat has in the pixel and the
    depth of its middle. No pairs are needed: it is ``sum w · sum w z² - (sum w z)²``, and these sums are a picture
    whose colours are 1, z and z².
    """
    axis = torch.from_numpy(camera.world_to_camera[2]).to(means)
    # From the middle of the head, or the difference of two large numbers would be left.
    depths = means @ axis[:3] + axis[3] - distance_cm(camera)
    powers = torch.stack([torch.ones_like(depths), depths, depths**2], 1)
    drawn = render_torch(means, quats, scales, opacities, powers, camera)
    weight, first, second = drawn.color.unbind(2)
    return (weight * second - first**2).clamp(min=0).mean()
