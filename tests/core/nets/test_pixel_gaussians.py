import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from core.canonical.frame import front_camera
from core.nets.pixel_gaussians import CHANNELS, Anchors, BaseMaps, PixelMaps, anchors, pixel_maps, place, to_gaussians
from core.render.splats import render

SIZE = 64
CAMERA = front_camera(SIZE)
DISTANCE = float(np.linalg.norm(CAMERA.world_to_camera[:3, 3]))


@pytest.fixture(scope="module")
def base() -> BaseMaps:
    """A disc of smooth colours before nothing, and a selfie of others."""
    rows, columns = np.indices((SIZE, SIZE), np.float32) / SIZE
    alpha = ((rows - 0.5) ** 2 + (columns - 0.5) ** 2 < 0.1).astype(np.float32)
    color = np.stack([rows, columns, 0.5 + 0 * rows])
    return BaseMaps(*(torch.from_numpy(grid[None]) for grid in (color, alpha[None], 1 - color)))


@pytest.fixture(scope="module")
def on() -> Anchors:
    """A surface that slopes away to the right."""
    columns = np.indices((SIZE, SIZE), np.float32)[1] / SIZE - 0.5
    normals = np.broadcast_to(np.array((0.6, 0, 0.8), np.float32), (SIZE, SIZE, 3))
    return anchors((DISTANCE + 20 * columns).astype(np.float32), normals.copy(), CAMERA)


def resting() -> torch.Tensor:
    return torch.zeros(1, CHANNELS, SIZE, SIZE)


def test_zeros_leave_the_template_as_it_is(base: BaseMaps, on: Anchors) -> None:
    maps = pixel_maps(base, resting())
    np.testing.assert_allclose(maps.color, base.color, atol=1e-6)
    np.testing.assert_allclose(maps.alpha, base.alpha, atol=0.006)
    drawn = render(to_gaussians(maps, 0, on), CAMERA)
    wanted = (base.color * base.alpha)[0].permute(1, 2, 0).numpy()
    error = np.square(drawn.color - wanted).mean()
    assert -10 * np.log10(error) > 24, "but for the jagged edge of the disc"
    middle = np.s_[22:42, 22:42]
    assert np.abs(drawn.color - wanted)[middle].max() < 0.03 and drawn.alpha[middle].min() > 0.97
    assert drawn.alpha[:8].max() == 0


def test_the_gate_lets_the_selfie_through(base: BaseMaps) -> None:
    residuals = resting()
    residuals[:, 0, :32], residuals[:, 0, 32:] = 1.0, 0.5
    color = pixel_maps(base, residuals).color
    np.testing.assert_allclose(color[..., :32, :], base.selfie[..., :32, :], atol=1e-6)
    np.testing.assert_allclose(color[..., 32:, :], 0.5, atol=1e-6)


def test_residuals_keep_within_their_bounds(base: BaseMaps, on: Anchors) -> None:
    maps = pixel_maps(base, torch.full((1, CHANNELS, SIZE, SIZE), 50.0))
    assert maps.shift[:, :2].abs().max() <= 1 and maps.growth.max() <= 0.7 and maps.turn.max() <= 0.5
    splats = to_gaussians(maps, 0, on)
    assert splats.colors.max() <= 1 and splats.opacities.max() < 1 and np.isfinite(splats.means).all()


def test_splats_reach_every_residual(base: BaseMaps, on: Anchors) -> None:
    torch.manual_seed(0)
    residuals = resting().requires_grad_()
    parts = place(pixel_maps(base, residuals), 0, on)
    sum((part * torch.randn_like(part)).sum() for part in parts).backward()  # pyright: ignore[reportAttributeAccessIssue]
    assert residuals.grad is not None
    inside = residuals.grad[0, :, 30, 30]
    assert (inside.abs() > 0).all(), inside
    assert (residuals.grad[0, :, 0, 0] == 0).all(), "what does not show is not placed"


def test_shifts_move_right_down_and_away(base: BaseMaps, on: Anchors) -> None:
    def pixels(residuals: torch.Tensor) -> np.ndarray:
        means = to_gaussians(pixel_maps(base, residuals), 0, on).means
        seen = means @ CAMERA.world_to_camera[:3, :3].T + CAMERA.world_to_camera[:3, 3]
        return np.concatenate([(seen @ CAMERA.K.T)[:, :2] / seen[:, 2:], seen[:, 2:]], 1)

    rest, moved = resting(), resting()
    moved[:, 5], moved[:, 6], moved[:, 7] = np.arctanh(0.5), np.arctanh(-0.25), 2.0
    np.testing.assert_allclose(pixels(moved) - pixels(rest), [[0.5, -0.25, 2]] * len(pixels(rest)), atol=2e-3)
    row, column = np.argwhere(base.alpha[0, 0].numpy() > 0.5)[0]
    np.testing.assert_allclose(pixels(rest)[0, :2], (column + 0.5, row + 0.5), atol=2e-3)


def test_turns_follow_the_splats_own_axes(base: BaseMaps, on: Anchors) -> None:
    vector = torch.randn(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0)) * 0.3
    rest = pixel_maps(base, resting())
    turned = place(PixelMaps(rest.color, rest.alpha, rest.shift, rest.growth, vector), 0, on)[1].numpy()
    shown = base.alpha[0, 0].flatten() > 0.5
    local = np.concatenate([np.ones((SIZE * SIZE, 1)), vector[0].flatten(1).T.numpy()], 1)[shown]
    own = Rotation.from_quat(on.quats(np.flatnonzero(shown)), scalar_first=True)
    wanted = own * Rotation.from_quat(local, scalar_first=True)
    angle = (wanted.inv() * Rotation.from_quat(turned, scalar_first=True)).magnitude()
    assert angle.max() < 1e-3
    np.testing.assert_allclose(own.as_matrix()[..., 2] @ (0.6, 0, 0.8), 1, atol=1e-4)
