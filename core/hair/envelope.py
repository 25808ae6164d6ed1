"""The outside of the hair round a head: where it lies and what of it is hair."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter1d

from core.hair.shape import FACE_Y_CM, OPENING_RAD, OUTLINE_RAD, ROWS_Y_CM, HairShape
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.rig.sculpt import Sculpt
from core.rig.skull import CENTRE, Skull
from core.smoothstep import smoothstep
from core.unit import unit

EDGE_Z_CM = -0.6
"""Depth of the plane of the ears, round which hair hangs."""
_LEAST_CM = 0.18
# Above, hair lies over the skull; below, it hangs; between, the one becomes the other.
_JOIN_CM = (-1.0, 3.0)
_OFF_SKIN_CM = 0.3
_FULLNESS = 2.8
# The line at which short hair ends, from the nape to the temple.
_HAIRLINE_Z_CM = (-7.0, -4.5, -3.2, -2.4, -1.2, 0.6, 1.5, 2.1, 2.8, 3.6)
_HAIRLINE_Y_CM = (-4.6, -3.4, -1.5, 1.6, 3.5, 3.6, 2.0, 0.4, 1.5, 4.0)
# Beside the head a photo from ahead does not show where hair begins.
_SIDE_X_CM = 5.8


@dataclass(frozen=True)
class Envelope:
    """The outside of the hair of one head."""

    shape: HairShape
    skull: Skull
    opening_cm: Float[np.ndarray, "60"]
    """How far from (0, ``FACE_Y_CM``) the face is bare, at ``OPENING_RAD``."""
    cheek_cm: Float[np.ndarray, "60"]
    """How far hair reaches over the head's edge into the face, alike, smoothly."""

    def radius(self, directions: Float[np.ndarray, "n 3"]) -> tuple[np.ndarray, np.ndarray]:
        """Distances from the skull's middle to its surface and to the hair's outside, along unit directions."""
        shape = self.shape
        skull = self.skull.radius(directions)
        x, y, z = directions.T
        angle = np.arctan2(y, np.abs(x))
        over = np.interp(np.where(x >= 0, angle, np.pi - angle), OUTLINE_RAD, shape.outline)
        # The outline belongs to the middle of the head; the back, which no photo shows, is the mean of both sides.
        mirrored = np.interp(np.where(x >= 0, np.pi - angle, angle), OUTLINE_RAD, shape.outline)
        over += np.clip(-2 * z, 0, 1) * (mirrored - over) / 2
        # Towards front and back the silhouette's angle means less and less: there the usual thickness rules.
        usual = float(np.median(shape.outline[18:54]))
        flat = np.hypot(x, y)
        over = over * flat + usual * (1 - flat)
        # Hair that is combed up stands over the forehead; what falls or is combed back lies on it.
        lying = 0.62 if shape.is_long or shape.fringe else 0.3 + 0.3 * abs(shape.swept)
        if shape.parting_x is not None:
            # The parting is a shallow groove.
            over -= 0.22 * np.exp(-(((x * 10.5 - shape.parting_x) / 0.45) ** 2)) * (y > 0.5) * (z > -0.35)
        over = over * np.where(z > 0, 1 - lying * np.clip(z, 0, 1), 1 + 0.1 * -z)
        if not shape.is_long:
            # Short hair thins out towards its lower edge instead of ending in a step.
            height = CENTRE[1] + skull * y
            edge = np.where(z < -0.3, shape.back_end, np.where(x >= 0, *shape.side_end))
            over = over * np.clip((height - edge + 0.3) / 3.5, 0.1, 1)
        return skull, skull + np.maximum(over, _LEAST_CM)

    def thickness(self, directions: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """How far the hair's outside lies over the skull, in cm, along unit directions from the skull's middle."""
        skull, outside = self.radius(directions)
        return outside - skull

    def onto(self, points: Float[np.ndarray, "n 3"], depth: float | np.ndarray = 0.0) -> Float[np.ndarray, "n 3"]:
        """Points moved onto the outside of the hair, or below it: ``depth`` 1 is the skin."""
        away = points - CENTRE
        directions = unit(away)
        skull, outside = self.radius(directions)
        over = CENTRE + directions * (outside + np.asarray(depth) * (skull - outside))[:, None]
        if not self.shape.is_long:
            return over
        hanging = self._hang(points, np.asarray(depth))
        low = smoothstep(-_JOIN_CM[1], -_JOIN_CM[0], -points[:, 1])[:, None]
        placed = over * (1 - low) + hanging * low
        # Hair rests on cheeks and neck; it does not sink into them.
        sunk = np.clip(_OFF_SKIN_CM - self.skull.height(placed), 0, 3)
        sunk = sunk * ((placed[:, 1] > -10) & (placed[:, 2] > -2))
        out = placed - CENTRE
        return placed + unit(out) * sunk[:, None]

    def normals(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Unit normals of the outside at points on it, by differences."""
        rough = points - CENTRE
        rough[:, 1] *= smoothstep(-_JOIN_CM[1] - 2, -_JOIN_CM[0], points[:, 1]) if self.shape.is_long else 1
        rough = unit(rough)
        side = unit(np.cross(rough, np.where(np.abs(rough[:, 1:2]) < 0.9, (0, 1, 0), (1, 0, 0))))
        other = np.cross(side, rough)
        step = 0.5
        first = self.onto(points + step * side) - self.onto(points - step * side)
        second = self.onto(points + step * other) - self.onto(points - step * other)
        normals = np.cross(first, second)
        normals *= np.where((normals * rough).sum(1, keepdims=True) < 0, -1, 1)
        return unit(normals)

    def covers(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Which points on the skull or over it lie under hair."""
        shape = self.shape
        x, y, z = points.T
        bare = self.bare(points)
        end = self.ends(points)
        grown = y > end
        if not shape.top:
            grown &= y < np.interp(z, (-9, -4, 2), (9.0, 8.2, 6.5))
        limit = self._front_limit(points) if shape.is_long else 40.0
        # The top of the head is seen at a grazing angle: there it is hair right up to the edge of the face.
        grazing = (y > 9.8) & (z < 4.5) & shape.top
        beside = z <= np.where((np.abs(x) > _SIDE_X_CM) & (not shape.is_long), 3.2, 1.0)
        return grazing | (grown & (z < limit) & (beside | ~bare))

    def ends(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """Heights at which hair ends, above or below points."""
        shape, (x, _, z) = self.shape, points.T
        side = np.where(x >= 0, *shape.side_end)
        if shape.is_long:
            return np.interp(-z, (2.2, 4.5), (0, 1)) * (shape.back_end - side) + side
        # Short hair ends at the nape, above the ear and in a sideburn before it; longer hair covers the ear.
        line = np.interp(z, _HAIRLINE_Z_CM, _HAIRLINE_Y_CM)
        return np.where(z > -2.4, np.minimum(line, np.maximum(side, -3.5) + 2.0), np.minimum(line, side + 3.0))

    def bare(self, points: Float[np.ndarray, "n 3"], margin_cm: float = 0.0) -> Bool[np.ndarray, " n"]:
        """Which points, seen from ahead, lie where the face shows, or nearer to there than a margin."""
        away = points[:, :2] - (0, FACE_Y_CM)
        return np.hypot(*away.T) < margin_cm + self.edge(np.arctan2(away[:, 1], away[:, 0]))

    def edge(self, angles: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """How far the face is bare at angles seen from ahead, in cm from (0, ``FACE_Y_CM``)."""
        return np.interp(angles, OPENING_RAD, self.opening_cm, period=2 * np.pi)

    def over_cheek(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
        """How far hair beside the face hangs over it rather than behind the ear, in [0, 1]."""
        # What covers the cheek hangs on below the jaw.
        angle = np.arctan2(np.maximum(points[:, 1], -1.5) - FACE_Y_CM, points[:, 0])
        covered = np.interp(angle, OPENING_RAD, self.cheek_cm, period=2 * np.pi)
        return smoothstep(0.4, 1.5, covered)

    def _front_limit(self, points: np.ndarray) -> np.ndarray:
        """Depth beyond which no hair lies beside the cheek: it hangs in front of it only where the photo shows that."""
        # What does not hang over the cheek is tucked behind the ear, in a line that slopes back from the temple.
        tucked = np.interp(points[:, 1], (-3.0, 0.0, 3.0, 5.0, 7.0, 8.5), (-0.9, -0.3, 1.2, 2.8, 5.0, 12.0))
        return tucked + 6.0 * self.over_cheek(points)

    def _hang(self, points: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """Points on the outside of hanging hair: at each height an ellipse round the neck."""
        x, y, z = points.T
        left, right = (np.interp(-y, -ROWS_Y_CM, widths) for widths in self.shape.hanging)
        width = np.where(x >= 0, left, right)
        # At the top it continues what lies over the skull, and only lower down takes the outline of the photo.
        rise = np.linspace(0.0, 0.4, 5)
        beside = np.stack([np.cos(rise), np.sin(rise), 0 * rise], axis=1)
        reach = [(self.radius(beside * (side, 1, 1))[1] * np.cos(rise)).max() for side in (1, -1)]
        above = np.where(x >= 0, *reach)
        behind = self.radius(np.array([[0.0, 0.0, -1.0]]))[1][0]
        low = smoothstep(-3.0, 6.0, -y)
        width = above * (1 - low) + np.clip(width, above - 2.0, above + 2.4) * low
        back = (behind + EDGE_Z_CM - CENTRE[2]) * np.interp(y, (-13, -7, -2, 1.5), (0.74, 0.86, 0.97, 1.0))
        front = np.interp(y, (-9.0, -5.0, 0.0, 4.0), (2.6, 3.8, 5.2, 5.6))
        ahead = z >= EDGE_Z_CM
        deep = np.where(ahead, front, back)
        # In front it is fuller than an ellipse, so that it passes outside the cheeks.
        power = np.where(ahead, _FULLNESS, 2.0)
        across, along = np.abs(x / width) ** (power / 2), np.abs((z - EDGE_Z_CM) / deep) ** (power / 2)
        reach = np.maximum(np.hypot(across, along), 1e-6)
        inner = 1 - 0.35 * depth
        placed_x = np.sign(x) * width * inner * (across / reach) ** (2 / power)
        placed_z = EDGE_Z_CM + np.where(ahead, 1, -1) * deep * inner * (along / reach) ** (2 / power)
        return np.stack([placed_x, y, placed_z], axis=1)


def envelope_of(sculpt: Sculpt, shape: HairShape) -> Envelope:
    """The outside of hair of a shape on a head."""
    reach = head_edge(sculpt.surface.means[sculpt.rig.splats_of("skin", "scalp")])
    opening = np.where(shape.opening < 1.9, shape.opening * reach, 40.0)
    for rim, free in zip((LEFT_EYE, RIGHT_EYE), shape.eyes_free, strict=True):
        if free:
            away = sculpt.landmarks[list(rim), :2] - (0, FACE_Y_CM)
            angle, distance = np.arctan2(away[:, 1], away[:, 0]), np.hypot(*away.T) + 0.45
            # The cartoon's eyes are larger than the measured ones: hair that left those free leaves these free.
            apart = np.abs(np.angle(np.exp(1j * (OPENING_RAD[:, None] - angle))))
            opening = np.maximum(opening, np.where(apart < 0.12, distance, 0).max(1))
    cheek = gaussian_filter1d(np.clip(reach - opening, -0.5, 3.0), 2.5, mode="wrap")
    return Envelope(shape, sculpt.skull, opening, cheek)


def head_edge(points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "60"]:
    """Distances from (0, ``FACE_Y_CM``) to the head's silhouette from ahead, at ``OPENING_RAD``.

    Args:
        points: of the head's skin and scalp, without ears and neck.
    """
    away = points[:, :2] - (0, FACE_Y_CM)
    angle, distance = np.arctan2(away[:, 1], away[:, 0]), np.hypot(*away.T)
    near = np.abs(np.angle(np.exp(1j * (OPENING_RAD[:, None] - angle)))) < np.radians(5)
    return np.where(near, distance, 0).max(1)
