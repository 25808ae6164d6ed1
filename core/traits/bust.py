"""The bust: the neck runs on into shoulders in a crew-neck shirt, closed and rounded below."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8
from scipy.interpolate import PchipInterpolator
from scipy.spatial import KDTree

from core.avatar.model import PARTS
from core.gaussians import Gaussians, concatenate, quats_from_axes
from core.rig.neck import neck_rim
from core.rig.sculpt import Sculpt
from core.rig.shading import lit
from core.smoothstep import smoothstep
from core.unit import unit

_SPACING_CM = 0.41
_SIGMA = 0.93
_TURNS = 180
_FINE = 120
_RIM_CM = 1.2

# The shirt from the neckline over the shoulders to the middle of its underside, a row a knot: half the section's width
# and depth in terms of the neck's; in cm its height below and its place behind the middle of the neck's rim; how far it
# leans forward and down, as the neck does; how square it is.
_KNOTS = (
    (1.07, 1.06, -1.30, 0.45, 0.36, 2.00),
    (1.22, 1.12, -1.60, 0.50, 0.34, 2.00),
    (1.52, 1.22, -2.05, 0.52, 0.28, 2.05),
    (1.84, 1.32, -2.55, 0.50, 0.20, 2.15),
    (2.05, 1.40, -3.20, 0.46, 0.11, 2.30),
    (2.11, 1.44, -4.00, 0.42, 0.05, 2.40),
    (2.05, 1.42, -4.80, 0.40, 0.02, 2.45),
    (1.92, 1.34, -5.50, 0.40, 0.00, 2.45),
    (1.70, 1.18, -5.90, 0.40, 0.00, 2.40),
    (1.20, 0.84, -6.10, 0.40, 0.00, 2.20),
    (0.00, 0.00, -6.12, 0.40, 0.00, 2.00),
)

Sheet = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Points (n, 3) of a surface at shares of the way down (n,) in [0, 1] and turns (n,) in radians."""


@dataclass(frozen=True)
class _Neck:
    """Where the neck's rim lies."""

    middle: np.ndarray
    half_width: float
    half_depth: float
    loop: np.ndarray
    turns: np.ndarray


def bust_splats(
    sculpt: Sculpt, color: Float32[np.ndarray, "3"], skin: Float32[np.ndarray, "n 3"]
) -> tuple[Gaussians, UInt8[np.ndarray, " m"]]:
    """The lower neck and the shoulders, and their labels (indices into ``PARTS``).

    Args:
        sculpt: the head at rest.
        color: of the shirt, unlit display sRGB.
        skin: lit colours of the splats of the sculpt's surface: the neck runs on in those at its rim.
    """
    neck = _neck(sculpt)
    shirt = _shirt(neck)
    parts = [_skin(sculpt, neck, shirt, skin), _cloth(neck, shirt, color), _band(shirt, color)]
    names = ("neck", "clothes", "clothes")
    labels = [np.full(len(part), PARTS.index(name), np.uint8) for part, name in zip(parts, names, strict=True)]
    return concatenate(parts), np.concatenate(labels)


def _neck(sculpt: Sculpt) -> _Neck:
    turns = np.linspace(-np.pi, np.pi, _TURNS, endpoint=False)
    loop = neck_rim(sculpt, turns)
    low, high = loop.min(0), loop.max(0)
    return _Neck((low + high) / 2, float(high[0] - low[0]) / 2, float(high[2] - low[2]) / 2, loop, turns)


def _shirt(neck: _Neck) -> Sheet:
    spline = PchipInterpolator(np.linspace(0, 1, len(_KNOTS)), _KNOTS)

    def at(down: np.ndarray, turn: np.ndarray) -> np.ndarray:
        width, depth, height, behind, lean, square = np.moveaxis(spline(down), -1, 0)
        sin, cos = np.sin(turn), np.cos(turn)
        x = neck.half_width * width * np.sign(sin) * np.abs(sin) ** (2 / square)
        z = neck.half_depth * depth * np.sign(cos) * np.abs(cos) ** (2 / square)
        return neck.middle + np.stack([x, height - lean * z, z - behind], axis=-1)

    return at


def _skin(sculpt: Sculpt, neck: _Neck, shirt: Sheet, skin: np.ndarray) -> Gaussians:
    """The neck from a little inside the head's down into the shirt."""
    ending = shirt(np.zeros(_TURNS), neck.turns)
    inward = (ending - ending.mean(0)) * (1, 0, 1)
    ending = ending - 0.1 * inward - (0, 0.5, 0)
    start = neck.loop - 0.012 * (neck.loop - neck.middle) * (1, 0, 1)
    higher = start + 0.35 * (start - ending)

    def at(down: np.ndarray, turn: np.ndarray) -> np.ndarray:
        def loop(points: np.ndarray) -> np.ndarray:
            return np.stack([np.interp(turn, neck.turns, points[:, k], period=2 * np.pi) for k in range(3)], axis=-1)

        share = down[..., None]
        return loop(higher) * (1 - share) + loop(ending) * share

    sheet = _sampled(at)
    nearby = np.flatnonzero(sculpt.rig.splats_of("neck"))
    rim = nearby[KDTree(neck.loop).query(sculpt.surface.means[nearby])[0] < _RIM_CM]
    _, nearest = KDTree(sculpt.surface.means[rim]).query(sheet.means, k=24)
    colors = skin[rim[np.asarray(nearest)]].mean(1)
    # The shirt shades the skin it touches.
    near_shirt = smoothstep(0.35, 1.0, sheet.down)[:, None]
    return _gaussians(sheet, colors * (1 - near_shirt * (0.16, 0.22, 0.22)))


def _cloth(neck: _Neck, shirt: Sheet, color: np.ndarray) -> Gaussians:
    sheet = _sampled(shirt)
    in_front = np.clip(np.cos(sheet.turn), 0, 1)
    shade = 0.3 * in_front * np.exp(-((sheet.down / 0.3) ** 2)) + 0.55 * smoothstep(0.55, 0.85, sheet.down)
    # Soft folds run from under the arms towards the chest.
    fold = np.sin(3.2 * sheet.means[:, 1] + 0.9 * np.abs(sheet.means[:, 0]))
    fold *= np.exp(-(((np.abs(sheet.turn) - 1.1) / 0.35) ** 2)) * smoothstep(0.25, 0.5, sheet.down)
    base = np.clip(np.tile(color, (len(fold), 1)) * (1 + 0.05 * fold[:, None]), 0, 1)
    return _gaussians(sheet, lit(base, sheet.normals, shade, depth=1.15))


def _band(shirt: Sheet, color: np.ndarray) -> Gaussians:
    """The ribbed band round the neckline."""

    def at(around: np.ndarray, turn: np.ndarray) -> np.ndarray:
        centre = shirt(np.full_like(turn, 0.025), turn)
        below = unit(shirt(np.full_like(turn, 0.06), turn) - centre)
        ahead = shirt(np.full_like(turn, 0.025), turn + 0.01) - centre
        out = unit(np.cross(below, ahead))
        angle = 2 * np.pi * around[..., None]
        return centre - 0.42 * np.cos(angle) * below + 0.17 * np.sin(angle) * out

    sheet = _sampled(at, 0.27)
    ribs = 0.025 * np.sin(90 * sheet.turn)
    base = np.clip(np.tile(color, (len(ribs), 1)) * (0.96 + ribs[:, None]), 0, 1)
    return _gaussians(sheet, lit(base, sheet.normals, 0.1, depth=1.2))


@dataclass(frozen=True)
class _Sampled:
    """Evenly spaced places on a sheet."""

    means: np.ndarray
    normals: np.ndarray
    tangents: np.ndarray
    spacing: np.ndarray
    down: np.ndarray
    turn: np.ndarray


def _sampled(sheet: Sheet, spacing: float = _SPACING_CM) -> _Sampled:
    """Rows evenly spaced on the whole, each with as many splats as its length asks for."""
    down, turn = np.meshgrid(np.linspace(0, 1, _FINE), np.linspace(-np.pi, np.pi, _TURNS + 1), indexing="ij")
    fine = sheet(down, turn)
    length = np.r_[0, np.linalg.norm(np.diff(fine, axis=0), axis=2).mean(1).cumsum()]
    around = np.linalg.norm(np.diff(fine, axis=1), axis=2).cumsum(1)
    count = max(2, round(length[-1] / spacing))
    rows = np.interp((np.arange(count) + 0.5) / count * length[-1], length, down[:, 0])
    downs, turns, steps = [], [], []
    for k, row in enumerate(rows):
        round_it = np.r_[0, around[round(row * (_FINE - 1))]]
        number = max(6, round(round_it[-1] / spacing))
        turns.append(np.interp((np.arange(number) + 0.5 * (k % 2)) / number * round_it[-1], round_it, turn[0]))
        downs.append(np.full(number, row))
        steps.append(np.full(number, round_it[-1] / number))
    per_row = np.repeat(np.gradient(rows), [len(t) for t in turns])
    down, turn = np.concatenate(downs), np.concatenate(turns)
    means = sheet(down, turn)
    small = 1e-3
    across = sheet(down, turn + small) - sheet(down, turn - small)
    along = sheet(np.minimum(down + small, 1), turn) - sheet(np.maximum(down - small, 0), turn)
    normals = unit(np.cross(along, across))
    apart = np.linalg.norm(along, axis=1) / (np.minimum(down + small, 1) - np.maximum(down - small, 0))
    spacings = np.stack([np.concatenate(steps), apart * per_row], axis=1)
    return _Sampled(means, normals, across, spacings, down, turn)


def _gaussians(sheet: _Sampled, colors: np.ndarray) -> Gaussians:
    count = len(sheet.means)
    scales = np.column_stack([_SIGMA * sheet.spacing, np.full(count, 0.05)])
    return Gaussians(
        means=sheet.means.astype(np.float32),
        quats=quats_from_axes(sheet.tangents.astype(np.float32), sheet.normals.astype(np.float32)),
        scales=np.clip(scales, 0.03, 0.8).astype(np.float32),
        opacities=np.full(count, 0.985, np.float32),
        colors=colors.astype(np.float32),
    )
