"""Ambient occlusion: how much of the sky each point of a mesh cannot see."""

import numpy as np
from jaxtyping import Float, Float32, Int32
from scipy.spatial import KDTree

from core import spread
from core.render.mesh import rasterize
from core.unit import unit

_DIRECTIONS = 160
_MAP_PX = 256
_BIAS_CM = 0.3
_NEIGHBOURS = 14


def ambient_occlusion(
    points: Float[np.ndarray, "n 3"],
    normals: Float[np.ndarray, "n 3"],
    vertices: Float[np.ndarray, "v 3"],
    triangles: Int32[np.ndarray, "t 3"],
) -> Float32[np.ndarray, " n"]:
    """The cosine-weighted share of each point's hemisphere that the mesh hides, in [0, 1].

    The mesh is drawn as seen from many directions; a point deeper than what is drawn there is hidden.
    """
    hidden, total = np.zeros(len(points)), np.full(len(points), 1e-9)
    centre, radius = vertices.mean(0), np.linalg.norm(vertices - vertices.mean(0), axis=1).max()
    # With x and z the other way round, as the rig in checkpoints/ was shaded.
    for to_light in spread.directions(_DIRECTIONS)[:, ::-1]:
        right = unit(np.cross((0.0, 1.0, 0.0), to_light))
        axes = np.stack([right, np.cross(to_light, right), -to_light])

        def on_map(places: np.ndarray, axes: np.ndarray = axes) -> np.ndarray:
            local = (places - centre) @ axes.T
            local[:, :2] = (local[:, :2] / radius + 1) * _MAP_PX / 2
            return local

        depth = rasterize(on_map(vertices).astype(np.float32), triangles, _MAP_PX, _MAP_PX).depth
        cosine = np.clip(normals @ to_light, 0, None)
        x, y, z = on_map(points + normals * _BIAS_CM).T
        column, row = (np.clip(a.astype(int), 0, _MAP_PX - 1) for a in (x, y))
        hidden += cosine * (depth[row, column] < z - _BIAS_CM)
        total += cosine
    # The maps are coarse: single points at the edge of a shadow would be speckled.
    _, near = KDTree(points).query(points, _NEIGHBOURS)
    alike = (normals[near] * normals[:, None]).sum(2) > 0.5
    share = hidden / total
    return ((share[near] * alike).sum(1) / np.maximum(alike.sum(1), 1)).astype(np.float32)
