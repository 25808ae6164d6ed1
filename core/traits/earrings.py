"""Earrings: studs, hoops and drops, chosen by name or read from a photo; and their splats."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from core.gaussians import Gaussians, concatenate
from core.oklab import to_oklab, to_srgb
from core.rig.sculpt import Sculpt
from core.rig.shading import highlight, lit
from core.traits.cloth import Patch, Surface, cover, flat_splats, tube
from core.unit import unit

KINDS = ("stud", "hoop", "drop")


@dataclass(frozen=True)
class Earrings:
    """A pair of them."""

    kind: str
    """One of :data:`KINDS`."""
    color: Float32[np.ndarray, "3"]
    """Display sRGB."""
    size: float = 1.0
    """Relative to the usual."""


def preset_earrings(kind: str, color: Float32[np.ndarray, "3"]) -> Earrings:
    """Earrings of the usual size.

    Args:
        kind: one of :data:`KINDS`.
        color: display sRGB in [0, 1].

    Raises:
        ValueError: if there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind}")
    return Earrings(kind, color, 1.0)


def earring_splats(sculpt: Sculpt, earrings: Earrings) -> Gaussians:
    """The earrings at the lobes of a head at rest."""
    parts = []
    for side, (lobe, outward) in enumerate(lobes(sculpt)):
        sign = 1.0 if side == 0 else -1.0
        parts += [_metal(patch, earrings.color) for patch in _PARTS[earrings.kind](lobe, outward, sign, earrings.size)]
    return concatenate(parts)


def lobes(sculpt: Sculpt) -> list[tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]]]:
    """Middle of the outer face of the left and the right ear lobe, and the direction away from it."""
    rows = sculpt.rig.splats_of("ear")
    places, normals = sculpt.surface.means[rows], sculpt.surface.normals[rows]
    found = []
    for sign in (1.0, -1.0):
        ear = (sign * places[:, 0] > 0) & (sculpt.skull.height(places) > 0.2)
        low = np.quantile(places[ear, 1], 0.02)
        outer = ear & (places[:, 1] < low + 0.8) & (places[:, 1] > low + 0.25)
        facing = normals @ np.array((sign * 0.8, 0.0, 0.6))
        chosen = outer & (facing > np.quantile(facing[outer], 0.6))
        middle, away = places[chosen].mean(0), normals[chosen].mean(0)
        found.append((middle.astype(float), unit(away)))
    return found


def _stud(lobe: np.ndarray, outward: np.ndarray, sign: float, size: float) -> list[Patch]:
    radius = 0.21 * size
    return [cover(_ball(lobe + 0.6 * radius * outward, np.array((radius, radius, radius))), 0.11)]


def _hoop(lobe: np.ndarray, outward: np.ndarray, sign: float, size: float) -> list[Patch]:
    radius = 0.72 * size
    turn = np.arange(60) * 2 * np.pi / 60
    # Turned a little to the front, so that it is no mere line from there.
    across = np.array((sign * 0.55, 0.0, 0.835))
    centre = lobe + 0.16 * outward - (0, radius - 0.06, 0)
    line = centre + radius * (np.sin(turn)[:, None] * across + np.cos(turn)[:, None] * (0, 1, 0))
    return [cover(tube(line, 0.085, closed=True), 0.11, flip=True)]


def _drop(lobe: np.ndarray, outward: np.ndarray, sign: float, size: float) -> list[Patch]:
    top = lobe + 0.14 * outward
    length = 1.25 * size
    stem = np.linspace(top, top - (0, 0.45 * length, 0), 8)
    drop = top - np.array((0.0, 0.8 * length, 0.0))
    return [
        cover(_ball(top, np.full(3, 0.12)), 0.1),
        cover(tube(stem, 0.05, closed=False), 0.09, flip=True),
        cover(_ball(drop, np.array((0.24, 0.4 * length, 0.24)), taper=0.55), 0.12),
    ]


_PARTS = {"stud": _stud, "hoop": _hoop, "drop": _drop}


def _ball(centre: np.ndarray, radii: np.ndarray, taper: float = 0.0) -> Surface:
    """An ellipsoid; ``taper`` makes it slimmer towards its top."""

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        turn, polar = 2 * np.pi * u, np.pi * (np.clip(v, 0, 1) - 0.5)
        flat = np.cos(polar) * (1 - taper * np.clip(np.sin(polar), 0, 1))
        return centre + radii * np.stack([flat * np.sin(turn), np.sin(polar), flat * np.cos(turn)], axis=1)

    return surface


def _metal(patch: Patch, color: np.ndarray) -> Gaussians:
    """Polished: bands of light and dark, as a bright room is mirrored, and a gleam."""
    normals = patch.normals.astype(np.float32)
    lab = to_oklab(np.tile(color, (len(normals), 1)))
    lab[:, 0] *= 0.93 + 0.13 * np.sin(5.0 * normals[:, 1] + 1.5 * normals[:, 0])
    base = lit(np.clip(to_srgb(lab), 0, 1).astype(np.float32), normals, 0.0, depth=1.1)
    shine = 0.7 * highlight(normals, 10.0)[:, None]
    return flat_splats(patch, base + shine * (1 - base))
