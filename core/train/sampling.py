"""Even random points on a triangle mesh, with a spacing that varies from place to place."""

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

_CANDIDATES_PER_POINT = 40


def poisson_disk(
    vertices: Float[np.ndarray, "v 3"],
    triangles: Int[np.ndarray, "t 3"],
    spacing: Float[np.ndarray, " v"],
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Points at least ``spacing`` apart: dart throwing over many candidates, until no gap is left.

    Args:
        vertices: in centimetres.
        triangles: vertex numbers.
        spacing: wanted distance between neighbours at each vertex, in centimetres, > 0.
        seed: of the candidates.

    Returns:
        Triangle number of each point, int32 (n,), and its barycentric coordinates, float32 (n, 3).
    """
    rng = np.random.default_rng(seed)
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    # A hexagonal packing at distance r covers r² √3/2 a point.
    wanted = area / (spacing[triangles].mean(1) ** 2 * np.sqrt(3) / 2)
    count = int(wanted.sum() * _CANDIDATES_PER_POINT)
    triangle = rng.choice(len(triangles), count, p=wanted / wanted.sum())
    u = np.sqrt(rng.random(count))
    v = rng.random(count)
    barycentric = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    points = (vertices[triangles[triangle]] * barycentric[..., None]).sum(1)
    radius = (spacing[triangles[triangle]] * barycentric).sum(1)
    kept = _throw(points, radius, float(radius.max()))
    return triangle[kept].astype(np.int32), barycentric[kept].astype(np.float32)


def _throw(points: np.ndarray, radius: np.ndarray, cell: float) -> np.ndarray:
    corner = points.min(0)
    cells = np.floor((points - corner) / cell).astype(np.int64)
    shape = cells.max(0) + 1
    key = (cells[:, 0] * shape[1] + cells[:, 1]) * shape[2] + cells[:, 2]
    return _accept(points, radius, cells, key, shape)


@njit(cache=True)
@no_type_check
def _accept(points, radius, cells, key, shape):
    head = np.full(shape[0] * shape[1] * shape[2], -1, np.int64)
    following = np.full(len(points), -1, np.int64)
    accepted = np.zeros(len(points), np.bool_)
    for i in range(len(points)):
        free = True
        for dx in range(-1, 2):
            for dy in range(-1, 2):
                for dz in range(-1, 2):
                    x, y, z = cells[i, 0] + dx, cells[i, 1] + dy, cells[i, 2] + dz
                    if not free or x < 0 or y < 0 or z < 0 or x >= shape[0] or y >= shape[1] or z >= shape[2]:
                        continue
                    j = head[(x * shape[1] + y) * shape[2] + z]
                    while j >= 0:
                        gap = points[i] - points[j]
                        near = min(radius[i], radius[j])
                        if gap[0] * gap[0] + gap[1] * gap[1] + gap[2] * gap[2] < near * near:
                            free = False
                            break
                        j = following[j]
        if free:
            accepted[i] = True
            following[i] = head[key[i]]
            head[key[i]] = i
    return accepted
