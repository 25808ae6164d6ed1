"""Where headwear lies on a head: its lower edge, its crown, its folds; and what of the hair it hides."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from core.landmarks import LEFT_BROW, RIGHT_BROW
from core.rig.sculpt import Sculpt
from core.rig.skull import CENTRE
from core.smoothstep import smoothstep
from core.traits.headwear import Headwear

_AROUND = 128
HEM_CM = -12.2
"""Height at which scarves and hoods end on the shoulders."""
# Lower edges behind, below the forehead's.
_BEHIND_CM = {"cap": 2.2, "beanie": 3.6, "hat": 2.0, "turban": 3.2, "headband": 3.4, "headscarf": 0.0, "hood": 0.0}
# Exponents of the crown's profile: 2 is an ellipse, more is boxier.
_PROFILE = {"cap": 2.25, "beanie": 2.3, "hat": 4.0, "turban": 2.5, "headband": 2.0, "headscarf": 2.2, "hood": 2.3}


@dataclass(frozen=True)
class WornShape:
    """Headwear on the head that wears it."""

    sculpt: Sculpt
    worn: Headwear

    @cached_property
    def brow_y(self) -> float:
        """Height of the brows' upper edges."""
        return float(self.sculpt.landmarks[[*LEFT_BROW[1], *RIGHT_BROW[1]], 1].max())

    @cached_property
    def skull_top(self) -> float:
        """Height of the top of the skull."""
        return float(CENTRE[1] + self.sculpt.skull.radius(np.array([[0.0, 1.0, 0.0]]))[0])

    @cached_property
    def front_y(self) -> float:
        """Height of the lower edge at the middle of the forehead."""
        return self.brow_y + self.worn.front * (self.skull_top - self.brow_y)

    def edge(self, turn: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Heights of the lower edge; ``turn`` is 0 in front and a quarter circle at the avatar's left, in radians."""
        side = self.front_y - self.worn.drop
        back = self.front_y - _BEHIND_CM[self.worn.kind]
        first, second = (self.front_y - back) / 2, ((self.front_y + back) / 2 - side) / 2
        level = (self.front_y + back) / 2 - second
        lean = 7.0 * np.tan(np.radians(self.worn.tilt)) * np.sin(turn)
        return level + first * np.cos(turn) + second * np.cos(2 * turn) - lean

    def stand_off(self, turn: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """How far a headband stands off the skull: over hair behind, close to the forehead in front."""
        close = min(self.worn.ease, 0.7)
        return close + (self.worn.ease - close) * smoothstep(-0.85, -0.1, -np.cos(turn))

    def band(self, turn: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Heights of a headband, which is narrower behind."""
        return self.worn.brim * (0.75 + 0.25 * np.cos(turn))

    def wall(self, turn: Float[np.ndarray, " n"], y: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Horizontal distances from the head's axis to the skull's outside at heights."""
        low, high = np.full(len(turn), 0.5), np.full(len(turn), 16.0)
        for _ in range(16):
            middle = (low + high) / 2
            inside = self.sculpt.skull.height(around(turn, middle, y)) < 0
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        return low

    @cached_property
    def _ring(self) -> np.ndarray:
        """Distances of the lower edge from the axis at even turns, smooth."""
        turn = np.arange(_AROUND) * 2 * np.pi / _AROUND
        distance = self.wall(turn, self.edge(turn)) + self.worn.ease
        spectrum = np.fft.rfft(distance)
        spectrum[7:] = 0
        return np.fft.irfft(spectrum, _AROUND)

    def ring(self, turn: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Distances of the lower edge from the head's axis."""
        at = (turn / (2 * np.pi)) % 1.0 * _AROUND
        return np.interp(at, np.arange(_AROUND + 1), np.append(self._ring, self._ring[0]))

    def crown(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Points (n, 3) of the dome; ``u`` once round from the front, ``v`` from the edge to the top."""
        turn = 2 * np.pi * u
        power = 2 / _PROFILE[self.worn.kind]
        s = np.clip(v, 0, 1) * np.pi / 2
        inward, up = np.maximum(np.cos(s), 0.0) ** power, np.sin(s) ** power
        edge = self.edge(turn)
        top = self.skull_top + self.worn.rise
        points = around(turn, self.ring(turn) * inward, edge + (top - edge) * up)
        # The top of a head lies behind the middle of its brow line.
        points[:, 2] -= 0.6 * up * inward
        return self.outside(points, self.worn.ease * (1 - up) + 0.5 * up)

    def outside(self, points: Float[np.ndarray, "n 3"], clearance: Float[np.ndarray, " n"] | float) -> np.ndarray:
        """The points, pushed out of the skull where they lie nearer to it than ``clearance``."""
        away = points - CENTRE
        distance = np.linalg.norm(away, axis=1)
        unit = away / np.maximum(distance, 1e-9)[:, None]
        least = self.sculpt.skull.radius(unit) + clearance
        # A soft maximum: no crease where dome and skull meet.
        return CENTRE + unit * ((distance + least + np.sqrt((distance - least) ** 2 + 0.09)) / 2 - 0.1)[:, None]


def around(turn: np.ndarray, distance: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Points (n, 3) at turns round the head's axis, distances from it, and heights."""
    return np.stack([distance * np.sin(turn), y, CENTRE[2] + distance * np.cos(turn)], axis=1)
