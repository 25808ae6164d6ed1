"""An avatar in the posture of a sticker, and where on it things are, before there is a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float32

from core.avatar.model import PARTS, Avatar, without
from core.avatar.posture import Posture, assume, turned_points
from core.camera import HEAD_CENTRE_CM, Camera, orbit
from core.expressions import SHAPES
from core.gaussians import Gaussians
from core.smoothstep import smoothstep
from core.stickers.pose import Pose

Place = tuple[float, float]
"""On the picture plane: centimetres at the distance of the face from its middle, x right and y down."""

_SPLAT_CM = 0.35
"""How far splats reach beyond their middles, about."""
_BINS = 72
_LUMA = (0.3, 0.59, 0.11)
_TINT_ENDS_CM, _TINT_WHOLE_CM = -7.0, 5.0
_TINT_DEPTH, _TINT_LIGHT, _PALE = 2.6, 0.8, 0.25


@dataclass(frozen=True)
class Staged:
    """Someone posed, seen from somewhere."""

    gaussians: Gaussians
    """Turned and tinted."""
    camera: Camera
    """Its direction and distance; how it is framed does not matter."""
    distance_cm: float
    """From the camera to the middle of the face."""
    low: Place
    """Upper left end of all splats."""
    high: Place
    """Lower right end."""
    places: Mapping[str, Place]
    """Where parts of the face are: every name of :data:`core.stickers.pose.At` but the rim."""
    middle: Place
    """Of the head."""
    reach: Float32[np.ndarray, " bins"]
    """How far head and hair reach from ``middle``, by bearing: 0 up, on to the right, once round."""
    roll_deg: float
    """How far the head leans, clockwise as seen."""
    facing_deg: float
    """How far the face is turned to the viewer's right, as seen."""

    def rim(self, bearing_deg: float, out_cm: float) -> Place:
        """A point so far outside the silhouette of head and hair."""
        spot = bearing_deg % 360 / 360 * len(self.reach)
        near = [self.reach[int(spot + step) % len(self.reach)] for step in range(-2, 3)]
        away = max(near) + out_cm
        angle = np.radians(bearing_deg)
        return float(self.middle[0] + away * np.sin(angle)), float(self.middle[1] - away * np.cos(angle))


def stage(avatar: Avatar, pose: Pose, phase: float | None = None) -> Staged:
    """Poses an avatar.

    Args:
        avatar: who.
        pose: how.
        phase: share of the loop in [0, 1); None for the still sticker.
    """
    weights, posture = moved_pose(pose, phase)
    hidden = np.isin(avatar.labels, [PARTS.index(part) for part in pose.hides])
    if hidden.any():
        avatar = without(avatar, hidden)
    posed = avatar.posed(np.array([weights.get(name, 0.0) for name in SHAPES], np.float32))
    points = _face_points(posed, avatar.labels)
    turned = _tinted(assume(posed, avatar.labels, posture), posed.means, avatar.labels, pose)
    camera = orbit(pose.view[0], pose.view[1], distance_cm=pose.distance_cm)
    named = _on_plane(turned_points(np.array(list(points.values())), posture), camera, pose.distance_cm)
    places = {name: (float(x), float(y)) for name, (x, y) in zip(points, named, strict=True)}
    flat = _on_plane(turned.means, camera, pose.distance_cm)
    flat = flat[turned.opacities > 0.2] if (turned.opacities > 0.2).any() else flat
    low, high = flat.min(0) - _SPLAT_CM, flat.max(0) + _SPLAT_CM
    head = _on_plane(turned.means[avatar.labels != PARTS.index("clothes")], camera, pose.distance_cm)
    (left_x, left_y), (right_x, right_y) = places["eye left"], places["eye right"]
    middle = ((left_x + right_x) / 2, (left_y + right_y) / 2)
    roll = float(np.degrees(np.arctan2(left_y - right_y, left_x - right_x)))
    ends = ((float(low[0]), float(low[1])), (float(high[0]), float(high[1])))
    facing = posture.yaw_deg - pose.view[0]
    return Staged(turned, camera, pose.distance_cm, *ends, places, middle, _reach(head, middle), roll, facing)


def moved_pose(pose: Pose, phase: float | None) -> tuple[dict[str, float], Posture]:
    """Weights and posture at a moment of the loop; the pose itself for None."""
    if phase is None:
        return dict(pose.weights), pose.head
    turn = 2 * np.pi * pose.motion.beats * phase
    far = float(0.5 - 0.5 * np.cos(turn))
    weights = dict(pose.weights)
    for name, end in pose.motion.weights.items():
        weights[name] = (1 - far) * weights.get(name, 0.0) + far * end
    return weights, pose.head.plus(pose.motion.head, float(np.sin(turn)))


def framed(staged: Staged, px_per_cm: float, x_cm: float, y_cm: float, size: int) -> Camera:
    """The camera that shows this place of the plane in the middle of a square picture, at this scale."""
    focal = px_per_cm * staged.distance_cm
    K = np.array(
        [[focal, 0, size / 2 - x_cm * px_per_cm], [0, focal, size / 2 - y_cm * px_per_cm], [0, 0, 1]], np.float32
    )
    return replace(staged.camera, K=K, width=size, height=size)


def _on_plane(points: Float[np.ndarray, "n 3"], camera: Camera, distance_cm: float) -> Float32[np.ndarray, "n 2"]:
    """Where points are seen, at the distance of the face."""
    seen = points @ camera.world_to_camera[:3, :3].T + camera.world_to_camera[:3, 3]
    return (seen[:, :2] / seen[:, 2:] * distance_cm).astype(np.float32)


def _face_points(posed: Gaussians, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Points of the head, head frame, before it is turned."""
    means = posed.means

    def middle(part: str, side: int, otherwise: tuple[float, float, float]) -> np.ndarray:
        chosen = (labels == PARTS.index(part)) & (means[:, 0] * side >= 0)
        return means[chosen].mean(0) if chosen.any() else np.array(otherwise, np.float32)

    left, right = middle("iris", 1, (3.1, 1.8, 8.8)), middle("iris", -1, (-3.1, 1.8, 8.8))
    mouth, brow = middle("lips", 0, (0.0, -4.7, 9.8)), middle("brow", 0, (0.0, 3.2, 9.0))
    above = means[(labels != PARTS.index("clothes")) & (np.abs(means[:, 0]) < 4)]
    top = float(np.quantile(above[:, 1], 0.998)) if len(above) else HEAD_CENTRE_CM[1] + 12
    return {
        "eye left": left,
        "eye right": right,
        "eyes": (left + right) / 2,
        "brow": brow,
        "mouth": mouth,
        "cheek left": left + np.array((1.7, -3.3, -0.9)),
        "cheek right": right + np.array((-1.7, -3.3, -0.9)),
        "chin": mouth + np.array((0.0, -3.4, -0.6)),
        "crown": np.array((0.0, top, 1.5)),
    }


def _tinted(gaussians: Gaussians, at_rest: np.ndarray, labels: np.ndarray, pose: Pose) -> Gaussians:
    """The face in the pose's tint, as light as it was; a deep skin a little lighter, or none would show."""
    if pose.tint is None:
        return gaussians
    *tint, strength = pose.tint
    skin = np.flatnonzero(np.isin(labels, [PARTS.index(part) for part in ("skin", "ear", "lips", "neck")]))
    colors = gaussians.colors.copy()
    # Down to the neck it fades: a face painted evenly would be a mask.
    # Half way from brown to blue or green lies grey, so the deeper a skin's own colour, the more of the tint it takes.
    depth = np.maximum(np.ptp(colors[skin], axis=1) / np.maximum(colors[skin].max(1), 0.05) - _PALE, 0)
    whole = 1 - (1 - strength) ** (1 + _TINT_DEPTH * depth)
    share = (whole * smoothstep(_TINT_ENDS_CM, _TINT_WHOLE_CM, at_rest[skin, 1]))[:, None]
    light = (1 + _TINT_LIGHT * depth) * (colors[skin] @ np.array(_LUMA, np.float32))
    goal = np.array(tint) / (np.array(tint) @ _LUMA) * light[:, None]
    colors[skin] = np.clip((1 - share) * colors[skin] + share * goal, 0, 1).astype(np.float32)
    return replace(gaussians, colors=colors)


def _reach(points: Float32[np.ndarray, "n 2"], middle: Place) -> Float32[np.ndarray, " bins"]:
    """The farthest point of each bearing."""
    x, y = points[:, 0] - middle[0], middle[1] - points[:, 1]
    bins = (np.arctan2(x, y) / (2 * np.pi) * _BINS).round().astype(int) % _BINS
    reach = np.zeros(_BINS, np.float32)
    np.maximum.at(reach, bins, np.hypot(x, y))
    return reach
