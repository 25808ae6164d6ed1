"""Reads headwear from a photo: its kind by shape, and where it lies."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from core.landmarks import LEFT_BROW, RIGHT_BROW
from core.oklab import to_srgb
from core.rig.front_view import COLUMNS_X_CM, EDGE_Z_CM, ROWS_Y_CM, STEP_CM
from core.rig.masks import eroded
from core.rig.sight import Sight
from core.traits.headwear import Headwear, preset_headwear, trim_of

_LEAST_CM2, _STRAY_CM2 = 22.0, 6.0
_SKULL_HALF_WIDTH_CM = 7.0
# Where a visor's border or a fold can lie above the lower edge, in cells of the front view.
_VISOR_CELLS, _FOLD_CELLS = slice(7, 22), slice(11, 31)
_PROFILE_CELLS = 46
_STRAY = "Something on the head could not be told from hair or clothes; no headwear was chosen."
# How much higher a cap or a hat sits than the tip of its visor or brim shows.
_OVERHANG = {"cap": 0.06, "hat": 0.05, "beanie": -0.03}


def measure_headwear(sight: Sight) -> tuple[Headwear | None, str]:
    """The headwear of a portrait, None without any; and a sentence if it could not be read."""
    area = float(sight.front.headwear.sum()) * STEP_CM**2
    if area < _STRAY_CM2:
        return None, ""
    outline = _Outline(sight)
    if area < _LEAST_CM2 or not np.isfinite(outline.low):
        return None, _STRAY
    kind = _kind(outline)
    usual = preset_headwear(kind, outline.color)
    # A visor that hung before the eyes would hide what an avatar is for.
    least = 0.27 if kind in ("cap", "hat") else 0.16
    front = float(np.clip(outline.front + _OVERHANG.get(kind, 0.0), least, 0.72))
    measured = Headwear(
        kind=kind,
        color=outline.color,
        second=usual.second,
        front=front,
        drop=usual.drop,
        rise=usual.rise,
        ease=usual.ease,
        brim=usual.brim,
        tilt=outline.tilt,
        knit=usual.knit,
    )
    return _refined(measured, outline), ""


def _kind(outline: "_Outline") -> str:
    beside, sides = outline.beside, outline.sides
    # Cloth beside the cheeks, well below the ears, on both sides.
    if (min(beside) > 0.02 and sum(beside) > 0.45) or max(beside) > 0.65:
        return "hood" if outline.hair_within > 0.12 or outline.front > 0.75 else "headscarf"
    if outline.height < 3.6 and outline.front > 0.5 and outline.hair_above > 0.1:
        return "headband"
    near, far = outline.reach(0.0, 1.2), outline.reach(3.0, 4.2)
    # Wide low down on both sides, narrow above: a brim all round.
    round_brim = min(near) > 9.0 and min(near) - min(far) > 2.2 and outline.front < 0.62 and outline.height > 4.2
    if round_brim or max(near) > 13.0:
        return "hat"
    visor = outline.step(_VISOR_CELLS)[0]
    # A plain visor on smooth cloth is believed of a tilted head, too.
    plain = visor > 0.11 and outline.texture < 0.1
    level = min(sides) > (-5.6 if plain else -4.7) and outline.front < 0.66
    if level and visor > 0.08 and outline.texture < 0.19:
        return "cap"
    # Fuller above than at its edge, or smooth and well down over both ears.
    wrapped = outline.texture < 0.05 and max(sides) < -3.8 and outline.step(_FOLD_CELLS)[0] < 0.03
    if wrapped or (outline.texture < 0.1 and sum(far) > sum(near) + 2.5):
        return "turban"
    return "beanie"


def _refined(worn: Headwear, outline: "_Outline") -> Headwear:
    """With what only some kinds show."""
    values = dict(vars(worn))
    step, height = outline.step(_FOLD_CELLS)
    if worn.kind in ("cap", "beanie", "turban"):
        limits = {"cap": (0.3, 1.2), "beanie": (0.6, 4.2), "turban": (0.4, 1.8)}[worn.kind]
        values["drop"] = float(np.clip(-0.8 * np.mean(outline.sides), *limits))
    if np.isfinite(outline.top) and worn.kind in ("beanie", "turban", "cap"):
        values["rise"] = float(np.clip(outline.top - outline.skull_top, 0.9, 3.4))
    if worn.kind == "beanie":
        values["knit"] = float(np.clip((outline.texture - 0.04) / 0.09, 0, 1))
        values["ease"] = float(np.clip(np.mean(outline.reach(1.2, 2.4)) - _SKULL_HALF_WIDTH_CM, 0.45, 1.0))
        folded = step > 0.075
        values["brim"] = height if folded else (2.8 if values["knit"] > 0.35 else 0.0)
        values["second"] = outline.band_color(height) if folded else worn.color
    if worn.kind == "cap":
        values["second"] = outline.band_color(outline.step(_VISOR_CELLS)[1])
    if worn.kind == "hat":
        near, far = outline.reach(0.0, 1.2), outline.reach(3.0, 4.2)
        values["brim"] = float(np.clip(np.mean(near) - min(np.mean(far), 7.6), 2.8, 5.5))
    if worn.kind == "headband":
        values["brim"] = float(np.clip(outline.height, 1.4, 3.4))
    return Headwear(**values)


@dataclass(frozen=True)
class _Outline:
    """Headwear in the front view."""

    sight: Sight

    @cached_property
    def worn(self) -> Bool[np.ndarray, "241 201"]:
        return self.sight.front.headwear

    @cached_property
    def brow_y(self) -> float:
        landmarks = self.sight.rig.landmarks(self.sight.vertices)
        return float(landmarks[[*LEFT_BROW[1], *RIGHT_BROW[1]], 1].max())

    @cached_property
    def skull_top(self) -> float:
        return float(self.sight.vertices[self.sight.rig.vertices_of("skin"), 1].max())

    def lowest(self, low_x: float, high_x: float) -> float:
        """Median height of the lower edge between two columns; NaN where there is hardly any."""
        columns = (low_x <= COLUMNS_X_CM) & (high_x > COLUMNS_X_CM) & self.worn.any(0)
        if columns.sum() < 4:
            return float("nan")
        return float(np.median(ROWS_Y_CM[len(ROWS_Y_CM) - 1 - self.worn[::-1, columns].argmax(0)]))

    @cached_property
    def low(self) -> float:
        """Height of the lower edge over the middle of the forehead."""
        return self.lowest(-3.0, 3.0)

    @property
    def front(self) -> float:
        """The same from the brows (0) to the top of the skull (1)."""
        return (self.low - self.brow_y) / (self.skull_top - self.brow_y)

    @cached_property
    def sides(self) -> tuple[float, float]:
        """How much higher the edge lies at the ears, left and right; a side that is not seen is like the other."""
        sides = np.array([self.lowest(6.0, 7.6), self.lowest(-7.6, -6.0)]) - self.low
        # Of a turned head, the far side shows the back of what is worn.
        hidden = 0 if self.sight.fit.yaw_deg > 14 else 1 if self.sight.fit.yaw_deg < -14 else None
        if hidden is not None:
            sides[hidden] = np.nan
        if np.isnan(sides).all():
            return -1.5, -1.5
        left, right = np.where(np.isnan(sides), np.nanmean(sides), sides)
        return float(left), float(right)

    @cached_property
    def beside(self) -> tuple[float, float]:
        """How much of the stretch beside cheeks and jaw it fills, left and right."""
        rows = (ROWS_Y_CM > -5) & (ROWS_Y_CM <= 0)
        left, right = (
            float(self.worn[np.ix_(rows, (sign * COLUMNS_X_CM > 7) & (sign * COLUMNS_X_CM < 9.5))].mean())
            for sign in (1, -1)
        )
        return left, right

    @cached_property
    def hair_within(self) -> float:
        """How much of the forehead below its edge is hair."""
        rows = (self.brow_y + 0.5 < ROWS_Y_CM) & (max(self.low, self.brow_y + 1.2) > ROWS_Y_CM)
        return float(self.sight.front.hair[np.ix_(rows, np.abs(COLUMNS_X_CM) < 4.5)].mean())

    @cached_property
    def _upper(self) -> float:
        columns = (np.abs(COLUMNS_X_CM) < 4) & self.worn.any(0)
        return float(np.median(ROWS_Y_CM[self.worn[:, columns].argmax(0)])) if columns.any() else float("nan")

    @property
    def height(self) -> float:
        """From the lower to the upper edge."""
        return self._upper - self.low

    def _above(self, grid: np.ndarray) -> float:
        rows = (self._upper < ROWS_Y_CM) & (self._upper + 1.5 > ROWS_Y_CM)
        return float(grid[np.ix_(rows, np.abs(COLUMNS_X_CM) < 4)].mean()) if rows.any() else 0.0

    @property
    def hair_above(self) -> float:
        """How much of the stretch above it is hair."""
        return self._above(self.sight.front.hair)

    @property
    def top(self) -> float:
        """Height of its top; NaN if the photo ends before."""
        return self._upper if self._above(self.sight.front.inside) > 0.6 else float("nan")

    def reach(self, above: float, below: float) -> tuple[float, float]:
        """Half widths to the left and the right at heights over the lower edge; 0 where there is nothing."""
        rows = self.worn[(self.low + above < ROWS_Y_CM) & (self.low + below >= ROWS_Y_CM)]
        rows = rows[rows.any(1)]
        if not len(rows):
            return 0.0, 0.0
        right, left = rows.argmax(1), len(COLUMNS_X_CM) - 1 - rows[:, ::-1].argmax(1)
        return float(np.median(COLUMNS_X_CM[left])), float(np.median(-COLUMNS_X_CM[right]))

    @cached_property
    def tilt(self) -> float:
        """How much lower its left side is, in degrees; part of it is the photo's, so that half of it counts."""
        if abs(self.sight.fit.yaw_deg) > 15:
            return 0.0
        left, right = self.lowest(2.0, 5.0), self.lowest(-5.0, -2.0)
        slope = np.degrees(np.arctan2(right - left, 7.0)) if np.isfinite(left + right) else 0.0
        return float(np.clip(0.5 * slope, -6, 6)) if abs(slope) > 3 else 0.0

    @cached_property
    def _columns(self) -> Float[np.ndarray, "46 c 3"]:
        """OKLab colours up from the lower edge, in cells, for columns over the forehead; NaN past its end."""
        front = self.sight.front
        chosen = np.flatnonzero((np.abs(COLUMNS_X_CM) < 5) & self.worn.any(0))
        bottom = len(ROWS_Y_CM) - 1 - self.worn[::-1].argmax(0)[chosen]
        rows = np.clip(bottom - np.arange(1, _PROFILE_CELLS + 1)[:, None], 0, len(ROWS_Y_CM) - 1)
        columns = np.broadcast_to(chosen, rows.shape)
        depth = front.skull_z[rows, columns]
        points = np.stack(
            [
                COLUMNS_X_CM[columns],
                ROWS_Y_CM[rows],
                np.where(np.isfinite(depth), np.maximum(depth, EDGE_Z_CM), EDGE_Z_CM),
            ],
            axis=-1,
        )
        pixels = self.sight.fit.to_pixels(points.reshape(-1, 3))[:, :2]
        column, row = np.clip(np.floor(pixels), 0, 511).astype(int).T
        colors = self.sight.portrait.lab[row, column].reshape(*rows.shape, 3).astype(float)
        colors[~self.worn[rows, columns]] = np.nan
        return colors

    def step(self, cells: slice) -> tuple[float, float]:
        """The strongest change of colour along the edge within cells above it, and its height in cm."""
        colors = self._columns
        best, height = 0.0, 0.0
        for k in range(cells.start, cells.stop):
            over, under = colors[k : k + 4], colors[max(k - 4, 0) : k]
            seen = np.isfinite(over[..., 0]).all(0) & np.isfinite(under[..., 0]).all(0)
            if seen.sum() < 15:
                break
            change = np.median(over[:, seen].mean(0) - under[:, seen].mean(0), axis=0)
            size = float(np.linalg.norm(change * (1, 2, 2)))
            if size > best:
                best, height = size, (k + 1) * STEP_CM
        return best, height

    def band_color(self, height: float) -> Float[np.ndarray, "3"]:
        """Display sRGB of what lies below a height over the edge."""
        band = self._columns[: max(int(height / STEP_CM), 3)].reshape(-1, 3)
        band = band[np.isfinite(band[:, 0])]
        return _designed(np.median(band, axis=0)) if len(band) > 20 else trim_of(self.color)

    @cached_property
    def _inner(self) -> Bool[np.ndarray, "512 512"]:
        mask = self.sight.portrait.mask("headwear")
        inner = eroded(mask, 8)
        return inner if inner.sum() > 200 else mask

    @cached_property
    def color(self) -> Float[np.ndarray, "3"]:
        """Display sRGB of the middle tones."""
        lab = self.sight.portrait.lab[self._inner]
        low, high = np.quantile(lab[:, 0], (0.3, 0.85))
        return _designed(np.median(lab[(lab[:, 0] >= low) & (lab[:, 0] <= high)], axis=0))

    @cached_property
    def texture(self) -> float:
        """How rough it looks: the mean change of lightness over a few pixels, relative to the lightness."""
        lightness = self.sight.portrait.lab[..., 0]
        step = np.abs(lightness[:, 4:] - 2 * lightness[:, 2:-2] + lightness[:, :-4]) / 2
        inner = self._inner[:, 2:-2]
        return float(step[inner].mean() / max(lightness[:, 2:-2][inner].mean(), 0.15))


def _designed(lab: Float[np.ndarray, "3"]) -> Float[np.ndarray, "3"]:
    """Cloth a little richer than measured; black stays light enough for its folds to show."""
    lightness = np.clip(lab[0] * 1.03 + 0.02, 0.24, 0.93)
    return np.clip(to_srgb(np.array([lightness, *(lab[1:] * 1.15)], np.float32)), 0, 1).astype(np.float32)
