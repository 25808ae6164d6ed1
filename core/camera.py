"""Pinhole cameras, in the computer-vision convention: x right, y down, z forward, pixel centres at +0.5."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.unit import unit

HEAD_CENTRE_CM = (0.0, -0.4, 0.0)
"""Where cameras look by default: the middle of a head with its hair and shoulders, in the head frame."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera. Points map as ``K @ (world_to_camera @ point)``."""

    world_to_camera: Float[np.ndarray, "4 4"]
    """Rigid transform from the head frame (centimetres) to the camera frame."""
    K: Float[np.ndarray, "3 3"]
    """Intrinsics, in pixels."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""


def orbit(
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    *,
    size: int = 512,
    distance_cm: float = 100.0,
    fov_deg: float = 20.0,
    target_cm: tuple[float, float, float] = HEAD_CENTRE_CM,
) -> Camera:
    """A square camera on a sphere round ``target_cm``, upright, looking at it.

    Args:
        yaw_deg: 0 is in front of the face; positive moves the camera to the avatar's left (+x).
        pitch_deg: positive moves the camera up; within (-90, 90).
        size: width and height of the picture in pixels.
        distance_cm: from the target to the camera.
        fov_deg: full vertical angle of view.
        target_cm: the point looked at, head frame.

    Raises:
        ValueError: if the pitch, the size, the distance or the angle is out of range.
    """
    if not -90 < pitch_deg < 90:
        raise ValueError(f"pitch_deg must lie in (-90, 90), got {pitch_deg}")
    if size < 1 or distance_cm <= 0 or not 0 < fov_deg < 180:
        raise ValueError(f"bad camera: size {size}, distance_cm {distance_cm}, fov_deg {fov_deg}")
    yaw, pitch = np.radians(yaw_deg), np.radians(pitch_deg)
    outward = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    target = np.asarray(target_cm, float)
    position = target + distance_cm * outward
    forward = -outward
    right = unit(np.cross(forward, (0.0, 1.0, 0.0)))
    rotation = np.stack([right, np.cross(forward, right), forward])
    world_to_camera = np.eye(4, dtype=np.float32)
    world_to_camera[:3, :3] = rotation
    world_to_camera[:3, 3] = -rotation @ position
    focal = size / 2 / np.tan(np.radians(fov_deg) / 2)
    K = np.array([[focal, 0, size / 2], [0, focal, size / 2], [0, 0, 1]], np.float32)
    return Camera(world_to_camera, K, size, size)


def project(points: Float[np.ndarray, "n 3"], camera: Camera) -> Float[np.ndarray, "n 2"]:
    """Pixel coordinates of points in front of the camera."""
    in_camera = points @ camera.world_to_camera[:3, :3].T + camera.world_to_camera[:3, 3]
    in_pixels = in_camera @ camera.K.T
    return in_pixels[:, :2] / in_pixels[:, 2:]
