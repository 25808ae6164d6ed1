"""A row of colours to click on, and a field for any other."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr

from core.character.edit import PHOTO

# Gradio compares the markup with what is on the page and changes only what differs: a colour field that is open
# stays open while the colour follows it.
_MARKUP = """
<div class="sm-colors">
  <span class="sm-colors-label">LABEL</span>
  <div class="sm-colors-row" role="group" aria-label="LABEL">
    ${(value?.own ? [['As in the photo', value.own]] : []).concat(SWATCHES).map(([name, color], place) =>
      `<button type="button" data-color="${color}" style="--c:${color}" title="${name}"
        class="${value?.own && place === 0 ? `sm-own` : ``}" aria-label="${name}"
        aria-pressed="${value?.color === color && (place === 0 || color !== value.own)}"></button>`).join('')}
    <label title="Any other colour" style="--c:${value?.color}" class="sm-any ${
        !value?.color || value.color === value.own || SWATCHES.some(([, color]) => color === value.color)
        ? `` : `sm-chosen`}">
      <input type="color" aria-label="LABEL: any other" value="${value?.color || '#888888'}"></label>
  </div>
</div>"""
_BEHAVIOUR = """
const choose = (color) => {
  if (color === props.value?.color) return;
  props.value = {...props.value, color};
  trigger('input');
};
element.addEventListener('click', (event) => {
  const color = event.target.closest('button')?.dataset.color;
  if (color) choose(color);
});
element.addEventListener('input', (event) => {
  event.stopPropagation();
  if (event.target.type === 'color') choose(event.target.value);
});
"""


def swatch_row(label: str, swatches: Mapping[str, str]) -> gr.HTML:
    """A control that sends ``input`` when the visitor chooses, and only then; :func:`chosen_color` reads its value.

    Args:
        label: above it.
        swatches: suggestions, ``#rrggbb`` by name.
    """
    # Gradio forgets properties of its own making when it updates a value, so they are written into the markup.
    markup = _MARKUP.replace("LABEL", escape(label)).replace("SWATCHES", json.dumps(list(swatches.items())))
    return gr.HTML({}, html_template=markup, js_on_load=_BEHAVIOUR, apply_default_css=False)


def recolored(color: Any, own: Any) -> Any:
    """The update that shows a colour, and the one that was measured.

    Args:
        color: ``#rrggbb``, or None if there is nothing to colour: the row is hidden.
        own: ``#rrggbb`` as measured, or None.
    """
    return gr.update(value={"color": color or "", "own": own or ""}, visible=color is not None)


def chosen_color(value: Any) -> str:
    """What a row sent, for :func:`core.character.edit.edited`: it comes from a browser, which may send anything."""
    if not isinstance(value, dict):
        return str(value)
    color = str(value.get("color", ""))
    return PHOTO if color == value.get("own") else color
