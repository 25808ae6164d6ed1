"""The page's left column."""

from types import SimpleNamespace

import gradio as gr

from app.controls import add_controls
from tests.conftest import ROOT


def test_a_photo_of_any_kind_reaches_the_core_as_it_is_also_from_a_visitors_own_box(tmp_path):
    with gr.Blocks():
        controls = add_controls(ROOT / "ui_assets" / "examples")
    file = tmp_path / "me.heic"
    file.write_bytes(b"not for Gradio to decode")
    payload = SimpleNamespace(path=str(file), url=f"http://127.0.0.1/file={file}")
    for box in (controls.photo, controls.reference):
        # So Gradio builds a box for a visitor, at the first event that could change it.
        own = type(box)(**{**box.constructor_args, "render": False})
        for each in (box, own):
            assert each.get_block_name() == "image"
            assert each.preprocess(payload) == str(file) and each.preprocess(None) is None
