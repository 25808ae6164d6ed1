"""The skull under hair and hats: how far its surface lies from its middle, in every direction."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32
from scipy.ndimage import map_coordinates
from scipy.spatial import KDTree

CENTRE = np.array((0.0, 1.2, -0.8), np.float32)
"""The middle that distances count from, head frame, cm."""
_ROWS, _COLUMNS = 49, 96
_NEIGHBOURS = 8


@dataclass(frozen=True)
class Skull:
    """Distances from :data:`CENTRE` to skin, scalp and neck, without the ears."""

    distance: Float32[np.ndarray, "49 97"]
    """In cm; rows from straight up to straight down, columns once round from behind over the avatar's right."""

    def radius(self, directions: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """Distances along unit directions, in cm."""
        row = np.arccos(np.clip(directions[:, 1], -1, 1)) / np.pi * (_ROWS - 1)
        column = (np.arctan2(directions[:, 0], directions[:, 2]) / (2 * np.pi) + 0.5) * _COLUMNS
        return map_coordinates(self.distance, [row, column], order=1, mode="nearest")

    def height(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """How far points lie outside the skull, in cm; negative inside."""
        away = points - CENTRE
        distance = np.linalg.norm(away, axis=1)
        return distance - self.radius(away / np.maximum(distance, 1e-9)[:, None])


def skull_of(points: Float[np.ndarray, "n 3"]) -> Skull:
    """The skull through points of a head's surface, head frame."""
    polar = np.linspace(0, np.pi, _ROWS)[:, None]
    azimuth = (np.arange(_COLUMNS + 1) / _COLUMNS - 0.5) * 2 * np.pi
    grid = np.stack(
        np.broadcast_arrays(np.sin(polar) * np.sin(azimuth), np.cos(polar), np.sin(polar) * np.cos(azimuth)), axis=-1
    )
    away = points - CENTRE
    distance = np.linalg.norm(away, axis=1)
    apart, nearest = KDTree(away / distance[:, None]).query(grid.reshape(-1, 3), k=_NEIGHBOURS)
    weight = 1 / (np.asarray(apart) + 0.03) ** 2
    radius = (distance[np.asarray(nearest)] * weight).sum(1) / weight.sum(1)
    return Skull(radius.reshape(_ROWS, _COLUMNS + 1).astype(np.float32))
