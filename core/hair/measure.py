"""Reads the hair of a person from a photo: its outline, its edge round the face, where it ends, how it falls."""

import numpy as np
from jaxtyping import Bool
from scipy import ndimage

from core.hair.envelope import EDGE_Z_CM, head_edge
from core.hair.shape import FACE_Y_CM, OPENING_RAD, OUTLINE_RAD, ROWS_Y_CM, HairShape
from core.hair.texture import measure_curl
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.rig.front_view import COLUMNS_X_CM, STEP_CM, FrontView
from core.rig.front_view import ROWS_Y_CM as GRID_Y_CM
from core.rig.sight import Sight
from core.rig.skull import CENTRE
from core.rig.surface import interpolate

_MIN_AREA_CM2 = 9.0
_MOST_CM = 4.6
_SHOULDER_CM = -13.0
_RUN_CM = 0.6


def measure_hair(sight: Sight) -> tuple[HairShape | None, str]:
    """The hair, None for a bald head, and a sentence if it could not be read."""
    front = sight.front
    if front.hair.sum() * STEP_CM**2 < _MIN_AREA_CM2:
        return None, ""
    skin = interpolate(sight.vertices, sight.pattern.corners, sight.pattern.barycentric)
    bare = skin[sight.rig.splats_of("skin", "scalp", "neck")]
    trust = _side_trust(sight.fit.yaw_deg)
    # A hat presses the hair flat; what lies under it counts as hair of no thickness.
    hatted = bool((front.headwear & (GRID_Y_CM > 6.0)[:, None]).sum() * STEP_CM**2 > 12.0)
    outline, top = _outline(front, trust, _apparent_radius(sight, bare))
    ends = _ends(front, trust)
    long = min(ends) < -4.0 - 2.0 * min(abs(sight.fit.yaw_deg) / 25, 1)
    outline = _eased_at_sides(outline) if long else _close_at_sides(outline)
    opening = _opening(front, trust, head_edge(skin[sight.rig.splats_of("skin", "scalp")]))
    upper = np.abs(OPENING_RAD - np.pi / 2) < np.radians(32)
    fringe = bool(np.median(opening[upper]) < 0.5) and not hatted
    volume = float(np.median(outline[20:52]))
    shape = HairShape(
        outline=np.where(hatted, np.minimum(outline, 0.5), outline).astype(np.float32),
        opening=opening.astype(np.float32),
        side_end=ends if long else _side_ends(front, trust),
        back_end=float(min(np.mean(ends), -6.0)) if long else -4.6,
        hanging=_hanging(front, trust),
        top=top or hatted,
        parting_x=_parting(front) if long and not fringe else None,
        swept=float(np.clip((volume - 1.0) / 1.6, 0, 0.8)),
        fringe=fringe,
        curl=measure_curl(sight),
        eyes_free=(_eye_free(sight, LEFT_EYE), _eye_free(sight, RIGHT_EYE)),
    )
    hidden = bool(np.isnan(outline).any())
    return shape, "The hair could not be seen well; its outline is a guess." if hidden else ""


def _side_trust(yaw_deg: float) -> tuple[float, float]:
    """How far the outline of the avatar's left and right side can be believed, in [0, 1]; a turned head hides one."""
    hidden = float(np.clip((abs(yaw_deg) - 6) / 14, 0, 1))
    return (1 - hidden, 1.0) if yaw_deg > 0 else (1.0, 1 - hidden)


def _apparent_radius(sight: Sight, surface: np.ndarray) -> np.ndarray:
    """Distances from the centre to the skull's outline in the front view, as the photo shows it.

    Of a turned head, the outline on one side is the back of the head; seen in the front view it lies further
    out than the head's side, and hair must not be blamed for that.
    """
    pixels = sight.fit.to_pixels(surface)[:, :2]
    corners = np.array([[0, 0, EDGE_Z_CM], [1, 0, EDGE_Z_CM], [0, 1, EDGE_Z_CM]])
    origin, right, up = sight.fit.to_pixels(corners)[:, :2]
    flat = (pixels - origin) @ np.linalg.inv(np.stack([right - origin, up - origin]))
    away = flat - CENTRE[:2]
    angle, distance = np.arctan2(away[:, 1], away[:, 0]), np.hypot(*away.T)
    apart = np.abs(np.angle(np.exp(1j * (OUTLINE_RAD[:, None] - angle))))
    return np.where(apart < np.radians(4), distance, 8.0 * (apart < np.radians(1))).max(1)


def _outline(front: FrontView, trust: tuple[float, float], skull_at: np.ndarray) -> tuple[np.ndarray, bool]:
    """Thickness over the skull at ``OUTLINE_RAD``, and whether hair covers the top of the head."""
    radii = np.arange(3.0, 17.0, 0.1)
    measured = np.full(len(OUTLINE_RAD), np.nan)
    absent = np.zeros(len(OUTLINE_RAD), bool)
    for k, angle in enumerate(OUTLINE_RAD):
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
    measured = _by_trust(measured, measured[::-1], trust, np.cos(OUTLINE_RAD))
    # What only one side shows, both have.
    measured = np.where(np.isnan(measured), measured[::-1], measured)
    known = ~np.isnan(measured)
    if not known.any():
        return np.where(absent, 0.0, 1.0), not absent[len(absent) // 4 : -len(absent) // 4].any()
    over = np.abs(OUTLINE_RAD - np.pi / 2) < np.radians(35)
    filled = np.interp(OUTLINE_RAD, OUTLINE_RAD[known], measured[known])
    # Hair that the photo's upper edge cuts off stands a little higher than where it can be seen.
    cut_top = np.logical_not(known | absent) & (np.abs(OUTLINE_RAD - np.pi / 2) < np.radians(60))
    filled[cut_top] += 0.3
    filled = np.where(absent & ~known, 0.0, filled)
    filled = ndimage.gaussian_filter1d(ndimage.median_filter(filled, 7, mode="nearest"), 2.5, mode="nearest")
    return filled, bool(absent[over].mean() < 0.5)


def _opening(front: FrontView, trust: tuple[float, float], reach: np.ndarray) -> np.ndarray:
    """How far the face is bare at ``OPENING_RAD``, in parts of ``reach``; 2 where no hair shows."""
    radii = np.arange(1.5, 22.0, 0.15)
    run = round(_RUN_CM / 0.15)
    measured = np.full(len(OPENING_RAD), 2.0)
    for k, angle in enumerate(OPENING_RAD):
        x, y = radii * np.cos(angle), FACE_Y_CM + radii * np.sin(angle)
        hair = front.at(front.hair, x, y) & front.at(front.inside, x, y)
        runs = np.convolve(hair, np.ones(run), "valid") >= run - 0.5
        if runs.any():
            measured[k] = radii[runs.argmax()] / reach[k]
    # Above the ears a head with hair is never bare beyond its own edge.
    measured = np.where(np.sin(OPENING_RAD) > 0.2, np.minimum(measured, 1.02), measured)
    mirrored = np.roll(measured[::-1], -29)
    measured = _by_trust(measured, mirrored, trust, np.cos(OPENING_RAD))
    measured = ndimage.median_filter(measured, 3, mode="wrap")
    shown = measured < 1.9
    smooth = ndimage.gaussian_filter1d(np.minimum(measured, 1.4), 0.9, mode="wrap")
    return np.where(shown, smooth, 2.0)


def _ends(front: FrontView, trust: tuple[float, float]) -> tuple[float, float]:
    """Heights at which what hangs beside the neck ends, at the avatar's left and right; 0 where nothing does."""
    x, y = COLUMNS_X_CM, GRID_Y_CM
    lowest = [0.0, 0.0]
    for side, sign in ((0, 1), (1, -1)):
        hanging = np.flatnonzero(
            ((front.hair & (sign * x > 3.0)[None, :]).sum(1) >= 4) & (y < -1) & (y > _SHOULDER_CM - 2)
        )
        if len(hanging) >= 6:
            end = hanging.max()
            # Of hair that leaves the photo nobody knows where it ends: it falls to the shoulders.
            out = front.inside[min(end + 4, len(y) - 1), np.abs(x) < 9].mean() <= 0.5
            lowest[side] = float(min(y[end], _SHOULDER_CM) if out else max(y[end], _SHOULDER_CM))
    left, right = lowest
    left, right = trust[0] * left + (1 - trust[0]) * right, trust[1] * right + (1 - trust[1]) * left
    # One side is hardly ever much longer than the other: what does not show there lies behind the shoulder.
    low = min(left, right)
    return _at_most(left, low), _at_most(right, low)


def _at_most(end: float, low: float) -> float:
    return (end + low) / 2 if end < -4 else low if low < -7 else end


def _side_ends(front: FrontView, trust: tuple[float, float]) -> tuple[float, float]:
    """Height down to which short hair stands out beside the face, at the avatar's left and right."""
    x, y = COLUMNS_X_CM, GRID_Y_CM
    bottoms = []
    for sign in (1, -1):
        # Beside the head's own silhouette, ears included, and without a gap from the top.
        outside = front.hair & np.isnan(front.skull_z) & (sign * x > 4)[None, :]
        standing = np.flatnonzero((outside.sum(1) < 3) & (y < 4) & front.inside[:, np.abs(x) < 8].all(1))
        bottoms.append(float(max(y[standing.min()], -3.5)) if len(standing) else -3.5)
    left, right = bottoms
    return trust[0] * left + (1 - trust[0]) * right, trust[1] * right + (1 - trust[1]) * left


def _hanging(front: FrontView, trust: tuple[float, float]) -> np.ndarray:
    """Half widths at ``ROWS_Y_CM``, at the avatar's left and right."""
    x, y = COLUMNS_X_CM, GRID_Y_CM
    filled = []
    for sign in (1, -1):
        widths = np.full(len(y), np.nan)
        for row in np.flatnonzero((y < 4.5) & (y > _SHOULDER_CM - 2)):
            reach = sign * x[front.hair[row] & (sign * x > 3.0)]
            # Hair that reaches the photo's border shows no width.
            if len(reach) >= 4 and front.at(front.inside, np.array(sign * (reach.max() + 0.6)), np.array(y[row])):
                widths[row] = reach.max()
        known = ~np.isnan(widths)
        rows = ROWS_Y_CM
        filled.append(np.interp(-rows, -y[known], widths[known]) if known.sum() > 5 else np.full(len(rows), np.nan))
    left, right = filled
    sides = np.stack([_mixed(left, right, trust[0]), _mixed(right, left, trust[1])])
    sides = np.where(np.isnan(sides), 9.0, sides)
    return ndimage.gaussian_filter1d(np.clip(sides, 5.5, 12.5), 1.0, axis=1, mode="nearest").astype(np.float32)


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
    above = np.interp(np.radians((50, 130)), OUTLINE_RAD, thickness)
    side = np.where(np.cos(OUTLINE_RAD) > 0, *above)
    low = np.abs(np.abs(OUTLINE_RAD - np.pi / 2) - np.pi / 2) < np.radians(45)
    return np.where(low, np.minimum(thickness, 1.1 * side + 0.3), thickness)


def _eased_at_sides(thickness: np.ndarray) -> np.ndarray:
    """Long hair widens gently below the temples: how wide it hangs is measured on its own."""
    above = np.interp(np.radians((35, 145)), OUTLINE_RAD, thickness)
    side = np.where(np.cos(OUTLINE_RAD) > 0, *above)
    low = np.abs(np.abs(OUTLINE_RAD - np.pi / 2) - np.pi / 2) < np.radians(40)
    return ndimage.gaussian_filter1d(np.where(low, np.minimum(thickness, side + 0.5), thickness), 1.5, mode="nearest")


def _parting(front: FrontView) -> float:
    """The x at which the face reaches highest under the hair; 0 if that is not clear."""
    x = COLUMNS_X_CM
    near = np.flatnonzero(np.abs(x) < 4.5)
    columns = front.face[:, near]
    if not columns.any(0).all():
        return 0.0
    height = -ndimage.gaussian_filter1d(columns.argmax(0).astype(float), 3)
    return float(np.clip(x[near[height.argmax()]], -3.0, 3.0))


def _eye_free(sight: Sight, rim: tuple[int, ...]) -> bool:
    column, row = np.clip(sight.portrait.points[list(rim), :2].astype(int), 0, 511).T
    hidden: Bool[np.ndarray, " r"] = sight.portrait.mask("hair", "headwear")[row, column]
    return float(hidden.mean()) < 0.4
