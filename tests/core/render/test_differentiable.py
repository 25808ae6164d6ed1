from dataclasses import replace

import numba
import numpy as np
import pytest
import torch

from core.camera import Camera, orbit
from core.gaussians import Gaussians
from core.render.differentiable import RenderedTensors, render_torch
from core.render.drawing import Kind
from core.render.splats import render
from tests.core.render.oracle import Expected, expect, leaves
from tests.core.render.scenes import head_scene, one_splat, parameters, random_scene

KINDS = pytest.mark.parametrize("kind", ["ellipsoid", "surfel"])
NAMES = ("means", "quats", "scales", "opacities", "colors")

SCENES = {
    "head": (head_scene(500, 1), orbit(20.0, 10.0, size=40)),
    "any sizes": (random_scene(200, 2), orbit(-35.0, size=48)),
    "crosses the border": (random_scene(300, 3, spread_cm=25), replace(orbit(size=40), width=29)),
    "camera close": (random_scene(100, 4, spread_cm=6, scale_cm=0.3), orbit(10.0, size=40, distance_cm=25.0)),
    "quats of any length": (
        replace(random_scene(100, 5), quats=(random_scene(100, 5).quats * 3).astype(np.float32)),
        orbit(size=40),
    ),
}


def loss(picture: RenderedTensors | Expected, only: str | None = None) -> torch.Tensor:
    """A different weight for every number of every picture, so that no error can hide in a sum."""
    rng = np.random.default_rng(0)
    total = torch.zeros((), dtype=torch.float64)
    for name in ("color", "alpha", "depth", "normals"):
        values = getattr(picture, name)
        weights = torch.from_numpy(rng.normal(size=tuple(values.shape)))
        if only in (None, name):
            total = total + (values.double() * weights).sum()
    return total


def gradients(gaussians: Gaussians, camera: Camera, kind: Kind, only: str | None = None) -> list[torch.Tensor]:
    parts = parameters(gaussians)
    loss(render_torch(*parts, camera, kind=kind, normals=True), only).backward()
    return [part.grad.double() for part in parts if part.grad is not None]


def off(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Relative error in L2."""
    return float((found - expected).norm() / expected.norm())


@KINDS
@pytest.mark.parametrize("name", SCENES)
def test_gradients_are_those_of_float64_autograd(name: str, kind: Kind) -> None:
    gaussians, camera = SCENES[name]
    exact = leaves(gaussians)
    expected = expect(exact, camera, kind)
    assert expected.alpha.mean() > 0.05
    # Depth's gradients dwarf the others, so each picture is also looked at alone.
    for only in (None, "color", "alpha", "depth", "normals"):
        found = gradients(gaussians, camera, kind, only)
        wanted = torch.autograd.grad(loss(expected, only), exact, retain_graph=True, allow_unused=True)
        for part, by, exactly in zip(NAMES, found, wanted, strict=True):
            if exactly is None:
                assert part == "colors" and not by.any()
            else:
                assert off(by, exactly) < 3e-3, f"{part} by {only or 'all'}: {off(by, exactly):.1e}"


@KINDS
def test_gradients_predict_what_a_small_step_changes(kind: Kind) -> None:
    """Without the oracle: central differences of the renderer itself, along every parameter of two splats."""
    gaussians = Gaussians(
        means=np.array([[0.3, 0.4, 0], [-0.8, 0.1, -2]], np.float32),
        quats=np.array([[0.9, 0.3, 0.2, 0.1], [0.7, -0.2, 0.5, 0.4]], np.float32),
        scales=np.array([[1.6, 2.3, 0.9], [2.0, 1.2, 1.5]], np.float32),
        opacities=np.array([0.7, 0.9], np.float32),
        colors=np.array([[0.9, 0.5, 0.1], [0.2, 0.4, 0.8]], np.float32),
    )
    camera = orbit(15.0, size=48, distance_cm=40.0)
    # Where no splat is near its cut at 1/255, which moves by steps: there the pictures are smooth.
    each = [render(gaussians.select(np.array([i])), camera, kind=kind).alpha > 0.02 for i in range(2)]
    middle = torch.from_numpy((each[0] & each[1]).astype(np.float64))
    assert middle.sum() > 50

    def value(parts: tuple[torch.Tensor, ...]) -> torch.Tensor:
        drawn = render_torch(*parts, camera, kind=kind, normals=True)
        assert drawn.normals is not None
        shown = torch.cat([drawn.color, drawn.alpha[..., None], drawn.depth[..., None], drawn.normals], -1).double()
        return (shown * torch.tensor([3.0, -2, 1, 4, 0.5, 2, -1, 1]) * middle[..., None]).sum()

    parts = parameters(gaussians)
    value(parts).backward()
    for part, name in zip(parts, NAMES, strict=True):
        assert part.grad is not None
        for at in np.ndindex(*part.shape):
            step, ends = 3e-3, []
            for sign in (1, -1):
                with torch.no_grad():
                    moved = [other.clone() for other in parts]
                    moved[NAMES.index(name)][at] += sign * step
                    ends.append(float(value(tuple(moved))))
            predicted, seen = float(part.grad[at]), (ends[0] - ends[1]) / (2 * step)
            assert abs(predicted - seen) < 0.01 * float(part.grad.abs().max()) + 0.05, f"{name}{at}"


@KINDS
def test_draws_what_render_draws(kind: Kind) -> None:
    gaussians, camera = random_scene(300), orbit(size=64)
    drawn, expected = render_torch(*parameters(gaussians), camera, kind=kind, normals=True), render(
        gaussians, camera, kind=kind, normals=True
    )  # fmt: skip
    for name, picture in vars(expected).items():
        np.testing.assert_array_equal(getattr(drawn, name).detach().numpy(), picture)
    assert render_torch(*parameters(gaussians), camera, kind=kind).normals is None


@KINDS
def test_what_does_not_show_has_no_gradient_and_harms_none(kind: Kind) -> None:
    shown, camera = random_scene(100, 6), orbit(size=48)
    hidden = [
        one_splat(means=np.array([[0, 0, 500]], np.float32)),
        one_splat(means=np.array([[300, 0, 0]], np.float32)),
        one_splat(opacities=np.array([1 / 256], np.float32)),
        one_splat(means=np.array([[np.nan, 0, 0]], np.float32)),
        one_splat(quats=np.zeros((1, 4), np.float32)),
    ]
    mixed = Gaussians(
        *(np.concatenate(parts) for parts in zip(*(vars(g).values() for g in [*hidden, shown]), strict=True))
    )
    alone, together = gradients(shown, camera, kind), gradients(mixed, camera, kind)
    for without, among in zip(alone, together, strict=True):
        assert without.any()
        assert not among[: len(hidden)].any()
        torch.testing.assert_close(among[len(hidden) :], without, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("turn_deg", [90.0, 89.99999])
def test_a_surfel_seen_from_its_edge_is_a_spot_of_any_size(turn_deg: float) -> None:
    half, camera = np.radians(turn_deg) / 2, orbit(size=32, target_cm=(0.0, 0.0, 0.0))
    quats = np.array([[np.cos(half), np.sin(half), 0, 0]], np.float32)
    y, x = np.mgrid[:32, :32] - 15.5
    spot = 0.8 * np.exp(-(x**2 + y**2))
    spot[spot < 1 / 255] = 0
    for scale in (0, 1e-9, 1, 20):
        scales = np.full((1, 3), scale, np.float32)
        parts = parameters(one_splat(means=np.zeros((1, 3), np.float32), quats=quats, scales=scales))
        drawn = render_torch(*parts, camera, kind="surfel", normals=True)
        np.testing.assert_allclose(drawn.alpha.detach().numpy(), spot, atol=1e-5)
        loss(drawn).backward()
        assert all(part.grad is not None and torch.isfinite(part.grad).all() for part in parts)
        assert parts[2].grad is not None and not parts[2].grad.any()


@KINDS
def test_an_empty_scene_has_empty_gradients(kind: Kind) -> None:
    assert [len(by) for by in gradients(random_scene(0), orbit(size=16), kind)] == [0] * 5


@KINDS
def test_same_bits_every_time_and_nearly_the_same_on_any_number_of_threads(kind: Kind) -> None:
    gaussians, camera = head_scene(3000, 7), orbit(size=96)
    first = gradients(gaussians, camera, kind)
    assert all(torch.equal(a, b) for a, b in zip(first, gradients(gaussians, camera, kind), strict=True))
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        single = gradients(gaussians, camera, kind)
    finally:
        numba.set_num_threads(threads)
    for a, b in zip(first, single, strict=True):
        assert off(a, b) < 1e-5


def test_the_third_scale_of_a_surfel_has_no_say() -> None:
    gaussians, camera = random_scene(100, 8), orbit(size=48)
    scales = gaussians.scales * np.float32([1, 1, 7])
    thick = render(replace(gaussians, scales=scales), camera, kind="surfel")
    np.testing.assert_array_equal(thick.color, render(gaussians, camera, kind="surfel").color)
    assert not gradients(gaussians, camera, "surfel")[2][:, 2].any()


def test_changing_the_splats_before_the_way_back_is_an_error() -> None:
    parts = parameters(random_scene(10))
    drawn = render_torch(*parts, orbit(size=16))
    with torch.no_grad():
        parts[0].add_(1)
    with pytest.raises(RuntimeError, match="inplace"):
        drawn.color.sum().backward()


def test_float64_splats_have_float64_gradients() -> None:
    parts = leaves(random_scene(50))
    drawn = render_torch(*parts, orbit(size=32))
    drawn.color.sum().backward()
    assert drawn.color.dtype == torch.float64
    assert all(part.grad is not None and part.grad.dtype == torch.float64 for part in parts)


@KINDS
def test_a_fit_comes_to_its_target(kind: Kind) -> None:
    target, cameras = random_scene(200, 9, spread_cm=6), [orbit(yaw, size=64) for yaw in (-40.0, 0.0, 40.0)]
    wanted = [render(target, camera, kind=kind) for camera in cameras]
    torch.manual_seed(0)
    means, quats, scales, opacities, _ = (torch.tensor(part) for part in vars(target).values())
    start = {
        "means": means + 0.3 * torch.randn_like(means),
        "quats": quats + 0.1 * torch.randn_like(quats),
        "scales": scales.log() + 0.2 * torch.randn_like(scales),
        "opacities": opacities.clamp(0.05, 0.95).logit() + 0.5 * torch.randn_like(opacities),
        "colors": torch.full((200, 3), 0.5),
    }
    fitted = {name: part.requires_grad_() for name, part in start.items()}
    rates = {"means": 0.04, "quats": 0.02, "scales": 0.02, "opacities": 0.08, "colors": 0.05}
    adam = torch.optim.Adam([{"params": [part], "lr": rates[name]} for name, part in fitted.items()])
    losses = []
    for _ in range(60):
        total = torch.zeros(())
        for camera, want in zip(cameras, wanted, strict=True):
            drawn = render_torch(
                fitted["means"],
                fitted["quats"],
                fitted["scales"].exp(),
                fitted["opacities"].sigmoid(),
                fitted["colors"],
                camera,
                kind=kind,
            )
            total = total + ((drawn.color - torch.from_numpy(want.color)) ** 2).mean()
            total = total + ((drawn.alpha - torch.from_numpy(want.alpha)) ** 2).mean()
        adam.zero_grad()
        total.backward()
        adam.step()
        losses.append(total.item())
    assert losses[-1] < losses[0] / 10
