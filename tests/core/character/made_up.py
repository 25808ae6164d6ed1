"""A person who was never photographed."""

from dataclasses import replace

import numpy as np

from core.character.model import Character
from core.traits.beard import Beard
from core.traits.brows import Brows
from core.traits.marks import Marks
from core.traits.palette import Palette

HEAD_SHAPES = 93
"""Shape directions of the rig in checkpoints/."""


def made_up_character(seed: int = 0) -> Character:
    """A bald person with nothing on the head, of a head of their own."""
    rng = np.random.default_rng(seed)

    def color() -> np.ndarray:
        return rng.uniform(0.1, 0.9, 3).astype(np.float32)

    identity = rng.normal(0, 0.2, HEAD_SHAPES).astype(np.float32)
    colors = {name: color() for name in Palette.__dataclass_fields__}
    palette = replace(Palette(**colors), skin=np.float32([0.84, 0.63, 0.52]), lips=np.float32([0.75, 0.43, 0.42]))
    return Character(identity, palette, Brows(), Beard(0.0, 0.0, 0.0, color=color()), Marks())
