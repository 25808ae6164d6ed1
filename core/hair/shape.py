"""What a head of hair is built from: a few profiles and numbers, the same whether measured or chosen by name."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

OUTLINE_RAD = np.radians(np.arange(-52, 233, 4.0))
"""Directions at which the hair's thickness is known, seen from ahead: 0 is the avatar's left, a quarter turn is up."""
OPENING_RAD = np.radians(np.arange(-180, 180, 6.0))
"""Directions at which the edge of the uncovered face is known, counted alike."""
FACE_Y_CM = 1.0
"""Height of the place from which the edge of the uncovered face is measured."""
ROWS_Y_CM = np.arange(3.0, -14.0, -1.0)
"""Heights at which the width of hanging hair is known."""
UPDOS = ("none", "bun", "low bun", "ponytail")
"""How long hair is tied."""


@dataclass(frozen=True)
class HairShape:
    """A head of hair; lengths in cm, relative to the head it grows on."""

    outline: Float32[np.ndarray, "72"]
    """Thickness over the head's silhouette at :data:`OUTLINE_RAD`."""
    opening: Float32[np.ndarray, "60"]
    """How far from (0, :data:`FACE_Y_CM`) the face is bare at :data:`OPENING_RAD`, in parts of the way to the edge
    of the head; 2 where no hair shows at all."""
    side_end: tuple[float, float] = (0.5, 0.5)
    """Height down to which hair reaches beside the face, at the avatar's left and right."""
    back_end: float = -4.6
    """Height down to which it reaches behind."""
    hanging: Float32[np.ndarray, "2 17"] = field(default_factory=lambda: np.full((2, 17), 8.6, np.float32))
    """Half width of what hangs below the ears at :data:`ROWS_Y_CM`, at the avatar's left and right."""
    top: bool = True
    """Whether hair grows on the top of the head, too."""
    parting_x: float | None = None
    """Where it parts; None if it grows away from the crown."""
    swept: float = 0.0
    """Where the hair above the forehead is combed: -1 forward over it, 0 up, 1 back."""
    fringe: bool = False
    """Whether hair falls over the forehead."""
    curl: float = 0.0
    """0 straight, 0.35 wavy, 0.7 curly, 1 coily."""
    updo: str = "none"
    """One of :data:`UPDOS`."""
    eyes_free: tuple[bool, bool] = (True, True)
    """Whether hair leaves the left and the right eye uncovered."""

    @property
    def is_long(self) -> bool:
        """Whether it hangs below the ears."""
        return self.back_end < -5.5

    @property
    def is_buzzed(self) -> bool:
        """Whether it is too short to lie."""
        return float(np.median(self.outline[20:52])) < 0.4 and not self.is_long and self.updo == "none"
