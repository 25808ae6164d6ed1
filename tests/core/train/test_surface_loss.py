"""The two terms that make splats a surface."""

import numpy as np
import pytest
import torch
from torch import Tensor

from core.camera import Camera, orbit
from core.canonical.rig_view import distance_cm
from core.render.differentiable import render_torch
from core.train.surface_loss import depth_distortion, normal_error

CAMERA = orbit(size=48)


def along_one_ray(depths_cm: list[float]) -> Tensor:
    """Middles of splats behind the picture's middle, so deep from the middle of the head."""
    rotation, origin = CAMERA.world_to_camera[:3, :3], CAMERA.world_to_camera[:3, 3]
    places = np.array([(0, 0, distance_cm(CAMERA) + depth) for depth in depths_cm])
    return torch.from_numpy(((places - origin) @ rotation).astype(np.float32))


def parts(means: Tensor, opacity: float = 0.6) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    count = len(means)
    turn = torch.tensor([[1.0, 0, 0, 0]]).repeat(count, 1)
    return means, turn, torch.full((count, 3), 1.5), torch.full((count,), opacity)


def by_pairs(means: Tensor, camera: Camera) -> float:
    """The same from every splat's own weight in every pixel."""
    numbers = torch.eye(len(means))
    drawn = [
        render_torch(*parts(means), numbers[:, k : k + 1].repeat(1, 3), camera).color[..., 0] for k in range(len(means))
    ]
    depths = means @ torch.from_numpy(camera.world_to_camera[2, :3]).float()
    total = sum(
        drawn[i] * drawn[j] * (depths[i] - depths[j]) ** 2 for i in range(len(means)) for j in range(i + 1, len(means))
    )
    return float(total.mean())


@pytest.mark.parametrize("depths_cm", [[0.0, 3.0], [-4.0, 0.5, 5.0], [2.0, 2.0]])
def test_distortion_is_that_of_all_pairs(depths_cm: list[float]) -> None:
    means = along_one_ray(depths_cm)
    assert float(depth_distortion(*parts(means), CAMERA)) == pytest.approx(by_pairs(means, CAMERA), rel=0.02, abs=1e-4)


def test_distortion_draws_splats_together() -> None:
    means = along_one_ray([-2.0, 2.0]).requires_grad_()
    loss = depth_distortion(*parts(means), CAMERA)
    loss.backward()
    gradient = means.grad
    assert gradient is not None and loss > 0.01
    apart = means.detach()[1] - means.detach()[0]
    # Down the slope the nearer one goes away from the camera, and the further one comes nearer.
    assert gradient[0] @ apart < 0 < gradient[1] @ apart


def test_a_plane_that_faces_the_camera_has_the_normals_of_its_depths() -> None:
    x, y = np.meshgrid(np.linspace(-8, 8, 40), np.linspace(-8, 8, 40))
    means = torch.from_numpy(np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], 1).astype(np.float32))
    flat = torch.tensor([[0.5, 0.5, 0.02]]).repeat(len(means), 1)
    errors = []
    for angle in (0.0, 0.5):
        turn = torch.tensor([[np.cos(angle / 2), np.sin(angle / 2), 0, 0]], dtype=torch.float32).repeat(len(means), 1)
        drawn = render_torch(
            means, turn, flat, torch.full((len(means),), 0.9), torch.ones_like(means), CAMERA, normals=True
        )
        errors.append(float(normal_error(drawn, CAMERA)))
    assert errors[0] < 0.01 and errors[1] == pytest.approx(1 - np.cos(0.5), abs=0.03)
