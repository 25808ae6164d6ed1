"""Where things are on an avatar, measured on its splats by their labels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, UInt8
from scipy import ndimage

from core.avatar.model import PARTS
from core.unit import unit

CENTRE = np.array((0.0, 1.2, -0.8))
"""The middle of a head, which directions count from."""
_ROWS, _COLUMNS = 24, 48
_HANGS_Y = -4.0
# A head of usual size, for avatars that lack a part.
_EYE, _MOUTH, _EAR = (3.1, 1.7, 8.6), (0.0, -4.9, 10.2), (7.4, 0.8, -0.8)


@dataclass(frozen=True)
class Places:
    """Landmarks of an avatar at rest, in cm, head frame."""

    means: Float[np.ndarray, "n 3"]
    labels: UInt8[np.ndarray, " n"]

    def of(self, *parts: str) -> np.ndarray:
        """Rows that belong to any of the parts, as booleans."""
        return np.isin(self.labels, [PARTS.index(part) for part in parts])

    @cached_property
    def eyes(self) -> Float[np.ndarray, "2 3"]:
        """Middles of the left (+x) and the right iris."""
        return self._sides(self.of("iris"), _EYE)

    @cached_property
    def ears(self) -> Float[np.ndarray, "2 3"]:
        """Middles of the left and the right ear."""
        return self._sides(self.of("ear"), _EAR)

    @cached_property
    def mouth(self) -> Float[np.ndarray, "3"]:
        """Middle of the lips, at their front."""
        lips = self.means[self.of("lips")]
        if not len(lips):
            return np.array(_MOUTH)
        middle = (lips.min(0) + lips.max(0)) / 2
        return np.array((middle[0], middle[1], np.quantile(lips[:, 2], 0.9)))

    @cached_property
    def mouth_half(self) -> float:
        """Half the width of the mouth."""
        lips = self.means[self.of("lips"), 0]
        return float(np.ptp(lips) / 2) if len(lips) else 2.6

    @cached_property
    def lip_y(self) -> float:
        """Height of the line between the lips."""
        upper = self.means[self.of("lips")]
        front = upper[np.abs(upper[:, 0]) < 0.8] if len(upper) else upper
        return float(np.quantile(front[:, 1], 0.62)) if len(front) else self.mouth[1]

    @cached_property
    def nose(self) -> Float[np.ndarray, "3"]:
        """Tip of the nose."""
        x, y, _ = self.means.T
        ridge = self.of("skin") & (np.abs(x) < 1.0) & (y < self.eyes[:, 1].mean()) & (y > self.mouth[1])
        near = self.means[ridge]
        return near[near[:, 2].argmax()] if len(near) else np.array((0.0, -1.6, 10.8))

    @cached_property
    def brow_y(self) -> float:
        """Height of the brows' upper edges."""
        brows = self.means[self.of("brow"), 1]
        return float(brows.max()) if len(brows) else float(self.eyes[:, 1].mean()) + 2.2

    @cached_property
    def chin_y(self) -> float:
        """Height of the chin."""
        x, y, z = self.means.T
        front = self.of("skin") & (np.abs(x) < 2) & (z > 3)
        return float(y[front].min()) if front.any() else -8.5

    @cached_property
    def half_width(self) -> float:
        """Half the width of the bare head at the temples."""
        x, y, _ = self.means.T
        temples = self.of("skin") & (y > self.eyes[:, 1].mean())
        return float(np.quantile(np.abs(x[temples]), 0.98)) if temples.any() else 7.0

    @cached_property
    def skull_top(self) -> float:
        """Height of the top of the bare head, from the proportions of the face."""
        eye = float(self.eyes[:, 1].mean())
        return eye + 0.8 * (eye - self.chin_y)

    @cached_property
    def hangs(self) -> bool:
        """Whether the person's own headwear hangs down round the face: a hood or a scarf stays on."""
        worn = self.means[self.of("headwear"), 1]
        return bool(len(worn)) and float(np.quantile(worn, 0.02)) < _HANGS_Y

    @cached_property
    def _outside(self) -> np.ndarray:
        """Distances from :data:`CENTRE` to what is outermost, by direction."""
        away = self.means[self.of("skin", "hair", "headwear")] - CENTRE
        distance = np.linalg.norm(away, axis=1)
        row = np.arccos(np.clip(away[:, 1] / distance, -1, 1)) / np.pi * (_ROWS - 1)
        column = (np.arctan2(away[:, 0], away[:, 2]) / (2 * np.pi) + 0.5) * _COLUMNS
        grid = np.zeros((_ROWS, _COLUMNS))
        np.maximum.at(grid, (np.rint(row).astype(int), np.rint(column).astype(int) % _COLUMNS), distance)
        filled = ndimage.grey_dilation(grid, (5, 5), mode="wrap")
        grid = np.where(grid > 0, grid, np.where(filled > 0, filled, 9.0))
        return ndimage.gaussian_filter(grid, 0.7, mode="wrap")

    def outside(self, directions: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Points on the outside of hair, skin and headwear along directions from :data:`CENTRE`."""
        ways = unit(directions)
        row = np.arccos(np.clip(ways[:, 1], -1, 1)) / np.pi * (_ROWS - 1)
        column = (np.arctan2(ways[:, 0], ways[:, 2]) / (2 * np.pi) + 0.5) * _COLUMNS
        distance = ndimage.map_coordinates(self._outside, [row, column], order=1, mode="grid-wrap")
        return CENTRE + ways * distance[:, None]

    def on_top(self, x: float, z: float) -> Float[np.ndarray, "3"]:
        """The outermost point about above (x, z)."""
        direction = np.array([[x, 9.0, z - CENTRE[2]]])
        return self.outside(direction)[0]

    def ring(self, y: float, smooth: int = 4) -> Float[np.ndarray, " 64"]:
        """Distances from the head's axis to the outside at a height, once round from the front, smooth."""
        layer = self.of("skin", "hair", "headwear") & (np.abs(self.means[:, 1] - y) < 0.7)
        x, z = self.means[layer, 0], self.means[layer, 2] - CENTRE[2]
        column = np.rint(np.arctan2(x, z) / (2 * np.pi) * 64).astype(int) % 64
        ring = np.zeros(64)
        np.maximum.at(ring, column, np.hypot(x, z))
        known = ring > 0
        if not known.any():
            return np.full(64, 7.0)
        ring = np.interp(np.arange(64), np.flatnonzero(known), ring[known], period=64)
        spectrum = np.fft.rfft(ndimage.maximum_filter(ring, 3, mode="wrap"))
        spectrum[smooth:] = 0
        return np.fft.irfft(spectrum, 64)

    def _sides(self, rows: np.ndarray, usual: tuple[float, float, float]) -> np.ndarray:
        found = []
        for sign in (1.0, -1.0):
            side = rows & (sign * self.means[:, 0] > 0)
            found.append(self.means[side].mean(0) if side.sum() > 20 else np.array(usual) * (sign, 1, 1))
        return np.array(found, float)


def at(ring: Float[np.ndarray, " 64"], turn: np.ndarray) -> np.ndarray:
    """A ring's distances at turns."""
    return np.interp((turn / (2 * np.pi)) % 1.0 * 64, np.arange(65), np.append(ring, ring[0]))
