"""Which style or mood a text means though it names none: the nearest by meaning (:mod:`core.stylize.minilm`)."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.errors import MissingWeights
from core.stylize.minilm import load_minilm
from core.stylize.recipes import RECIPES, Recipe
from core.stylize.vocabulary import MOODS

logger = logging.getLogger(__name__)

Kind = Literal["style", "mood"]


@runtime_checkable
class Embedder(Protocol):
    """Turns sentences into vectors."""

    def embed(self, sentences: Sequence[str]) -> Float[np.ndarray, "n d"]:
        """One row of unit length a sentence."""
        ...


class Meaning:
    """Every style and mood as vectors; a text is compared with them."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        # A style is as near as the nearest of what is said about it.
        self._known: Mapping[Kind, _Known] = {
            "style": _Known(embedder, {r.name: _texts(r) for r in RECIPES}),
            "mood": _Known(embedder, {name: (f"a {name} mood", ", ".join(mood.says)) for name, mood in MOODS.items()}),
        }

    def nearest(self, kind: Kind, text: str) -> list[tuple[str, float]]:
        """All of that kind, nearest first, with the cosine to the text: 0.2 is hardly related, 0.5 clearly meant."""
        return self._known[kind].nearest(self._embedder.embed([text])[0])


class MeaningLoader:
    """Loads what a prompt's meaning needs when it is first asked for."""

    def __init__(self, checkpoints: Path) -> None:
        self._checkpoints = checkpoints
        self._tried, self._meaning = False, None

    def __call__(self) -> Meaning | None:
        """None if the network's weights are not on this computer."""
        if not self._tried:
            self._tried = True
            try:
                self._meaning = Meaning(load_minilm(self._checkpoints))
            except MissingWeights as error:
                logger.info("prompts are read by their words alone: %s", error)
        return self._meaning


def _texts(recipe: Recipe) -> tuple[str, ...]:
    words = ", ".join((*recipe.keywords, *recipe.hints))
    return tuple(text for text in (recipe.name, recipe.caption, words, ", ".join(recipe.moods)) if text)


class _Known:
    def __init__(self, embedder: Embedder, said: Mapping[str, Sequence[str]]) -> None:
        self._names = list(said)
        self._starts = np.cumsum([0, *(len(texts) for texts in said.values())])[:-1]
        self._rows = embedder.embed([text for texts in said.values() for text in texts])

    def nearest(self, vector: Float[np.ndarray, " d"]) -> list[tuple[str, float]]:
        best = np.maximum.reduceat(self._rows @ vector, self._starts)
        return [(self._names[k], float(best[k])) for k in np.argsort(-best, kind="stable")]
