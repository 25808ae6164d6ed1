"""The embedded stylizer: a second style by material, palette and accents, on any computer, without downloads.

The avatar's own splats stay in their rows and keep their places (but for blocks), so that all blendshapes keep
working; accents are added behind them.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.gaussians import DC, LOGIT, SH_C0
from core.oklab import hex_to_oklab, to_oklab, to_srgb
from core.stylize.accents.build import Wanted, dress
from core.stylize.accents.places import Places
from core.stylize.blocks import in_blocks
from core.stylize.controls import StyleControls
from core.stylize.materials import kept_below, shade
from core.stylize.moods import in_mood
from core.stylize.paint import painted
from core.stylize.prompts import Rgb, Understanding
from core.stylize.recipes import ALIVE, AS_IS, GROUP_OF_PART, Recipe, recipe
from core.stylize.reference import Reference, in_reference_style
from core.stylize.structure import keep_identity, keep_structure
from core.stylize.surface import Surface, read_surface

_BODY_PARTS = np.array([group not in ALIVE for group in GROUP_OF_PART])
# A colour offset smaller than this (SH-DC units) is left as it is: a quarter of an 8-bit step.
_VISIBLE_DC = 0.0035
# Weight of a colourless style in a mixture: that of a colour of this chroma (OKLab).
_GREYS_WEIGH = 0.02
# Hair, brows and lips of one material with the skin would be lost: lightness (OKLab) to add.
_DARKER = {"hair": -0.05, "brows": -0.12, "lips": -0.05}


def stylize(
    avatar: Avatar,
    understanding: Understanding,
    controls: StyleControls,
    seed: int = 0,
    reference: Reference | None = None,
) -> Avatar:
    """The avatar in a second style; the same avatar if nothing is asked for or the strength is 0.

    Args:
        avatar: in its primary style.
        understanding: what the prompt asks for.
        controls: the three sliders.
        seed: of the patterns (veins, cracks, blotches).
        reference: a picture whose colours and texture are wanted, together with what the prompt asks for.
    """
    # The default strength must already read as the style, as SDEdit's does: ease out.
    mix = np.float32(1 - (1 - controls.strength) ** 3)
    if mix == 0 or not (understanding or reference):
        return avatar
    surface = read_surface(avatar)
    chosen = [(recipe(name), weight) for name, weight in understanding.recipes] or [(AS_IS, 1.0)]
    total = sum(weight for _, weight in chosen)
    drawings, shares, opacity = [], [], np.zeros(len(avatar), np.float32)
    for style, weight in chosen:
        share = np.float32(weight / total)
        drawings.append(_in_style(surface, style, understanding.colours, controls, seed))
        shares.append(share)
        below = kept_below(surface, style.material, seed) if style.material.ragged else np.float32(1)
        opacity += share * np.float32(style.material.opacity) * below
    styled = _blended(drawings, shares)
    if not understanding.recipes:
        # Colours alone leave everything else as it is.
        asked = np.array([group in understanding.colours for group in GROUP_OF_PART])[surface.labels]
        styled[~asked] = surface.lab[~asked]
    if reference:
        drawn = in_reference_style(surface, reference, understanding.colours, controls)
        styled = (styled + drawn) / 2 if understanding.recipes else drawn
    if understanding.moods:
        spared = np.array([group in understanding.colours or group in ALIVE for group in GROUP_OF_PART])[surface.labels]
        styled = in_mood(styled, understanding.moods, spared)
    if understanding.recipes or reference:
        styled = keep_identity(styled, surface, controls.identity, understanding.colours)
        styled = keep_structure(styled, surface, controls.edges, ~_BODY_PARTS[surface.labels])
    # What a screen cannot show is brought back first, so that mixing moves evenly towards it.
    target = to_oklab(to_srgb(styled))
    lab = surface.lab + mix * (target - surface.lab)
    rest = avatar.rest.copy()
    rest[:, DC] = (to_srgb(lab) - 0.5) / np.float32(SH_C0)
    opacity = np.where(_BODY_PARTS[surface.labels], 1 - mix * (1 - opacity), np.float32(1))
    if opacity.min() < 1:
        rest[:, LOGIT] = _scaled_logit(rest[:, LOGIT], opacity)
    # Changes of colour are changes of content (a shadow between the lips): they fade at most by half.
    contrast = 1 - 0.5 * float(mix) * (1 - controls.edges)
    offsets = _restyled_offsets(avatar, surface.lab, lab, rest, contrast, opacity)
    result = dataclasses.replace(avatar, rest=rest, offsets=offsets)
    edge = max(style.blocks_cm for style, _ in chosen)
    if edge:
        result = in_blocks(result, edge, float(mix))
    return dress(result, avatar, _accents(chosen, total, surface, understanding.colours, controls, mix), seed)


def _blended(drawings: Sequence[Float[np.ndarray, "n 3"]], shares: Sequence[np.float32]) -> Float[np.ndarray, "n 3"]:
    """The mixture of styles. What has colour outweighs greys: a golden robot is golden, not half as golden."""
    if len(drawings) == 1:
        return drawings[0]
    chroma = np.stack([np.hypot(*lab[:, 1:].T) for lab in drawings])
    weights = np.array(shares)[:, None] * (_GREYS_WEIGH + chroma)
    weights /= weights.sum(0)
    out = np.zeros_like(drawings[0])
    for lab, share, weight in zip(drawings, shares, weights, strict=True):
        out[:, 0] += share * lab[:, 0]
        out[:, 1:] += weight[:, None] * lab[:, 1:]
    return out


def _accents(
    chosen: list[tuple[Recipe, float]],
    total: float,
    surface: Surface,
    colours: Mapping[str, Rgb],
    controls: StyleControls,
    mix: np.float32,
) -> list[Wanted]:
    """The accents of all styles in a mixture; a style's grow with its share, and are whole from a third on."""
    wanted = {}
    for style, weight in chosen:
        target, _ = _palette(surface.own, style, colours, controls.identity)
        grown = float(mix) * min(1.0, 3 * weight / total)
        for accent in style.accents:
            wanted[accent.kind] = Wanted(accent, accent.finish or style.material, grown, _colour_of(target))
    return list(wanted.values())


def _colour_of(target: Float[np.ndarray, "parts 3"]) -> Callable[[str], Float[np.ndarray, "3"]]:
    return lambda group: target[GROUP_OF_PART.index(group)]


def _kept_detail(controls: StyleControls) -> float:
    """Factor of the primary avatar's local contrast; never 0, or the face would be lost."""
    return 0.1 + controls.edges


def _in_style(
    surface: Surface,
    style: Recipe,
    colours: Mapping[str, Rgb],
    controls: StyleControls,
    seed: int,
) -> Float[np.ndarray, "n 3"]:
    """Colours (OKLab) of the whole avatar in one style at full strength."""
    material, labels = style.material, surface.labels
    target, kept = _palette(surface.own, style, colours, controls.identity)
    # Deviation from the part's mean: broad light and stains on one hand, edges on the other.
    deviation = surface.lab - surface.own[labels]
    broad = deviation.copy()
    broad[:, 0] -= surface.detail
    edges = np.float32(1 if style is AS_IS else _kept_detail(controls) * material.relief)
    flat = target[labels] + np.float32(material.own_light) * broad
    flat[:, 1:] = target[labels, 1:] + kept[labels, None] * deviation[:, 1:]
    if style.paints:
        flat = painted(flat, Places(surface.means.astype(float), labels), style.paints).astype(np.float32)
    shaded = shade(flat, surface, material, seed)
    shaded[:, 0] = _shoulder(shaded[:, 0] + edges * surface.detail)
    # Eyes, teeth and mouth take a tint and keep their own light; pupils and catchlights stay as they are.
    alive = ~_BODY_PARTS[labels]
    tint = (target - surface.own)[labels[alive]]
    shaded[alive] = surface.lab[alive] + surface.tintable[alive, None] * tint
    return shaded


def _palette(
    own: Float[np.ndarray, "parts 3"], style: Recipe, colours: Mapping[str, Rgb], identity: float
) -> tuple[Float[np.ndarray, "parts 3"], Float[np.ndarray, " parts"]]:
    """Colour (OKLab) of every part, and the share of the person's own shades of colour that remains in it."""
    # Cubed, so that the middle of the slider is still the style and its end is nearly the person.
    stay = np.float32(0.85 * identity**3)
    target, kept = own.copy(), np.ones(len(PARTS), np.float32)
    target[:, 1:] *= np.float32(1 + (style.vivid - 1) * (1 - identity))
    for part, group in enumerate(GROUP_OF_PART):
        if group in colours:
            target[part], kept[part] = to_oklab(np.array(colours[group], np.float32)), 0.3
        elif group in style.palette:
            target[part] = _mixed(hex_to_oklab(style.palette[group]), own[part], stay)
            kept[part] = stay
        elif "all" in style.palette:
            # A colour asked for the skin is that of the whole statue.
            whole = (
                to_oklab(np.array(colours["skin"], np.float32))
                if "skin" in colours
                else hex_to_oklab(style.palette["all"])
            )
            whole[0] += _DARKER.get(group, 0)
            reach = np.array((0.1, 0.35, 0.35), np.float32) if group in ALIVE else np.ones(3, np.float32)
            target[part] = _mixed(own[part] + reach * (whole - own[part]), own[part], stay)
            kept[part] = stay
    return target, kept


def _restyled_offsets(
    avatar: Avatar,
    before: Float[np.ndarray, "n 3"],
    after: Float[np.ndarray, "n 3"],
    rest: Float[np.ndarray, "n 14"],
    contrast: float,
    opacity: Float[np.ndarray, " n"],
) -> tuple[OffsetSet, ...]:
    """The offset sets for a restyled ``rest``: colours change by as much as before, times ``contrast``."""
    result = []
    for offset in avatar.offsets:
        delta = offset.delta
        changed = np.flatnonzero((np.abs(delta[:, DC]) > _VISIBLE_DC).any(1))
        fading = np.flatnonzero((delta[:, LOGIT] != 0) & (opacity[offset.index] < 1))
        if len(changed) or len(fading):
            delta = delta.copy()
        if len(changed):
            rows = offset.index[changed]
            posed = to_oklab(np.clip((avatar.rest[rows, DC] + delta[changed, DC]) * np.float32(SH_C0) + 0.5, 0, 1))
            moved = to_srgb(after[rows] + np.float32(contrast) * (posed - before[rows]))
            delta[changed, DC] = (moved - 0.5) / np.float32(SH_C0) - rest[rows, DC]
        if len(fading):
            rows = offset.index[fading]
            posed = _scaled_logit(avatar.rest[rows, LOGIT] + delta[fading, LOGIT], opacity[rows])
            delta[fading, LOGIT] = posed - rest[rows, LOGIT]
        result.append(OffsetSet(offset.index, delta))
    return tuple(result)


def _scaled_logit(logit: Float[np.ndarray, " n"], factor: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Logit of ``factor`` times the opacity."""
    # factor * p / (1 - factor * p) with p = 1 / (1 + e), e = exp(-logit)
    factor = np.maximum(factor, np.float32(1e-4))
    return (np.log(factor) - np.log1p(np.exp(-logit) - factor)).astype(np.float32)


def _mixed(a: np.ndarray, b: np.ndarray, weight: np.float32) -> np.ndarray:
    return a + weight * (b - a)


def _shoulder(lightness: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Bends what would be too light or too dark back into range, so that no detail is clipped away."""
    over, under = np.maximum(lightness - 0.85, 0), np.maximum(0.2 - lightness, 0)
    return np.clip(lightness, 0.2, 0.85) + 0.15 * np.tanh(over / 0.15) - 0.15 * np.tanh(under / 0.15)
