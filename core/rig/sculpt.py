"""The cartoon head of one person at rest: what splats are placed on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float32

from core.rig.head import HeadRig
from core.rig.lids import LidRim, lid_rims
from core.rig.skull import Skull, skull_of
from core.rig.style import CartoonHead
from core.rig.surface import Geometry, SurfacePattern, place


@dataclass(frozen=True)
class Sculpt:
    """A head in the primary style, with what is often asked of it worked out once."""

    rig: HeadRig
    pattern: SurfacePattern
    head: CartoonHead

    @cached_property
    def rest(self) -> Float32[np.ndarray, "v 3"]:
        """Vertices at rest, warped, head frame."""
        return self.head.warp(self.head.vertices)

    @cached_property
    def surface(self) -> Geometry:
        """The surface's splats at rest."""
        return place(self.pattern, self.rig, self.rest)

    @cached_property
    def landmarks(self) -> Float32[np.ndarray, "478 3"]:
        """MediaPipe's landmarks at rest."""
        return self.rig.landmarks(self.rest)

    @cached_property
    def lids(self) -> tuple[LidRim, LidRim]:
        """The rims of the left and the right eye."""
        return lid_rims(self.rig)

    @cached_property
    def skull(self) -> Skull:
        """The skull at rest."""
        return skull_of(self.surface.means[self.bare])

    @cached_property
    def bare(self) -> Bool[np.ndarray, " n"]:
        """Which of the surface's splats are skin, scalp or neck."""
        return self.rig.splats_of("skin", "scalp", "neck")
