"""Avatars in colours that no style has: what the generator learns to carry round a head it has never seen."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from core.avatar.model import PARTS, Avatar
from core.gaussians import DC, SH_C0, from_columns, rotation_matrices
from core.oklab import to_oklab, to_srgb

# Eyes, teeth and the inside of the mouth take less paint, as in every style.
_SPARED = np.isin(PARTS, ("sclera", "iris", "teeth", "tongue", "mouth"))
_GROUPS = (("skin", "ear", "neck", "lips"), ("hair", "brow", "beard", "lash"), ("clothes",), ("headwear", "accessory"))


def painted_over(avatar: Avatar, rng: np.random.Generator) -> Avatar:
    """The avatar in other colours, with patterns that run through it, and in other light.

    All of it follows from where a splat is and what it belongs to, so that sides and back match the front.
    """
    splats = from_columns(avatar.rest)
    lab = to_oklab(splats.colors)
    for group in _GROUPS:
        members = np.isin(avatar.labels, [PARTS.index(part) for part in group])
        if rng.random() < 0.6 and members.any():
            lab[members] = _recolored(lab[members], rng)
    for _ in range(rng.integers(0, 3)):
        lab += _pattern(splats.means, avatar.labels, rng)
    normals = rotation_matrices(splats.quats)[:, :, 2]
    normals *= np.sign((normals * (splats.means - (0, 0, -2))).sum(1, keepdims=True) + 1e-6)
    light = rng.normal(size=3)
    lab[:, 0] += rng.uniform(0, 0.12) * normals @ (light / np.linalg.norm(light))
    own = to_oklab(splats.colors)
    lab = np.where(_SPARED[avatar.labels][:, None], own + 0.2 * (lab - own), lab)
    rest = avatar.rest.copy()
    rest[:, DC] = (np.clip(to_srgb(lab), 0, 1) - 0.5) / SH_C0
    return replace(avatar, rest=rest.astype(np.float32))


def _recolored(lab: Float[np.ndarray, "n 3"], rng: np.random.Generator) -> Float[np.ndarray, "n 3"]:
    middle = lab.mean(0)
    angle, chroma = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.22)
    goal = np.array((rng.uniform(0.2, 0.92), chroma * np.cos(angle), chroma * np.sin(angle)))
    return goal + rng.uniform(0.3, 1.5) * (lab - middle)


def _pattern(means: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Float[np.ndarray, "n 3"]:
    """Waves through space, bent by broader ones, soft or cut to bands, on some parts or on all."""
    direction = rng.normal(size=3)
    direction *= rng.uniform(0.4, 4.0) / np.linalg.norm(direction)
    bend = rng.normal(size=(3, 3)) * rng.uniform(0, 0.5)
    phase = means @ direction + rng.uniform(0, 3) * np.sin(means @ bend + rng.uniform(0, 6, 3)).sum(1)
    wave = np.tanh(rng.choice((1.0, 6.0)) * np.sin(phase))
    if rng.random() < 0.5:
        group = _GROUPS[rng.integers(len(_GROUPS))]
        wave = wave * np.isin(labels, [PARTS.index(part) for part in group])
    return wave[:, None] * rng.normal(size=3) * np.array((0.08, 0.03, 0.03))
