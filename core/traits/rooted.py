"""Places on the skin for what grows or is drawn there: bound to the rig's triangles, so that it moves with the skin."""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.spatial import KDTree

from core.rig.head import HeadRig, vertex_normals
from core.rig.surface import SurfacePattern, interpolate, neutral_places
from core.unit import unit

_FRONT_Z_CM = 2.0
# Places further from the skin's splats than this are off the face.
_REACH_CM = 0.6


def rooted(
    rig: HeadRig,
    corners: Int[np.ndarray, "n 3"],
    barycentric: Float[np.ndarray, "n 3"],
    directions: Float[np.ndarray, "n 3"],
) -> SurfacePattern:
    """A pattern whose splats' first axes follow given directions.

    Args:
        rig: the head.
        corners: vertices of the triangles.
        barycentric: places in them; just outside is allowed.
        directions: on the neutral head; the part along the skin's normal is removed.
    """
    normals = unit(interpolate(vertex_normals(rig.neutral, rig.triangles), corners, barycentric))
    first = unit(directions - (directions * normals).sum(1, keepdims=True) * normals)
    wanted = np.stack([first, np.cross(normals, first)], axis=2)
    a, b, c = (rig.neutral[corners[:, k]] for k in range(3))
    tangents = np.linalg.pinv(np.stack([b - a, c - a], axis=2)) @ wanted
    return SurfacePattern(
        corners=corners.astype(np.int32),
        barycentric=barycentric.astype(np.float32),
        tangents=tangents.astype(np.float32),
        spacing=np.ones(len(corners), np.float32),
    )


def on_face(
    rig: HeadRig,
    pattern: SurfacePattern,
    xy: Float[np.ndarray, "n 2"],
    parts: tuple[str, ...] = ("skin",),
) -> tuple[Int[np.ndarray, " n"], Float[np.ndarray, "n 3"], Bool[np.ndarray, " n"]]:
    """Where on the skin points of the face's front view lie.

    Args:
        rig: the head.
        pattern: of its splats.
        xy: places on the neutral head, in cm.
        parts: of the rig to look on.

    Returns:
        The splats nearest to the points, barycentric coordinates in these splats' triangles, and whether a place lies
        on the face at all.
    """
    places = neutral_places(rig, pattern)
    skin = np.flatnonzero(rig.splats_of(*parts) & (places[:, 2] > _FRONT_Z_CM))
    distance, nearest = KDTree(places[skin, :2]).query(xy)
    source = skin[nearest]
    a, b, c = (rig.neutral[pattern.corners[source, k], :2] for k in range(3))
    edges = np.stack([b - a, c - a], axis=2)
    # Triangles seen edge-on have no inverse; nothing is drawn so far round the side.
    shares = (np.linalg.pinv(edges, rcond=1e-3) @ (xy - a)[:, :, None])[..., 0]
    shares = np.clip(shares, -1.0, 2.0)
    barycentric = np.stack([1 - shares.sum(1), shares[:, 0], shares[:, 1]], axis=1)
    return source, barycentric, distance < _REACH_CM
