"""Where headscarves and hoods lie: over the skull, straight down behind, and open round the face."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter1d, map_coordinates

from core.rig.skull import CENTRE
from core.smoothstep import smoothstep
from core.traits.cloth import Surface
from core.traits.headwear_shapes import HEM_CM, WornShape, around

_CHIN = 152
_ROWS, _TURNS = 60, 96
# Exponent of the profile over the head.
_DOME = 2.2
# How much wider it is where it lies on the shoulders.
_FLARE_CM = 3.2


@dataclass(frozen=True)
class DrapeShape(WornShape):
    """A headscarf or a hood on the head that wears it."""

    @cached_property
    def chin(self) -> np.ndarray:
        """The tip of the chin."""
        return self.sculpt.landmarks[_CHIN]

    @property
    def hood(self) -> bool:
        """Whether it stands off the face."""
        return self.worn.kind == "hood"

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray]:
        """Heights from the hem to the equator of the dome, and distances from the axis there, (rows, turns)."""
        y = np.linspace(HEM_CM, self._equator, _ROWS)
        turn = np.arange(_TURNS) * 2 * np.pi / _TURNS
        grid_t, grid_y = (a.ravel() for a in np.meshgrid(turn, y))
        ease = self.worn.ease
        wall = self.wall(grid_t, np.maximum(grid_y, -10.5)).reshape(_ROWS, _TURNS) + ease
        # Cloth does not follow the nape inwards: it falls from the widest place, drawn in a little.
        fallen = wall.copy()
        step = y[1] - y[0]
        for k in range(_ROWS - 2, -1, -1):
            fallen[k] = np.maximum(wall[k], fallen[k + 1] - 0.2 * step)
        ahead = np.cos(turn)
        below = smoothstep(self.chin[1] + 0.8, self.chin[1] - 1.2, y)[:, None]
        # Under the chin it lies against the throat, and from there out over the collar.
        throat = np.interp(y, (HEM_CM, self.chin[1] - 1.0), (7.6, 7.2 + CENTRE[2] * -1))[:, None]
        throat = throat + 0.25 * self.worn.ease
        front = smoothstep(0.15, 0.85, ahead)[None, :] * np.maximum(below, 0)
        distance = fallen * (1 - front) + np.minimum(fallen, throat) * front
        distance += _FLARE_CM * smoothstep(-7.0, HEM_CM - 1, y)[:, None] ** 1.5 * (1 - 0.6 * np.abs(ahead))[None, :]
        smooth = gaussian_filter1d(distance, 1.6, axis=0, mode="nearest")
        return y, gaussian_filter1d(smooth, 1.6, axis=1, mode="wrap")

    @property
    def _equator(self) -> float:
        return self.brow_y + 0.5

    def _skirt(self, turn: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Distances of the cloth from the axis, from the hem up to the equator of its dome."""
        heights, table = self._table
        row = (y - heights[0]) / (heights[1] - heights[0])
        column = (turn / (2 * np.pi)) % 1.0 * _TURNS
        wide = np.concatenate([table, table[:, :1]], axis=1)
        return map_coordinates(wide, [row, column], order=1, mode="nearest")

    def surface(self, outward: float) -> Surface:
        """The whole cloth without its opening, ``outward`` cm further out; from the front round, from hem to top."""
        share = 0.62

        def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            turn = 2 * np.pi * u
            t = np.clip(v, 0, 1)
            s = np.clip((t - share) / (1 - share), 0, 1) * np.pi / 2
            power = 2 / _DOME
            inward, up = np.maximum(np.cos(s), 0) ** power, np.sin(s) ** power
            y = np.where(t < share, HEM_CM + (self._equator - HEM_CM) * t / share, self._equator)
            top = self.skull_top + self.worn.rise + outward
            points = around(turn, (self._skirt(turn, y) + outward) * inward, y + (top - y) * up)
            dome = t >= share
            points[dome] = self.outside(points[dome], self.worn.ease * (1 - up[dome]) + 0.6 * up[dome] + outward)
            fall = np.stack([np.sin(turn) * inward, up, np.cos(turn) * inward], axis=1)
            return points + 0.22 * self.folds(points)[:, None] * fall

        return surface

    def folds(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """How the cloth falls, from -1 in a hollow to 1 on a fold."""
        x, y, z = points.T
        low = smoothstep(0.0, 6.0, 0.5 - y)
        turn = np.arctan2(np.abs(x), -z)
        back = np.sin(7.5 * turn + 0.25 * y) * smoothstep(-3.0, 1.5, -z)
        if self.hood:
            return 0.6 * low * back
        # In front it hangs from both sides of the jaw; at the sides it is drawn towards the chin.
        front = np.sin(2.1 * y - 0.17 * x**2 + 0.5 * np.sin(0.7 * x)) * smoothstep(-2.5, 2.0, z)
        upper = 0.35 * np.sin(1.5 * (z - 0.5 * y) + 0.2 * x) * smoothstep(1.0, 5.0, np.abs(x)) * (1 - low)
        return low * (front + back) + upper

    @cached_property
    def _opening(self) -> tuple[float, float, float, float]:
        """Middle height, half width, and half heights above and below of the opening, seen from ahead."""
        cheek = float(self.wall(np.array([np.pi / 2]), np.array([0.5]))[0])
        top = self.front_y
        bottom = float(self.chin[1]) - (2.8 if self.hood else 0.15)
        middle = 0.5
        half = cheek + 0.9 if self.hood else cheek - 0.75
        return middle, half, top - middle, middle - bottom

    def open_at(self, points: Float[np.ndarray, "n 3"], grow: float = 0.0) -> Bool[np.ndarray, " n"]:
        """Which points lie within the opening, seen from ahead."""
        middle, half, above, below = self._opening
        x, y, z = points.T
        tall = np.where(y > middle, above, below) + grow
        power = np.where(y > middle, 2.2, 2.0)
        inside = (np.abs(x) / (half + grow)) ** power + (np.abs(y - middle) / tall) ** power < 1
        return inside & (z > -0.5)

    def reach(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """How far points lie outside the cloth, in cm, measured level; negative inside."""
        turn = np.arctan2(points[:, 0], points[:, 2] - CENTRE[2])
        away = np.hypot(points[:, 0], points[:, 2] - CENTRE[2])
        up = np.clip((points[:, 1] - self._equator) / (self.skull_top + self.worn.rise - self._equator), 0, 1)
        level = self._skirt(turn, np.minimum(points[:, 1], self._equator))
        return away - level * (1 - up**_DOME) ** (1 / _DOME)

    @cached_property
    def rim(self) -> Float[np.ndarray, "m 3"]:
        """The opening's border, once round, on the cloth."""
        middle, half, above, below = self._opening
        angle = np.arange(140) * 2 * np.pi / 140
        cos, sin = np.cos(angle), np.sin(angle)
        power = 2 / np.where(sin > 0, 2.2, 2.0)
        x = half * np.sign(cos) * np.abs(cos) ** power
        y = middle + np.where(sin > 0, above, below) * np.sign(sin) * np.abs(sin) ** power
        # How far in front the cloth lies there: the foremost of the grid's points around.
        outer = self.surface(0.0)
        fine_u, fine_v = (a.ravel() for a in np.meshgrid(np.linspace(-0.25, 0.25, 61), np.linspace(0, 1, 91)))
        cloth = outer(fine_u, fine_v)
        near = (cloth[None, :, 0] - x[:, None]) ** 2 + (cloth[None, :, 1] - y[:, None]) ** 2
        weight = np.exp(-near / 0.16)
        z = (weight * cloth[None, :, 2]).sum(1) / np.maximum(weight.sum(1), 1e-9)
        kernel = np.hanning(9)[1:-1] / np.hanning(9)[1:-1].sum()
        z = np.convolve(np.concatenate([z[-3:], z, z[:3]]), kernel, "valid")
        return np.stack([x, y, z], axis=1)
