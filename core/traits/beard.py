"""Facial hair: how dense it is in each zone of the face, how long and of what colour."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32
from scipy import ndimage

from core.oklab import to_srgb
from core.rig.masks import eroded
from core.rig.sight import Sight
from core.rig.surface import neutral_places
from core.smoothstep import smoothstep

_MIN_SPLATS = 15
_DEFAULT_COLOR = np.array((0.24, 0.17, 0.13), np.float32)
# Density in a zone is linear in this evidence: log roughness over the cheek's (fine, coarse), log roughness, lightness
# over the cheek's, its size, and redness over the cheek's. Skin is smooth at the scale of a hair and shadows are, too;
# a shaved shadow is greyer than skin. Fitted by ridge regression to 215 portraits graded by eye.
_WEIGHTS = {
    "moustache": (0.881, -0.682, 0.399, -0.903, 1.368, -0.427, 1.603),
    "chin": (0.515, -0.149, 0.548, -0.216, 0.562, -0.261, 2.389),
    "jaw": (1.106, -0.943, 0.443, -0.293, 0.273, -0.439, 1.836),
}
_SHARES = {"moustache": 0.43, "chin": 0.72, "jaw": 0.43}
_CERTAIN = 0.22
_SPREAD = (0.0, 0.08, 0.2, 0.4, 0.7, 0.95), (0.0, 0.0, 0.3, 0.43, 0.75, 1.0)


@dataclass(frozen=True)
class Beard:
    """Densities in [0, 1]: 0 everywhere is a clean shave, up to about 0.4 is stubble."""

    moustache: float
    chin: float
    jaw: float
    """With the sideburns, up to the hair."""
    color: Float32[np.ndarray, "3"]
    """Unlit display sRGB."""
    soul_patch: float = 0.0
    """Below the lower lip."""
    length_cm: float = 0.3
    """How far the hair reaches below the chin, in [0, 3]; elsewhere it is shorter in proportion."""

    @property
    def is_shaved(self) -> bool:
        """Whether there is none."""
        return max(self.moustache, self.chin, self.jaw, self.soul_patch) <= 0


def preset_beard(name: str, color: Float32[np.ndarray, "3"]) -> Beard:
    """A usual beard.

    Args:
        name: one of ``none, stubble, moustache, goatee, short, full``.
        color: unlit display sRGB.

    Raises:
        ValueError: if there is no such beard.
    """
    beards = {
        "none": Beard(0.0, 0.0, 0.0, color),
        "stubble": Beard(0.36, 0.4, 0.36, color, soul_patch=0.3, length_cm=0.08),
        "moustache": Beard(1.0, 0.0, 0.0, color, length_cm=0.4),
        "goatee": Beard(0.9, 0.95, 0.0, color, soul_patch=0.8, length_cm=0.5),
        "short": Beard(0.75, 0.8, 0.72, color, soul_patch=0.6, length_cm=0.35),
        "full": Beard(1.0, 1.0, 1.0, color, soul_patch=1.0, length_cm=1.5),
    }
    if name not in beards:
        raise ValueError(f"there is no beard {name!r}; choose one of {', '.join(beards)}")
    return beards[name]


def measure_beard(sight: Sight) -> tuple[Beard, str]:
    """The facial hair of a portrait, from how much rougher and darker or greyer the lower face is than the cheeks.

    Each side of the face is compared with its own cheek, and the smoother side counts most, so that light from
    one side does not matter.

    Returns:
        The beard, and a sentence if it could not be read.
    """
    found = beard_evidence(sight)
    if not any(found.values()):
        return Beard(0.0, 0.0, 0.0, _DEFAULT_COLOR), "The lower face is hidden; no beard was chosen."
    density = {}
    for zone, sides in found.items():
        sides = [float(np.clip(np.dot(_WEIGHTS[zone], (*side, 1.0)), 0, 1)) for side in sides]
        density[zone] = 0.7 * min(sides) + 0.3 * max(sides) if sides else 0.0
    if sum(_SHARES[zone] * density[zone] for zone in density) < _CERTAIN:
        return Beard(0.0, 0.0, 0.0, _DEFAULT_COLOR), ""
    # Between moustache and jaw nobody shaves the chin alone.
    density["chin"] = max(density["chin"], 0.8 * min(density["moustache"], density["jaw"]))
    below = _below_chin(sight)
    # No bare chin reaches far below the fitted one.
    density["chin"] = max(density["chin"], 0.8 * smoothstep(0.25, 0.6, below))
    # Skin of the chin is rough by itself: alone it is not believed to carry a full beard.
    density["chin"] = min(density["chin"], 0.22 + 0.9 * max(density["moustache"], density["jaw"]))
    color, grey = _color(sight, [zone for zone in density if density[zone] > 0.1])
    # White hair is hardly rougher than light skin.
    density = {zone: value * (1 + 0.6 * grey) for zone, value in density.items()}
    # Regression draws towards the middle; and what is hardly there is not there, since a moustache or a goatee has
    # clean cheeks beside it.
    density = {zone: float(np.interp(value, *_SPREAD)) for zone, value in density.items()}
    # Hardly anybody grows a beard all round and shaves the upper lip.
    density["moustache"] = max(density["moustache"], 0.85 * min(density["chin"], density["jaw"]))
    full = max(density.values())
    length = float(np.interp(full, (0.2, 0.45, 0.8), (0.05, 0.1, 0.35)))
    if full > 0.5:
        length = max(length, below)
    return Beard(
        **density,
        color=color,
        soul_patch=0.8 * density["chin"],
        length_cm=float(np.clip(length, 0.05, 2.5)),
    ), ""


def beard_evidence(sight: Sight) -> dict[str, list[Float[np.ndarray, "6"]]]:
    """What speaks for hair in each zone, once for each side of the face that shows both the zone and the cheek."""
    portrait = sight.portrait
    row, column = sight.splat_pixels
    lab = portrait.lab
    fine, coarse = (ndimage.gaussian_filter(lab[..., 0], sigma) for sigma in (1.0, 2.0))
    rough = [
        np.sqrt(ndimage.gaussian_filter(band**2, 4.0))[row, column] for band in (lab[..., 0] - fine, fine - coarse)
    ]
    rough = np.log(np.stack(rough, axis=1) + 0.002)
    tone = ndimage.gaussian_filter(lab, (2.5, 2.5, 0))[row, column]
    seen = _seen(sight)
    places = neutral_places(sight.rig, sight.pattern)
    x, y, z = places.T
    wide = np.abs(x)
    cheek = seen & (wide > 2.6) & (wide < 5.2) & (y > -2.6) & (y < -0.3) & (z > 5)
    found = {zone: [] for zone in _WEIGHTS}
    for zone, inside in _zones(places).items():
        for side in (x > 0, x <= 0):
            here, there = inside & side & seen, cheek & side
            if here.sum() < _MIN_SPLATS or there.sum() < _MIN_SPLATS:
                continue
            rougher = np.median(rough[here], axis=0) - np.median(rough[there], axis=0)
            skin = np.median(tone[there], axis=0)
            lighter, redder, _ = np.median(tone[here], axis=0) - skin
            redder /= max(np.hypot(skin[1], skin[2]), 0.02)
            evidence = (*rougher, np.median(rough[here, 0]), lighter, abs(lighter), redder)
            found[zone].append(np.array(evidence))
    return found


def beard_cover(places: Float[np.ndarray, "n 3"], beard: Beard) -> Float32[np.ndarray, " n"]:
    """How densely hair grows at places on the neutral head, in [0, 1]."""
    x, y, z = places.T
    wide = np.abs(x)
    # The moustache hangs from the nose to the lip and runs out beside the mouth.
    lip_line = -3.8 - 0.17 * np.clip(wide - 1.1, 0, None) ** 1.5
    nose_line = np.interp(wide, (0.0, 0.8, 2.0, 3.2), (-2.9, -2.6, -2.9, -3.7))
    moustache = smoothstep(lip_line - 0.1, lip_line + 0.15, y) * smoothstep(-nose_line - 0.1, -nose_line + 0.3, -y)
    moustache *= smoothstep(-3.1, -2.4, -wide)
    beside = smoothstep(2.3, 2.6, wide) * smoothstep(-3.5, -2.9, -wide)
    beside *= smoothstep(3.2, 3.8, -y) * smoothstep(-7.4, -6.2, y)
    edge = np.interp(wide, (0.0, 1.5, 2.4), (6.75, 6.55, 6.1))
    chin = smoothstep(edge - 0.2, edge + 0.3, -y) * smoothstep(-3.3, -2.5, -wide) * smoothstep(-10.3, -9.5, y)
    soul = np.exp(-((x / 0.55) ** 4) - ((y + 6.35) / 0.5) ** 4)
    upper_edge = np.interp(wide, (2.5, 4.5, 5.6, 6.3, 6.8), (-5.0, -3.9, -2.2, 0.2, 1.2))
    jaw = smoothstep(-upper_edge - 0.15, -upper_edge + 0.45, -y) * smoothstep(2.1, 2.9, wide)
    jaw *= smoothstep(-9.9, -9.0, y) * smoothstep(0.4, 1.4, z)
    cover = np.maximum.reduce(
        [
            beard.moustache * moustache,
            min(beard.moustache, beard.chin) * beside,
            beard.chin * chin,
            beard.soul_patch * soul,
            beard.jaw * jaw,
        ]
    )
    return (np.clip(cover, 0, 1) * (z > 0)).astype(np.float32)


def _zones(places: np.ndarray) -> dict[str, np.ndarray]:
    x, y, z = places.T
    wide = np.abs(x)
    return {
        "moustache": (wide < 2.6) & (y > -3.9) & (y < -2.45) & (z > 7.5),
        "chin": (wide < 2.2) & (y > -8.6) & (y < -6.3) & (z > 6),
        "jaw": (wide > 3.0) & (wide < 6.3) & (y > -7.5) & (y < -4.2) & (z > 2),
    }


def _seen(sight: Sight) -> np.ndarray:
    row, column = sight.splat_pixels
    return eroded(sight.portrait.mask("skin"), 3)[row, column] & sight.rig.splats_of("skin", "neck")


def _below_chin(sight: Sight) -> float:
    """How far the face, which hair on the chin belongs to, reaches below the chin of the fitted head, in cm."""
    portrait, fit = sight.portrait, sight.fit
    column, row, _ = fit.to_pixels(sight.rig.landmarks(fit.photo_vertices(sight.rig))[[152]])[0]
    columns = np.clip(np.arange(int(column) - 8, int(column) + 9), 0, 511)
    shown = portrait.mask("skin")[:, columns]
    if not shown.any():
        return 0.0
    bottom = np.median([np.flatnonzero(line).max() for line in shown.T if line.any()])
    # A shaved chin lies up to 0.2 cm below the fitted one; beyond the picture's border a beard goes on.
    longer = 1.6 if bottom > 508 else 1.25
    return float(longer * max((bottom - row) / fit.scale - 0.15, 0))


def _color(sight: Sight, zones: list[str]) -> tuple[Float32[np.ndarray, "3"], float]:
    """The beard's colour, and how grey it is, in [0, 1]."""
    row, column = sight.splat_pixels
    places = neutral_places(sight.rig, sight.pattern)
    inside = np.any([mask for zone, mask in _zones(places).items() if zone in zones], axis=0) & _seen(sight)
    if inside.sum() < _MIN_SPLATS:
        return _DEFAULT_COLOR, 0.0
    lab = ndimage.gaussian_filter(sight.portrait.lab, (0.7, 0.7, 0))
    shown = lab[row, column][inside]
    dark, light = np.quantile(shown[:, 0], (0.25, 0.85))
    strands = np.median(shown[shown[:, 0] <= dark], axis=0) * (0.92, 0.75, 0.75)
    pale = np.median(shown[shown[:, 0] >= light], axis=0) * (1.03, 0.3, 0.3)
    grey = _greyness(sight, row[inside], column[inside])
    color = strands * (1 - grey) + pale * grey
    color[0] = np.clip(color[0], 0.2, 0.92)
    return to_srgb(color.astype(np.float32)).astype(np.float32), grey


def _greyness(sight: Sight, row: np.ndarray, column: np.ndarray) -> float:
    """How grey a beard is, in [0, 0.9]."""
    lab, hair = sight.portrait.lab, sight.portrait.mask("hair")
    lightness = lab[..., 0]
    # White hairs stand out of a grey beard as single light strands; a dark one shows single dark ones.
    fine = (lightness - ndimage.gaussian_filter(lightness, 3.0))[row, column]
    low, middle, high = np.quantile(fine, (0.05, 0.5, 0.95))
    strands = smoothstep(0.045, 0.1, (high + low - 2 * middle) / max(high - low, 1e-3))
    head = 0.0
    if hair.sum() > 400:
        tone = np.median(lab[hair], axis=0)
        head = smoothstep(0.45, 0.62, tone[0]) * (1 - smoothstep(0.025, 0.06, np.hypot(tone[1], tone[2])))
    return float(0.9 * max(strands, head))
