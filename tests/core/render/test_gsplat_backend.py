import logging
from types import ModuleType

import numpy as np
import pytest
import torch

from core.camera import orbit
from core.render.differentiable import RenderedTensors, render_torch
from core.render.drawing import Kind
from core.render.gsplat_backend import pick_renderer, render_gsplat
from tests.core.render.oracle import expect, leaves, psnr
from tests.core.render.scenes import head_scene, parameters, random_scene

KINDS = pytest.mark.parametrize("kind", ["ellipsoid", "surfel"])


class FakeGsplat(ModuleType):
    """gsplat's two functions with its shapes and names of arguments, drawn by the oracle."""

    def __init__(self) -> None:
        super().__init__("gsplat")
        self.called: list[str] = []

    def rasterization(self, *arguments: object, **options: object) -> tuple:
        return (*self.draw("ellipsoid", *arguments, **options), {})

    def rasterization_2dgs(self, *arguments: object, **options: object) -> tuple:
        return (*self.draw("surfel", *arguments, **options), None, None, None, None, {})

    def draw(self, kind, means, quats, scales, opacities, colors, viewmats, Ks, width, height, **options):
        self.called.append(kind)
        assert options == {"near_plane": 1.0, "eps2d": pytest.approx(0.3), "packed": False}
        assert viewmats.shape == (1, 4, 4) and Ks.shape == (1, 3, 3) and colors.shape[:2] == (1, len(means))
        # Surfels of any other count are filled up with memory that was never written.
        assert colors.shape[2] in (4, 8)
        camera = orbit(20.0, size=40)
        np.testing.assert_array_equal(viewmats[0].numpy(), camera.world_to_camera.astype(float))
        np.testing.assert_array_equal(Ks[0].numpy(), camera.K.astype(float))
        assert (width, height) == (40, 40)
        drawn = expect((means, quats, scales, opacities, colors[0]), camera, kind)
        return drawn.color[None], drawn.alpha[None, ..., None]


@KINDS
@pytest.mark.parametrize("normals", [False, True])
def test_says_to_gsplat_what_the_renderer_means(kind: Kind, normals: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    fake, camera = FakeGsplat(), orbit(20.0, size=40)
    monkeypatch.setitem(__import__("sys").modules, "gsplat", fake)
    exact, parts = leaves(random_scene(150)), parameters(random_scene(150))
    theirs = render_gsplat(*exact, camera, kind=kind, normals=normals)
    ours = render_torch(*parts, camera, kind=kind, normals=normals)
    assert fake.called == [kind]
    assert (theirs.normals is None) == (ours.normals is None) == (not normals)
    compare(theirs, ours, exact, parts, 75, 3e-3)


def compare(
    theirs: RenderedTensors,
    ours: RenderedTensors,
    their_parts: tuple[torch.Tensor, ...],
    our_parts: tuple[torch.Tensor, ...],
    decibels: float,
    error: float,
) -> None:
    """Both pictures and gradients agree, for a loss that reads all pictures."""
    their_loss, our_loss = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    weight = torch.Generator().manual_seed(0)
    for name, their in vars(theirs).items():
        our = getattr(ours, name)
        if our is None:
            continue
        # Depth in centimetres is not of the size of a colour.
        scale = 0.01 if name == "depth" else 1.0
        their = their.cpu().double()
        assert psnr(their.detach() * scale, our.detach() * scale) > decibels
        weights = torch.randn(our.shape, generator=weight, dtype=torch.float64) * scale
        their_loss, our_loss = their_loss + (their * weights).sum(), our_loss + (our.double() * weights).sum()
    found = torch.autograd.grad(their_loss, their_parts)
    for their, our in zip(found, torch.autograd.grad(our_loss, our_parts), strict=True):
        assert (their.cpu() - our).norm() < error * our.norm()


def test_refuses_the_cameras_that_the_renderer_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gsplat", FakeGsplat())
    camera = orbit(size=8)
    camera.K[0, 1] = 1
    with pytest.raises(ValueError, match="skew"):
        render_gsplat(*parameters(random_scene(3)), camera)


@pytest.mark.parametrize(
    ("device", "cuda", "installed", "chosen", "reason"),
    [
        ("cpu", True, True, render_torch, "the device is cpu"),
        ("cuda", False, True, render_torch, "no CUDA device"),
        ("cuda", True, False, render_torch, "not installed"),
        ("cuda", True, True, render_gsplat, "with gsplat on cuda"),
    ],
)
def test_gsplat_is_picked_where_it_can_draw(
    device: str,
    cuda: bool,
    installed: bool,
    chosen: object,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if installed else None)
    with caplog.at_level(logging.INFO):
        assert pick_renderer(torch.device(device)) is chosen
    assert reason in caplog.text


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@KINDS
def test_gsplat_draws_the_same(kind: Kind) -> None:
    pytest.importorskip("gsplat")
    gaussians, camera = head_scene(3000), orbit(20.0, 10.0, size=128)
    on_gpu = tuple(torch.tensor(part, device="cuda", requires_grad=True) for part in vars(gaussians).values())
    on_cpu = parameters(gaussians)
    theirs = render_gsplat(*on_gpu, camera, kind=kind, normals=True)
    ours = render_torch(*on_cpu, camera, kind=kind, normals=True)
    compare(theirs, ours, on_gpu, on_cpu, 50, 2e-2)
