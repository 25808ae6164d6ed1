"""The shape of a person's hair or headwear, read from the photo's outline and inner edge."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy import ndimage
from scipy.spatial import KDTree

from core.portrait import Portrait
from core.rig.fit import HeadFit
from core.rig.front_view import COLUMNS_X_CM, EDGE_Z_CM, ROWS_Y_CM, STEP_CM, FrontView, front_view
from core.rig.head import HeadRig
from core.rig.surface import interpolate

CENTRE = np.array((0.0, 1.2, -0.8), np.float32)
"""The point from which the hair's thickness over the skull is measured, head frame, cm."""
_ANGLES = np.radians(np.arange(-52, 233, 4.0))
_MIN_AREA_CM2 = 9.0
_LEAST_CM, _MOST_CM = 0.3, 4.2
_SHOULDER_CM = -13.0


@dataclass(frozen=True)
class HairShape:
    """What the hair is built from; all lengths in cm, in the head frame."""

    front: FrontView
    thickness: Float32[np.ndarray, " a"]
    """Of the hair over the skull's silhouette at each of 72 angles round it; 0 where there is none."""
    skull: KDTree
    """Directions from ``CENTRE`` to points of the head's surface ..."""
    skull_radius: Float32[np.ndarray, " s"]
    """... and their distances."""
    side_bottom: tuple[float, float]
    """Height down to which hair stands out from the head at the avatar's left and right."""
    rows_y: Float32[np.ndarray, " r"]
    """Heights of the rows below, descending, for hair that hangs below the ears; empty for short hair."""
    half_width: Float32[np.ndarray, "2 r"]
    """Of the hanging hair at the avatar's left and right."""
    parting_x: float
    """Where the hair parts, for long hair."""
    has_top: bool
    """Whether hair covers the top of the head, too."""
    headwear_bottom: float
    """Height down to which headwear covers the head; +inf without any."""
    hooded: bool
    """Whether headwear hides what is beside the face and behind it, as hoods and headscarves do."""

    @property
    def is_long(self) -> bool:
        """Whether it hangs below the ears."""
        return len(self.rows_y) > 0

    def radius(self, directions: Float[np.ndarray, "n 3"]) -> tuple[np.ndarray, np.ndarray]:
        """Distances from ``CENTRE`` to the skull and to the hair's outside, along unit directions."""
        skull = _skull_radius(self.skull, self.skull_radius, directions)
        angle = np.arctan2(directions[:, 1], np.abs(directions[:, 0]))
        angle = np.where(directions[:, 0] >= 0, angle, np.pi - angle)
        over = np.interp(angle, _ANGLES, self.thickness)
        # The outline belongs to the middle of the head; the back, which nobody sees, is the mean of both sides.
        behind = np.clip(-2 * directions[:, 2], 0, 1)
        over += behind * (np.interp(np.pi - angle, _ANGLES, self.thickness) - over) / 2
        # Towards front and back the silhouette's angle means less and less: there the mean thickness rules.
        flat = np.hypot(directions[:, 0], directions[:, 1])
        upper = np.median(self.thickness[_ANGLES > 0][: len(_ANGLES) // 2])
        over = over * flat + upper * (1 - flat)
        ahead = np.clip(directions[:, 2], -1, 1)
        # Short hair stands up over the forehead, long hair lies on it.
        shape = np.where(ahead > 0, 1 - (0.62 if self.is_long else 0.35) * ahead, 1 + 0.12 * ahead)
        over = over * shape
        if not self.is_long:
            # Short hair thins out towards its lower edge instead of ending in a step.
            height = CENTRE[1] + skull * directions[:, 1]
            edge = np.where(directions[:, 2] < -0.3, -4.8, np.where(directions[:, 0] >= 0, *self.side_bottom))
            over *= np.clip((height - edge + 0.5) / 3.0, 0.25, 1)
        return skull, skull + np.maximum(over, _LEAST_CM)

    def covers(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Which points on or over the head's surface lie under hair."""
        x, y, z = points.T
        seen = self.front.at(self.front.hair, x, y)
        # What faces the camera shows in the photo; behind, hair grows down to the usual line or hangs lower.
        usual = np.where(z > -2.2, 1.2 - 0.5 * np.clip(z, -2, 1), np.interp(z, (-7, -4, -2.2), (-4.6, -3.2, 1.0)))
        # What hangs at the sides is cut back towards the face, so that it ends in a slope, not in a step.
        hanging = np.where(x >= 0, *self.side_bottom) + 1.3 * np.clip(z + 1.2, 0, 4)
        behind = y > np.minimum(usual, hanging)
        if not self.has_top:
            behind &= y < 8.5 - 0.5 * np.clip(z + 4, 0, 10)
        # The top of the head is seen at a grazing angle: there the outline above it decides.
        grazing = (y > 9.8) & (z < 4.5) & self.has_top
        return np.where((z > 1.0) & ~grazing, seen | (behind & (z < 1.8) & (y < 3)), behind | grazing) & (y > -6)

    def worn(self, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Which points of the hair's outside are headwear: in front as in the photo, behind down to its lower edge."""
        x, y, z = points.T
        behind = np.full(len(x), self.hooded) | (y > self.headwear_bottom - 1.0)
        in_front = self.front.at(self.front.headwear, x, y) & np.isfinite(self.headwear_bottom)
        # No hair shows above the middle of a hat, whatever single labels say.
        return np.where(z > -0.5, in_front, behind) | (y > self.headwear_bottom + 2.0)


def measure_shape(rig: HeadRig, fit: HeadFit, portrait: Portrait) -> HairShape | None:
    """The hair or headwear of a portrait; None if it shows hardly any."""
    vertices = fit.vertices(rig)
    front = front_view(rig, fit, portrait, vertices)
    if front.hair.sum() * STEP_CM**2 < _MIN_AREA_CM2:
        return None
    body = rig.splats_of("skin", "scalp", "neck")
    corners = rig.triangles[rig.splat_triangle[body]]
    away = interpolate(vertices, corners, rig.splat_barycentric[body]) - CENTRE
    distance = np.linalg.norm(away, axis=1)
    trust = _side_trust(fit.yaw_deg)
    skull, radius = KDTree(away / distance[:, None]), distance.astype(np.float32)
    rows_y, half_width = _hanging(front, trust, fit.yaw_deg)
    thickness, has_top = _thickness(front, trust, _apparent_radius(fit, away + CENTRE))
    if not len(rows_y):
        thickness = _close_at_sides(thickness)
    worn = front.headwear & front.hair
    # Headwear that shows over the forehead covers the head down to its lower edge there.
    middle = worn[:, np.abs(COLUMNS_X_CM) < 4].mean(1) > 0.4
    bottom = float(ROWS_Y_CM[np.flatnonzero(middle).max()]) if middle.sum() > 8 else np.inf
    return HairShape(
        front=front,
        thickness=thickness.astype(np.float32),
        skull=skull,
        skull_radius=radius,
        side_bottom=_side_bottoms(front, trust),
        rows_y=rows_y.astype(np.float32),
        half_width=half_width.astype(np.float32),
        parting_x=_parting(front),
        has_top=has_top,
        headwear_bottom=bottom,
        hooded=bool(np.isfinite(bottom)) and _hooded(front),
    )


def _side_trust(yaw_deg: float) -> tuple[float, float]:
    """How far the outline of the avatar's left and right side can be believed, in [0, 1]; a turned head hides one."""
    hidden = float(np.clip((abs(yaw_deg) - 6) / 14, 0, 1))
    return (1 - hidden, 1.0) if yaw_deg > 0 else (1.0, 1 - hidden)


def _skull_radius(skull: KDTree, radius: np.ndarray, directions: np.ndarray) -> np.ndarray:
    distance, nearest = skull.query(directions, k=6)
    weight = 1 / (distance + 0.02) ** 2
    return (radius[nearest] * weight).sum(1) / weight.sum(1)


def _apparent_radius(fit: HeadFit, surface: np.ndarray) -> np.ndarray:
    """Distances from the centre to the skull's outline in the front view, as the photo shows it.

    Of a turned head, the outline on one side is the back of the head; seen in the front view it lies further
    out than the head's side, and hair must not be blamed for that.
    """
    pixels = fit.to_pixels(surface)[:, :2]
    corners = np.array([[0, 0, EDGE_Z_CM], [1, 0, EDGE_Z_CM], [0, 1, EDGE_Z_CM]])
    origin, right, up = fit.to_pixels(corners)[:, :2]
    flat = (pixels - origin) @ np.linalg.inv(np.stack([right - origin, up - origin]))
    away = flat - CENTRE[:2]
    angle, distance = np.arctan2(away[:, 1], away[:, 0]), np.hypot(*away.T)
    radius = np.empty(len(_ANGLES))
    for k, wanted in enumerate(_ANGLES):
        near = np.abs(np.angle(np.exp(1j * (angle - wanted)))) < np.radians(4)
        radius[k] = distance[near].max() if near.any() else 8.0
    return radius


def _thickness(front: FrontView, trust: tuple[float, float], skull_at: np.ndarray) -> tuple[np.ndarray, bool]:
    radii = np.arange(3.0, 17.0, 0.1)
    measured = np.full(len(_ANGLES), np.nan)
    absent = np.zeros(len(_ANGLES), bool)
    for k, angle in enumerate(_ANGLES):
        x, y = CENTRE[0] + radii * np.cos(angle), CENTRE[1] + radii * np.sin(angle)
        skull = skull_at[k]
        hair, inside = front.at(front.hair, x, y), front.at(front.inside, x, y)
        # An ear may show between the head and the hair beside it.
        near = np.flatnonzero(hair & (radii > skull - 1.0) & (radii < skull + 2.2))
        if not len(near):
            absent[k] = bool(inside[(radii > skull - 1.0) & (radii < skull + 0.5)].all())
            continue
        after = radii > max(radii[near[0]], skull)
        outward = np.flatnonzero(after & ~hair & inside)
        cut = np.flatnonzero(after & ~inside)
        end = outward.min() if len(outward) else len(radii) - 1
        # Where the photo ends inside the hair, its outline is unknown.
        if not len(cut) or cut.min() > end:
            measured[k] = np.clip(radii[end] - skull, 0.15, _MOST_CM)
    measured = _by_trust(measured, measured[::-1], trust, np.cos(_ANGLES))
    # What only one side shows, both have.
    measured = np.where(np.isnan(measured), measured[::-1], measured)
    known = ~np.isnan(measured)
    if not known.any():
        return np.where(absent, 0.0, 1.0), not absent[len(absent) // 4 : -len(absent) // 4].any()
    top = np.abs(_ANGLES - np.pi / 2) < np.radians(35)
    filled = np.interp(_ANGLES, _ANGLES[known], measured[known])
    # Hair that the photo's upper edge cuts off stands a little higher than where it can be seen.
    cut_top = np.logical_not(known | absent) & (np.abs(_ANGLES - np.pi / 2) < np.radians(60))
    filled[cut_top] += 0.3
    filled = np.where(absent & ~known, 0.0, filled)
    filled = ndimage.gaussian_filter1d(ndimage.median_filter(filled, 7, mode="nearest"), 3.0, mode="nearest")
    return filled, bool(absent[top].mean() < 0.5)


def _side_bottoms(front: FrontView, trust: tuple[float, float]) -> tuple[float, float]:
    x, y = COLUMNS_X_CM, ROWS_Y_CM
    bottoms = []
    for sign in (1, -1):
        # Beside the head's own silhouette, ears included, and without a gap from the top.
        outside = front.hair & np.isnan(front.skull_z) & (sign * x > 4)[None, :]
        standing = np.flatnonzero((outside.sum(1) < 3) & (y < 4) & front.inside[:, np.abs(x) < 8].all(1))
        bottoms.append(float(max(y[standing.min()], -4.5)) if len(standing) else -4.5)
    left, right = bottoms
    return trust[0] * left + (1 - trust[0]) * right, trust[1] * right + (1 - trust[1]) * left


def _hanging(front: FrontView, trust: tuple[float, float], yaw_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of hair below the ears, and its half widths there at the avatar's left and right."""
    x, y = COLUMNS_X_CM, ROWS_Y_CM
    widths, present, lowest = np.full((2, len(y)), np.nan), np.zeros((2, len(y)), bool), [0.0, 0.0]
    for side, sign in ((0, 1), (1, -1)):
        for row in np.flatnonzero((y < 4.5) & (y > _SHOULDER_CM - 2)):
            reach = sign * x[front.hair[row] & (sign * x > 3.0)]
            present[side, row] = len(reach) >= 4
            # Hair that reaches the photo's border shows no width.
            if len(reach) >= 4 and front.at(front.inside, np.array(sign * (reach.max() + 0.6)), np.array(y[row])):
                widths[side, row] = reach.max()
        hanging = np.flatnonzero(present[side] & (y < -1))
        # Of hair that leaves the photo nobody knows where it ends: it falls to the shoulders.
        if len(hanging) >= 6:
            end = hanging.max()
            leaves = not front.inside[min(end + 4, len(y) - 1), np.abs(x) < 9].mean() > 0.5
            lowest[side] = float(min(y[end], _SHOULDER_CM) if leaves else y[end])
    weights = np.array(trust) + 1e-3
    bottom = float(np.dot(lowest, weights) / weights.sum()) if min(lowest) < 0 else 0.0
    # Beside a turned neck the hair of the nape shows, which does not hang.
    if bottom > -3.2 - 2.5 * min(abs(yaw_deg) / 25, 1):
        return np.zeros(0), np.zeros((2, 0))
    rows = np.arange(4.0, max(bottom, _SHOULDER_CM), -0.25)
    filled = []
    for side in (0, 1):
        known = ~np.isnan(widths[side])
        filled.append(
            np.interp(-rows, -y[known], widths[side][known]) if known.sum() > 5 else np.full(len(rows), np.nan)
        )
    left, right = filled
    sides = np.stack([_mixed(left, right, trust[0]), _mixed(right, left, trust[1])])
    sides = np.where(np.isnan(sides), 9.5, sides)
    return rows, ndimage.gaussian_filter1d(np.clip(sides, 5.5, 13.0), 3, axis=1, mode="nearest")


def _mixed(own: np.ndarray, other: np.ndarray, trust: float) -> np.ndarray:
    mixed = trust * own + (1 - trust) * other
    return np.where(np.isnan(own), other, np.where(np.isnan(other), own, mixed))


def _by_trust(values: np.ndarray, mirrored: np.ndarray, trust: tuple[float, float], side: np.ndarray) -> np.ndarray:
    """Values of a hidden side replaced by those of the other one; ``side`` is positive at the avatar's left."""
    left, right = _mixed(values, mirrored, trust[0]), _mixed(values, mirrored, trust[1])
    toward = np.clip(side * 3, -1, 1)
    return np.where(toward > 0, toward * left + (1 - toward) * values, -toward * right + (1 + toward) * values)


def _close_at_sides(thickness: np.ndarray) -> np.ndarray:
    """Short hair at the sides stands out little more than above them; the rest of the outline is the nape's."""
    above = np.interp(np.radians((50, 130)), _ANGLES, thickness)
    side = np.where(np.cos(_ANGLES) > 0, *above)
    low = np.abs(np.abs(_ANGLES - np.pi / 2) - np.pi / 2) < np.radians(45)
    return np.where(low, np.minimum(thickness, 1.1 * side + 0.4), thickness)


def _hooded(front: FrontView) -> bool:
    """Whether what stands out beside the face is headwear rather than hair."""
    y = ROWS_Y_CM
    beside = front.hair & np.isnan(front.skull_z) & ((y > -5) & (y < 4))[:, None]
    return bool(beside.sum() > 200 and (front.headwear & beside).sum() > 0.5 * beside.sum())


def _parting(front: FrontView) -> float:
    """The x at which the face reaches highest under the hair; 0 if that is not clear."""
    x = COLUMNS_X_CM
    near = np.flatnonzero(np.abs(x) < 4.5)
    columns = front.face[:, near]
    if not columns.any(0).all():
        return 0.0
    height = -ndimage.gaussian_filter1d(columns.argmax(0).astype(float), 3)
    return float(np.clip(x[near[height.argmax()]], -3.0, 3.0))
