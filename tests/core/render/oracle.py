"""What a picture of Gaussians should be: the textbook formulas in float64, every splat over every pixel.

Plain torch, so that its autograd says what the gradients should be. No tiles, no early stop, no kernels, and no
code shared with the renderer.
"""

from dataclasses import dataclass

import numpy as np
import torch

from core.camera import Camera
from core.gaussians import Gaussians

NEAR, BLUR, CUT, CLAMP, MARGIN = 1.0, 0.3, 1 / 255, 0.999, 0.15


@dataclass(frozen=True)
class Expected:
    color: torch.Tensor
    alpha: torch.Tensor
    depth: torch.Tensor
    normals: torch.Tensor


def leaves(gaussians: Gaussians) -> tuple[torch.Tensor, ...]:
    """Means, quats, scales, opacities and colours, to be differentiated by."""
    return tuple(torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in vars(gaussians).values())


def all_pixels(camera: Camera) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(camera.height), torch.arange(camera.width), indexing="ij")
    return torch.stack([x.ravel(), y.ravel()], 1).double() + 0.5


def expect(
    parts: tuple[torch.Tensor, ...] | Gaussians, camera: Camera, kind: str, pixels: torch.Tensor | None = None
) -> Expected:
    """The picture, h w; or only some pixels of it (p 2, x and y of their middles), one after another."""
    if isinstance(parts, Gaussians):
        with torch.no_grad():
            return expect(leaves(parts), camera, kind, pixels)
    means, quats, scales, opacities, colors = parts
    view, K = torch.tensor(camera.world_to_camera).double(), torch.tensor(camera.K).double()
    at = means @ view[:3, :3].T + view[:3, 3]
    nearest_first = torch.argsort(at[:, 2].detach(), stable=True)
    nearest_first = nearest_first[at[nearest_first, 2] >= NEAR]
    at, axes = at[nearest_first], view[:3, :3] @ rotations(quats[nearest_first])
    scales, opacities, colors = scales[nearest_first], opacities[nearest_first], colors[nearest_first]
    grid = all_pixels(camera) if pixels is None else pixels
    q = ellipsoid_q(at, axes, scales, K, camera, grid) if kind == "ellipsoid" else surfel_q(at, axes, scales, K, grid)

    alpha = (opacities[:, None] * torch.exp(-0.5 * q)).clamp(max=CLAMP)
    alpha = torch.where(alpha >= CUT, alpha, 0.0)
    if kind == "surfel":
        alpha = alpha * in_front(at, axes, scales, opacities)[:, None]
    through = torch.cumprod(1 - alpha, 0)
    weight = alpha * torch.cat([torch.ones_like(through[:1]), through[:-1]])
    covered = weight.sum(0)
    depth = torch.where(covered > 0, weight.T @ at[:, 2] / covered.clamp(min=1e-12), 0.0)
    normals = axes[:, :, 2]
    normals = normals * torch.where((normals * at).sum(1, keepdim=True) < 0, 1.0, -1.0)
    shape = (camera.height, camera.width) if pixels is None else (len(pixels),)
    return Expected(
        (weight.T @ colors).reshape(*shape, -1),
        covered.reshape(shape),
        depth.reshape(shape),
        (weight.T @ (normals @ view[:3, :3])).reshape(*shape, 3),
    )


def rotations(quats: torch.Tensor) -> torch.Tensor:
    w, x, y, z = torch.nn.functional.normalize(quats, dim=1).unbind(1)
    rows = [
        *(1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        *(2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        *(2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    ]
    return torch.stack(rows, 1).reshape(-1, 3, 3)


def ellipsoid_q(
    at: torch.Tensor, axes: torch.Tensor, scales: torch.Tensor, K: torch.Tensor, camera: Camera, grid: torch.Tensor
) -> torch.Tensor:
    """EWA: the covariance through the Jacobian of the projection, plus the blur."""
    focal, centre = K[[0, 1], [0, 1]], K[:2, 2]
    size = torch.tensor([camera.width, camera.height]).double()
    z = at[:, 2:]
    margin = MARGIN * size / focal
    tan = torch.minimum(torch.maximum(at[:, :2] / z, -centre / focal - margin), (size - centre) / focal + margin)
    J = torch.zeros(len(at), 2, 3, dtype=at.dtype)
    J[:, 0, 0], J[:, 1, 1] = focal[0] / z[:, 0], focal[1] / z[:, 0]
    J[:, :, 2] = -focal * tan / z
    spread = J @ axes * scales[:, None]
    conic = torch.linalg.inv(spread @ spread.mT + BLUR * torch.eye(2, dtype=at.dtype))
    d = grid - (focal * at[:, :2] / z + centre)[:, None]
    return (
        conic[:, 0, 0, None] * d[..., 0] ** 2
        + 2 * conic[:, 0, 1, None] * d[..., 0] * d[..., 1]
        + (conic[:, 1, 1, None] * d[..., 1] ** 2)
    )


def surfel_q(
    at: torch.Tensor, axes: torch.Tensor, scales: torch.Tensor, K: torch.Tensor, grid: torch.Tensor
) -> torch.Tensor:
    """2DGS, Eq. 8 to 11: the planes of a pixel's column and row, in the splat's own coordinates, cross at (u, v)."""
    H = K @ torch.stack([axes[:, :, 0] * scales[:, :1], axes[:, :, 1] * scales[:, 1:2], at], 2)
    column = grid[None, :, :1] * H[:, None, 2] - H[:, None, 0]
    row = grid[None, :, 1:] * H[:, None, 2] - H[:, None, 1]
    crossing = torch.linalg.cross(column, row)
    disc = (crossing[..., :2] ** 2).sum(-1) / crossing[..., 2] ** 2
    d = grid - (H[:, :2, 2] / H[:, 2:, 2])[:, None]
    # A disc of no size is 0 / 0: fmin takes the spot.
    return torch.fmin(disc, 2 * (d**2).sum(-1))


def in_front(at: torch.Tensor, axes: torch.Tensor, scales: torch.Tensor, opacities: torch.Tensor) -> torch.Tensor:
    """Which discs lie in front of the camera, as far as they show."""
    reach = torch.sqrt(2 * torch.log((255 * opacities).clamp(min=1.0)))
    return (reach * torch.linalg.norm(axes[:, 2, :2] * scales[:, :2], dim=1) < at[:, 2]).detach()


def psnr(picture: np.ndarray | torch.Tensor, expected: np.ndarray | torch.Tensor) -> float:
    error = np.asarray(picture, float) - np.asarray(expected, float)
    return float(-10 * np.log10(np.mean(error**2) + 1e-20))
