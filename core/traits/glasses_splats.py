"""Glasses as splats: rims, bridge, temples that reach the ears, and lenses; clear of all that moves behind them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from core.expressions import SHAPES
from core.gaussians import Gaussians, concatenate, quats_from_axes
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.oklab import to_oklab, to_srgb
from core.rig.sculpt import Sculpt
from core.rig.shading import highlight, lit
from core.smoothstep import smoothstep
from core.traits.cloth import Surface, cover, flat_splats, tangents, tube
from core.traits.glasses import Glasses

_AROUND = 96
_LEAST_RIM_CM = 0.085
_CLEAR_CM = 0.28
# A frame is bent round the face: how far it lies back at a distance from the middle, per cm squared.
_WRAP = 0.03
# The lower rim lies nearer to the cheek.
_LEAN = 0.09
_LENS_SPACING_CM = 0.2
_SPREAD = 2.5
_MOST_OPAQUE = 0.92


def glasses_splats(sculpt: Sculpt, glasses: Glasses) -> Gaussians:
    """The glasses on a head at rest."""
    frame = _Frame(sculpt, glasses)
    parts = [_cord(frame.bridge, frame.thin, frame, closed=False)]
    for side in (0, 1):
        parts += _rims(frame, side)
        parts.append(_cord(frame.temple(side), frame.thin, frame, closed=False))
        parts += _lens(frame, side)
    return concatenate(parts)


@dataclass(frozen=True)
class _Frame:
    """Where the parts of glasses lie on a head."""

    sculpt: Sculpt
    glasses: Glasses

    @cached_property
    def eyes(self) -> list[np.ndarray]:
        """Rims of the lids of the left and the right eye."""
        return [self.sculpt.landmarks[list(rim)] for rim in (LEFT_EYE, RIGHT_EYE)]

    @cached_property
    def half(self) -> Float[np.ndarray, "2"]:
        """Half width and half height of a lens, in cm."""
        middles = [(eye.min(0) + eye.max(0)) / 2 for eye in self.eyes]
        apart = float(middles[0][0] - middles[1][0])
        eye = np.mean([np.ptp(eye[:, :2], axis=0) / 2 for eye in self.eyes], axis=0)
        width = np.clip(self.glasses.width * apart / 2, 1.16 * eye[0], 0.5 * apart + 0.1)
        height = np.clip(self.glasses.aspect * width, 1.18 * eye[1] + 0.08 + self.glasses.rim / 2, 1.15 * width)
        return np.array([width, height])

    def centre(self, side: int) -> Float[np.ndarray, "2"]:
        """Middle of a lens in x and y."""
        eye = self.eyes[side]
        x, y = ((eye.min(0) + eye.max(0)) / 2)[:2]
        sign = 1.0 if side == 0 else -1.0
        # Room for the bridge.
        x = sign * max(sign * x, self.half[0] + 0.55)
        return np.array([x, y - 0.6 * self.glasses.drop])

    def flat(self, side: int, turn: np.ndarray, size: float = 1.0) -> Float[np.ndarray, "n 2"]:
        """Points of a lens's outline at turns from the outside over the top, ``size`` times as far out, in x and y."""
        sign = 1.0 if side == 0 else -1.0
        cos, sin = np.cos(turn), np.sin(turn)
        upper = sin >= 0
        corners = self.glasses.corners
        # One exponent goes over into the next without a kink.
        lean = smoothstep(-0.35, 0.35, cos)
        above = corners[0] + (corners[1] - corners[0]) * lean
        below = corners[2] + (corners[3] - corners[2]) * lean
        power = below + (above - below) * smoothstep(-0.35, 0.35, sin)
        radius = (np.abs(cos) ** power + np.abs(sin) ** power) ** (-1 / power)
        x, y = size * radius * cos, size * radius * sin
        # An upper rim that rises to the temples; a little of it reaches the lower one.
        rise = self.glasses.lift * np.where(upper, x * np.abs(y), 0.35 * x * np.abs(y))
        return self.centre(side) + np.stack([sign * self.half[0] * x, self.half[1] * (y + rise)], axis=1)

    @cached_property
    def _front(self) -> float:
        """Depth of the frame at the middle of the face, in front of all that any shape brings there."""
        head, rig = self.sculpt.head, self.sculpt.rig
        reach = np.max([np.abs(self.centre(0) - self.centre(1))[0] / 2 + self.half[0]])
        rest = self.sculpt.rest
        low, high = self.centre(0)[1] - 1.1 * self.half[1], self.centre(0)[1] + 1.1 * self.half[1]
        near = (np.abs(rest[:, 0]) < reach) & (rest[:, 1] > low - 1.5) & (rest[:, 1] < high + 1.5) & (rest[:, 2] > 3)
        rows = np.flatnonzero(near)
        needed = -np.inf
        for offset in [np.zeros_like(rest[rows]), *(rig.shape_offsets(shape)[rows] for shape in SHAPES)]:
            x, y, z = head.warp(head.vertices[rows] + offset).T
            # Between the lenses the nose may come through, as it does; only what lies behind them counts.
            behind = (np.abs(np.abs(x) - abs(self.centre(0)[0])) < self.half[0]) & (y > low) & (y < high)
            over = z + _WRAP * x**2 - _LEAN * (y - self.centre(0)[1])
            needed = max(needed, float(over[behind].max(initial=-np.inf)))
        return needed + _CLEAR_CM + self.glasses.rim / 2

    def raised(self, flat: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 3"]:
        """Points of the frame's plane, which is bent round the face."""
        x, y = flat.T
        z = self._front - _WRAP * x**2 + _LEAN * (y - self.centre(0)[1])
        return np.stack([x, y, z], axis=1)

    def outline(self, side: int) -> Float[np.ndarray, "n 3"]:
        """The rim's middle line, once round from the outside over the top."""
        return self.raised(self.flat(side, np.arange(_AROUND) * 2 * np.pi / _AROUND))

    @property
    def thin(self) -> float:
        """Half thickness of bridge and temples."""
        return max(0.8 * self.glasses.rim, _LEAST_RIM_CM) / 2

    @cached_property
    def bridge(self) -> Float[np.ndarray, "n 3"]:
        """From lens to lens over the nose."""
        left, right = (self.raised(self.flat(side, np.array([np.pi - 0.42])))[0] for side in (0, 1))
        t = np.linspace(0, 1, 16)[:, None]
        top = (left + right) / 2 + (0, 0.32 * self.half[1], 0.2)
        arc = (1 - t) ** 2 * left + 2 * t * (1 - t) * top + t**2 * right
        rest = self.sculpt.rest
        for k, (x, y, _) in enumerate(arc):
            near = np.hypot(rest[:, 0] - x, rest[:, 1] - y) < 0.45
            arc[k, 2] = max(arc[k, 2], rest[near, 2].max(initial=-np.inf) + self.thin + 0.08)
        return arc

    def temple(self, side: int) -> Float[np.ndarray, "n 3"]:
        """From the hinge back over the ear, ending behind it."""
        sign = 1.0 if side == 0 else -1.0
        hinge = self.raised(self.flat(side, np.array([0.5])))[0]
        ears = self.sculpt.surface.means[self.sculpt.rig.splats_of("ear")]
        ear = ears[sign * ears[:, 0] > 0]
        shell = ear[self.sculpt.skull.height(ear) > 0.35]
        upper = shell[shell[:, 1] > np.quantile(shell[:, 1], 0.85)]
        # Where the ear's upper rim meets the head.
        root = np.array([sign * (np.abs(upper[:, 0]).min() + 0.1), np.median(upper[:, 1]) + 0.32, upper[:, 2].mean()])
        knots = np.array(
            [
                hinge,
                np.add(hinge, (sign * 0.12, 0.0, -0.35)),
                (sign * max(abs(hinge[0]) + 0.25, abs(root[0]) - 0.1), hinge[1] + 0.05, hinge[2] - 1.6),
                np.add(root, (0.0, 0.0, 0.4)),
                np.add(root, (0.0, -0.35, -1.0)),
                np.add(root, (-sign * 0.1, -1.6, -1.7)),
            ]
        )
        walked = np.append(0.0, np.linalg.norm(np.diff(knots, axis=0), axis=1).cumsum())
        at = np.linspace(0, walked[-1], 46)
        line = np.stack([np.interp(at, walked, knots[:, k]) for k in range(3)], axis=1)
        kernel = np.hanning(9)[1:-1] / np.hanning(9)[1:-1].sum()
        line[3:-3] = np.stack([np.convolve(line[:, k], kernel, "valid") for k in range(3)], axis=1)
        # Along the head, not through it.
        high = self.sculpt.skull.height(line)
        out = np.clip(0.14 + self.thin - high, 0, None) * (np.arange(len(line)) > 4)
        line[:, 0] += sign * out
        return line


def _rims(frame: _Frame, side: int) -> list[Gaussians]:
    glasses = frame.glasses
    line = frame.outline(side)
    turn = np.arange(_AROUND) * 2 * np.pi / _AROUND
    thick = max(glasses.rim, _LEAST_RIM_CM) / 2
    upper = smoothstep(-0.35, 0.25, np.sin(turn))
    # Heavier above than below, most of all at raised outer corners.
    radius = thick * (0.86 + 0.22 * upper + 2.2 * glasses.lift * np.exp(-(((turn - 0.6) / 0.5) ** 2)))
    rim = _cord(line, radius, frame, closed=True)
    if glasses.rim >= 0.05 and not glasses.half_rim:
        return [rim]
    # The bare edge of a lens: a faint pale line.
    bare = _cord(line, 0.035, frame, closed=True, color=np.array((0.86, 0.9, 0.93), np.float32), opacity=0.3)
    if glasses.rim < 0.05:
        return [bare]
    cut = frame.centre(side)[1] - 0.1 * frame.half[1]
    return [rim.select(rim.means[:, 1] > cut), bare.select(bare.means[:, 1] <= cut)]


def _cord(
    line: np.ndarray,
    radius: float | np.ndarray,
    frame: _Frame,
    *,
    closed: bool,
    color: np.ndarray | None = None,
    opacity: float = 0.985,
) -> Gaussians:
    """A rounded bar along a line, glossy."""
    thickest = float(np.max(radius))
    patch = cover(_bar(line, radius, closed=closed), float(np.clip(1.15 * thickest, 0.1, 0.17)))
    color = frame.glasses.color if color is None else color
    normals = patch.normals.astype(np.float32)
    # Metal is light where it is not dark, acetate has one broad gleam.
    light = float(to_oklab(color)[0])
    base = lit(np.tile(color, (len(normals), 1)), normals, 0.0, depth=float(np.interp(light, (0.3, 0.7), (1.4, 0.8))))
    shine = np.interp(light, (0.3, 0.7), (0.3, 0.45)) * highlight(normals, 14.0)[:, None]
    return flat_splats(patch, base + shine * (1 - base), wide=0.74, thick=0.16, opacity=opacity)


def _bar(line: np.ndarray, radius: float | np.ndarray, *, closed: bool) -> Surface:
    """The surface of a bar, rounded, as deep as wide but never thinner than wire, along a line."""
    ahead = tangents(line, closed=closed)
    # Bars before the face turn round its forward direction, those beside it round the direction outwards.
    outward = np.sign(line[:, :1]) * (1.0, 0.0, 0.0)
    axis = np.where(np.abs(ahead[:, 2:]) > 0.75, outward, (0.0, 0.0, 1.0))
    return tube(
        line, radius, closed=closed, side=np.cross(ahead, axis), depth=lambda wide: np.clip(0.75 * wide, 0.04, 0.14)
    )


def _lens(frame: _Frame, side: int) -> list[Gaussians]:
    glasses = frame.glasses
    if glasses.tint < 0.08:
        return [_glint(frame, side)]
    rings = max(int(frame.half[1] / _LENS_SPACING_CM), 4)
    flat = [frame.centre(side)[None]]
    for k in range(1, rings + 1):
        count = max(round(2 * np.pi * k / rings * float(frame.half.mean()) / _LENS_SPACING_CM), 6)
        turn = (np.arange(count) + 0.5 * (k % 2)) * 2 * np.pi / count
        flat.append(frame.flat(side, turn, 0.96 * k / rings))
    points = frame.raised(np.concatenate(flat))
    # Darker above than below, as sunglasses are, and light where the sky is mirrored.
    high = (points[:, 1] - frame.centre(side)[1]) / frame.half[1]
    lab = np.tile(to_oklab(glasses.lens), (len(points), 1))
    lab[:, 0] += 0.07 - 0.07 * high
    streak = (points[:, 0] - frame.centre(side)[0]) - 0.6 * (points[:, 1] - frame.centre(side)[1])
    lab[:, 0] += 0.2 * np.exp(-(((streak + 0.35 * frame.half[0]) / 0.3) ** 2)) * smoothstep(-0.3, 0.6, high)
    wanted = (
        _MOST_OPAQUE * glasses.tint * (0.9 + 0.1 * high) if glasses.tint > 0.85 else glasses.tint * (0.78 + 0.14 * high)
    )
    opacities = -np.log(1 - np.clip(wanted, 0, 0.93)) / _SPREAD
    return [_discs(points, to_srgb(lab), opacities, 0.75 * _LENS_SPACING_CM)]


def _glint(frame: _Frame, side: int) -> Gaussians:
    """Two soft slanted reflections on a clear lens, too faint to grey the eye."""
    t = np.linspace(-1, 1, 7)
    flat = np.concatenate(
        [frame.centre(side) + frame.half * np.stack([x + 0.2 * t, 0.2 + 0.42 * t], axis=1) * 0.9 for x in (-0.52, -0.3)]
    )
    opacities = np.repeat((0.055, 0.03), 7) * np.tile(1 - t**2 * 0.7, 2)
    return _discs(frame.raised(flat), np.ones((len(flat), 3)), opacities, 0.14)


def _discs(points: np.ndarray, colors: np.ndarray, opacities: np.ndarray, size: float) -> Gaussians:
    """Round splats that face forward."""
    count = len(points)
    return Gaussians(
        means=points.astype(np.float32),
        quats=quats_from_axes(
            np.tile(np.array((1, 0, 0), np.float32), (count, 1)), np.tile(np.array((0, 0, 1), np.float32), (count, 1))
        ),
        scales=np.tile(np.array((size, size, 0.02), np.float32), (count, 1)),
        opacities=opacities.astype(np.float32),
        colors=np.clip(colors, 0, 1).astype(np.float32),
    )
