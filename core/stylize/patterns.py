"""Patterns that run through space or along a surface: veins, grain, stitches, hatching, seams."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy import ndimage
from scipy.spatial import KDTree

from core.avatar.model import PARTS
from core.smoothstep import smoothstep
from core.stylize.surface import Surface

PatternKind = Literal[
    "veins",
    "blotches",
    "prints",
    "cracks",
    "dots",
    "raster",
    "lines",
    "grain",
    "stitches",
    "hatching",
    "plates",
    "tiles",
    "borders",
    "blooms",
    "tide",
    "contours",
    "whorls",
]

# Which way veins lie.
_GRAIN = np.array((0.45, 0.8, 0.4), np.float32)
_LATTICE = 32
_Z_CM = -0.8
_NEIGHBOURS = 7
_FEATURES = [PARTS.index(part) for part in ("lips", "brow", "lash", "sclera", "iris", "teeth", "tongue", "mouth")]
_SKIN = [PARTS.index(part) for part in ("skin", "ear", "neck")]
_INSIDE = [PARTS.index(part) for part in ("sclera", "iris", "teeth", "tongue", "mouth", "lash")]
# Parts between which no border is drawn.
_SAME = {"ear": "skin", "beard": "hair", "tongue": "mouth", "teeth": "mouth", "lash": "brow", "accessory": "clothes"}
_KIND_OF_PART = np.array([PARTS.index(_SAME.get(part, part)) for part in PARTS])


@dataclass(frozen=True)
class Pattern:
    """A pattern that has no seams from any side."""

    kind: PatternKind
    """``veins`` and ``cracks`` are thin sheets, ``blotches`` patches that like the shade, ``prints`` fine
    unevenness, ``dots`` a printer's raster in the shade, ``raster`` one of even dots everywhere, ``lines`` horizontal
    stripes, ``grain`` the year rings of a trunk, ``stitches`` rows of knitting, ``hatching`` pencil strokes in the
    shade, ``plates`` seams and rivets of sheet metal, ``tiles`` gaps between cells of one colour each, ``borders``
    outlines of hair, lips, brows and collar, ``blooms`` washes that dried unevenly and ``tide`` their edges,
    ``contours`` lines of equal height, ``whorls`` the prints of fingertips."""
    colour: str | None
    """``#rrggbb``; without one the pattern makes the surface darker and lighter."""
    size_cm: float
    """Distance between features."""
    amount: float
    """How far the pattern replaces the colour under it, in [0, 1], or how much lightness it changes."""
    on_dark: str | None = None
    """``#rrggbb`` where what lies under it is dark, if ``colour`` would not show there."""
    skin_only: bool = False
    """Whether hair, clothes and so on are spared."""


def pattern_mask(pattern: Pattern, surface: Surface, light: Float[np.ndarray, " n"], seed: int) -> np.ndarray:
    """Where a pattern shows (n,), in [0, 1]; ``light`` is the share of light that reaches each splat."""
    kind, size = pattern.kind, np.float32(pattern.size_cm)
    x = surface.means / size
    if kind == "lines":
        return 0.5 + 0.5 * np.sin(2 * np.pi * x[:, 1])
    if kind == "dots":
        # A raster at 45 degrees whose dots grow as the light falls.
        u, v = x[:, 0] + x[:, 1], x[:, 0] - x[:, 1]
        return smoothstep(0.0, 0.5, np.cos(np.pi * u) * np.cos(np.pi * v) + 0.8 - 1.9 * light)
    if kind == "raster":
        u, v = x[:, 0] + x[:, 1] + 0.5 * x[:, 2], x[:, 0] - x[:, 1] + 0.5 * x[:, 2]
        calm = np.isin(surface.labels, _FEATURES)
        return np.where(calm, 0, smoothstep(0.0, 0.35, np.cos(np.pi * u) * np.cos(np.pi * v) - 0.3))
    if kind == "prints":
        return 0.6 * noise(x, seed) + 0.4 * noise(x * 2.7, seed + 1)
    if kind == "blotches":
        return smoothstep(0.42, 0.72, 0.6 * noise(x, seed) + 0.4 * noise(x * 3.1, seed + 1) + 0.4 * (0.6 - light))
    if kind == "cracks":
        # Where noise crosses its middle value, on bent ground.
        bent = x + 0.7 * noise(0.9 * x, seed + 2)[:, None]
        return 1 - smoothstep(0.0, 0.09, np.abs(noise(bent, seed) - 0.5))
    if kind in _MORE:
        return _MORE[kind](x, surface, light, seed, pattern.size_cm)
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


def _grain(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    # The heart of the trunk lies off the middle of the head and leans, so that rings are cut into long ovals.
    y, slow = x[:, 1], np.array((0.55, 0.16, 0.55), np.float32)
    across = np.hypot(x[:, 0] - 0.5 + 0.18 * y, 0.8 * x[:, 2] + 6.0 / size - 0.22 * y)
    rings = across + 1.5 * noise(x * slow, seed)
    fibre = noise(x * np.array((5.0, 0.7, 5.0), np.float32), seed + 1)
    part = rings % 1.0
    # Late wood is dark and ends sharply.
    return 0.8 * smoothstep(0.25, 0.88, part) * (1 - smoothstep(0.93, 1.0, part)) + 0.35 * (fibre - 0.3)


def _stitches(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    normals = surface.normals
    turn = np.arctan2(surface.means[:, 0], surface.means[:, 2] - _Z_CM)
    # As many columns all round, as in a knitted cap; seen from above they would be finer than a splat.
    column = turn / (2 * np.pi) * round(2 * np.pi * 8.0 / size)
    flat = np.abs(normals[:, 1]) > 0.8
    column = np.where(flat, x[:, 0], column)
    along = np.where(flat, x[:, 2], x[:, 1])
    a = np.abs(column % 1.0 - 0.5) * 2
    # Two legs of a V: strands slant towards the middle of the column.
    strand = np.cos(2 * np.pi * (along * 1.15 + 0.42 * a))
    groove = np.exp(-(((1 - a) / 0.16) ** 2)) + 0.6 * np.exp(-((a / 0.13) ** 2))
    return np.clip(0.55 - 0.42 * strand + 0.6 * groove, 0, 1)


def _hatching(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    wobble = 0.5 * noise(x * 0.35, seed) + 0.12 * noise(x * 1.7, seed + 1)
    # Strokes are broken off here and there.
    pressure = 0.55 + 0.45 * noise(x * np.array((0.5, 0.5, 0.5), np.float32), seed + 2)
    one = np.abs(((x @ np.array((0.8, 0.62, 0.45), np.float32)) + wobble) % 1.0 - 0.5) * 2
    two = np.abs(((x @ np.array((-0.75, 0.66, 0.5), np.float32)) + wobble) % 1.0 - 0.5) * 2
    dark = np.clip(1.12 - 1.35 * light, 0, 1)
    first = smoothstep(1 - 0.78 * dark - 0.12, 1 - 0.78 * dark + 0.14, one) * (dark > 0.02)
    deep = np.clip(dark - 0.42, 0, 1)
    second = smoothstep(1 - 0.9 * deep - 0.1, 1 - 0.9 * deep + 0.14, two) * (deep > 0.02)
    return np.clip(pressure * (first + second), 0, 1)


def _plates(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    turn = np.arctan2(surface.means[:, 0], surface.means[:, 2] - _Z_CM)
    row = x[:, 1] / 1.15 + 0.28
    level = np.floor(row)
    column = turn / (2 * np.pi) * round(2 * np.pi * 8.0 / size) + 0.5 * (level % 2)
    from_row = np.minimum(row % 1.0, 1 - row % 1.0) * 1.15 * size
    from_column = np.minimum(column % 1.0, 1 - column % 1.0) * size * np.hypot(*surface.means[:, ::2].T) / 8.0
    seam = 1 - smoothstep(0.1, 0.2, np.minimum(from_row, from_column))
    rivet = 1 - smoothstep(0.14, 0.24, np.hypot(from_row - 0.62, from_column - 0.62))
    calm = np.isin(surface.labels, _FEATURES)
    return np.where(calm, 0, np.maximum(seam, 0.8 * rivet))


def _tiles(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    _, apart = tile_of(surface, size, seed)
    calm = np.isin(surface.labels, _FEATURES)
    return np.where(calm, 0, 1 - smoothstep(0.12, 0.26, apart))


def tile_of(surface: Surface, size_cm: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The cell that every splat lies in, and how far it is from the cell's border in cm."""
    # One seed a grid cell of the surface: the splat that comes first in a shuffled order.
    cells = np.floor(surface.means / np.float32(size_cm) + 100.5).astype(np.int64) @ np.array((1_000_000, 1_000, 1))
    order = np.random.default_rng(seed).permutation(len(cells))
    _, first = np.unique(cells[order], return_index=True)
    seeds = surface.means[order[first]]
    if len(seeds) > 2:
        # Of two that lie close together one goes: slivers would be all border.
        close = KDTree(seeds).query_pairs(0.62 * size_cm, output_type="ndarray")
        seeds = np.delete(seeds, np.unique(close.max(1)), axis=0) if len(close) else seeds
    apart, nearest = KDTree(seeds).query(surface.means, k=2 if len(seeds) > 1 else 1)
    if np.ndim(nearest) == 1:
        return np.zeros(len(cells), int), np.full(len(cells), size_cm)
    return np.asarray(nearest)[:, 0], (np.asarray(apart)[:, 1] - np.asarray(apart)[:, 0]) / 2


def _borders(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    body = np.flatnonzero(~np.isin(surface.labels, _INSIDE))
    kinds = _KIND_OF_PART[surface.labels[body]]
    mask = np.zeros(len(surface.labels))
    if len(body) <= _NEIGHBOURS or len(np.unique(kinds)) < 2:
        return mask
    # Far inside one part nothing is looked up: a coarse grid tells where two parts meet.
    cell = np.floor(surface.means[body] / 0.7 + 100).astype(np.int64) @ np.array((1_000_000, 1_000, 1))
    _, inverse = np.unique(cell, return_inverse=True)
    low, high = np.full(inverse.max() + 1, 99), np.full(inverse.max() + 1, -1)
    np.minimum.at(low, inverse, kinds)
    np.maximum.at(high, inverse, kinds)
    mixed = np.flatnonzero((low != high)[inverse])
    if not len(mixed):
        return mask
    tree = KDTree(surface.means[body])
    apart, near = tree.query(surface.means[body[mixed]], k=_NEIGHBOURS)
    other = (kinds[np.asarray(near)] != kinds[mixed, None]) & (np.asarray(apart) < size)
    mask[body[mixed]] = smoothstep(0.05, 0.4, other.mean(1))
    return mask


def _blooms(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    return smoothstep(0.25, 0.75, _wash(x, seed)) * (0.45 + 0.55 * light)


def _tide(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    wash = _wash(x, seed)
    return np.exp(-(((wash - 0.53) / 0.028) ** 2)) + 0.7 * np.exp(-(((wash - 0.36) / 0.02) ** 2))


def _wash(x: np.ndarray, seed: int) -> np.ndarray:
    return 0.72 * noise(x, seed) + 0.2 * noise(x * 2.6, seed + 1) + 0.08 * noise(x * 7.0, seed + 2)


def _contours(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    level = x[:, 1] + 0.35 * noise(0.6 * x, seed)
    away = np.minimum(level % 1.0, 1 - level % 1.0) * size
    calm = np.isin(surface.labels, _FEATURES)
    return np.where(calm, 0, np.exp(-((away / 0.11) ** 2)) + 0.28 * np.exp(-away / 0.3))


def _whorls(x: np.ndarray, surface: Surface, light: np.ndarray, seed: int, size: float) -> np.ndarray:
    lattice = np.random.default_rng(seed).uniform(-18, 18, (900, 3)).astype(np.float32)
    away, near = KDTree(surface.means).query(lattice, distance_upper_bound=1.0)
    seeds = surface.means[np.asarray(near)[np.isfinite(np.asarray(away))]]
    if not len(seeds):
        return np.full(len(x), 0.5)
    apart = np.asarray(KDTree(seeds).query(surface.means)[0]) / size
    # Finer splats show ridges more clearly: a face needs fainter ones than hair.
    on_face = np.isin(surface.labels, _SKIN)
    ridges = np.where(on_face, 0.2, 0.5) * np.cos(2 * np.pi * apart * 4.2) * np.exp(-(apart**4))
    dents = np.where(on_face, 0.5, 0.8) * (noise(x * 0.7, seed + 3) - 0.5)
    calm = np.isin(surface.labels, _FEATURES)
    return np.where(calm, 0.5, np.clip(0.5 + ridges + dents, 0, 1))


_MORE = {
    "whorls": _whorls,
    "grain": _grain,
    "stitches": _stitches,
    "hatching": _hatching,
    "plates": _plates,
    "tiles": _tiles,
    "borders": _borders,
    "blooms": _blooms,
    "tide": _tide,
    "contours": _contours,
}
