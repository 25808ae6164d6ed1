"""Characters with something of the person missing: templates for GDA to mend."""

from dataclasses import replace

import numpy as np

from core.character.model import Character
from core.hair.presets import HAIR_STYLES, preset_hair
from core.traits.beard import preset_beard

# How often what a person has is taken away.
_LOST = {"headwear": 0.6, "glasses": 0.5, "earrings": 0.3, "beard": 0.3, "hair": 0.4}


def weakened(character: Character, rng: np.random.Generator) -> Character:
    """The character as a poor reading of the photo might have given it: without a hat, with other hair, and so on.

    At least one thing is another than it was.
    """
    changes: dict[str, object] = {}
    while not changes:
        for name, chance in _LOST.items():
            if rng.random() > chance:
                continue
            if name == "hair":
                changes["hair"] = preset_hair(str(rng.choice(HAIR_STYLES)))
            elif name == "beard":
                if not character.beard.is_shaved:
                    changes["beard"] = preset_beard("none", character.beard.color)
            elif getattr(character, name) is not None:
                changes[name] = None
    return replace(character, **changes)  # pyright: ignore[reportArgumentType]
