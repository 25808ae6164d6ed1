"""Colours of the surface's splats: skin with blush and beard, lips, teeth, mouth, lashes."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from core.avatar.model import PARTS
from core.oklab import to_oklab, to_srgb
from core.rig.head import RIG_PARTS
from core.rig.sculpt import Sculpt
from core.rig.shading import highlight, lit
from core.rig.surface import neutral_places
from core.traits.beard import Beard, beard_cover
from core.traits.marks import Marks
from core.traits.palette import Palette

_LABEL = {"scalp": "skin", "teeth_upper": "teeth", "teeth_lower": "teeth", "lash_upper": "lash"}
_EYES = ("eye_left", "eye_right")
_TEETH = np.array((0.96, 0.94, 0.9), np.float32)
_TONGUE = np.array((0.72, 0.33, 0.34), np.float32)
_MOUTH = np.array((0.2, 0.05, 0.06), np.float32)
_LASH = np.array((0.16, 0.12, 0.11), np.float32)


def surface_colors(
    sculpt: Sculpt, palette: Palette, beard: Beard, marks: Marks, under_hair: Bool[np.ndarray, " n"]
) -> tuple[Float32[np.ndarray, "n 3"], UInt8[np.ndarray, " n"]]:
    """Lit colours of the splats on the rig, and their labels (indices into ``PARTS``).

    Args:
        sculpt: the head at rest.
        palette: the person's colours.
        beard: facial hair.
        marks: freckles and lines.
        under_hair: which of the splats hair grows from; they take its colour, so that no skin shines through.
    """
    rig, pattern, surface = sculpt.rig, sculpt.pattern, sculpt.surface
    part = rig.splat_part
    labels = np.array(
        [PARTS.index(_LABEL.get(name, name)) if name not in _EYES else 0 for name in RIG_PARTS], np.uint8
    )[part]
    # Blush and beard follow places on the neutral head, which are the same on everybody's.
    places = neutral_places(rig, pattern)
    x, y, z = places.T

    base = np.tile(palette.skin, (len(part), 1)).astype(np.float32)
    blush = np.exp(-(((np.abs(x) - 4.4) / 1.7) ** 2) - ((y + 0.9) / 1.3) ** 2) * (z > 3)
    blush += 0.5 * np.exp(-((x / 1.2) ** 2) - ((y + 1.6) / 1.0) ** 2) * (z > 8)
    blush += 0.6 * (rig.splats_of("ear"))
    lab = to_oklab(base)
    lab[:, 1] += 0.024 * blush
    lab[:, 0] -= 0.012 * blush
    facial = rig.splats_of("skin", "neck")
    hairy = beard_cover(places, beard) * facial
    # Stubble is never even: a fixed scatter from splat to splat.
    hairy *= 0.85 + 0.3 * ((np.arange(len(part)) * 0.618034) % 1)
    hairy = np.clip(hairy, 0, 1)
    lab = lab * (1 - hairy[:, None]) + to_oklab(beard.color) * hairy[:, None]
    base = to_srgb(lab)
    labels[(hairy > 0.35) & (labels == PARTS.index("skin"))] = PARTS.index("beard")

    for name, color in (
        ("teeth_upper", _TEETH),
        ("teeth_lower", _TEETH),
        ("tongue", _TONGUE),
        ("mouth", _MOUTH),
        ("lash_upper", _LASH),
    ):
        base[rig.splats_of(name)] = color
    outside = rig.splats_of("skin", "lips")
    lips = (rig.splat_lips * outside)[:, None]
    base = base * (1 - lips) + palette.lips * lips
    base[under_hair] = palette.hair * 0.8
    labels[under_hair] = PARTS.index("hair")
    occlusion = rig.splat_occlusion.copy()
    # In the closed mouth everything is hidden; opened, it is dark at the back and light at the front.
    inside = rig.splats_of("teeth_upper", "teeth_lower", "tongue", "mouth")
    occlusion[inside] = np.clip((8.6 - z[inside]) / 3.4, 0.05, 1.4)
    # What is in the mouth is lit through its opening, whichever way it faces.
    normals = np.where(inside[:, None], np.array((0.0, 0.3, 0.954), np.float32), surface.normals)
    colors = lit(base, normals, occlusion, warmth=0.55)
    lips = rig.splats_of("lips")
    gloss = 0.22 * highlight(surface.normals, 30.0) * (lips & (y < -4.7))
    gloss += 0.06 * highlight(surface.normals, 18.0) * (rig.splats_of("skin"))
    return np.clip(colors + gloss[:, None], 0, 1).astype(np.float32), labels
