"""The cartoon head of one person at rest: what splats are placed on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float32

from core.rig.head import HeadRig
from core.rig.lids import BLINKS, LidRim, closing, lid_rims
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
        return self.head.rest

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

    def shape_offset(self, shape: str) -> Float32[np.ndarray, "v 3"]:
        """What one of the 16 blendshapes at weight 1 adds to the head's vertices, before the warp."""
        offset = self.rig.shape_offsets(shape) * np.float32(self.head.style.liveliness.get(shape, 1.0))
        if shape in BLINKS:
            offset = closing(self.rig, offset, self.lids[BLINKS.index(shape)], self.head.style.lids_meet)
        return offset

    def posed(self, shape: str) -> Float32[np.ndarray, "v 3"]:
        """Vertices at weight 1 of a blendshape, warped, head frame."""
        return self.head.warp(self.head.vertices + self.shape_offset(shape))

    @cached_property
    def skull(self) -> Skull:
        """The skull at rest."""
        return skull_of(self.surface.means[self.bare])

    @cached_property
    def bare(self) -> Bool[np.ndarray, " n"]:
        """Which of the surface's splats are skin, scalp or neck."""
        return self.rig.splats_of("skin", "scalp", "neck")
