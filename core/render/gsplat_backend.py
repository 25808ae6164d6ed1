"""The same pictures from gsplat 1.5 on a CUDA device, where there is one, and the choice between the two.

gsplat differs from :mod:`core.render.differentiable` in three small ways: it stops a pixel before the splat that
would leave less than 1e-4 of it open, it cuts a surfel at 3.33 standard deviations whatever its opacity, and it
centres the spot of a surfel on the middle of its outline.
"""

import importlib.util
import logging
from collections.abc import Callable

import torch
from jaxtyping import Float

from core.camera import Camera
from core.render.differentiable import RenderedTensors, render_torch
from core.render.drawing import Kind, check_camera
from core.render.project import BLUR_PX2, NEAR_CM

logger = logging.getLogger(__name__)


def pick_renderer(device: torch.device) -> Callable[..., RenderedTensors]:
    """:func:`render_gsplat` if it can draw on ``device``, else :func:`render_torch`; the log says why."""
    if device.type != "cuda":
        logger.info("drawing on the CPU: the device is %s", device)
        return render_torch
    if not torch.cuda.is_available():
        logger.info("drawing on the CPU: torch finds no CUDA device")
        return render_torch
    if importlib.util.find_spec("gsplat") is None:
        logger.info("drawing on the CPU: gsplat is not installed")
        return render_torch
    logger.info("drawing with gsplat on %s", device)
    return render_gsplat


def render_gsplat(
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
    """Draw float32 splats on a CUDA device, as :func:`core.render.differentiable.render_torch` does on the CPU.

    The arguments are those of ``render_torch``; the pictures stay on the device.

    Raises:
        ValueError: if the camera's picture is empty, its pixels are skewed, or a focal length is not positive.
        ImportError: if gsplat is not installed.
    """
    import gsplat  # pyright: ignore[reportMissingImports] (only where there is a CUDA device)

    check_camera(camera)
    view = torch.as_tensor(camera.world_to_camera, dtype=means.dtype, device=means.device)
    K = torch.as_tensor(camera.K, dtype=means.dtype, device=means.device)
    # Depth and normals are drawn as colours: gsplat's own depth mode of surfels wants other shapes, and with seven
    # channels it would fill up to eight with memory it never wrote, which may hold NaN.
    depths = means @ view[2, :3] + view[2, 3]
    features = [colors, depths[:, None]]
    if normals:
        features += [_facing_normals(means, quats, view), torch.zeros_like(depths)[:, None]]
    draw = gsplat.rasterization if kind == "ellipsoid" else gsplat.rasterization_2dgs
    pictures, alphas, *_ = draw(
        means,
        quats,
        scales,
        opacities,
        torch.cat(features, 1)[None],
        view[None],
        K[None],
        camera.width,
        camera.height,
        near_plane=NEAR_CM,
        eps2d=float(BLUR_PX2),
        packed=False,
    )
    picture, alpha = pictures[0], alphas[0, ..., 0]
    depth = picture[..., 3] / alpha.clamp(min=1e-10)
    return RenderedTensors(picture[..., :3], alpha, depth, picture[..., 4:7] if normals else None)


def _facing_normals(
    means: Float[torch.Tensor, "n 3"], quats: Float[torch.Tensor, "n 4"], view: Float[torch.Tensor, "4 4"]
) -> Float[torch.Tensor, "n 3"]:
    """Unit third axes turned to the camera, in the head frame."""
    w, x, y, z = torch.nn.functional.normalize(quats, dim=1).unbind(1)
    axes = torch.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], 1)
    position = -view[:3, 3] @ view[:3, :3]
    return axes * torch.where((axes * (position - means)).sum(1, keepdim=True) > 0, 1.0, -1.0)
