import json

import pytest

from core.evaluate.prompts import evaluate_prompts, is_sensible
from core.stylize.prompts import Understanding
from tests.conftest import ROOT

PROMPTS = json.loads((ROOT / "tests/data/prompts.json").read_text())


def test_most_of_the_forty_prompts_are_sensible_by_their_words_alone():
    result = evaluate_prompts(PROMPTS)
    assert result["prompts"] == 40 and not result["by_meaning"]
    assert result["sensible"] >= 34
    assert sum(row.get("unlike_any_caption", False) for row in PROMPTS) == 10


@pytest.mark.parametrize(
    ("understanding", "wants", "sensible"),
    [
        (
            Understanding((("gold", 0.5), ("robot", 0.5)), {"eyes": (0.2, 0.4, 0.8)}),
            ["robot", "gold", "eyes:blue"],
            True,
        ),
        (Understanding((("robot", 1.0),), {"eyes": (0.2, 0.4, 0.8)}), ["robot", "gold", "eyes:blue"], False),
        (Understanding((("robot", 1.0),), {"skin": (0.85, 0.65, 0.2)}), ["robot", "gold|skin:gold"], True),
        (Understanding((("robot", 1.0),), {"eyes": (0.8, 0.1, 0.1)}), ["robot", "eyes:blue"], False),
        (Understanding((("robot", 1.0),)), ["robot", "eyes:blue"], False),
        (Understanding((("robot", 0.6), ("zombie", 0.4))), ["robot"], False),
        (Understanding((("robot", 0.8), ("zombie", 0.2))), ["robot"], True),
        (Understanding(), ["robot"], False),
    ],
)
def test_a_reading_must_hold_all_that_is_wanted_and_little_else(
    understanding: Understanding, wants: list[str], sensible: bool
):
    assert is_sensible(understanding, wants) == sensible
