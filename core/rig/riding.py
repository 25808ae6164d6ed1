"""Splats that ride on the skin: whatever lies near it keeps its place over it when a shape moves it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32
from scipy.spatial import KDTree

from core.gaussians import quats_from_axes, rotation_matrices
from core.rig.sculpt import Sculpt
from core.rig.surface import Geometry, place


@dataclass(frozen=True)
class Riders:
    """Splats that each follow one splat of the skin, as if fixed to it."""

    sculpt: Sculpt
    rest: Geometry
    """At rest."""
    carrier: Int32[np.ndarray, " n"]
    """The surface's splat under each."""

    @property
    def roots(self) -> Int32[np.ndarray, " k"]:
        """Vertices of the rig that they follow."""
        return np.unique(self.sculpt.pattern.corners[self.carrier])

    def posed(self, vertices: Float32[np.ndarray, "v 3"]) -> Geometry:
        """The splats on a posed and warped head."""
        before = self.sculpt.surface
        after = place(self.sculpt.pattern, self.sculpt.rig, vertices, self.carrier)
        turn = rotation_matrices(after.quats) @ rotation_matrices(before.quats[self.carrier]).transpose(0, 2, 1)
        offset = self.rest.means - before.means[self.carrier]
        means = after.means + (turn @ offset[:, :, None])[..., 0]
        axes = turn @ rotation_matrices(self.rest.quats)
        normals = (turn @ self.rest.normals[:, :, None])[..., 0]
        quats = quats_from_axes(axes[:, :, 0], axes[:, :, 2])
        return Geometry(means.astype(np.float32), quats, self.rest.scales, normals.astype(np.float32))


def riding(sculpt: Sculpt, rest: Geometry) -> Riders:
    """Splats near the skin, fixed to it."""
    skin = np.flatnonzero(sculpt.rig.splats_of("skin"))
    _, nearest = KDTree(sculpt.surface.means[skin]).query(rest.means)
    return Riders(sculpt, rest, skin[np.asarray(nearest)].astype(np.int32))
