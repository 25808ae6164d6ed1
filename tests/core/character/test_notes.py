import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.character.document import same
from core.character.edit import edited
from core.character.notes import Recipe, from_notes, to_notes
from core.errors import UnreadableAvatar
from core.stylize.controls import StyleControls
from tests.core.character.made_up import made_up_character

MEASURED = made_up_character()
EDITED = edited(MEASURED, {"eyes": "green", "freckles": 0.5})
RECIPE = Recipe(EDITED, MEASURED, "marble", StyleControls(0.25, 0.5, 0.75), 7)


def test_a_recipe_comes_back():
    notes = json.loads(json.dumps(to_notes(RECIPE)))
    again = from_notes(notes)
    assert same(again.character, EDITED) and same(again.measured, MEASURED)
    assert (again.prompt, again.controls, again.seed) == ("marble", RECIPE.controls, 7)


def test_what_was_never_edited_is_kept_once():
    notes = to_notes(Recipe(MEASURED, MEASURED))
    assert "measured" not in notes and same(from_notes(notes).measured, MEASURED)


def test_the_character_can_be_left_out():
    notes = to_notes(RECIPE, with_character=False)
    assert notes == {"prompt": "marble", "seed": 7, "controls": {"strength": 0.25, "edges": 0.5, "identity": 0.75}}
    with pytest.raises(UnreadableAvatar, match="holds no character to edit"):
        from_notes(notes)


def test_a_style_that_is_left_out_is_the_default():
    assert from_notes({"character": to_notes(RECIPE)["character"]}).controls == StyleControls()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prompt", 5),
        ("prompt", "x" * 20_000),
        ("seed", -1),
        ("seed", 1.5),
        ("seed", True),
        ("controls", []),
        ("controls", {"strength": 2}),
        ("controls", {"strength": "strong"}),
        ("controls", {"edges": float("nan")}),
        ("character", {}),
        ("measured", None),
    ],
    ids=str,
)
def test_notes_that_cannot_be_believed_are_refused(key, value):
    with pytest.raises(UnreadableAvatar):
        from_notes(to_notes(RECIPE) | {key: value})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["prompt", "seed", "controls", "measured"]), st.integers() | st.floats() | st.text() | st.none())
def test_notes_are_read_or_refused(key, value):
    try:
        recipe = from_notes(to_notes(RECIPE) | {key: value})
    except UnreadableAvatar:
        return
    assert isinstance(recipe.prompt, str) and recipe.seed >= 0
