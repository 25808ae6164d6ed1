"""Materials: how a surface takes light, and the patterns in it. Light is baked, so it looks right from every side."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.avatar.model import PARTS
from core.oklab import hex_to_oklab
from core.smoothstep import smoothstep
from core.stylize.patterns import Pattern, noise, pattern_mask, tile_of
from core.stylize.surface import Surface

Ab = tuple[float, float]
"""A tint: what is added to OKLab's green-red and blue-yellow."""

# Where light comes from (head frame), and how much of it: a key light up in front, and one behind on the other
# side so that no view is flat.
_LIGHTS = (
    (np.array((-0.4, 0.44, 0.8), np.float32), 1.0),
    (np.array((0.62, 0.42, -0.66), np.float32), 0.6),
)
# Lightness a polished metal mirrors, from straight below to straight above: floor, dark horizon, bright sky.
_ROOM = ((-1.0, -0.75, -0.45, -0.2, -0.05, 0.15, 0.45, 0.75, 1.0), (0.05, -0.35, -0.55, -0.2, 0.1, 0.45, 0.1, 0.7, 0.9))
_MELT = np.array((0.16, 0.09, 0.09), np.float32)
_PAPER = np.array((0.975, 0.0, 0.006), np.float32)
_SMALL = [PARTS.index(part) for part in ("lips", "brow", "lash", "sclera", "iris", "teeth", "tongue", "mouth")]
_SKIN = [PARTS.index(part) for part in ("skin", "ear", "neck")]


@dataclass(frozen=True)
class Material:
    """How light shapes a colour. Lightnesses are OKLab's; all amounts are about 0 to 0.5 unless said otherwise."""

    diffuse: float = 0.0
    """Lightness between the lit and the unlit side."""
    bands: int = 0
    """Number of flat tones, as in a comic; 0 shades smoothly."""
    shadow: Ab = (0.0, 0.0)
    """Tint of the unlit side."""
    light: Ab = (0.0, 0.0)
    """Tint of the lit side."""
    gloss: float = 0.0
    """Height of the highlights."""
    sharpness: float = 20.0
    """Narrowness of the highlights; 5 is waxy, 60 polished."""
    mirror: float = 0.0
    """How clearly a room is mirrored, as by metals; highlights then keep the colour of the metal."""
    rim: float = 0.0
    """Lightness added where the surface turns away from the front."""
    glow: Ab = (0.0, 0.0)
    """Tint where light passes through: between light and shade, and in the ears."""
    own_light: float = 0.0
    """How much of the primary avatar's broad shading remains, in [0, 1]."""
    relief: float = 1.0
    """How strongly the primary avatar's edges show at equal ``edges``; a carved line is 1, a moulded one less."""
    opacity: float = 1.0
    """Multiplies the opacity."""
    pattern: Pattern | None = None
    overlays: tuple[Pattern, ...] = ()
    """More patterns, over the first."""
    tiles_cm: float = 0.0
    """Size of cells that have one flat colour each; 0 for none."""
    paper: float = 0.0
    """How far the colours are thinned to white paper, in [0, 1]."""
    grey: float = 0.0
    """How far colours turn to greys of the same lightness, in [0, 1]."""
    etched: str | None = None
    """``#rrggbb`` of edges that shine: strands, brows and seams glow where the primary avatar has detail."""
    ragged: float = 0.0
    """How far up the lower edge of the bust dissolves into blots, in cm."""


def lit(normals: Float[np.ndarray, "n 3"], material: Material) -> Float[np.ndarray, " n"]:
    """Share of the light that reaches a surface facing along ``normals``, in [0, 1]."""
    wrapped = [weight * np.clip((normals @ d + 0.4) / 1.4, 0, 1) for d, weight in _LIGHTS]
    light = 0.75 * np.maximum(wrapped[0], wrapped[1]) + 0.125 * (1 + normals[:, 1])
    if not material.bands:
        return light
    # Steps with a soft edge: splats are too coarse for a hard one.
    steps = light * material.bands
    return (np.floor(steps) + smoothstep(0.35, 0.65, steps % 1)) / material.bands


def shade(lab: Float[np.ndarray, "n 3"], surface: Surface, material: Material, seed: int) -> Float[np.ndarray, "n 3"]:
    """Colours (OKLab) of a surface painted ``lab`` when it is made of ``material``."""
    normals = surface.normals
    light = lit(normals, material)
    out = lab.copy()
    if material.grey:
        out[:, 1:] *= 1 - material.grey
    if material.paper:
        out += material.paper * (_PAPER - out)
    if material.tiles_cm:
        out = _tiled(out, surface, material.tiles_cm, seed)
    for pattern in (material.pattern, *material.overlays):
        if pattern:
            out = _patterned(out, surface, pattern, light, seed)
    out[:, 0] += material.diffuse * (light - 0.62)
    out[:, 1:] += (1 - light)[:, None] * np.array(material.shadow, np.float32) + light[:, None] * np.array(
        material.light, np.float32
    )
    out[:, 1:] += (4 * light * (1 - light))[:, None] * np.array(material.glow, np.float32)
    if material.rim:
        out[:, 0] += material.rim * (1 - np.abs(normals[:, 2])) ** 3
    if material.mirror:
        height = 0.9 * normals[:, 1] + 0.3 * normals[:, 0]
        out[:, 0] += material.mirror * np.interp(height, *_ROOM).astype(np.float32)
    if material.gloss:
        lobes = [weight * np.exp(material.sharpness * (normals @ d - 1)) for d, weight in _LIGHTS]
        highlight = material.gloss * smoothstep(0.1, 0.9, lobes[0] + lobes[1])
        out[:, 0] += highlight * (1 - out[:, 0])
        out[:, 1:] *= 1 - (0.3 if material.mirror else 0.8) * highlight[:, None]
    if material.etched:
        shine = smoothstep(0.025, 0.11, np.abs(surface.detail)) * ~np.isin(surface.labels, _SKIN)
        out += shine[:, None] * (hex_to_oklab(material.etched) - out)
    return out


def _tiled(lab: np.ndarray, surface: Surface, size_cm: float, seed: int) -> np.ndarray:
    """One colour for each cell of each part; small features keep theirs."""
    cell, _ = tile_of(surface, size_cm, seed)
    key = cell * len(PARTS) + surface.labels
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    mean = np.stack([np.bincount(inverse, lab[:, k]) / count for k in range(3)], 1)
    # No two panes are of one melt.
    melt = (np.random.default_rng(seed + 5).random((len(mean), 3)) - 0.5) * _MELT
    skin = np.bincount(inverse, np.isin(surface.labels, _SKIN)) / count
    # Light falls through: no pane is black.
    mean = mean + melt * (1.4 - 0.9 * skin)[:, None]
    mean[:, 0] = 0.22 + 0.8 * mean[:, 0]
    return np.where(np.isin(surface.labels, _SMALL)[:, None], lab, mean[inverse]).astype(np.float32)


def _patterned(lab: np.ndarray, surface: Surface, pattern: Pattern, light: np.ndarray, seed: int) -> np.ndarray:
    mask = pattern.amount * pattern_mask(pattern, surface, light, seed)
    if pattern.skin_only:
        mask *= np.isin(surface.labels, _SKIN)
    if pattern.colour:
        ink = np.tile(hex_to_oklab(pattern.colour), (len(lab), 1))
        if pattern.on_dark:
            dark = smoothstep(0.5, 0.4, lab[:, 0])[:, None]
            ink += dark * (hex_to_oklab(pattern.on_dark) - ink)
        return lab + mask[:, None] * (ink - lab)
    return lab + (mask - pattern.amount / 2)[:, None] * np.array((1, 0, 0), np.float32)


def kept_below(surface: Surface, material: Material, seed: int) -> Float[np.ndarray, " n"]:
    """Share of each splat's opacity that is left where the lower edge dissolves, in [0, 1]."""
    low = float(surface.means[:, 1].min())
    blots = noise(surface.means / np.float32(2.2), seed + 7)
    return smoothstep(0.0, 0.25, (surface.means[:, 1] - low) / np.float32(material.ragged) - 0.9 * blots)
