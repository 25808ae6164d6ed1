"""Materials: how a surface takes light, and the patterns in it. Light is baked, so it looks right from every side."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from core.avatar.model import PARTS
from core.oklab import hex_to_oklab
from core.smoothstep import smoothstep
from core.stylize.surface import Surface

Ab = tuple[float, float]
"""A tint: what is added to OKLab's green-red and blue-yellow."""

PatternKind = Literal["veins", "blotches", "prints", "cracks", "dots", "lines"]

# Where light comes from (head frame), and how much of it: a key light up in front, and one behind on the other
# side so that no view is flat.
_LIGHTS = (
    (np.array((-0.4, 0.44, 0.8), np.float32), 1.0),
    (np.array((0.62, 0.42, -0.66), np.float32), 0.6),
)
# Lightness a polished metal mirrors, from straight below to straight above: floor, dark horizon, bright sky.
_ROOM = ((-1.0, -0.75, -0.45, -0.2, -0.05, 0.15, 0.45, 0.75, 1.0), (0.05, -0.35, -0.55, -0.2, 0.1, 0.45, 0.1, 0.7, 0.9))
_SKIN = [PARTS.index(part) for part in ("skin", "ear", "neck")]
# Which way veins lie.
_GRAIN = np.array((0.45, 0.8, 0.4), np.float32)
_LATTICE = 32


@dataclass(frozen=True)
class Pattern:
    """A solid pattern: it runs through space, so it has no seams."""

    kind: PatternKind
    """``veins`` and ``cracks`` are thin sheets, ``blotches`` patches that like the shade, ``prints`` fine
    unevenness, ``dots`` a printer's raster in the shade, ``lines`` horizontal stripes."""
    colour: str | None
    """``#rrggbb``; without one the pattern makes the surface darker and lighter."""
    size_cm: float
    """Distance between features."""
    amount: float
    """How far the pattern replaces the colour under it, in [0, 1], or how much lightness it changes."""
    skin_only: bool = False
    """Whether hair, clothes and so on are spared."""


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
    if material.pattern:
        out = _patterned(out, surface, material.pattern, light, seed)
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
    return out


def _patterned(lab: np.ndarray, surface: Surface, pattern: Pattern, light: np.ndarray, seed: int) -> np.ndarray:
    mask = pattern.amount * pattern_mask(pattern, surface.means, light, seed)
    if pattern.skin_only:
        mask *= np.isin(surface.labels, _SKIN)
    if pattern.colour:
        return lab + mask[:, None] * (hex_to_oklab(pattern.colour) - lab)
    return lab + (mask - pattern.amount / 2)[:, None] * np.array((1, 0, 0), np.float32)


def pattern_mask(
    pattern: Pattern, means: Float[np.ndarray, "n 3"], light: Float[np.ndarray, " n"], seed: int
) -> Float[np.ndarray, " n"]:
    """Where a pattern shows, in [0, 1]."""
    x = means / np.float32(pattern.size_cm)
    if pattern.kind == "lines":
        return 0.5 + 0.5 * np.sin(2 * np.pi * x[:, 1])
    if pattern.kind == "dots":
        # A raster at 45 degrees whose dots grow as the light falls.
        u, v = x[:, 0] + x[:, 1], x[:, 0] - x[:, 1]
        return smoothstep(0.0, 0.5, np.cos(np.pi * u) * np.cos(np.pi * v) + 0.8 - 1.9 * light)
    if pattern.kind == "prints":
        return 0.6 * noise(x, seed) + 0.4 * noise(x * 2.7, seed + 1)
    if pattern.kind == "blotches":
        return smoothstep(0.42, 0.72, 0.6 * noise(x, seed) + 0.4 * noise(x * 3.1, seed + 1) + 0.4 * (0.6 - light))
    if pattern.kind == "cracks":
        # Where noise crosses its middle value, on bent ground.
        bent = x + 0.7 * noise(0.9 * x, seed + 2)[:, None]
        return 1 - smoothstep(0.0, 0.09, np.abs(noise(bent, seed) - 0.5))
    # Veins: slanting layers, folded by noise, thick and thin.
    folds = x @ _GRAIN + 1.5 * noise(0.7 * x, seed) + 0.35 * noise(2.9 * x, seed + 1)
    return (1 - smoothstep(0.0, 0.2, np.abs(np.sin(np.pi * folds)))) * smoothstep(0.15, 0.8, noise(0.8 * x, seed + 2))


def noise(points: Float[np.ndarray, "n 3"], seed: int) -> Float[np.ndarray, " n"]:
    """Value noise: smooth, in [0, 1], features about one unit apart, the same for the same seed."""
    lattice = np.random.default_rng(seed).random((_LATTICE,) * 3, np.float32)
    whole = np.floor(points)
    t = points - whole
    at = (whole + t * t * (3 - 2 * t)) % _LATTICE
    return ndimage.map_coordinates(lattice, at.T, order=1, mode="grid-wrap", output=np.float32)
