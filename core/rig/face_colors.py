"""Colours of the surface's splats: skin with blush and beard, lips, teeth, mouth, lashes."""

import numpy as np
from jaxtyping import Float32, UInt8
from scipy import ndimage

from core.avatar.model import PARTS
from core.oklab import to_oklab, to_srgb
from core.portrait import Portrait
from core.rig.character import Character
from core.rig.head import RIG_PARTS, HeadRig
from core.rig.shading import highlight, lit
from core.rig.surface import Geometry, SurfacePattern

_LABEL = {
    **{"skin": "skin", "ear": "ear", "neck": "neck", "scalp": "skin", "lips": "lips", "mouth": "mouth"},
    **{"tongue": "tongue", "teeth_upper": "teeth", "teeth_lower": "teeth", "lash_upper": "lash"},
}
_TEETH = np.array((0.96, 0.94, 0.9), np.float32)
_TONGUE = np.array((0.8, 0.38, 0.38), np.float32)
_MOUTH = np.array((0.3, 0.09, 0.1), np.float32)
_LASH = np.array((0.1, 0.08, 0.08), np.float32)


def surface_colors(
    rig: HeadRig, pattern: SurfacePattern, surface: Geometry, character: Character, portrait: Portrait
) -> tuple[Float32[np.ndarray, "n 3"], UInt8[np.ndarray, " n"]]:
    """Lit colours of the splats on the rig, and their labels (indices into ``PARTS``)."""
    part = rig.splat_part
    palette = character.palette
    labels = np.array([PARTS.index(_LABEL.get(name, "skin")) for name in RIG_PARTS], np.uint8)[part]
    # Blush and beard follow places on the neutral head, which are the same on everybody's.
    corners = rig.neutral[pattern.corners]
    x, y, z = np.einsum("nkc,nk->nc", corners, pattern.barycentric).T

    base = np.tile(palette.skin, (len(part), 1)).astype(np.float32)
    blush = np.exp(-(((np.abs(x) - 4.4) / 1.7) ** 2) - ((y + 0.9) / 1.3) ** 2) * (z > 3)
    blush += 0.5 * np.exp(-((x / 1.2) ** 2) - ((y + 1.6) / 1.0) ** 2) * (z > 8)
    blush += 0.6 * (part == RIG_PARTS.index("ear"))
    lab = to_oklab(base)
    lab[:, 1] += 0.042 * blush
    lab[:, 0] -= 0.02 * blush
    beard = _beard(rig, pattern, character, portrait)
    hair = to_oklab(palette.brows) * (0.5, 0.5, 0.5) + to_oklab(palette.hair) * (0.5, 0.5, 0.5)
    lab = lab * (1 - beard[:, None]) + np.minimum(lab, hair) * beard[:, None]
    base = to_srgb(lab)
    labels[(beard > 0.35) & (labels == PARTS.index("skin"))] = PARTS.index("beard")

    for name, color in (
        ("lips", palette.lips),
        ("teeth_upper", _TEETH),
        ("teeth_lower", _TEETH),
        ("tongue", _TONGUE),
        ("mouth", _MOUTH),
        ("lash_upper", _LASH),
    ):
        base[part == RIG_PARTS.index(name)] = color
    if character.hair is not None:
        # Scalp under hair takes the hair's colour, so that no skin shines through between strands.
        scalp = np.isin(part, [RIG_PARTS.index(n) for n in ("skin", "scalp", "neck")]) & character.hair.covers(surface.means)
        base[scalp] = palette.hair * 0.8
        labels[scalp] = PARTS.index("hair")
    occlusion = rig.splat_occlusion.copy()
    # In the closed mouth everything is hidden; opened, it is dark at the back and light at the front.
    inside = np.isin(part, [RIG_PARTS.index(n) for n in ("teeth_upper", "teeth_lower", "tongue", "mouth")])
    occlusion[inside] = np.clip((8.6 - z[inside]) / 5, 0.05, 0.9)
    colors = lit(base, surface.normals, occlusion, warmth=0.8)
    lips = part == RIG_PARTS.index("lips")
    gloss = 0.22 * highlight(surface.normals, 30) * (lips & (y < -4.7))
    gloss += 0.06 * highlight(surface.normals, 18) * (part == RIG_PARTS.index("skin"))
    return np.clip(colors + gloss[:, None], 0, 1).astype(np.float32), labels


def _beard(rig: HeadRig, pattern: SurfacePattern, character: Character, portrait: Portrait) -> np.ndarray:
    """How much beard each splat shows, in [0, 1], read from the photo where it is darker than the cheeks."""
    fit = character.fit
    corners = pattern.corners
    places = np.einsum("nkc,nk->nc", fit.photo_vertices(rig)[corners], pattern.barycentric)
    x, y, z = np.einsum("nkc,nk->nc", rig.neutral[corners], pattern.barycentric).T
    column, row = np.clip(fit.to_pixels(places)[:, :2].astype(int), 0, 511).T
    lightness = to_oklab(portrait.image.astype(np.float32) / 255)[..., 0]
    smooth = ndimage.gaussian_filter(lightness, 3.0)[row, column]
    skin = ndimage.binary_erosion(portrait.mask("skin"), iterations=3)[row, column]
    facial = np.isin(rig.splat_part, [RIG_PARTS.index(n) for n in ("skin", "neck")])
    cheek = skin & (y > -2.8) & (y < 0.5) & (np.abs(x) > 2.8) & (np.abs(x) < 5.5) & (z > 4)
    zone = facial & (y < -2.9) & (y > -10.5) & (z > 1.2) & (y < -2.2 - 0.12 * np.clip(5 - np.abs(x), 0, 5))
    chin = skin & zone & (np.abs(x) < 4) & (y > -8.8)
    if cheek.sum() < 40 or chin.sum() < 40:
        return np.zeros(len(x))
    cheek_lightness = np.median(smooth[cheek])
    if cheek_lightness - np.median(smooth[chin]) < 0.07:
        return np.zeros(len(x))
    dark = np.clip((cheek_lightness - 0.05 - smooth) / 0.2, 0, 1) * (skin & zone)
    # Seen from the side, or hidden: as on the other half of the face.
    return np.clip(dark * np.clip((z - 1.2) / 1.5, 0, 1), 0, 0.92)
