"""The page's left column: the photo, the style, the buttons."""

from abc import ABCMeta
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from app.gallery import add_gallery
from core.stylize.recipes import RECIPES

_PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_SLIDERS = ("Style transition strength", "Edge preservation level", "Identity consistency factor")
_PLACEHOLDER = "marble with golden hair, comic, …"
_PHOTO_WORDS = "Drop a photo of your face here,\nor click to choose one"
_PICTURE_WORDS = "Drop any picture here, or click"
_STYLIZERS = ("auto", "embedded", "diffusion")


@dataclass(frozen=True)
class Controls:
    """The components the visitor puts things into."""

    photo: gr.Image
    prompt: gr.Textbox
    gallery: gr.HTML
    dice: gr.Button
    repeat: gr.Button
    strength: gr.Slider
    edges: gr.Slider
    identity: gr.Slider
    seed: gr.Number
    face: gr.Number
    reference: gr.Image
    stylizer: gr.Radio
    generate: gr.Button
    cancel: gr.Button
    status: gr.HTML

    @property
    def wish(self) -> list:
        """In the order of :class:`app.making.Wish`."""
        return [
            self.photo,
            self.prompt,
            self.strength,
            self.edges,
            self.identity,
            self.seed,
            self.face,
            self.stylizer,
            self.reference,
        ]

    @property
    def style(self) -> list:
        """What a restyle depends on, in the order of :func:`app.editor.style_state`."""
        return [self.prompt, self.strength, self.edges, self.identity, self.seed, self.stylizer, self.reference]

    @property
    def kept(self) -> list:
        """What an avatar brings back when it is shown again: its style, its photo, the face's number."""
        return [*self.style, self.photo, self.face]

    @property
    def style_moved(self) -> list[Callable]:
        """Events of :attr:`style` by the visitor's hand that are no input to the browser, as a slider's way back."""
        sliders = (self.strength, self.edges, self.identity)
        return [*(slider.release for slider in sliders), self.reference.upload, self.reference.clear]


def add_controls(examples: Path) -> Controls:
    """The column.

    Args:
        examples: folder of portraits to try.
    """
    photo = _picture_box("Selfie", ["upload", "webcam", "clipboard"], 210, "sm-photo", _PHOTO_WORDS)
    portraits = sorted(p for p in examples.glob("*") if p.suffix.lower() in _PHOTO_SUFFIXES)
    if portraits:
        gr.Examples(
            [[str(p)] for p in portraits],
            photo,
            label="Or try one of these",
            examples_per_page=12,
            elem_id="sm-portraits",
        )
    with gr.Row(elem_id="sm-go"):
        generate = gr.Button("Generate", variant="primary", elem_id="sm-generate")
        cancel = gr.Button("Cancel", variant="stop", visible=False, elem_id="sm-cancel")
    status = gr.HTML(elem_id="sm-status")
    prompt = gr.Textbox(label="Style", placeholder=_PLACEHOLDER, max_length=300, max_lines=3, elem_id="sm-prompt")
    gallery = add_gallery(RECIPES)
    with gr.Row(elem_id="sm-dice"):
        dice = gr.Button("Surprise me", size="sm", min_width=120, elem_id="sm-roll")
        seed = gr.Number(
            0,
            label="Seed",
            show_label=False,
            precision=0,
            minimum=0,
            maximum=2**31 - 1,
            min_width=90,
            elem_id="sm-seed",
        )
        repeat = gr.Button("From this seed", size="sm", min_width=110, elem_id="sm-repeat")
    with gr.Accordion("Or a picture whose style to take", open=False, elem_id="sm-reference-fold"):
        reference = _picture_box("Style picture", ["upload", "clipboard"], 130, "sm-reference", _PICTURE_WORDS)
    with gr.Group(elem_id="sm-sliders"):
        strength, edges, identity = (_slider(label) for label in _SLIDERS)
    with gr.Accordion("Advanced", open=False):
        stylizer = gr.Radio(
            [(name.capitalize(), name) for name in _STYLIZERS],
            value="auto",
            label="Stylizer",
            info="Diffusion wants weights of its own, takes long without a GPU, and starts when you press Generate.",
            elem_classes="sm-choices",
            elem_id="sm-stylizer",
        )
        face = gr.Number(
            None, label="Face number", info="If the photo shows several: 0 is the leftmost.", precision=0, minimum=0
        )
    return Controls(
        photo=photo,
        prompt=prompt,
        gallery=gallery,
        dice=dice,
        repeat=repeat,
        strength=strength,
        edges=edges,
        identity=identity,
        seed=seed,
        face=face,
        reference=reference,
        stylizer=stylizer,
        generate=generate,
        cancel=cancel,
        status=status,
    )


def _hand_over(box: gr.Image, payload: Any) -> Any:
    """The value of a picture box: the very file that was uploaded, of whatever kind."""
    if payload is None or (payload.url or "").startswith("data:"):
        return gr.Image.preprocess(box, payload)
    return payload.path


# Only the core decides what a picture is: Gradio would decode the file itself and fail in its own words. A class and no
# method of one box, since Gradio builds the box anew for every visitor; made without its metaclass's own steps, which
# write a file of stubs beside this one.
_PictureBox = ABCMeta.__new__(type(gr.Image), "Image", (gr.Image,), {"preprocess": _hand_over})


def _picture_box(label: str, sources: list, height_px: int, name: str, words: str) -> gr.Image:
    return _PictureBox(
        label=label, sources=sources, type="filepath", height=height_px, elem_id=name, placeholder=words, buttons=[]
    )


def _slider(label: str) -> gr.Slider:
    return gr.Slider(0, 1, 0.5, step=0.01, label=label, buttons=[])
