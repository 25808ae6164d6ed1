"""The page's left column: the photo, the style, the buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from core.stylize.recipes import RECIPES

_PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_SLIDERS = ("Style transition strength", "Edge preservation level", "Identity consistency factor")
_PLACEHOLDER = "marble with golden hair, comic, …"


@dataclass(frozen=True)
class Controls:
    """The components the visitor puts things into."""

    photo: gr.Image
    prompt: gr.Textbox
    strength: gr.Slider
    edges: gr.Slider
    identity: gr.Slider
    seed: gr.Number
    face: gr.Number
    generate: gr.Button
    cancel: gr.Button
    status: gr.HTML

    @property
    def wish(self) -> list:
        """In the order of :class:`app.making.Wish`."""
        return [self.photo, self.prompt, self.strength, self.edges, self.identity, self.seed, self.face]

    @property
    def style(self) -> list:
        """What a restyle depends on."""
        return [self.prompt, self.strength, self.edges, self.identity, self.seed]


def add_controls(examples: Path) -> Controls:
    """The column.

    Args:
        examples: folder of portraits to try.
    """
    photo = gr.Image(
        label="Selfie",
        sources=["upload", "webcam", "clipboard"],
        type="filepath",
        height=210,
        elem_id="sm-photo",
        buttons=[],
    )
    # Only the core decides what a photo is: Gradio would decode the file itself and fail in its own words.
    setattr(photo, "preprocess", _file_of(photo.preprocess))  # noqa: B010
    portraits = sorted(p for p in examples.glob("*") if p.suffix.lower() in _PHOTO_SUFFIXES)
    if portraits:
        gr.Examples(
            [[str(p)] for p in portraits],
            photo,
            label="Or try one of these",
            examples_per_page=12,
            elem_id="sm-portraits",
        )
    prompt = gr.Textbox(label="Style", placeholder=_PLACEHOLDER, max_length=300, max_lines=3, elem_id="sm-prompt")
    gr.Examples(
        [[recipe.name] for recipe in RECIPES],
        prompt,
        label="Styles to start from",
        examples_per_page=20,
        elem_id="sm-styles",
    )
    with gr.Row(elem_id="sm-go"):
        generate = gr.Button("Generate", variant="primary", elem_id="sm-generate")
        cancel = gr.Button("Cancel", variant="stop", visible=False, elem_id="sm-cancel")
    status = gr.HTML(elem_id="sm-status")
    with gr.Group(elem_id="sm-sliders"):
        strength, edges, identity = (_slider(label) for label in _SLIDERS)
    with gr.Accordion("Advanced", open=False):
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, maximum=2**31 - 1)
        face = gr.Number(
            None, label="Face number", info="If the photo shows several: 0 is the leftmost.", precision=0, minimum=0
        )
    return Controls(photo, prompt, strength, edges, identity, seed, face, generate, cancel, status)


def _file_of(preprocess: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A picture box's way to hand over its value, which now hands over the very file that was uploaded."""

    def hand_over(payload: Any) -> Any:
        if payload is None or (payload.url or "").startswith("data:"):
            return preprocess(payload)
        return payload.path

    return hand_over


def _slider(label: str) -> gr.Slider:
    return gr.Slider(0, 1, 0.5, step=0.01, label=label, buttons=[])
