"""The form of the Creations tab: what can be set before stickers, a comic, a clip or a gallery is made."""

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.wishes import MOST_IN_GALLERY, Clip, Comic, Gallery, Stickers, Wish
from core.comics.layout import LAYOUTS
from core.comics.script import MAX_CAST
from core.comics.stories import cast_of, stories_for, story_text
from core.stickers.cut import OUTLINES
from core.stickers.pack import LIVELY
from core.stickers.poses import POSES

_HINT = '<p class="sm-hint">Make an avatar first; then stickers, comics, clips and a gallery can be made here.</p>'
_CAPTION_LETTERS, _TITLE_LETTERS, _SCRIPT_LETTERS = 60, 60, 16_000
_CLIPS = [("Faces in turn", "reel"), ("One turn", "turntable"), ("Talking to a recording", "talk")]
_SOUNDS = [".wav", ".mp3", ".m4a", ".ogg", ".opus", ".flac", ".webm", ".aac"]
_AT_ONCE: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}


@dataclass(frozen=True)
class Part:
    """One accordion of the tab."""

    box: gr.Accordion
    wish: Callable[..., Wish]
    """What is asked for, from the values of the inputs."""
    inputs: Sequence[Any]
    start: gr.Button
    cancel: gr.Button
    result: gr.HTML
    sketch: gr.HTML
    """What it would look like."""
    again: gr.Button
    """Hidden; the page presses it when the avatar has changed."""


@dataclass(frozen=True)
class CreationsPanel:
    """The tab's components."""

    hint: gr.HTML
    """What stands in place of the rest before there is an avatar."""
    body: gr.Column
    parts: Sequence[Part]
    chosen: Sequence[gr.Dropdown]
    """Which of the visitor's results take part."""
    comic: Part
    """One of the parts."""
    instant: gr.Button
    """Makes one of the ready comics."""
    story: gr.Dropdown
    script: gr.Textbox


def add_creations() -> CreationsPanel:
    """The tab's content, only a hint until there is an avatar."""
    hint = gr.HTML(_HINT, elem_id="sm-creations-hint")
    with gr.Column(visible=False, elem_id="sm-creations") as body:
        with gr.Accordion("Stickers", open=True, elem_classes="sm-group") as box:
            stickers = _add_stickers(box)
        with gr.Accordion("Comic", open=False, elem_classes="sm-group") as box:
            comic, others, instant, story, script = _add_comic(box)
        with gr.Accordion("Clip", open=False, elem_classes="sm-group") as box:
            clip = _add_clip(box)
        with gr.Accordion("Gallery page", open=False, elem_classes="sm-group") as box:
            gallery, shown = _add_gallery(box)
    parts = (stickers, comic, clip, gallery)
    return CreationsPanel(hint, body, parts, (others, shown), comic, instant, story, script)


def any_story(others: list[str] | None) -> tuple:
    """A ready story for so many people, and its script."""
    name = random.choice(stories_for(1 + len(others or ())))
    return name, story_text(name)


def _add_stickers(box: gr.Accordion) -> Part:
    poses = gr.Dropdown(
        [(f"{pose.emoji} {pose.name}", pose.name) for pose in POSES],
        value=list(LIVELY),
        multiselect=True,
        label="Which",
        info=f"None chosen: all {len(POSES)}.",
        elem_id="sm-sticker-poses",
    )
    caption = gr.Textbox(label="Caption", placeholder="in any language", max_length=_CAPTION_LETTERS)
    animated = gr.Checkbox(label="Animated too", info="Takes twenty times as long.")
    outline = gr.Radio(list(OUTLINES), value="usual", label="White outline", elem_classes="sm-choices")
    return _finish(box, "stickers", [poses, caption, outline, animated], _stickers_wish)


def _add_comic(box: gr.Accordion) -> tuple[Part, gr.Dropdown, gr.Button, gr.Dropdown, gr.Textbox]:
    stories = stories_for(1)
    others = gr.Dropdown(
        [],
        multiselect=True,
        max_choices=MAX_CAST - 1,
        label="With",
        info="Others from your history, who play beside the present avatar.",
        elem_id="sm-others",
    )
    story = gr.Dropdown(stories, value=stories[0], label="Story", elem_id="sm-story")
    layout = gr.Dropdown(
        [("as the script says", ""), ("by the number of panels", "auto"), *((name, name) for name in LAYOUTS)],
        value="",
        label="Layout",
        elem_id="sm-layout",
    )
    with gr.Accordion("The script, to change as you like", open=False):
        script = gr.Textbox(
            story_text(stories[0]),
            label="Script",
            show_label=False,
            lines=12,
            max_lines=24,
            max_length=_SCRIPT_LETTERS,
            elem_id="sm-script",
        )
    instant = gr.Button("Instant comic", elem_id="sm-instant")
    story.input(_script_of, story, script, **_AT_ONCE)
    others.change(stories_with, [others, story, script], [story, script], **_AT_ONCE)
    return _finish(box, "comic", [script, others, layout], _comic_wish), others, instant, story, script


def _add_clip(box: gr.Accordion) -> Part:
    what = gr.Radio(_CLIPS, value="reel", label="What", elem_classes="sm-choices", elem_id="sm-clip-what")
    recording = gr.File(
        label="Recording, at most a minute",
        file_types=_SOUNDS,
        type="filepath",
        height=150,
        visible=False,
        elem_id="sm-recording",
    )
    formats = [("WebP", "webp"), ("GIF", "gif")]
    if shutil.which("ffmpeg") is not None:
        formats += [("MP4", "mp4"), ("WebM", "webm")]
    kind = gr.Radio(formats, value="webp", label="Format", elem_classes="sm-choices")
    size = gr.Radio([256, 384, 512], value=384, label="Pixels", elem_classes="sm-choices")
    transparent = gr.Checkbox(label="Transparent", info="Not in an MP4.")
    what.change(lambda chosen: gr.File(visible=chosen == "talk"), what, recording, **_AT_ONCE)
    return _finish(box, "clip", [what, kind, size, transparent, recording], _clip_wish)


def _add_gallery(box: gr.Accordion) -> tuple[Part, gr.Dropdown]:
    shown = gr.Dropdown(
        [],
        multiselect=True,
        max_choices=MOST_IN_GALLERY,
        label="Which",
        info="None chosen: all of your history.",
        elem_id="sm-gallery-shown",
    )
    title = gr.Textbox(label="Title", placeholder="Avatars", max_length=_TITLE_LETTERS)
    return _finish(box, "gallery", [shown, title], lambda names, text: Gallery(tuple(names or ()), text or "")), shown


def _finish(box: gr.Accordion, kind: str, inputs: Sequence[Any], wish: Callable[..., Wish]) -> Part:
    """The end of each part: the sketch, buttons and the place of the result."""
    sketch = gr.HTML(elem_id=f"sm-sketch-{kind}", elem_classes="sm-sketch-place")
    again = gr.Button(elem_id=f"sm-sketch-{kind}-again", elem_classes="sm-unseen")
    with gr.Row():
        start = gr.Button(f"Make {kind}", variant="primary", elem_id=f"sm-make-{kind}")
        cancel = gr.Button("Cancel", variant="stop", visible=False, elem_id=f"sm-cancel-{kind}")
    result = gr.HTML(elem_id=f"sm-made-{kind}", elem_classes="sm-made-place", min_height=96)
    return Part(box, wish, inputs, start, cancel, result, sketch, again)


def _stickers_wish(poses: list[str] | None, caption: str | None, outline: str | None, animated: bool) -> Stickers:
    return Stickers(tuple(poses or ()), caption or "", bool(animated), outline or "usual")


def _comic_wish(script: str | None, others: list[str] | None, layout: str | None) -> Comic:
    return Comic(script or "", tuple(others or ()), layout or "")


def _clip_wish(what: str, kind: str, size: int, transparent: bool, recording: str | None) -> Clip:
    return Clip(what, kind, int(size), bool(transparent), recording)


def _script_of(name: str) -> str:
    return story_text(name)


def stories_with(others: list[str] | None, story: str, script: str) -> tuple:
    """The stories that so many people can play. One that leaves somebody out, or needs more, gives way to one for all.

    A script that the visitor has changed stays as it is.
    """
    people = 1 + len(others or ())
    stories = stories_for(people)
    if script.strip() != story_text(story).strip():
        return gr.Dropdown(stories, value=story if story in stories else stories[0]), script
    if cast_of(story) != people:
        story = stories[0]
    return gr.Dropdown(stories, value=story), story_text(story)
