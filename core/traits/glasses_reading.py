"""Reads glasses from a photo: the lenses' outline, the rim's thickness and colour, and the tint."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import map_coordinates

from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.oklab import to_srgb
from core.rig.masks import eroded
from core.rig.sight import Sight
from core.traits.glasses import Glasses, preset_glasses
from core.unit import unit

# Clear lenses fill at least 6,000 pixels, shadows of brows taken for glasses hardly 2,000.
_MIN_PIXELS, _HINT_PIXELS = 3500, 1500
# Side of a cell of the plane the glasses are seen in, its size, and its depth before the eyes.
_STEP_CM = 0.06
_HALF_WIDTH_CM, _LOW_CM, _HIGH_CM = 8.0, -5.0, 4.0
_AHEAD_CM = 1.0
# Where colours are looked at on lines across a lens's edge: inside negative.
_ACROSS_CM = np.arange(-0.5, 0.51, 0.04)
_SHADOWS = "Glasses could not be told from shadows; none were chosen."
_HINTED = "The glasses could not be measured; usual ones were chosen."


def measure_glasses(sight: Sight) -> tuple[Glasses | None, str]:
    """The glasses of a portrait, None without any; and a sentence if they could not be read."""
    mask = sight.portrait.mask("glasses")
    if mask.sum() < _MIN_PIXELS:
        return None, _SHADOWS if mask.sum() > _HINT_PIXELS else ""
    plane = _Plane(sight)
    lenses = [lens for lens in (plane.lens(0), plane.lens(1)) if lens is not None]
    if not lenses:
        return preset_glasses("rectangular", np.array((0.12, 0.1, 0.1), np.float32)), _HINTED
    # Of a turned head, the far lens is seen at a grazing angle.
    far = 0 if sight.fit.yaw_deg > 12 else 1 if sight.fit.yaw_deg < -12 else None
    seen = [lens for lens in lenses if lens.side != far] or lenses
    width, height = (float(np.mean([getattr(lens, name) for lens in seen])) for name in ("width", "height"))
    corners = np.mean([lens.corners for lens in seen], axis=0)
    # Where the temple joins, the mask is squarer than the lens.
    corners[1] = (corners[1] + min(corners[1], corners[0] + 0.4)) / 2
    tint, glass = plane.tint()
    rim, half_rim, color = plane.rim(seen, tint)
    return (
        Glasses(
            width=float(np.clip(width / plane.apart, 0.66, 0.98)),
            aspect=float(np.clip(height / width, 0.45, 1.05)),
            corners=np.clip(2.8 + 0.9 * (corners - 2.8), 2.0, 4.5).astype(np.float32),
            lift=float(np.clip(0.9 * np.mean([lens.lift for lens in seen]) - 0.06, 0.0, 0.3)),
            drop=float(np.clip(np.mean([lens.drop for lens in seen]), -0.3, 0.9)),
            rim=rim,
            half_rim=half_rim,
            color=color,
            tint=tint,
            lens=glass,
        ),
        "",
    )


@dataclass(frozen=True)
class _Lens:
    """One lens in the plane."""

    side: int
    """0 the avatar's left, 1 its right."""
    width: float
    height: float
    drop: float
    lift: float
    corners: Float[np.ndarray, "4"]
    centre: tuple[float, float]


@dataclass(frozen=True)
class _Plane:
    """The photo as if the head looked straight ahead, in the plane of the glasses."""

    sight: Sight

    @cached_property
    def _eyes(self) -> np.ndarray:
        landmarks = self.sight.rig.landmarks(self.sight.vertices)
        return np.stack([landmarks[list(rim)].mean(0) for rim in (LEFT_EYE, RIGHT_EYE)])

    @property
    def apart(self) -> float:
        """Distance of the eyes' middles, in cm."""
        return float(np.linalg.norm(self._eyes[0] - self._eyes[1]))

    @cached_property
    def x(self) -> np.ndarray:
        """Columns, in cm."""
        return np.arange(-_HALF_WIDTH_CM, _HALF_WIDTH_CM, _STEP_CM)

    @cached_property
    def y(self) -> np.ndarray:
        """Rows from the top, in cm."""
        return self._eyes[:, 1].mean() + np.arange(_HIGH_CM, _LOW_CM, -_STEP_CM)

    def pixels(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Column and row (n, 2) of the photo where places of the plane lie."""
        depth = self._eyes[:, 2].mean() + _AHEAD_CM - 0.03 * x**2
        return self.sight.fit.to_pixels(np.stack([x, y, depth], axis=1).astype(np.float32))[:, :2]

    def lab(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """OKLab colours (n, 3) at places of the plane."""
        column, row = self.pixels(x, y).T
        image = self.sight.portrait.lab
        return np.stack(
            [map_coordinates(image[..., k], [row - 0.5, column - 0.5], order=1, mode="nearest") for k in range(3)],
            axis=1,
        )

    @cached_property
    def mask(self) -> Bool[np.ndarray, "r c"]:
        """Where glasses show."""
        grid_x, grid_y = np.meshgrid(self.x, self.y)
        column, row = np.clip(np.floor(self.pixels(grid_x.ravel(), grid_y.ravel())), 0, 511).astype(int).T
        return self.sight.portrait.mask("glasses")[row, column].reshape(grid_x.shape)

    def lens(self, side: int) -> _Lens | None:
        """The lens of one side; None if too little of it shows."""
        sign = 1.0 if side == 0 else -1.0
        near = self.mask & (sign * self.x > 0.25)[None]
        tall = near.sum(0)
        if tall.max() * _STEP_CM < 1.2:
            return None
        # Temples and the bridge are much lower than the lens.
        columns = np.flatnonzero(tall > 0.42 * np.quantile(tall[tall > 0], 0.8))
        columns = columns[np.abs(self.x[columns] - np.median(self.x[columns])) < 3.6]
        top = self.y[near[:, columns].argmax(0)]
        bottom = self.y[len(self.y) - 1 - near[::-1, columns].argmax(0)]
        out = sign * self.x[columns]
        order = np.argsort(out)
        out, top, bottom = out[order], top[order], bottom[order]
        left, right = out[0], out[-1]
        high, low = np.quantile(top, 0.92), np.quantile(bottom, 0.08)
        width, height = right - left, high - low
        if width < 2.2 or height < 1.0:
            return None
        middle_x, middle_y = (left + right) / 2, (high + low) / 2
        half_x, half_y = width / 2, height / 2
        inside = (out > left + 0.25 * width) & (out < right - 0.15 * width)
        slope = np.polyfit(out[inside], top[inside], 1)[0] if inside.sum() > 5 else 0.0
        # How much of each quarter of the bounding box is filled tells the exponent there.
        corners = []
        for upper in (True, False):
            for inner in (True, False):
                here = (out < middle_x) if inner else (out >= middle_x)
                reach = (top[here] - middle_y) if upper else (middle_y - bottom[here])
                corners.append(_exponent(float(np.clip(reach, 0, half_y).sum() * _STEP_CM / (half_x * half_y))))
        return _Lens(
            side=side,
            width=float(width),
            height=float(height),
            drop=float(self._eyes[side, 1] - middle_y),
            lift=float(slope * half_x / half_y),
            corners=np.array(corners),
            centre=(float(sign * middle_x), float(middle_y)),
        )

    @cached_property
    def skin(self) -> Float[np.ndarray, "3"]:
        """OKLab of the skin round the glasses: of the cheeks, or of all of it."""
        portrait = self.sight.portrait
        skin = portrait.lab[eroded(portrait.mask("skin"), 3)]
        return np.median(skin, axis=0) if len(skin) else np.array([0.7, 0.04, 0.05])

    def tint(self) -> tuple[float, Float[np.ndarray, "3"]]:
        """How dark the lenses are, in [0, 1], and their colour in display sRGB."""
        portrait = self.sight.portrait
        inner = portrait.lab[eroded(portrait.mask("glasses"), 7)]
        if len(inner) < 300:
            return 0.0, np.array((0.13, 0.12, 0.13), np.float32)
        # Skin shows through clear lenses beside eyes and lids; through dark ones nothing light does.
        light = np.quantile(inner[:, 0], 0.72)
        tint = float(np.clip((self.skin[0] - light - 0.1) / 0.2, 0, 1))
        # Shadows of brows and hair darken a clear lens as much.
        tint = tint if tint > 0.3 else 0.0
        lens = np.median(inner, axis=0) * (0.72, 0.9, 0.9)
        lens[0] = np.clip(lens[0], 0.18, 0.4)
        return tint, np.clip(to_srgb(lens.astype(np.float32)), 0, 1).astype(np.float32)

    def rim(self, lenses: list[_Lens], tint: float) -> tuple[float, bool, Float[np.ndarray, "3"]]:
        """Thickness of the rim in cm, whether the lower edge is bare, and the rim's colour in display sRGB."""
        profiles, lower = [], []
        for lens in lenses:
            profile, below = self._across(lens)
            profiles.append(profile)
            lower.append(below)
        profile, lower = np.concatenate(profiles), np.concatenate(lower)
        strength, width, color = _lines(profile)
        if tint > 0.5:
            # Only its outer side stands out from the skin, as far as the lens does.
            return 0.26, False, _frame_color(np.quantile(profile.reshape(-1, 3), 0.1, axis=0), self.skin, 1.0)
        if (~lower).sum() < 8:
            lower = np.where(np.arange(len(lower)) % 2 == 0, lower, False)
        below, above = (float(np.quantile(strength[rows], 0.6)) for rows in (lower, ~lower))
        half_rim = below < 0.4 * above and above > 0.32
        if max(below, 0.7 * above) < 0.05:
            return 0.0, False, _frame_color(np.median(color, axis=0), self.skin, 0.5)
        rows = ~lower if half_rim else lower
        clear = rows & (strength >= np.median(strength[rows]))
        contrast, wide = float(np.median(strength[clear])), float(np.median(width[clear]))
        # The photo blurs a thin rim: it gets wider and paler, never narrower than two pixels.
        blur = 2.0 / self.sight.fit.scale
        rim = float(np.clip((wide - blur) * np.clip(contrast / 0.3, 0.4, 1.15) + 0.02, 0.06, 0.36))
        # What is pale and wide are wrinkles beside a wire.
        rim = min(rim, 0.24 if half_rim else 0.09 if contrast < 0.3 else 0.36)
        # Many frames are heavier and darker above.
        rows = ~lower if above > max(1.5 * below, 0.38) else lower
        clear = rows & (strength >= np.median(strength[rows]))
        share = float(np.interp(rim, (0.1, 0.3), (0.55, 0.95)))
        return rim, half_rim, _frame_color(np.median(color[clear], axis=0), self.skin, share)

    def _across(self, lens: _Lens) -> tuple[Float[np.ndarray, "k m 3"], Bool[np.ndarray, " k"]]:
        """OKLab colours along lines across a lens's edge, and which of them cross its lower one."""
        turn = np.linspace(0, 2 * np.pi, 96, endpoint=False)
        # Not where temples and bridge join.
        turn = turn[np.abs(np.cos(turn)) < 0.9]
        cos, sin = np.cos(turn), np.sin(turn)
        power = np.where(sin > 0, lens.corners[:2].mean(), lens.corners[2:].mean())
        radius = (np.abs(cos) ** power + np.abs(sin) ** power) ** (-1 / power)
        sign = np.sign(lens.centre[0])
        x = lens.centre[0] + sign * radius * cos * lens.width / 2
        y = lens.centre[1] + radius * sin * lens.height / 2
        outward = unit(np.stack([sign * cos / lens.width, sin / lens.height], axis=1))
        at_x = (x[:, None] + outward[:, :1] * _ACROSS_CM).ravel()
        at_y = (y[:, None] + outward[:, 1:] * _ACROSS_CM).ravel()
        colors = self.lab(at_x, at_y).reshape(len(turn), len(_ACROSS_CM), 3)
        # Brows are dark lines, too, and hair may fall over the frame.
        column, row = np.clip(np.floor(self.pixels(at_x, at_y)), 0, 511).astype(int).T
        other = self.sight.portrait.mask("brows", "hair")[row, column].reshape(len(turn), -1).mean(1) > 0.12
        kept = ~other if (~other & (sin < -0.1)).sum() > 10 else np.ones(len(turn), bool)
        return colors[kept], (sin < -0.1)[kept]


def _lines(profile: Float[np.ndarray, "k m 3"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the dark line in each profile: how much darker it is than its surroundings, its width in cm, its colour."""
    lightness = profile[..., 0]
    # The surroundings on either side: the lighter of them, as the lens may show a shadow.
    around = np.maximum(np.quantile(lightness, 0.75, axis=1), np.maximum(lightness[:, 0], lightness[:, -1]))
    depth = around[:, None] - lightness
    # Near the outline found, not at the ends.
    depth = depth * np.where(np.abs(_ACROSS_CM) < 0.36, 1.0, 0.4)
    at = depth.argmax(1)
    peak = depth.max(1)
    wide = (depth > 0.5 * peak[:, None]).sum(1) * (_ACROSS_CM[1] - _ACROSS_CM[0])
    return peak, wide, profile[np.arange(len(profile)), at]


def _frame_color(seen: np.ndarray, skin: np.ndarray, share: float) -> Float[np.ndarray, "3"]:
    """Display sRGB of a frame whose pixels are mixed with skin: ``share`` of them is frame."""
    lab = skin + (seen - skin) / max(share, 0.4)
    lightness = np.clip(lab[0], 0.19, 0.85)
    # Near black, and on wires, what colour is left is the skin's reflection.
    chroma = np.interp(lightness, (0.2, 0.5), (0.35, 0.9)) * np.interp(share, (0.55, 0.8), (0.6, 1.0))
    lab = np.array([lightness, *(chroma * np.clip(lab[1:], -0.12, 0.12))], np.float32)
    return np.clip(to_srgb(lab), 0, 1).astype(np.float32)


def _exponent(filled: float) -> float:
    """The exponent of a superellipse that fills so much of its bounding box."""
    powers = np.array((1.4, 1.7, 2.0, 2.4, 3.0, 4.0, 6.0))
    shares = np.array((0.615, 0.71, 0.785, 0.836, 0.883, 0.927, 0.963))
    return float(np.interp(filled, shares, powers))
