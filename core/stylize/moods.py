"""Moods: what a gloomy or cheerful prompt does to all colours together."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from core.stylize.vocabulary import MOODS


def in_mood(
    lab: Float[np.ndarray, "n 3"], moods: Sequence[str], spared: Bool[np.ndarray, " n"]
) -> Float[np.ndarray, "n 3"]:
    """Colours (OKLab) in these moods (:data:`core.stylize.vocabulary.MOODS`), one after the other.

    Args:
        lab: colours.
        moods: names.
        spared: what keeps its colour: it was asked for by name, or is the white of an eye.
    """
    out = lab.copy()
    for mood in (MOODS[name] for name in moods):
        out[:, 0] += np.float32(mood.lightness)
        out[:, 1:] = out[:, 1:] * np.float32(mood.chroma) + np.array(mood.tint, np.float32)
    out[spared] = lab[spared]
    return out
