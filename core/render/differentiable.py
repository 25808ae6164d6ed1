"""Pictures of Gaussians that carry gradients: the renderer as one step of torch's autograd, on the CPU."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from core.camera import Camera
from core.gaussians import Gaussians
from core.render.drawing import Kind, draw, gradients


@dataclass(frozen=True)
class RenderedTensors:
    """What core.render.splats.Rendered holds, as tensors; all of them carry gradients."""

    color: Float[torch.Tensor, "h w 3"]
    """Display sRGB, premultiplied by alpha."""
    alpha: Float[torch.Tensor, "h w"]
    """Coverage in [0, 1]."""
    depth: Float[torch.Tensor, "h w"]
    """Camera z in centimetres of the splats' centres, the mean weighted by what they show; 0 where empty."""
    normals: Float[torch.Tensor, "h w 3"] | None
    """Third axes of the splats, turned to the camera, in the head frame, premultiplied by alpha; if asked for."""


def render_torch(
    means: Float[torch.Tensor, "n 3"],
    quats: Float[torch.Tensor, "n 4"],
    scales: Float[torch.Tensor, "n 3"],
    opacities: Float[torch.Tensor, " n"],
    colors: Float[torch.Tensor, "n 3"],
    camera: Camera,
    *,
    kind: Kind = "ellipsoid",
    normals: bool = False,
) -> RenderedTensors:
    """Draw splats as core.render.splats.render does, with gradients by every one of their numbers.

    There are none by the camera. Drawing and its way back are float32; the gradients are those of the picture as
    drawn, without the choice of which splats show, their order, and the side that a normal faces.

    Args:
        means: centres in centimetres, head frame.
        quats: rotations, wxyz, of any length but zero.
        scales: standard deviations in centimetres; of surfels the third is not used and has no gradient.
        opacities: in [0, 1].
        colors: display sRGB.
        camera: the camera.
        kind: "ellipsoid" (3DGS) or "surfel" (2DGS).
        normals: whether to draw the normals too, for as much time again as the colours take.

    Raises:
        ValueError: if the camera's picture is empty, its pixels are skewed, or a focal length is not positive.
    """
    color, alpha, depth, facing = _Splatting.apply(means, quats, scales, opacities, colors, camera, kind, normals)
    return RenderedTensors(color, alpha, depth, facing)


class _Splatting(torch.autograd.Function):
    """The drawing, and its gradients."""

    @staticmethod
    def forward(ctx, means, quats, scales, opacities, colors, camera, kind, normals):
        parts = (means, quats, scales, opacities, colors)
        d = draw(Gaussians(*(_float32(part) for part in parts)), camera, kind, normals=normals)
        drawn = (d.color, d.alpha, d.depth, d.normals)
        pictures = tuple(None if picture is None else torch.from_numpy(picture).to(means) for picture in drawn)
        ctx.drawing = d
        # The drawing looks at the memory of these tensors: torch now sees to it that nobody changes them.
        ctx.save_for_backward(*parts, *pictures)
        # A loss that leaves the normals out spares their way back.
        ctx.set_materialize_grads(False)
        return pictures

    @staticmethod
    def backward(ctx, *bars):
        parts = ctx.saved_tensors[:5]
        d = ctx.drawing
        color, alpha, depth, normals = bars
        found = gradients(
            d,
            np.zeros_like(d.color) if color is None else _float32(color),
            np.zeros_like(d.alpha) if alpha is None else _float32(alpha),
            np.zeros_like(d.depth) if depth is None else _float32(depth),
            None if normals is None else _float32(normals),
        )
        back = (torch.from_numpy(by).to(part) for by, part in zip(found, parts, strict=True))
        return *back, None, None, None


def _float32(tensor: torch.Tensor) -> np.ndarray:
    return np.ascontiguousarray(tensor.detach().to("cpu", torch.float32).numpy())
