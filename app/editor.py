"""The page's Edit panel: a control for each trait, and undo."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from app.disk import told_if_full
from app.session import Visitor
from app.swatches import chosen_color, recolored, swatch_row
from core.character.edit import PHOTO, TRAITS, Trait, offered, shown, trait_named

CONTROLS = 6 + len(TRAITS)
"""How many components :class:`Tools` and :class:`Editor` have together."""

_OPEN = "Hair"


@dataclass(frozen=True)
class Editor:
    """The components that change and show traits."""

    hint: gr.HTML
    """What stands in place of the controls before there is an avatar."""
    body: gr.Column
    controls: Mapping[str, Any]
    """By the traits' names."""

    @property
    def outputs(self) -> list:
        """In the order of :func:`editor_state`."""
        return [self.hint, self.body, *self.controls.values()]


@dataclass(frozen=True)
class Tools:
    """Buttons over the viewer."""

    row: gr.Row
    undo: gr.Button
    redo: gr.Button
    reset: gr.Button

    @property
    def outputs(self) -> list:
        """In the order of :func:`tools_state`."""
        return [self.row, self.undo, self.redo, self.reset]


def add_editor() -> Editor:
    """The panel, empty until there is an avatar."""
    hint = gr.HTML('<p class="sm-hint">Make an avatar first; then everything about it can be changed here.</p>')
    controls = {}
    with gr.Column(visible=False, elem_id="sm-edit") as body:
        for group in dict.fromkeys(trait.group for trait in TRAITS):
            with gr.Accordion(group, open=group == _OPEN, elem_classes="sm-group"):
                for trait in TRAITS:
                    if trait.group == group:
                        controls[trait.name] = _control(trait)
    # On the page by group, elsewhere in the order of the traits.
    return Editor(hint, body, {trait.name: controls[trait.name] for trait in TRAITS})


def add_tools() -> Tools:
    """Undo, redo and the way back, hidden until there is an avatar."""
    with gr.Row(visible=False, elem_id="sm-tools") as row:
        undo, redo, reset = (_tool("↶ Undo", "undo"), _tool("↷ Redo", "redo"), _tool("Back to the photo", "reset"))
    return Tools(row, undo, redo, reset)


def values_of(visitor: Visitor) -> dict[str, Any]:
    """What the controls stand at, by the traits' names; empty without an avatar."""
    creation = visitor.creation
    if creation is None:
        return {}
    return {trait.name: shown(trait, creation.character, creation.measured) for trait in TRAITS}


def editor_state(visitor: Visitor) -> list:
    """Updates of :attr:`Editor.outputs` that show the visitor's avatar as it is."""
    if visitor.creation is None:
        return [gr.skip()] * (2 + len(TRAITS))
    values = values_of(visitor)
    measured = visitor.creation.measured
    updates = []
    for trait in TRAITS:
        value = values[trait.name]
        if trait.kind == "choice":
            updates.append(gr.Radio(choices=[(_words(name), name) for name in offered(trait, measured)], value=value))
        elif trait.kind == "color":
            updates.append(recolored(value, shown(trait, measured, measured)))
        else:
            updates.append(gr.update(value=value))
    return [gr.HTML(visible=False), gr.Column(visible=True), *updates]


def editor_changes(visitor: Visitor, before: Mapping[str, Any], moved: str) -> list:
    """Updates of the controls that an edit changed besides the one that was moved.

    That one is left alone: the visitor may have moved it on by now.
    """
    after = values_of(visitor)
    changed = [name != moved and value != before.get(name) for name, value in after.items()]
    _, _, *updates = editor_state(visitor)
    return [gr.skip()] * 2 + [
        update if is_changed else gr.skip() for update, is_changed in zip(updates, changed, strict=True)
    ]


def tools_state(visitor: Visitor) -> list:
    """Updates of :attr:`Tools.outputs`."""
    history, creation = visitor.history, visitor.creation
    edited = creation is not None and creation.character is not creation.measured
    return [
        gr.Row(visible=creation is not None),
        gr.Button(interactive=history.can_undo),
        gr.Button(interactive=history.can_redo),
        gr.Button(interactive=edited),
    ]


def value_from(trait: str, value: Any) -> Any:
    """What the control of a trait sent, as a value of :func:`core.character.edit.edited`."""
    return chosen_color(value) if trait_named(trait).kind == "color" else value


def style_state(visitor: Visitor | None) -> list:
    """Updates of :attr:`app.controls.Controls.style`, which stand elsewhere after an undo."""
    settings = visitor.settings if visitor is not None else None
    if visitor is None or settings is None:
        return [gr.skip()] * 7
    controls = settings.controls
    return [
        settings.prompt,
        controls.strength,
        controls.edges,
        controls.identity,
        settings.seed,
        settings.stylizer,
        _kept(settings.reference, visitor.directory),
    ]


def _kept(picture: bytes | None, folder: Path) -> str | None:
    """The very file of a style picture that was chosen before, for a picture box to show again."""
    if picture is None:
        return None
    path = folder / f"style-{hashlib.sha256(picture).hexdigest()[:16]}"
    if not path.exists():
        with told_if_full():
            path.write_bytes(picture)
    return str(path)


def _tool(words: str, name: str) -> gr.Button:
    return gr.Button(words, size="sm", scale=0, min_width=80, interactive=False, elem_id=f"sm-{name}")


def _control(trait: Trait) -> Any:
    if trait.kind == "choice":
        return gr.Radio([], label=trait.label, show_label=trait.label != trait.group, elem_classes="sm-choices")
    if trait.kind == "color":
        return swatch_row(trait.label, trait.swatches)
    if trait.kind == "share":
        return gr.Slider(0, 1, 0, step=0.01, label=trait.label, buttons=[])
    return gr.Checkbox(label=trait.label)


def _words(choice: str) -> str:
    return "As in the photo" if choice == PHOTO else choice[:1].upper() + choice[1:].replace("_", " ")
