from dataclasses import replace

import pytest

from app.editor import CONTROLS, add_editor, add_tools, editor_changes, editor_state, tools_state, value_from, values_of
from app.swatches import chosen_color
from core.character.edit import PHOTO, TRAITS, edited
from core.pipeline import Settings
from tests.app.conftest import make_creation


def test_there_is_a_control_for_every_trait_in_the_order_of_the_updates(visitor):
    import gradio as gr

    with gr.Blocks():
        editor, tools = add_editor(), add_tools()
    assert tuple(editor.controls) == tuple(trait.name for trait in TRAITS)
    assert len(editor.outputs) + len(tools.outputs) == CONTROLS
    visitor.show(make_creation(), Settings())
    assert len(editor_state(visitor)) == len(editor.outputs) and len(tools_state(visitor)) == len(tools.outputs)


def test_an_edit_updates_only_what_else_changed(visitor):
    visitor.show(make_creation(), Settings())
    before = values_of(visitor)
    creation = make_creation()
    dark = replace(creation, character=edited(creation.measured, {"skin": "deep"}))
    visitor.show(dark, Settings())
    updates = dict(zip([trait.name for trait in TRAITS], editor_changes(visitor, before, "skin")[2:], strict=True))
    changed = {name for name, update in updates.items() if "value" in update}
    assert changed == {"lips"}, "the moved control is left alone"


def test_a_row_of_colours_says_photo_for_the_photos_own():
    assert chosen_color({"color": "#112233", "own": "#112233"}) == PHOTO
    assert chosen_color({"color": "#112233", "own": "#445566"}) == "#112233"
    assert value_from("eyes", {"color": "#112233"}) == "#112233" and value_from("hair", "afro") == "afro"


@pytest.mark.parametrize("nonsense", [None, 5, [], {"color": None}, {"color": {"x": 1}}])
def test_whatever_a_browser_sends_for_a_colour_is_text(nonsense):
    assert isinstance(chosen_color(nonsense), str)
