"""Locks: guide curves over the outside of the hair, and the bundle of strands along each."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from core.hair.envelope import Envelope
from core.hair.flow import directions
from core.hair.shape import FACE_Y_CM
from core.rig.skull import CENTRE
from core.smoothstep import smoothstep
from core.unit import unit


@dataclass(frozen=True)
class Locks:
    """``m`` guide curves of ``k`` points from root to tip; where ``present`` is False a curve has ended."""

    points: Float[np.ndarray, "m k 3"]
    normals: Float[np.ndarray, "m k 3"]
    """Away from the head."""
    present: Bool[np.ndarray, "m k"]
    width: Float[np.ndarray, " m"]
    """Half width of each lock at its widest, in cm."""
    turn: Float[np.ndarray, "m k"]
    """Of curls: 1 on the outside, -1 on the inside; 0 of straight locks."""
    rooted: Float[np.ndarray, "m k"]
    """Roughly how far from the scalp's parting or crown each point is, in cm."""

    @property
    def share(self) -> Float[np.ndarray, "m k"]:
        """How far along its curve each point lies: 0 the root, 1 the tip."""
        step = np.cumsum(self.present, axis=1) - 1
        return np.clip(step / np.maximum(self.present.sum(1, keepdims=True) - 1, 1), 0, 1)


@dataclass(frozen=True)
class Cut:
    """How long and wide locks are, in cm."""

    length: float
    width: float
    step: float
    """Between two points of a curve."""
    lift: float
    """How far a lock stands off those beneath it."""
    tousle: float = 0.08
    """How far locks stray from the common direction, in radians."""


def grow(envelope: Envelope, seeds: Float[np.ndarray, "m 3"], cut: Cut, sliding: bool) -> Locks:
    """Curves through seeds on the outside of the hair, along its flow, as far as it reaches.

    Args:
        envelope: the outside of the hair.
        seeds: on it; each becomes the middle of a lock.
        cut: how long and wide.
        sliding: whether locks run along the edge of the face, instead of ending there.
    """
    # No two locks end at the same height.
    spare = np.where(seeds[:, 1] < 0, 1.1 + 2.2 * scatter(len(seeds))[1], 0.0)
    stray = 2 * cut.tousle * scatter(len(seeds))[0]
    half = max(round(cut.length / cut.step / 2), 1)
    ahead, behind = [], []
    for path, sign, count in ((ahead, 1.0, half), (behind, -1.0, half)):
        here = envelope.onto(seeds)
        alive = np.ones(len(seeds), bool)
        for _ in range(count):
            before = here
            here = envelope.onto(here + sign * cut.step * _strayed(directions(envelope, here), here, stray))
            if sliding:
                here = _beside_face(envelope, here)
            # Where the outside turns in steeply, a lock would leap; at some edges it would tread on the spot.
            walked = np.linalg.norm(here - before, axis=1)
            within = envelope.covers(here) & (here[:, 1] - spare > envelope.ends(here))
            alive = alive & within & (walked < 2 * cut.step) & (walked > 0.45 * cut.step)
            path.append((here, alive))
    start = (envelope.onto(seeds), np.ones(len(seeds), bool))
    chain = [*behind[::-1], start, *ahead]
    points = np.stack([p for p, _ in chain], axis=1)
    present = np.stack([a for _, a in chain], axis=1)
    normals = envelope.normals(points.reshape(-1, 3)).reshape(points.shape)
    kept = present.sum(1) >= 3
    count = int(kept.sum())
    none = np.zeros((count, len(chain)))
    rooted = _from_root(envelope, points[kept])
    return Locks(points[kept], normals[kept], present[kept], np.full(count, cut.width), none, rooted)


def lifted(locks: Locks, lift: float) -> Locks:
    """Locks whose roots are tucked under the others and whose tips lie on them, like tiles."""
    rise = lift * (smoothstep(0.0, 0.5, locks.share) - 0.55) + 0.25 * lift * locks.share**3
    return _moved(locks, locks.normals * rise[..., None])


def curled(locks: Locks, radius: float, wavelength: float, flat: bool) -> Locks:
    """Locks wound round their guide curves.

    Args:
        locks: to wind.
        radius: of the curl, in cm.
        wavelength: length of one turn along the curve, in cm.
        flat: whether they only wave from side to side, neighbours in step.
    """
    tangents = tangents_of(locks.points)
    side = np.cross(locks.normals, tangents)
    steps = np.linalg.norm(np.diff(locks.points, axis=1, prepend=locks.points[:, :1]), axis=2)
    along = np.cumsum(steps, axis=1)
    if flat:
        # Waves of neighbours run in step, as combed hair does: the phase depends on the place alone.
        x, y, z = np.moveaxis(locks.points, 2, 0)
        phase = 2 * np.pi * (y + 0.35 * np.sin(0.8 * x + 0.5 * z)) / wavelength + 0.5 * np.arctan2(x, z)
        return _moved(locks, side * (radius * np.sin(phase))[..., None])
    phase = 2 * np.pi * along / wavelength + scatter(len(locks.points))[0][:, None] * 2 * np.pi
    ramp = smoothstep(0.0, 0.25, locks.share)[..., None] * radius
    wound = _moved(locks, ramp * (side * np.sin(phase)[..., None] + locks.normals * np.cos(phase)[..., None]))
    return replace(wound, turn=np.cos(phase))


def tangents_of(points: Float[np.ndarray, "m k 3"]) -> Float[np.ndarray, "m k 3"]:
    """Unit tangents of curves."""
    tangents = np.gradient(points, axis=1)
    return unit(tangents)


def scatter(count: int) -> Float[np.ndarray, "2 n"]:
    """Even offsets in [-0.5, 0.5), the same at every call."""
    k = np.arange(count)
    return np.stack([(k * 0.7548776662) % 1, (k * 0.5698402910) % 1]) - 0.5


def _moved(locks: Locks, by: np.ndarray) -> Locks:
    return replace(locks, points=locks.points + by)


def _strayed(way: np.ndarray, points: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Directions turned about the outward one, each by an angle of its own."""
    out = unit(points - CENTRE)
    return way * np.cos(angle)[:, None] + np.cross(out, way) * np.sin(angle)[:, None]


def _beside_face(envelope: Envelope, points: np.ndarray) -> np.ndarray:
    """Points pushed out of the bare face, along its edge."""
    inside = envelope.bare(points) & (points[:, 2] > 1.0)
    if not inside.any():
        return points
    away = points[:, :2] - (0, FACE_Y_CM)
    angle = np.arctan2(away[:, 1], away[:, 0])
    reach = envelope.edge(angle) + 0.15
    pushed = points.copy()
    # Only what came a little too far in: the rest really ends.
    near = inside & (reach - np.hypot(*away.T) < 1.2)
    pushed[near, :2] = (0, FACE_Y_CM) + np.stack([np.cos(angle), np.sin(angle)], axis=1)[near] * reach[near, None]
    return np.where(near[:, None], envelope.onto(pushed), points)


def _from_root(envelope: Envelope, points: np.ndarray) -> np.ndarray:
    """Distances from the parting, or from the crown, where new hair shows."""
    x, y, z = np.moveaxis(points, 2, 0)
    parting = envelope.shape.parting_x
    if parting is None:
        return np.linalg.norm(points - (0.8, 12.0, -3.0), axis=2)
    return np.hypot(x - parting, np.clip(-6 - z, 0, None) + np.clip(8 - y, 0, None))
