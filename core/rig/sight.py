"""One photo of a person, looked at through the head that was fitted to it: what every trait is read from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Int32

from core.portrait import Portrait
from core.rig.fit import HeadFit
from core.rig.front_view import FrontView, front_view
from core.rig.head import HeadRig
from core.rig.surface import SurfacePattern, interpolate


@dataclass(frozen=True)
class Sight:
    """A portrait, and where in it each place of the head lies."""

    rig: HeadRig
    pattern: SurfacePattern
    portrait: Portrait
    fit: HeadFit

    @cached_property
    def vertices(self) -> Float32[np.ndarray, "v 3"]:
        """The measured head without expression, head frame."""
        return self.fit.vertices(self.rig)

    @cached_property
    def front(self) -> FrontView:
        """The photo as if the head looked straight ahead."""
        return front_view(self.rig, self.fit, self.portrait, self.vertices)

    @cached_property
    def splat_pixels(self) -> tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " n"]]:
        """Row and column of the pixel at which each splat of the surface lies, hidden or not."""
        places = interpolate(self.fit.photo_vertices(self.rig), self.pattern.corners, self.pattern.barycentric)
        column, row = np.clip(self.fit.to_pixels(places)[:, :2], 0, 511).astype(np.int32).T
        return row, column
