"""Facial hair: how dense it is at the moustache, the chin and along the jaw, and what it covers."""

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
# Skin is smooth at the scale of a hair: this many times rougher than the cheek is where stubble begins and
# where it is dense. Shadows are smooth, too, so they are not taken for a beard.
_ROUGH_FROM, _ROUGH_TO = 1.7, 2.8
_CERTAIN = 0.12


@dataclass(frozen=True)
class Beard:
    """Densities in [0, 1]; 0 everywhere is a clean shave."""

    moustache: float
    chin: float
    jaw: float
    color: Float32[np.ndarray, "3"]
    """Unlit display sRGB."""

    @property
    def is_shaved(self) -> bool:
        """Whether there is none."""
        return max(self.moustache, self.chin, self.jaw) <= 0


def measure_beard(sight: Sight) -> tuple[Beard, str]:
    """The facial hair of a portrait, from how much rougher and darker the lower face is than the cheeks.

    Each side of the face is compared with its own cheek, and the smoother side counts, so that light from
    one side does not matter.

    Returns:
        The beard, and a sentence if it could not be read.
    """
    rig, pattern, portrait = sight.rig, sight.pattern, sight.portrait
    row, column = sight.splat_pixels
    lab = portrait.lab
    fine = lab[..., 0] - ndimage.gaussian_filter(lab[..., 0], 2.0)
    rough = np.sqrt(ndimage.gaussian_filter(fine**2, 5.0))[row, column]
    tone = ndimage.gaussian_filter(lab, (2.5, 2.5, 0))[row, column]
    seen = eroded(portrait.mask("skin"), 3)[row, column]
    seen &= rig.splats_of("skin", "neck")
    x, y, z = neutral_places(rig, pattern).T
    wide = np.abs(x)
    cheek = seen & (wide > 2.6) & (wide < 5.2) & (y > -2.6) & (y < -0.3) & (z > 5)
    zones = {
        "moustache": seen & (wide < 2.6) & (y > -3.9) & (y < -2.35) & (z > 7.5),
        "chin": seen & (wide < 2.2) & (y > -8.6) & (y < -6.3) & (z > 6),
        "jaw": seen & (wide > 3.0) & (wide < 6.3) & (y > -7.5) & (y < -4.2) & (z > 2),
    }
    density = {name: _density(zone, cheek, x, rough, tone[:, 0]) for name, zone in zones.items()}
    # A moustache alone is believed only if it is plain to see; shadows of the nose are rough, too.
    if density["chin"] < _CERTAIN and density["moustache"] < 0.75:
        density = dict.fromkeys(density, 0.0)
    # Between moustache and jaw nobody shaves the chin alone.
    density["chin"] = max(density["chin"], 0.8 * min(density["moustache"], density["jaw"]))
    hairy = zones["chin"] | zones["moustache"]
    color = np.array([0.3, 0.01, 0.02])
    if hairy.sum() >= _MIN_SPLATS:
        shown = tone[hairy]
        color = np.median(shown[shown[:, 0] <= np.quantile(shown[:, 0], 0.4)], axis=0) * (0.72, 0.6, 0.6)
    return Beard(**density, color=to_srgb(color.astype(np.float32)).astype(np.float32)), ""


def beard_cover(places: Float[np.ndarray, "n 3"], beard: Beard) -> Float32[np.ndarray, " n"]:
    """How much of the skin the beard hides at places on the neutral head, in [0, 1]."""
    x, y, z = places.T
    wide = np.abs(x)
    # The moustache hangs from the nose to the lip and runs out beside the mouth.
    lip_line = -3.75 - 0.16 * np.clip(wide - 1.2, 0, None) ** 1.5
    moustache = (
        smoothstep(lip_line - 0.15, lip_line + 0.2, y) * smoothstep(2.35, 2.75, -y) * smoothstep(-3.3, -2.4, -wide)
    )
    beside = (
        smoothstep(2.15, 2.6, wide)
        * smoothstep(-3.6, -3.0, -wide)
        * smoothstep(3.2, 3.8, -y)
        * smoothstep(-7.0, -5.5, y)
    )
    chin = smoothstep(6.15, 6.7, -y) * smoothstep(-3.2, -2.2, -wide) * smoothstep(-10.3, -9.3, y)
    chin += 0.8 * np.exp(-((x / 0.7) ** 2) - ((y + 6.0) / 0.4) ** 2)
    upper_edge = np.interp(wide, (2.5, 4.5, 6.0, 6.8), (-4.9, -3.6, -1.6, 0.6))
    jaw = smoothstep(-upper_edge - 0.3, -upper_edge + 0.5, -y) * smoothstep(2.0, 2.8, wide) * smoothstep(-10.0, -8.8, y)
    jaw *= smoothstep(0.2, 1.6, z)
    cover = np.maximum.reduce(
        [
            beard.moustache * moustache,
            min(beard.moustache, beard.chin) * beside,
            beard.chin * np.clip(chin, 0, 1),
            beard.jaw * jaw,
        ]
    )
    # Stubble lets the skin through; a full beard hides it.
    return (np.clip(cover * (0.5 + 0.42 * cover), 0, 1) * (z > 0)).astype(np.float32)


def _density(zone: np.ndarray, cheek: np.ndarray, x: np.ndarray, rough: np.ndarray, lightness: np.ndarray) -> float:
    sides = []
    for side in (x > 0, x <= 0):
        here, there = zone & side, cheek & side
        if here.sum() >= _MIN_SPLATS and there.sum() >= _MIN_SPLATS:
            rougher = np.median(rough[here]) / max(np.median(rough[there]), 0.004)
            darker = np.median(lightness[there]) - np.median(lightness[here])
            sides.append(smoothstep(_ROUGH_FROM, _ROUGH_TO, rougher) * np.clip(0.35 + 4 * darker, 0.25, 1))
    return float(0.7 * min(sides) + 0.3 * max(sides)) if sides else 0.0
