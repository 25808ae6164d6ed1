"""A character: everything an avatar of one person is made from."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.hair.shape import HairShape
from core.traits.beard import Beard
from core.traits.brows import Brows
from core.traits.earrings import Earrings
from core.traits.glasses import Glasses
from core.traits.headwear import Headwear
from core.traits.marks import Marks
from core.traits.palette import Palette


@dataclass(frozen=True)
class Character:
    """Head shape and traits."""

    identity: Float32[np.ndarray, " k"]
    """Coefficients of the rig's shape directions, as measured: the style exaggerates them when it builds."""
    palette: Palette
    brows: Brows
    beard: Beard
    marks: Marks
    hair: HairShape | None = None
    """None for a bald head."""
    headwear: Headwear | None = None
    glasses: Glasses | None = None
    earrings: Earrings | None = None
    bust: bool = True
    """Whether shoulders follow below the neck, instead of a collar."""
