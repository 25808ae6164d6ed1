"""What a style needs to know about an avatar: where its splats are, which way they face, and what colours it has."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from scipy import ndimage

from core.avatar.model import PARTS, Avatar
from core.gaussians import DC, MEAN, QUAT, SH_C0
from core.oklab import to_oklab
from core.smoothstep import smoothstep

# Feature edges are what differs from the surroundings within about this distance (brows, lips, strands).
_CELL_CM = 0.8
_REACH_CM = 30.0
_BRIGHT_OR_DARK = ("sclera", "iris", "teeth", "tongue", "mouth")


@dataclass(frozen=True)
class Surface:
    """The primary avatar as a style sees it; colours are OKLab."""

    means: Float[np.ndarray, "n 3"]
    """Centres in centimetres, head frame."""
    normals: Float[np.ndarray, "n 3"]
    """Third axis of every splat, unit length, outward."""
    labels: UInt8[np.ndarray, " n"]
    """Index into :data:`core.avatar.model.PARTS`."""
    lab: Float[np.ndarray, "n 3"]
    """Colours of the primary avatar."""
    own: Float[np.ndarray, "parts 3"]
    """Mean colour of every part: the person's skin tone, hair colour and so on."""
    detail: Float[np.ndarray, " n"]
    """Lightness that a splat has above its surroundings."""
    tintable: Float[np.ndarray, " n"]
    """1 where a splat may change colour; 0 for pupils and catchlights, which keep eyes alive."""


def read_surface(avatar: Avatar) -> Surface:
    """Measures an avatar at rest."""
    rest, labels = avatar.rest, avatar.labels
    means = np.ascontiguousarray(rest[:, MEAN])
    lab = to_oklab(np.clip(rest[:, DC] * np.float32(SH_C0) + 0.5, 0, 1))
    tintable = _tintable(lab[:, 0], labels)
    total = np.maximum(np.bincount(labels, tintable, len(PARTS)), 1e-6)
    own = np.stack([np.bincount(labels, lab[:, k] * tintable, len(PARTS)) / total for k in range(3)], 1)
    detail = _detail(means, labels, lab[:, 0])
    return Surface(means, _normals(rest[:, QUAT]), labels, lab, own.astype(np.float32), detail, tintable)


def bare_surface(
    means: Float[np.ndarray, "n 3"], normals: Float[np.ndarray, "n 3"], lab: Float[np.ndarray, "n 3"], label: int
) -> Surface:
    """The surface of something that was added: one part, without detail of its own."""
    n = len(means)
    own = np.tile(lab.mean(0), (len(PARTS), 1)).astype(np.float32)
    labels = np.full(n, label, np.uint8)
    return Surface(means, normals, labels, lab, own, np.zeros(n, np.float32), np.ones(n, np.float32))


def detail_of(surface: Surface, lightness: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """What the lightness of every splat has above its surroundings, if the surface had these lightnesses."""
    return _detail(surface.means, surface.labels, lightness)


def _detail(means: np.ndarray, labels: np.ndarray, lightness: np.ndarray) -> np.ndarray:
    # The white of eyes and teeth would darken the skin beside them: they are no part of its surroundings.
    body = ~np.isin(labels, [PARTS.index(part) for part in _BRIGHT_OR_DARK])
    return np.clip(lightness - _surroundings(means, lightness, body), -0.25, 0.25)


def _normals(quats: np.ndarray) -> np.ndarray:
    """Third column of the rotation matrices alone."""
    w, x, y, z = quats.T
    return np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], 1)


def _tintable(lightness: np.ndarray, labels: np.ndarray) -> np.ndarray:
    iris, sclera = labels == PARTS.index("iris"), labels == PARTS.index("sclera")
    tintable = np.ones(len(labels), np.float32)
    tintable[iris] = smoothstep(0.12, 0.3, lightness[iris]) * (1 - smoothstep(0.78, 0.92, lightness[iris]))
    if sclera.any():
        # A catchlight may lie on the white of the eye: then it is what stands out above the white.
        low = float(np.clip(np.median(lightness[sclera]) + 0.02, 0.9, 0.97))
        tintable[sclera] = 1 - smoothstep(low, low + 0.025, lightness[sclera])
    return tintable


def _surroundings(means: np.ndarray, values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Mean of the ``counted`` values round every splat: a Gaussian blur in space, on a grid of cells."""
    # A stray splat far away must not ask for a huge grid.
    means = np.clip(means, -_REACH_CM, _REACH_CM)
    cells = (means - means.min(0)) / _CELL_CM + 2
    shape = tuple(np.ceil(cells.max(0)).astype(int) + 3)
    flat = np.ravel_multi_index(tuple(np.rint(cells).astype(int).T), shape)
    size = int(np.prod(shape))
    sums = np.bincount(flat, values * counted, size).astype(np.float32).reshape(shape)
    counts = np.bincount(flat, counted, size).astype(np.float32).reshape(shape)
    sums, counts = (ndimage.gaussian_filter(grid, 1.0, truncate=2.5) for grid in (sums, counts))
    at = lambda grid: ndimage.map_coordinates(grid, cells.T, order=1, mode="nearest", output=np.float32)
    return at(sums) / np.maximum(at(counts), 1e-6)
