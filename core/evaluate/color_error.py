"""How different two colours look: CIELAB and CIEDE2000 (CIE 142-2001; Sharma, Wu and Dalal, 2005)."""

import numpy as np
from jaxtyping import Float, Float64

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
# White of sRGB, D65 at two degrees.
_WHITE = _TO_XYZ.sum(1)


def to_cielab(srgb: Float[np.ndarray, "*n 3"]) -> Float64[np.ndarray, "*n 3"]:
    """CIELAB under D65 of display sRGB in [0, 1]: L* in [0, 100], a* red to green, b* yellow to blue."""
    srgb = np.asarray(srgb, np.float64)
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ciede2000(first: Float[np.ndarray, "n 3"], second: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, " n"]:
    """CIEDE2000 between CIELAB colours, with all parametric factors 1: about 1 can just be told, 10 is plain to see."""
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    chroma = (np.hypot(first[..., 1], first[..., 2]) + np.hypot(second[..., 1], second[..., 2])) / 2
    stretch = 1.5 - 0.5 * _seventh(chroma)
    lightness_1, chroma_1, hue_1 = _polar(first, stretch)
    lightness_2, chroma_2, hue_2 = _polar(second, stretch)

    grey = chroma_1 * chroma_2 == 0
    turn = (hue_2 - hue_1 + 180) % 360 - 180
    # Half a turn may be taken either way; the standard takes it forwards.
    turn = np.where((turn == -180) & (hue_2 > hue_1), 180.0, turn)
    turn = np.where(grey, 0.0, turn)
    d_lightness, d_chroma = lightness_2 - lightness_1, chroma_2 - chroma_1
    d_hue = 2 * np.sqrt(chroma_1 * chroma_2) * np.sin(np.radians(turn) / 2)

    lightness, chroma = (lightness_1 + lightness_2) / 2, (chroma_1 + chroma_2) / 2
    # A colour without chroma has hue 0 here, so that the sum is the other one's.
    hue = np.where(grey, hue_1 + hue_2, _middle_hue(hue_1, hue_2))
    weight = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    away = (lightness - 50) ** 2
    in_lightness = d_lightness / (1 + 0.015 * away / np.sqrt(20 + away))
    in_chroma = d_chroma / (1 + 0.045 * chroma)
    in_hue = d_hue / (1 + 0.015 * chroma * weight)
    # In blues, chroma and hue are not independent.
    rotation = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * 2 * _seventh(chroma)
    return np.sqrt(in_lightness**2 + in_chroma**2 + in_hue**2 + rotation * in_chroma * in_hue)


def _seventh(chroma: np.ndarray) -> np.ndarray:
    return np.sqrt(chroma**7 / (chroma**7 + 25.0**7))


def _polar(lab: np.ndarray, stretch: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lightness, chroma and hue in [0, 360) degrees, with a* stretched near the grey axis."""
    a, b = lab[..., 1] * stretch, lab[..., 2]
    return lab[..., 0], np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _middle_hue(hue_1: np.ndarray, hue_2: np.ndarray) -> np.ndarray:
    """The hue half way between two, along the shorter arc."""
    middle = (hue_1 + hue_2) / 2
    far = np.abs(hue_1 - hue_2) > 180
    return np.where(far, np.where(hue_1 + hue_2 < 360, middle + 180, middle - 180), middle)
