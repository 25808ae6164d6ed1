"""Hair and headwear as splats: a cap over the skull, and curtains for hair that hangs below the ears."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float

from core.gaussians import Gaussians, quats_from_axes
from core.hair.shape import CENTRE, HairShape
from core.oklab import to_oklab, to_srgb
from core.rig.front_view import EDGE_Z_CM, STEP_CM
from core.rig.masks import dilated, eroded
from core.rig.shading import lit
from core.smoothstep import smoothstep
from core.traits.palette import Palette

_CAP_SPACING_CM = 0.3
_CURTAIN_SPACING_CM = 0.3
_STRAND_CM = np.array((0.46, 0.15, 0.07), np.float32)
# Where the hanging hair turns from the front to the side; at EDGE_Z_CM it turns to the back.
_SIDE_Z_CM = 2.4
_HEAD_HALF_WIDTH_CM = 7.0
_CLOTH_CM = np.array((0.24, 0.24, 0.08), np.float32)


@dataclass(frozen=True)
class HairSplats:
    """The splats of hair and headwear."""

    gaussians: Gaussians
    is_headwear: np.ndarray
    """One boolean a splat."""


def without(hair: HairSplats, dropped: np.ndarray) -> HairSplats:
    """The splats but those ``dropped``, one boolean a splat."""
    return HairSplats(hair.gaussians.select(~dropped), hair.is_headwear[~dropped])


@dataclass(frozen=True)
class _Sheet:
    """Points on the outside of the hair, with the frame of the strand through each."""

    points: np.ndarray
    normals: np.ndarray
    along: np.ndarray
    lock: np.ndarray
    """Where across its lock a strand lies: 1 the ridge, -1 the groove between two locks."""
    depth: np.ndarray
    """0 at the outside, 1 at the scalp: inner layers are darker."""


def hair_splats(shape: HairShape, palette: Palette) -> HairSplats:
    """The splats of a shape in the colours of a palette."""
    sheets = [_cap(shape, 0.0), _cap(shape, 0.45)]
    if shape.is_long:
        sheets += [_front_curtain(shape), _side_curtain(shape), _back_curtain(shape, 0.0), _back_curtain(shape, 0.5)]
    sheet = _joined(sheets)
    worn = shape.worn(sheet.points)
    colors = np.where(worn[:, None], _cloth_colors(sheet, palette), _strand_colors(sheet, palette))
    scales = np.where(worn[:, None], _CLOTH_CM, _STRAND_CM).astype(np.float32)
    count = len(sheet.points)
    gaussians = Gaussians(
        means=sheet.points.astype(np.float32),
        quats=quats_from_axes(sheet.along, sheet.normals),
        scales=scales,
        opacities=np.full(count, 0.96, np.float32),
        colors=np.clip(colors, 0, 1).astype(np.float32),
    )
    return HairSplats(gaussians, worn)


def _cap(shape: HairShape, inward: float) -> _Sheet:
    """The hair over the skull; ``inward`` 0 is its outside, 1 the scalp."""
    spacing = _CAP_SPACING_CM * (1 + inward)
    count = int(4 * np.pi * 10.5**2 / spacing**2)
    k = np.arange(count) + 0.5
    height = 1 - 2 * k / count
    around = k * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - height**2)
    directions = np.stack([flat * np.sin(around), height, flat * np.cos(around)], axis=1)
    directions = directions[directions[:, 1] > -0.75]
    skull, outside = shape.radius(directions)
    covered = shape.covers(CENTRE + directions * skull[:, None])
    directions, skull, outside = directions[covered], skull[covered], outside[covered]
    flow = _flow(shape, CENTRE + directions * outside[:, None])
    lock = _locks(directions, shape)
    radius = outside - inward * (outside - skull)
    worn = shape.worn(CENTRE + directions * radius[:, None])
    # Locks stand out; cloth is smooth, and lies on the hair.
    radius += np.where(worn, 0.15, (0.1 if shape.is_long else 0.2) * lock * np.minimum(outside - skull, 1.2))
    points = CENTRE + directions * radius[:, None]
    normals = _cap_normals(shape, directions)
    return _framed(points, normals, flow, lock, np.full(len(points), inward))


def _cap_normals(shape: HairShape, directions: np.ndarray) -> np.ndarray:
    """Normals of the hair's outside, by differences."""
    side = np.cross(directions, np.where(np.abs(directions[:, 1:2]) < 0.9, (0, 1, 0), (1, 0, 0)))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(side, directions)
    step = 0.06

    def on_surface(shifted: np.ndarray) -> np.ndarray:
        unit = shifted / np.linalg.norm(shifted, axis=1, keepdims=True)
        return unit * shape.radius(unit)[1][:, None]

    first = on_surface(directions + step * side) - on_surface(directions - step * side)
    second = on_surface(directions + step * other) - on_surface(directions - step * other)
    normals = np.cross(first, second)
    normals *= np.sign((normals * directions).sum(1, keepdims=True))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def _flow(shape: HairShape, points: np.ndarray) -> np.ndarray:
    """Directions in which strands run: from the crown outwards, or away from the parting."""
    x, y = points[:, 0], points[:, 1]
    down = np.tile((0.0, -1.0, 0.0), (len(points), 1))
    if shape.is_long:
        side = np.sign(x - shape.parting_x) * np.exp(-np.clip(np.abs(x - shape.parting_x), 0, None) / 6.0)
        # Behind the crown there is no parting: hair falls straight.
        side *= np.clip((points[:, 2] + 4) / 4, 0, 1)
        away = np.stack([side, np.full(len(x), -0.25), -0.12 * np.ones(len(x))], axis=1)
        lower = np.clip((7.5 - y) / 6.0, 0, 1)[:, None]
        return away * (1 - lower) + down * (0.25 + lower)
    crown = np.array((0.6, 10.5, -4.5))
    away = points - crown
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    return away + down * 0.35 * np.clip((5 - y) / 6, 0, 1)[:, None]


def _locks(directions: np.ndarray, shape: HairShape) -> np.ndarray:
    """Bundles of strands: waves across the flow, broken up so that no two look alike."""
    if shape.is_long:
        return _lock_wave(np.arctan2(directions[:, 0], directions[:, 2]), 0.5 * np.sin(2.1 * directions[:, 1]))
    # Short hair lies in tufts, which end after a few centimetres: waves along the flow break the locks up.
    u = np.arctan2(directions[:, 0], -directions[:, 2] + 0.3) * 1.2
    bend = 0.8 * np.sin(3.0 * directions[:, 1] + 2 * u)
    x, y, z = directions.T
    tufts = np.sin(13 * x + 5 * y) * np.sin(11 * z - 7 * y + 1.1) + 0.5 * np.sin(23 * x - 9 * z + 17 * y)
    return np.clip(0.6 * _lock_wave(u, bend) + 0.7 * tufts, -1, 1)


def _lock_wave(u: np.ndarray, bend: np.ndarray) -> np.ndarray:
    wave = np.sin(17 * u + 2.2 * bend + 1.3 * np.sin(5 * u)) * 0.65 + 0.35 * np.sin(41 * u + 3.1 * bend + 0.7)
    return np.clip(1.25 * wave, -1, 1)


def _front_curtain(shape: HairShape) -> _Sheet:
    """Hair that hangs over the face's edge, where the photo shows it."""
    front = shape.front
    rows = np.arange(float(shape.rows_y[0]), float(shape.rows_y[-1]), -_CURTAIN_SPACING_CM)
    grid_x, y = (a.ravel() for a in np.meshgrid(np.arange(-9.0, 9.0, _CURTAIN_SPACING_CM * 0.8), rows))
    scatter = _scatter(len(y))
    x = grid_x + _CURTAIN_SPACING_CM * scatter[0]
    y = y + _CURTAIN_SPACING_CM * scatter[1]
    face_width = _face_half_width(shape, y)
    lock = _lock_wave(x * 0.22, 0.4 * np.sin(0.5 * y))
    # What shows right at the edge of the face belongs to the side curtain; in front of it, it would be scraps.
    inner = np.abs(x) < face_width - np.where(y < -0.5, 2.0, 0.0)
    hair = _large(front.hair)
    # Below the chin only what comes down from above: the rest hangs behind the neck.
    inner &= (y > -4.5) | front.at(hair, x, y + 2.5)
    keep = front.at(hair, x, y) & inner & (np.abs(x) > 2.2) & (y > _end(shape, lock))
    x, y, lock, face_width = (a[keep] for a in (x, y, lock, face_width))
    skull_z = front.at(front.skull_z, np.minimum(np.abs(x), face_width - 0.5) * np.sign(x), y)
    z = np.clip(np.nan_to_num(skull_z, nan=0.0), _SIDE_Z_CM - 0.4, 8) + 0.4 + 0.14 * lock
    normals = np.stack([0.35 * np.sign(x), np.zeros(len(x)), np.ones(len(x))], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    flow = np.stack([0.22 * np.sin(0.45 * y + 0.6 * x), -np.ones(len(x)), np.zeros(len(x))], axis=1)
    return _framed(np.stack([x, y, z], axis=1), normals, flow, lock, np.zeros(len(x)))


def _large(mask: np.ndarray) -> np.ndarray:
    """The mask without what is narrower than a lock."""
    return dilated(eroded(mask, 4), 4)


def _side_curtain(shape: HairShape) -> _Sheet:
    """Hair that hangs beside the face, from its edge round to the back."""
    rows = np.arange(float(shape.rows_y[0]), float(shape.rows_y[-1]), -_CURTAIN_SPACING_CM)
    turn = np.linspace(0.0, np.pi / 2, 14)
    sheets = []
    for sign in (1.0, -1.0):
        turns, y = (a.ravel() for a in np.meshgrid(turn, rows))
        scatter = _scatter(len(y))
        turns, y = turns + 0.11 * scatter[0], y + _CURTAIN_SPACING_CM * scatter[1]
        width, face_width = _half_width(shape, np.full(len(y), sign), y), _face_half_width(shape, y)
        lock = _lock_wave(turns * 1.1 + sign, 0.4 * np.sin(0.5 * y))
        x = sign * (face_width + np.maximum(width - face_width, 0.5) * np.sin(turns) * (1 + 0.012 * lock))
        # Beside the cheek it lies in front of the ear; beside the jaw, mostly behind it.
        side_z = np.interp(y, (-5.0, -1.0), (0.4, _SIDE_Z_CM))
        z = EDGE_Z_CM + (side_z - EDGE_Z_CM) * np.cos(turns) + 0.1 * lock
        # In front of the ear only where the photo shows hair; behind it, always.
        keep = ((turns > 0.9) | _beside_face(shape, sign, y)) & (y > _end(shape, lock))
        x, y, z, turns, lock = (a[keep] for a in (x, y, z, turns, lock))
        normals = np.stack([sign * np.sin(turns), np.zeros(len(y)), np.cos(turns)], axis=1)
        flow = np.stack([0.15 * np.sin(0.45 * y), -np.ones(len(y)), 0.2 * np.sin(0.4 * y + turns)], axis=1)
        sheets.append(_framed(np.stack([x, y, z], axis=1), normals, flow, lock, np.zeros(len(y))))
    return _joined(sheets)


def _beside_face(shape: HairShape, sign: float, y: np.ndarray) -> np.ndarray:
    """At which heights hair shows right beside the face, over a stretch long enough to be a lock of its own."""
    rows = np.arange(-14.0, 5.0, 0.25)
    edge = _face_half_width(shape, rows)
    seen = sum(shape.front.at(shape.front.hair, sign * (edge + off), rows).astype(float) for off in (0.3, 0.7, 1.1)) / 3
    # A moving mean over three centimetres: neither gaps nor scraps shorter than that.
    smooth = np.convolve(np.pad(seen, 6, mode="edge"), np.ones(13) / 13, "valid")
    return np.interp(y, rows, smooth) > 0.6


def _back_curtain(shape: HairShape, inward: float) -> _Sheet:
    """Hair that hangs from ear to ear round the back."""
    spacing = _CURTAIN_SPACING_CM * (1 + 0.5 * inward)
    rows = np.arange(float(shape.rows_y[0]), float(shape.rows_y[-1]), -spacing)
    turn = np.arange(np.pi / 2 - 0.25, 3 * np.pi / 2 + 0.25, spacing / 8.5)
    angle, y = (a.ravel() for a in np.meshgrid(turn, rows))
    scatter = _scatter(len(y))
    angle, y = angle + scatter[0] * spacing / 8.5, y + scatter[1] * spacing
    width = _half_width(shape, np.sin(angle), y)
    back = _back_depth(shape, y)
    lock = _lock_wave(angle * 1.1, 0.4 * np.sin(0.5 * y + angle))
    keep = y > _end(shape, lock)
    angle, y, width, back, lock = (a[keep] for a in (angle, y, width, back, lock))
    shrink = 1 - 0.16 * inward + 0.012 * lock
    depth = EDGE_Z_CM + (back + EDGE_Z_CM) * shrink * np.cos(angle)
    points = np.stack([width * shrink * np.sin(angle), y, depth], axis=1)
    normals = np.stack([np.sin(angle) / width, np.full(len(y), 0.01), np.cos(angle) / np.maximum(back, 1)], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    flow = np.stack([0.2 * np.sin(0.45 * y + 3 * angle), -np.ones(len(y)), np.zeros(len(y))], axis=1)
    return _framed(points, normals, flow, lock, np.full(len(y), inward))


def _end(shape: HairShape, lock: np.ndarray) -> np.ndarray:
    """Height at which each strand ends: locks taper to points."""
    return shape.rows_y[-1] + 0.55 * (1 - lock)


def _half_width(shape: HairShape, side: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Half width of the hanging hair at each height, at the avatar's left where ``side`` is positive."""
    left, right = (np.interp(-y, -shape.rows_y, widths) for widths in shape.half_width)
    width = np.where(side >= 0, left, right)
    # At the top it continues the cap, and only lower down takes the width of the photo's outline.
    angle = np.arctan2(y - CENTRE[1], 8.0)
    directions = np.stack([np.cos(angle) * np.where(side >= 0, 1, -1), np.sin(angle), np.zeros(len(y))], axis=1)
    cap = shape.radius(directions)[1] * np.cos(angle)
    low = smoothstep(0.0, 4.5, 2.0 - y)
    # The outline of somebody behind, or of a shoulder, can be taken for hair.
    return cap * (1 - low) + np.minimum(width, cap + 2.2) * low


def _back_depth(shape: HairShape, y: np.ndarray) -> np.ndarray:
    """How far behind the ears the hair hangs at each height: it falls from the back of the head, then leans in."""
    backwards = np.array([[0.0, 0.0, -1.0]])
    widest = float(shape.radius(backwards)[1][0]) - CENTRE[2]
    return widest * np.interp(y, (-13, -7, -2, 1.5), (0.72, 0.84, 0.97, 1.0))


def _face_half_width(shape: HairShape, y: np.ndarray) -> np.ndarray:
    """Half width of the head's silhouette at each height."""
    grid = np.arange(0.0, 12.0, STEP_CM)
    rows = np.arange(-14.0, 4.0, 0.5)
    inside = ~np.isnan(shape.front.at(shape.front.skull_z, grid[None, :], rows[:, None] + 0 * grid[None, :]))
    widths = np.where(inside.any(1), inside.sum(1) * STEP_CM, 5.0)
    # The ears stand out from the head, but the hair does not follow them.
    return np.minimum(np.interp(y, rows, widths), _HEAD_HALF_WIDTH_CM)


def _joined(sheets: list[_Sheet]) -> _Sheet:
    return _Sheet(*(np.concatenate([getattr(s, f.name) for s in sheets]) for f in fields(_Sheet)))


def _framed(points: np.ndarray, normals: np.ndarray, flow: np.ndarray, lock: np.ndarray, depth: np.ndarray) -> _Sheet:
    along = flow - (flow * normals).sum(1, keepdims=True) * normals
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return _Sheet(points, normals, along, lock, depth)


def _scatter(count: int) -> np.ndarray:
    """Even offsets in [-0.5, 0.5), the same at every call."""
    k = np.arange(count)
    return np.stack([(k * 0.7548776662) % 1, (k * 0.5698402910) % 1]) - 0.5


def _strand_colors(sheet: _Sheet, palette: Palette) -> Float[np.ndarray, "n 3"]:
    lab = to_oklab(np.tile(palette.hair, (len(sheet.points), 1)))
    lab[:, 0] *= 1 + 0.1 * sheet.lock - 0.28 * sheet.depth
    lab[:, 1:] *= 1 + 0.15 * sheet.lock[:, None]
    colors = lit(to_srgb(lab), sheet.normals, 0.12, depth=1.3)
    # Light on a strand is brightest where the strand lies across the bisector of light and view.
    bisector = np.array((0.17, 0.5, 0.85))
    across = np.clip(1 - (sheet.along @ bisector) ** 2, 0, 1)
    shine = 0.24 * across**14 * np.clip(sheet.normals @ bisector, 0, 1) * (0.7 + 0.5 * sheet.lock) * (sheet.depth == 0)
    return colors + shine[:, None] * (0.4 + 0.6 * colors)


def _cloth_colors(sheet: _Sheet, palette: Palette) -> Float[np.ndarray, "n 3"]:
    return lit(np.tile(palette.headwear, (len(sheet.points), 1)), sheet.normals, 0.08 + 0.4 * sheet.depth, depth=1.2)
