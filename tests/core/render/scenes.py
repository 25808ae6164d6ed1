"""Splats to draw."""

from dataclasses import replace

import numpy as np
import torch

from core.gaussians import Gaussians, quats_from_axes


def random_scene(count: int, seed: int = 0, spread_cm: float = 9.0, scale_cm: float = 0.7) -> Gaussians:
    rng = np.random.default_rng(seed)
    quats = rng.normal(size=(count, 4))
    return Gaussians(
        means=(rng.normal(size=(count, 3)) * spread_cm).astype(np.float32),
        quats=(quats / np.linalg.norm(quats, axis=1, keepdims=True)).astype(np.float32),
        scales=(scale_cm * np.exp(rng.normal(size=(count, 3)))).astype(np.float32),
        opacities=rng.uniform(0, 1, count).astype(np.float32),
        colors=rng.uniform(0, 1, (count, 3)).astype(np.float32),
    )


def head_scene(count: int, seed: int = 0) -> Gaussians:
    """A head-sized shell of flat, mostly opaque splats that face outwards, a fifth of them thin as hairs."""
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii = np.array([7.5, 11.2, 9.5])
    normals = directions / radii
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    spacing = np.sqrt(1080 / count)
    scales = spacing * np.exp(rng.normal(size=(count, 3)) * 0.35) * (0.9, 0.9, 0.15)
    hair = rng.random(count) < 0.2
    scales[hair] *= (3, 0.4, 1)
    return Gaussians(
        means=(directions * radii * (1 + 0.1 * hair * rng.random(count))[:, None]).astype(np.float32),
        quats=quats_from_axes(rng.normal(size=(count, 3)), normals),
        scales=scales.astype(np.float32),
        opacities=rng.beta(6, 1.2, count).clip(0.05, 0.999).astype(np.float32),
        colors=rng.uniform(0, 1, (count, 3)).astype(np.float32),
    )


def one_splat(**changes: object) -> Gaussians:
    splat = Gaussians(
        means=np.array([[0.4, 1.3, 0.2]], np.float32),
        quats=np.array([[1, 0, 0, 0]], np.float32),
        scales=np.array([[1.5, 1.5, 1.5]], np.float32),
        opacities=np.array([0.8], np.float32),
        colors=np.array([[0.9, 0.5, 0.1]], np.float32),
    )
    return replace(splat, **changes)


def parameters(gaussians: Gaussians) -> tuple[torch.Tensor, ...]:
    """Means, quats, scales, opacities and colours as float32 leaves."""
    return tuple(torch.tensor(part, requires_grad=True) for part in vars(gaussians).values())
