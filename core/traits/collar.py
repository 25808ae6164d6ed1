"""The collar: a soft ring of cloth that ends the neck."""

import numpy as np
from jaxtyping import Float32

from core.gaussians import Gaussians, quats_from_axes
from core.rig.neck import neck_rim
from core.rig.sculpt import Sculpt
from core.rig.shading import lit
from core.unit import unit

_AROUND, _ACROSS = 110, 12
_TUBE_CM = (0.95, 0.8)


def collar_splats(sculpt: Sculpt, color: Float32[np.ndarray, "3"]) -> Gaussians:
    """The ring round the lower rim of the neck, which it hides.

    Args:
        sculpt: the head at rest.
        color: unlit display sRGB.
    """
    turn = np.linspace(-np.pi, np.pi, _AROUND, endpoint=False)
    centre = neck_rim(sculpt, turn)
    outward = np.stack([np.sin(turn), np.zeros(_AROUND), np.cos(turn)], axis=1)
    # The cloth stands a little off the neck.
    centre = centre + 0.25 * outward - (0, 0.1, 0)
    tangent = np.roll(centre, -1, axis=0) - np.roll(centre, 1, axis=0)
    step = np.linalg.norm(tangent, axis=1) / 2
    tangent = unit(tangent)
    around = np.linspace(0, 2 * np.pi, _ACROSS, endpoint=False)
    normals = outward[:, None] * np.cos(around)[None, :, None] + np.array((0, 1, 0)) * np.sin(around)[None, :, None]
    means = centre[:, None] + normals * np.where(np.sin(around) > 0, *_TUBE_CM)[None, :, None]
    count = _AROUND * _ACROSS
    scales = np.empty((count, 3), np.float32)
    scales[:, 0] = np.repeat(0.8 * step, _ACROSS)
    scales[:, 1] = 0.36
    scales[:, 2] = 0.08
    flat_normals = normals.reshape(-1, 3).astype(np.float32)
    ribs = 0.04 * np.sin(np.repeat(np.arange(_AROUND), _ACROSS) * np.pi)
    base = np.clip(np.tile(color, (count, 1)) * (1 + ribs[:, None]), 0, 1)
    occlusion = 0.45 * np.clip(-np.tile(np.cos(around), _AROUND) + 0.3, 0, 1)
    return Gaussians(
        means=means.reshape(-1, 3).astype(np.float32),
        quats=quats_from_axes(np.repeat(tangent, _ACROSS, axis=0).astype(np.float32), flat_normals),
        scales=scales,
        opacities=np.full(count, 0.985, np.float32),
        colors=lit(base, flat_normals, occlusion, depth=1.1),
    )
