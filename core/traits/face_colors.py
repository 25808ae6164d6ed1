"""Colours of the surface's splats: skin with its warmth and shadows, beard, lips, teeth, mouth, lashes."""

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from scipy.interpolate import PchipInterpolator

from core.avatar.model import PARTS
from core.oklab import to_oklab, to_srgb
from core.rig.head import RIG_PARTS
from core.rig.sculpt import Sculpt
from core.rig.shading import highlight, lit
from core.rig.surface import neutral_places
from core.smoothstep import smoothstep
from core.traits.beard import Beard, beard_cover
from core.traits.marks import Marks
from core.traits.palette import Palette
from core.unit import unit

_LABEL = {"scalp": "skin", "teeth_upper": "teeth", "teeth_lower": "teeth", "lash_upper": "lash"}
_EYES = ("eye_left", "eye_right")
_INSIDE = {
    "teeth_upper": np.array((0.97, 0.955, 0.92), np.float32),
    "teeth_lower": np.array((0.93, 0.91, 0.87), np.float32),
    "tongue": np.array((0.8, 0.4, 0.42), np.float32),
    "mouth": np.array((0.2, 0.05, 0.06), np.float32),
    "lash_upper": np.array((0.16, 0.12, 0.11), np.float32),
}
# Where the lips meet on the neutral head; and from the middle to the corner of the mouth, the height of their upper and
# lower edge, in cm.
_SEAM_Y = -4.8
_LIP_X = (0.0, 0.3, 0.68, 1.3, 1.76, 2.06, 2.3)
_LIP_TOP = (-4.09, -4.05, -3.97, -4.2, -4.47, -4.7, -4.93)
_LIP_BOTTOM = (-6.0, -5.99, -5.92, -5.7, -5.41, -5.15, -4.93)
_LIP_EDGE_CM = 0.055


def surface_colors(
    sculpt: Sculpt, palette: Palette, beard: Beard, marks: Marks, under_hair: Bool[np.ndarray, " n"]
) -> tuple[Float32[np.ndarray, "n 3"], UInt8[np.ndarray, " n"]]:
    """Lit colours of the splats on the rig, and their labels (indices into ``PARTS``).

    Args:
        sculpt: the head at rest.
        palette: the person's colours.
        beard: facial hair.
        marks: lines of age and make-up.
        under_hair: which of the splats hair grows from; they take its colour, so that no skin shines through.
    """
    rig, surface = sculpt.rig, sculpt.surface
    labels = np.array(
        [PARTS.index(_LABEL.get(name, name)) if name not in _EYES else 0 for name in RIG_PARTS], np.uint8
    )[rig.splat_part]
    # All is painted at places on the neutral head, which are the same on everybody's.
    places = neutral_places(rig, sculpt.pattern)
    skin, neck = rig.splats_of("skin"), rig.splats_of("neck")

    lab = np.tile(to_oklab(palette.skin), (len(labels), 1))
    lab += _flush(places) * (skin | neck)[:, None]
    lab[:, 1] += 0.016 * rig.splats_of("ear")
    lab += _modelling(places, marks.age) * (skin * max(float(lab[0, 0]), 0.4))[:, None]
    lids = (marks.eye_shadow * _lid(places) * skin)[:, None]
    lab = lab * (1 - lids) + to_oklab(marks.eye_shadow_color) * lids
    hairy = _stubble(places, beard, palette.skin) * (skin | neck)
    lab = lab * (1 - hairy[:, None]) + to_oklab(beard.color) * hairy[:, None]
    labels[(hairy > 0.35) & skin] = PARTS.index("beard")
    lips = (_on_lips(places) * rig.splats_of("skin", "lips"))[:, None]
    lab = lab * (1 - lips) + lip_tones(places, palette.lips) * lips
    base = to_srgb(lab).astype(np.float32)
    for name, color in _INSIDE.items():
        base[rig.splats_of(name)] = color
    base[under_hair] = palette.hair * 0.8
    labels[under_hair] = PARTS.index("hair")

    occlusion = rig.splat_occlusion.copy()
    # In the closed mouth everything is hidden; opened, it is dark at the back and light at the front.
    inside = rig.splats_of("teeth_upper", "teeth_lower", "tongue", "mouth")
    occlusion[inside] = np.clip((8.6 - places[inside, 2]) / 3.4, 0.05, 1.4)
    # What is in the mouth is lit through its opening, whichever way it faces.
    normals = np.where(inside[:, None], np.array((0.0, 0.3, 0.954), np.float32), surface.normals)
    # Grown eyes leave a step below them, which would give everybody bags.
    flat = np.clip(1.6 * _spot(places, 3.1, 0.1, 1.8, 0.8), 0, 0.95) * skin
    normals += flat[:, None] * (_ahead(places) - normals)
    normals = unit(normals)
    occlusion *= 1 - flat
    colors = lit(base, normals, occlusion, warmth=0.55)
    colors += _shine(places, surface.normals, rig.splats_of("lips"), skin)[:, None]
    return np.clip(colors, 0, 1).astype(np.float32), labels


def lip_tones(places: Float32[np.ndarray, "n 3"], color: Float32[np.ndarray, "3"]) -> Float[np.ndarray, "n 3"]:
    """OKLab of the lips: the upper one lies in shade, the lower one catches light; they darken to seam and corners."""
    x, y, _ = places.T
    lab = np.tile(to_oklab(color), (len(places), 1))
    upper = smoothstep(_SEAM_Y - 0.1, _SEAM_Y + 0.1, y)
    seam = np.exp(-(((y - _SEAM_Y) / 0.16) ** 2))
    corner = smoothstep(1.3, 2.3, np.abs(x))
    lab[:, 0] += 0.012 - 0.05 * upper - 0.05 * seam - 0.04 * corner
    lab[:, 1] += 0.006 * upper + 0.01 * seam
    return lab


def lip_edge(count: int) -> Float[np.ndarray, "n 2"]:
    """Points all round the lips, evenly along x, on the neutral head in cm."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    x = _LIP_X[-1] * np.cos(turn)
    top, bottom = (PchipInterpolator(_LIP_X, edge)(np.abs(x)) for edge in (_LIP_TOP, _LIP_BOTTOM))
    return np.stack([x, np.where(turn < np.pi, top, bottom)], axis=1)


def _ahead(places: np.ndarray) -> Float[np.ndarray, "n 3"]:
    """Normals of a face without relief."""
    normals = np.stack([0.07 * places[:, 0], np.full(len(places), 0.05), np.full(len(places), 0.95)], axis=1)
    return unit(normals)


def _spot(places: np.ndarray, x: float, y: float, wide: float, high: float) -> Float[np.ndarray, " n"]:
    """A soft spot in the face's front view, and its mirror image."""
    across = (np.abs(places[:, 0]) - x) / wide
    return np.exp(-(across**2) - ((places[:, 1] - y) / high) ** 2) * (places[:, 2] > 3)


def _flush(places: np.ndarray) -> Float[np.ndarray, "n 3"]:
    """What blood adds to the skin's OKLab: cheeks and the tip of the nose are warmer, the forehead is paler."""
    red = _spot(places, 4.3, -1.3, 1.75, 1.35) + 0.55 * _spot(places, 0.0, -2.0, 1.0, 0.85)
    red += 0.35 * _spot(places, 0.0, -7.7, 1.3, 0.8)
    pale = _spot(places, 0.0, 5.0, 3.2, 1.7)
    return np.stack([-0.008 * red + 0.008 * pale, 0.019 * red - 0.002 * pale, 0.004 * red + 0.003 * pale], axis=1)


def _modelling(places: np.ndarray, age: float) -> Float[np.ndarray, "n 3"]:
    """Shadows that give a face its relief, in OKLab, for skin of lightness 1."""
    dark = 0.032 * _spot(places, 0.0, -6.3, 1.25, 0.28)
    # Below the nose, beside its wings, at its root and in the corners of the mouth.
    dark += 0.035 * _spot(places, 0.0, -2.95, 1.25, 0.25) + 0.026 * _spot(places, 1.85, -2.35, 0.3, 0.55)
    dark += 0.024 * _spot(places, 1.35, 1.9, 0.5, 0.9) + 0.03 * _spot(places, 2.45, -4.85, 0.32, 0.3)
    dark += 0.03 * _lid(places)
    light = 0.014 * _spot(places, 0.0, -0.4, 0.45, 1.6)
    if age > 0:
        # Cheeks sink beside the fold from nose to mouth, and below the eyes.
        dark += age * (0.03 * _spot(places, 2.3, -3.5, 0.45, 1.0) + 0.035 * _spot(places, 3.0, -0.15, 1.3, 0.35))
        dark += age * 0.025 * _spot(places, 2.75, -6.0, 0.35, 0.7)
        light += age * 0.02 * _spot(places, 3.6, -2.9, 0.7, 1.0)
    return np.stack([light - dark, 0.22 * dark, 0.08 * dark], axis=1)


def _lid(places: np.ndarray) -> Float[np.ndarray, " n"]:
    """How far places belong to the upper lids."""
    x, y, z = places.T
    wide = np.abs(x)
    # The fold is highest over the outer half of the eye.
    fold = 2.55 - 0.16 * (wide - 3.2) ** 2
    inside = smoothstep(1.3, 1.9, wide) * smoothstep(-5.1, -4.4, -wide)
    return inside * smoothstep(1.5, 1.7, y) * smoothstep(-fold - 0.25, -fold + 0.15, -y) * (z > 5)


def _on_lips(places: np.ndarray) -> Float[np.ndarray, " n"]:
    """How far places belong to the lips, whose edge is crisp; the same on both sides."""
    x, y, z = places.T
    wide = np.abs(x)
    top, bottom = (PchipInterpolator(_LIP_X, edge)(np.minimum(wide, _LIP_X[-1])) for edge in (_LIP_TOP, _LIP_BOTTOM))
    inside = np.minimum(np.minimum(top - y, y - bottom), _LIP_X[-1] - wide)
    return smoothstep(-_LIP_EDGE_CM, _LIP_EDGE_CM, inside) * (z > 5)


def _shine(places: np.ndarray, normals: np.ndarray, lips: np.ndarray, skin: np.ndarray) -> Float[np.ndarray, " n"]:
    """Soft reflections: a broad one on the skin, and a small one on the lower lip."""
    on_lip = _spot(places, 0.0, -5.4, 0.95, 0.2) * lips
    return 0.05 * highlight(normals, 16.0) * skin + 0.13 * on_lip + 0.05 * _spot(places, 0.0, -1.75, 0.28, 0.3) * skin


def _stubble(places: np.ndarray, beard: Beard, skin: Float32[np.ndarray, "3"]) -> Float32[np.ndarray, " n"]:
    """How far the beard's colour covers the skin: a shadow where it is short, all where it is dense."""
    cover = beard_cover(places, beard)
    # Never even: a fixed scatter from splat to splat.
    uneven = 0.85 + 0.3 * ((np.arange(len(places)) * 0.618034) % 1)
    # White stubble hardly shows; dark stubble does.
    light = smoothstep(-0.12, 0.1, float(to_oklab(beard.color)[0] - to_oklab(skin)[0]))
    tint = cover * (0.72 + 0.23 * smoothstep(0.3, 0.8, cover)) * (1 - 0.6 * light * (1 - smoothstep(0.5, 0.9, cover)))
    return np.clip(tint * uneven, 0, 1).astype(np.float32)
