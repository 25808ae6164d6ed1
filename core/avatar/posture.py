"""Head turned on its neck, and eyes turned in their sockets: what no blendshape does."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, UInt8

from core.avatar.model import PARTS
from core.gaussians import Gaussians
from core.smoothstep import smoothstep

_PIVOT_CM = np.array((0.0, -8.5, -1.5), np.float32)
# Low splats stay with the shoulders, high ones go with the head; the chin lies low but far in front.
_LEAN, _STILL_CM, _RIGID_CM = 0.35, -10.8, -7.8
# The iris may slide under the lids, not behind the corners of the eye.
_MOST_GAZE_DEG = 30.0


@dataclass(frozen=True)
class Posture:
    """How head and eyes are turned, in degrees; all 0 looks straight ahead."""

    yaw_deg: float = 0.0
    """Of the head; positive turns the face to the avatar's left (the viewer's right)."""
    pitch_deg: float = 0.0
    """Of the head; positive lifts the chin."""
    roll_deg: float = 0.0
    """Of the head; positive leans it to the avatar's left shoulder (clockwise for the viewer)."""
    gaze_yaw_deg: float = 0.0
    """Of the eyes in the head; positive looks to the avatar's left."""
    gaze_pitch_deg: float = 0.0
    """Of the eyes in the head; positive looks up."""

    def plus(self, other: "Posture", share: float = 1.0) -> "Posture":
        """This posture with a share of another added to it, angle by angle."""
        mine, others = vars(self), vars(other)
        return Posture(**{name: mine[name] + share * others[name] for name in mine})


def assume(gaussians: Gaussians, labels: UInt8[np.ndarray, " n"], posture: Posture) -> Gaussians:
    """The posed avatar with head and eyes turned; shoulders stay, and the neck bends smoothly.

    Args:
        gaussians: a whole avatar in the head frame, at any weights.
        labels: index into :data:`core.avatar.model.PARTS` of every splat.
        posture: at most about 30 degrees each way look natural; the eyes are held to that.
    """
    if posture == Posture():
        return gaussians
    means, quats = gaussians.means.copy(), gaussians.quats.copy()
    gaze = np.clip((posture.gaze_yaw_deg, posture.gaze_pitch_deg), -_MOST_GAZE_DEG, _MOST_GAZE_DEG)
    if gaze.any():
        rotation = _quaternion(float(gaze[0]), float(gaze[1]), 0.0)
        in_eyes = np.isin(labels, (PARTS.index("sclera"), PARTS.index("iris")))
        for rows in (np.flatnonzero(in_eyes & (means[:, 0] > 0)), np.flatnonzero(in_eyes & (means[:, 0] <= 0))):
            if len(rows) >= 4:
                whole = np.ones(len(rows), np.float32)
                centre = _sphere_centre(means[rows])
                means[rows], quats[rows] = _rotated(means[rows], quats[rows], centre, rotation, whole)
    rotation = _quaternion(posture.yaw_deg, posture.pitch_deg, posture.roll_deg)
    height = means[:, 1] + np.float32(_LEAN) * means[:, 2]
    share = smoothstep(_STILL_CM, _RIGID_CM, height).astype(np.float32)
    share[labels == PARTS.index("clothes")] = 0
    means, quats = _rotated(means, quats, _PIVOT_CM, rotation, share)
    return Gaussians(means, quats, gaussians.scales, gaussians.opacities, gaussians.colors)


def turned_points(points: Float[np.ndarray, "n 3"], posture: Posture) -> Float32[np.ndarray, "n 3"]:
    """Points fixed to the head, such as the crown, where :func:`assume` takes them."""
    rotation = _quaternion(posture.yaw_deg, posture.pitch_deg, posture.roll_deg)
    idle = np.tile(np.array((1, 0, 0, 0), np.float32), (len(points), 1))
    whole = np.ones(len(points), np.float32)
    return _rotated(points.astype(np.float32), idle, _PIVOT_CM, rotation, whole)[0]


def _quaternion(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Float32[np.ndarray, "4"]:
    """First the roll, then the pitch, then the yaw, as wxyz."""
    halves = np.radians((yaw_deg, -pitch_deg, -roll_deg)) / 2
    (cy, cp, cr), (sy, sp, sr) = np.cos(halves), np.sin(halves)
    yaw, pitch, roll = np.array((cy, 0, sy, 0)), np.array((cp, sp, 0, 0)), np.array((cr, 0, 0, sr))
    return _product(yaw[None], _product(pitch[None], roll[None]))[0].astype(np.float32)


def _rotated(
    means: Float32[np.ndarray, "n 3"],
    quats: Float[np.ndarray, "n 4"],
    pivot: Float[np.ndarray, "3"],
    rotation: Float32[np.ndarray, "4"],
    share: Float32[np.ndarray, " n"],
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "n 4"]]:
    """Splats turned about ``pivot`` by a share each of one rotation's angle."""
    half = np.arctan2(np.linalg.norm(rotation[1:]), rotation[0])
    if half < 1e-7:
        return means, quats
    axis = rotation[1:] / np.linalg.norm(rotation[1:])
    angle = (half * share).astype(np.float32)
    partial = np.concatenate([np.cos(angle)[:, None], np.sin(angle)[:, None] * axis], 1).astype(np.float32)
    arm = means - pivot
    # v + 2 w (u x v) + 2 u x (u x v)
    cross = np.cross(partial[:, 1:], arm)
    moved = arm + 2 * (partial[:, :1] * cross + np.cross(partial[:, 1:], cross)) + pivot
    return moved.astype(np.float32), _product(partial, quats).astype(np.float32)


def _product(a: Float[np.ndarray, "n 4"], b: Float[np.ndarray, "n 4"]) -> Float[np.ndarray, "n 4"]:
    """Hamilton products of quaternions, wxyz: first ``b``, then ``a``."""
    (aw, ax, ay, az), (bw, bx, by, bz) = a.T, b.T
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=1,
    )


def _sphere_centre(points: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "3"]:
    """Centre of the sphere that fits best: |p|² = 2 c·p + k is linear in c."""
    middle = points.mean(0)
    arms = (points - middle).astype(float)
    system = np.concatenate([2 * arms, np.ones((len(arms), 1))], 1)
    solution, *_ = np.linalg.lstsq(system, (arms**2).sum(1), rcond=None)
    return (middle + solution[:3]).astype(np.float32)
