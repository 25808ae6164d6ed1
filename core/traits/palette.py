"""The colours of a person, measured from the photo and brought into the style's range."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.oklab import to_oklab, to_srgb
from core.rig.sight import Sight
from core.smoothstep import smoothstep
from core.traits.seen_colors import seen_hair, seen_iris, seen_part, seen_skin

NEUTRAL = {
    "skin": (0.85, 0.66, 0.55),
    "lips": (0.72, 0.43, 0.4),
    "hair": (0.17, 0.12, 0.1),
    "iris": (0.3, 0.2, 0.13),
    "clothes": (0.37, 0.39, 0.45),
    "headwear": (0.37, 0.39, 0.45),
}
"""Display sRGB of what a photo does not show: the likeliest, or the least conspicuous."""

# Skin lies round this hue and, by lightness, this chroma; what leaves it far is the light of the room.
_SKIN_HUE = 0.72
_SKIN_CHROMA = ((0.36, 0.62, 0.88), (0.062, 0.074, 0.055))
_BROWN_HUE = 0.85
# From the middle tone of hair to its lightest locks and to its roots: usual, least and most, in OKLab.
_LIGHT, _LIGHT_LOW, _LIGHT_HIGH = (0.09, 0.004, 0.012), (0.05, -0.03, -0.03), (0.2, 0.03, 0.05)
_ROOTS, _ROOTS_LOW, _ROOTS_HIGH = (-0.05, 0.0, -0.004), (-0.2, -0.03, -0.05), (-0.01, 0.03, 0.02)


@dataclass(frozen=True)
class Palette:
    """Unlit display sRGB colours."""

    skin: Float32[np.ndarray, "3"]
    lips: Float32[np.ndarray, "3"]
    brows: Float32[np.ndarray, "3"]
    hair: Float32[np.ndarray, "3"]
    """The middle tone."""
    hair_light: Float32[np.ndarray, "3"]
    """The lightest locks."""
    hair_roots: Float32[np.ndarray, "3"]
    """Near the scalp."""
    iris: Float32[np.ndarray, "3"]
    clothes: Float32[np.ndarray, "3"]
    headwear: Float32[np.ndarray, "3"]


def measure_palette(sight: Sight) -> tuple[Palette, str]:
    """The colours of a portrait, and a sentence if some that the avatar needs do not show in it."""
    portrait = sight.portrait
    skin_seen = seen_skin(portrait)
    hair_seen, light_seen, roots_seen = seen_hair(portrait)
    seen = {
        "skin": skin_seen,
        "lips": seen_part(portrait, "lips", 1),
        "brows": seen_part(portrait, "brows", 1),
        "hair": hair_seen,
        "irises": seen_iris(portrait),
        "clothes": seen_part(portrait, "clothes", 4),
        "headwear": seen_part(portrait, "headwear", 4),
    }
    skin = _neutral("skin") if skin_seen is None else _designed_skin(skin_seen)
    hair = _hidden_hair(seen["brows"]) if hair_seen is None else _designed_hair(hair_seen)
    light, roots = (
        None if other is None or hair_seen is None else other - hair_seen for other in (light_seen, roots_seen)
    )
    palette = Palette(
        skin=_srgb(skin),
        lips=_srgb(_designed_lips(seen["lips"], skin_seen, skin)),
        brows=_srgb(_designed_brows(seen["brows"], hair, skin)),
        hair=_srgb(hair),
        hair_light=_srgb(hair + _within(light, _LIGHT, _LIGHT_LOW, _LIGHT_HIGH)),
        hair_roots=_srgb(hair + _within(roots, _ROOTS, _ROOTS_LOW, _ROOTS_HIGH)),
        iris=_srgb(_neutral("iris") if seen["irises"] is None else _designed_iris(seen["irises"], skin)),
        clothes=_srgb(_neutral("clothes") if seen["clothes"] is None else seen["clothes"]),
        headwear=_srgb(_neutral("headwear") if seen["headwear"] is None else seen["headwear"]),
    )
    # Nobody misses the colour of a hat that is not there, nor a bald head that of its hair.
    covered = seen["headwear"] is not None
    needed = [part for part in seen if part != "headwear" and (part != "hair" or covered)]
    return palette, _doubt([part for part in needed if seen[part] is None])


def _doubt(parts: list[str]) -> str:
    if not parts:
        return ""
    listed = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    return f"The photo hardly shows the {listed}: the colour there is a neutral choice."


def _designed_skin(skin: np.ndarray) -> np.ndarray:
    """Skin keeps its lightness and leans to its usual hue and richness, so that the room's light does not stain it."""
    # The light of the style makes a face a little brighter than the colour that it falls on.
    lightness = np.clip(np.interp(skin[0], (0.45, 0.65), (0.955, 0.975)) * skin[0], 0.33, 0.85)
    # Blue light stains more than warm light does, and makes skin look ill.
    hue = _SKIN_HUE + np.clip(0.7 * (_turn(skin) - _SKIN_HUE) + 0.03, -0.09, 0.2)
    rich = np.interp(lightness, *_SKIN_CHROMA)
    chroma = 0.7 * np.clip(np.hypot(skin[1], skin[2]), 0.8 * rich, 1.5 * rich) + 0.3 * rich
    return np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])


def _designed_hair(hair: np.ndarray) -> np.ndarray:
    """Hair keeps its colour, a little richer; black stays above black so that its shading shows.

    What is pale and greenish or purple is natural hair in odd light, what is strongly so is dyed.
    """
    chroma, hue = np.hypot(hair[1], hair[2]), _turn(hair)
    lightness = np.clip(hair[0] * 1.02 + 0.015, 0.225, 0.92)
    if 0.2 < hue < 1.8:
        # Red and yellow hair of any strength is natural; it only leans to pink or green in odd light.
        hue += (np.clip(hue, 0.45, 1.42) - hue) * (1 - smoothstep(0.1, 0.14, chroma))
        chroma *= 1.15
    else:
        chroma *= 0.3 + 0.85 * smoothstep(0.025, 0.04, chroma)
    return np.array([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])


def _hidden_hair(brows: np.ndarray | None) -> np.ndarray:
    """Hair that does not show is about as dark as the brows, through which skin shows."""
    if brows is None:
        return _neutral("hair")
    return np.array([np.clip(brows[0] - 0.1, 0.25, 0.6), *(0.8 * brows[1:])])


def _designed_brows(brows: np.ndarray | None, hair: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Brows are thin, and skin shows through them: on dark-haired people they are darker than they measure."""
    if brows is None:
        brows = np.array([hair[0], *(0.6 * hair[1:])])
    lightness = np.clip(0.45 * brows[0] + 0.55 * hair[0], 0.2, min(brows[0] - 0.03, skin[0] - 0.16))
    # Dyed hair does not colour the brows.
    share = 0.5 * (-0.2 < _turn(hair) < 1.7) * (1 - smoothstep(0.1, 0.16, np.hypot(hair[1], hair[2])))
    return np.array([lightness, *(share * hair[1:] + (1 - share) * 0.8 * brows[1:])])


def _designed_lips(lips: np.ndarray | None, skin_seen: np.ndarray | None, skin: np.ndarray) -> np.ndarray:
    """Lips are told from the skin as in the photo, lipstick included, but at least a little redder and darker."""
    if lips is None or skin_seen is None:
        return skin + np.array([-0.09, 0.045, 0.0])
    difference = lips - skin_seen
    # Bare lips often lie in the shade and would look made up; what is red as well as dark is lipstick.
    made_up = smoothstep(0.06, 0.11, difference[1])
    bare = np.clip(difference * (0.55, 0.9, 0.7), (-0.1, 0.034, -0.02), (-0.035, 0.08, 0.02))
    return (
        skin
        + (1 - made_up) * bare
        + made_up * np.clip(difference * (0.85, 1, 1), (-0.32, 0.03, -0.08), (-0.045, 0.2, 0.06))
    )


def _designed_iris(iris: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """An iris is lighter and more vivid than it is seen, and free of the red that the lids throw on it."""
    lightness, red, yellow = iris
    # A very dark eye without a colour of its own is a brown one in too little light.
    murky = (1 - smoothstep(0.018, 0.035, np.hypot(red, yellow))) * (1 - smoothstep(0.42, 0.54, lightness / skin[0]))
    red, yellow = (1 - murky) * red + 0.022 * murky, (1 - murky) * yellow + 0.025 * murky
    brown = smoothstep(0.012, 0.035, red) * smoothstep(-0.01, 0.01, yellow)
    red -= 0.012 * (1 - brown)
    if yellow < 0:
        # Blue, not purple.
        red = min(red, 0.0) + 0.3 * max(red, 0.0)
    chroma, hue = np.hypot(red, yellow), np.arctan2(yellow, red)
    # Brown, not maroon.
    hue += brown * (max(hue, _BROWN_HUE) - hue)
    chroma = np.clip(1.4 * chroma, 0.015, 0.13)
    return np.array([np.clip(lightness + 0.02, 0.24, 0.66), chroma * np.cos(hue), chroma * np.sin(hue)])


def _within(difference: np.ndarray | None, usual: tuple, low: tuple, high: tuple) -> np.ndarray:
    return np.array(usual) if difference is None else np.clip(difference, low, high)


def _turn(lab: np.ndarray) -> float:
    """Hue angle in radians: 0 is red, π/2 yellow, negative purple and blue."""
    return float(np.arctan2(lab[2], lab[1]))


def _neutral(part: str) -> np.ndarray:
    return to_oklab(np.array(NEUTRAL[part], np.float32))


def _srgb(lab: np.ndarray) -> np.ndarray:
    return to_srgb(lab.astype(np.float32)).astype(np.float32)
