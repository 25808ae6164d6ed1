"""A style by chance, the same for the same number."""

from collections.abc import Sequence

import numpy as np

from core.stylize.prompts import understand

_MOST = 999_999
_TWO, _DYED = 0.35, 0.35
_DYES = ("pink", "blue", "green", "purple", "red", "white", "black", "orange", "turquoise")


def new_seed() -> int:
    """Any number from 0 to 999999: short enough to be told to a friend."""
    return int(np.random.default_rng().integers(_MOST + 1))


def roll(seed: int, styles: Sequence[str]) -> str:
    """A prompt of one style or two, perhaps with hair of another colour.

    Args:
        seed: not negative.
        styles: names of recipes to choose from, at least two.
    """
    generator = np.random.default_rng(seed)
    while True:
        count = 2 if generator.random() < _TWO else 1
        chosen = [styles[int(k)] for k in generator.choice(len(styles), count, replace=False)]
        prompt = " and ".join(chosen)
        if generator.random() < _DYED:
            prompt += f" with {_DYES[generator.integers(len(_DYES))]} hair"
        # Side by side, some names mean something else: "neon" before a colour is a shade of it.
        if {name for name, _ in understand(prompt).recipes} == set(chosen):
            return prompt
