from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.stylize.meaning import Meaning, MeaningLoader
from core.stylize.prompts import describe, understand
from core.stylize.recipes import RECIPES
from tests.core.stylize.tiny_minilm import write_tiny_minilm

TOPICS = {
    "vampire": ("vampire", "coffin", "garlic"),
    "ice": ("carved from clear blue ice", "iceberg"),
    "zombie": ("zombie", "iceberg", "rotten"),
    "gloomy": ("gloomy", "drizzle"),
    "nothing": ("wibble",),
}


class ByTopic:
    """Embeds a sentence by the topics its words belong to; what has none is a direction of its own."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, sentences: Sequence[str]) -> np.ndarray:
        self.asked += sentences
        rows = np.zeros((len(sentences), len(TOPICS) + 1), np.float32)
        for row, sentence in zip(rows, sentences, strict=True):
            row[:-1] = [any(word in sentence.lower() for word in words) for words in TOPICS.values()]
            row[-1] = not row.any()
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def understood(prompt: str):
    meaning = Meaning(ByTopic())
    return understand(prompt, lambda: meaning)


def test_a_prompt_that_names_no_style_takes_the_nearest():
    understanding = understood("afraid of garlic, at home in a coffin")
    assert understanding.recipes == (("vampire", 1.0),) and understanding.guessed == ("vampire",)
    assert not understanding.unknown
    assert describe(understanding) == "Understood as vampire (nearest in meaning)."


def test_two_styles_that_are_equally_near_are_blended():
    understanding = understood("iceberg")
    assert dict(understanding.recipes) == pytest.approx({"ice": 0.5, "zombie": 0.5})
    assert "ice and zombie (nearest in meaning)" in describe(understanding)


def test_what_is_named_stays_and_the_rest_is_added():
    understanding = understood("a marble statue of coffin, with blue eyes")
    assert dict(understanding.recipes) == pytest.approx({"marble statue": 0.5, "vampire": 0.5})
    assert understanding.guessed == ("vampire",) and set(understanding.colours) == {"eyes"}


def test_a_mood_can_be_meant_too():
    understanding = understood("marble in the drizzle")
    assert understanding.moods == ("gloomy",) and dict(understanding.recipes) == {"marble statue": 1.0}


def test_colours_with_an_unknown_word_stay_colours():
    understanding = understood("pink hair and a wibble")
    assert understanding.recipes == () and understanding.unknown == ("wibble",)


def test_words_that_settle_everything_ask_no_meaning():
    def never() -> None:
        raise AssertionError("asked")

    for prompt in ("", "gold", "pink hair", "a gloomy zombie"):
        understand(prompt, never)


def test_styles_are_compared_by_all_that_is_said_of_them():
    embedder = ByTopic()
    Meaning(embedder)
    for recipe in RECIPES:
        assert {recipe.name, recipe.caption} <= set(embedder.asked)


def test_the_network_is_loaded_once_and_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SNAPMOJI_WEIGHTS", raising=False)
    monkeypatch.setattr("core.weights.store.installed_file", lambda member: None)
    assert MeaningLoader(tmp_path / "nothing")() is None
    loader = MeaningLoader(tmp_path)
    write_tiny_minilm(tmp_path)
    first = loader()
    assert first is not None and loader() is first
    names = [name for name, _ in first.nearest("style", "robot")]
    assert sorted(names) == sorted(recipe.name for recipe in RECIPES)
