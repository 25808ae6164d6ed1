"""The splats of skin, lips, teeth, tongue, mouth and lashes: flat Gaussians that follow the rig's triangles."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from core.gaussians import quats_from_axes
from core.rig.head import HeadRig, vertex_normals
from core.unit import unit

# Standard deviations relative to the distance between neighbours: narrow enough to keep edges where splats lie close
# together, wide enough to leave no hole where they lie far apart, through which the mouth would darken the cheeks.
_FINE_TO_COARSE_CM, _SIGMA_ALONG = (0.12, 0.2), (0.93, 1.18)
_SIGMA_ACROSS = 0.16
# A closing lid stretches several times; what is folded away must not become a needle.
_STRETCH = (0.25, 6.0)


@dataclass(frozen=True)
class SurfacePattern:
    """What of the splats' geometry is the same for everybody."""

    corners: Int32[np.ndarray, "n 3"]
    """Vertices of the triangle each splat sits on."""
    barycentric: Float32[np.ndarray, "n 3"]
    tangents: Float32[np.ndarray, "n 2 2"]
    """Two directions that are orthonormal on the neutral head, in terms of the triangle's two edges."""
    spacing: Float32[np.ndarray, " n"]
    """Distance between neighbours on the neutral head, in cm."""


@dataclass(frozen=True)
class Geometry:
    """Where splats are and how they lie."""

    means: Float32[np.ndarray, "n 3"]
    quats: Float32[np.ndarray, "n 4"]
    scales: Float32[np.ndarray, "n 3"]
    normals: Float32[np.ndarray, "n 3"]


def surface_pattern(rig: HeadRig) -> SurfacePattern:
    """The pattern of a rig; computed once."""
    corners = rig.triangles[rig.splat_triangle]
    normals = unit(interpolate(vertex_normals(rig.neutral, rig.triangles), corners, rig.splat_barycentric))
    # Tangents start horizontal: left and right halves then mirror each other.
    first = unit(np.cross(np.where(np.abs(normals[:, 1:2]) < 0.9, (0, 1, 0), (0, 0, 1)), normals))
    wanted = np.stack([first, np.cross(normals, first)], axis=2)
    return SurfacePattern(
        corners=corners,
        barycentric=rig.splat_barycentric,
        tangents=(np.linalg.pinv(_edges(rig.neutral, corners)) @ wanted).astype(np.float32),
        spacing=rig.splat_spacing,
    )


def place(
    pattern: SurfacePattern,
    rig: HeadRig,
    vertices: Float32[np.ndarray, "v 3"],
    rows: Int32[np.ndarray, " m"] | slice = slice(None),
) -> Geometry:
    """The splats on a posed head.

    A splat stretches with the triangle it sits on: its first two axes are the images of directions that
    were orthonormal on the neutral head.

    Args:
        pattern: of the rig.
        rig: the head.
        vertices: of the posed head.
        rows: which splats; all by default.
    """
    corners, barycentric = pattern.corners[rows], pattern.barycentric[rows]
    means = interpolate(vertices, corners, barycentric)
    normals = unit(interpolate(vertex_normals(vertices, rig.triangles), corners, barycentric))
    along = _edges(vertices, corners) @ pattern.tangents[rows]
    first, second = along[..., 0], along[..., 1]
    length = np.linalg.norm(first, axis=1)
    tangents = unit(first)
    second = second - (second * tangents).sum(1, keepdims=True) * tangents
    spacing = pattern.spacing[rows]
    sigma = spacing * np.interp(spacing, _FINE_TO_COARSE_CM, _SIGMA_ALONG)
    scales = np.stack(
        [
            sigma * np.clip(length, *_STRETCH),
            sigma * np.clip(np.linalg.norm(second, axis=1), *_STRETCH),
            spacing * _SIGMA_ACROSS,
        ],
        axis=1,
    )
    return Geometry(means, quats_from_axes(tangents, normals), scales.astype(np.float32), normals)


def interpolate(values: np.ndarray, corners: np.ndarray, barycentric: np.ndarray) -> np.ndarray:
    """Values of vertices (v, c) at places inside triangles: (n, c) for corners and barycentric coordinates (n, 3)."""
    return np.einsum("nkc,nk->nc", values[corners], barycentric)


def neutral_places(rig: HeadRig, pattern: SurfacePattern) -> np.ndarray:
    """Where the surface's splats sit on the neutral head (n, 3), which is the same for everybody."""
    return interpolate(rig.neutral, pattern.corners, pattern.barycentric)


def _edges(vertices: np.ndarray, corners: np.ndarray) -> np.ndarray:
    a, b, c = (vertices[corners[:, k]] for k in range(3))
    return np.stack([b - a, c - a], axis=2)
