"""The page's Creations tab: stickers, a comic and clips of the present avatar."""

import html
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app import views
from app.creations import Clip, Comic, Made, Stickers, Wish, make
from app.loading import Models
from app.session import Sessions, Visitor
from core.comics.stories import stories_for, story_text
from core.errors import Cancelled, UserFacingError
from core.stickers.pack import LIVELY
from core.stickers.poses import POSES

_LOG = logging.getLogger(__name__)
_HINT = '<p class="sm-hint">Make an avatar first; then stickers, comics and clips of it can be made here.</p>'
_IDLE = "This page was idle for too long; please reload it."
_OUR_FAULT = "Something went wrong on our side; the terminal says what."
_CAPTION_LETTERS, _SCRIPT_LETTERS = 60, 16_000
_CLIPS = [("Faces in turn", "reel"), ("One turn", "turntable"), ("Talking to a recording", "talk")]
_SOUNDS = [".wav", ".mp3", ".m4a", ".ogg", ".opus", ".flac", ".webm", ".aac"]
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_AT_ONCE = _PRIVATE | {"queue": False, "show_progress": "hidden"}


@dataclass(frozen=True)
class _Part:
    """One accordion of the tab."""

    wish: Callable[..., Wish]
    """What is asked for, from the values of the inputs."""
    inputs: Sequence[Any]
    start: gr.Button
    cancel: gr.Button
    result: gr.HTML


@dataclass(frozen=True)
class CreationsPanel:
    """The tab's components."""

    hint: gr.HTML
    """What stands in place of the rest before there is an avatar."""
    body: gr.Column
    parts: Sequence[_Part]


def add_creations() -> CreationsPanel:
    """The tab's content, only a hint until there is an avatar."""
    hint = gr.HTML(_HINT, elem_id="sm-creations-hint")
    with gr.Column(visible=False, elem_id="sm-creations") as body:
        with gr.Accordion("Stickers", open=True, elem_classes="sm-group"):
            stickers = _add_stickers()
        with gr.Accordion("Comic", open=False, elem_classes="sm-group"):
            comic = _add_comic()
        with gr.Accordion("Clip", open=False, elem_classes="sm-group"):
            clip = _add_clip()
    return CreationsPanel(hint, body, (stickers, comic, clip))


def wire_creations(panel: CreationsPanel, sessions: Sessions, models: Models, secret: gr.State, moments: list) -> None:
    """The tab's events.

    Args:
        panel: from :func:`add_creations`.
        sessions: the visitors.
        models: that lend the machine.
        secret: of the visitor.
        moments: events after which there may be an avatar for the first time.
    """

    def look(secret: str | None) -> tuple:
        visitor = sessions.get(secret)
        there = visitor is not None and visitor.creation is not None
        return gr.HTML(visible=not there), gr.Column(visible=there)

    def cancel(secret: str | None) -> None:
        visitor = sessions.get(secret)
        if visitor is not None:
            visitor.workbench.stop()

    for moment in moments:
        moment(look, secret, [panel.hint, panel.body], **_AT_ONCE)
    for part in panel.parts:
        buttons = [part.start, part.cancel]
        # Something must stand in the result's place, or Gradio shows no progress there.
        part.start.click(
            lambda: (*_buttons(busy=True), views.note("Starting…", "busy")), None, [*buttons, part.result], **_AT_ONCE
        ).then(
            _maker(sessions, models, part.wish),
            [secret, *part.inputs],
            part.result,
            concurrency_limit=8,
            concurrency_id="creations",
            **_PRIVATE,
        ).then(lambda: _buttons(busy=False), None, buttons, **_AT_ONCE)
        part.cancel.click(cancel, secret, None, **_AT_ONCE)


def made_html(visitor: Visitor, made: Made) -> str:
    """What was made, to look at and to take home."""
    base = f"/viewer/{html.escape(visitor.secret)}/made/{made.kind}"
    # Another address each time, or the browser shows the picture that it has.
    shown = f"{base}/{html.escape(made.shown)}?v={time.time_ns()}"
    if made.shown.endswith((".mp4", ".webm")):
        picture = f'<video src="{shown}" controls autoplay loop playsinline></video>'
    else:
        picture = f'<a href="{shown}" target="_blank" rel="noopener"><img src="{shown}" alt="{made.kind}"></a>'
    links = "".join(
        f'<a href="{base}/{html.escape(name)}" download="{html.escape(name)}">{html.escape(name)}</a>'
        for name in made.files
    )
    return (
        f'<div class="sm-made">{picture}<p>{html.escape(made.words)}</p><div class="sm-downloads">{links}</div></div>'
    )


def _maker(sessions: Sessions, models: Models, wish: Callable[..., Wish]) -> Callable[..., str]:
    """The handler that makes something and returns it as HTML."""

    # Gradio finds its own argument only among those in front of the asterisk.
    def handler(secret: str | None, progress: gr.Progress = gr.Progress(), *values) -> str:  # noqa: B008
        visitor = sessions.get(secret)
        if visitor is None:
            return views.note(_IDLE, "bad")

        def tell(words: str, share: float) -> None:
            progress(share, desc=words)

        try:
            made = make(models, visitor, wish(*values), tell)
        except Cancelled:
            return views.note("Stopped. Nothing was made.")
        except UserFacingError as error:
            return views.note(str(error), "bad")
        except Exception:  # a mistake of ours: its traceback is for the terminal, not for the visitor
            _LOG.exception("Could not make what was asked for")
            return views.note(_OUR_FAULT, "bad")
        return made_html(visitor, made)

    return handler


def _buttons(busy: bool) -> tuple:
    return gr.Button(interactive=not busy), gr.Button(visible=busy)


def _add_stickers() -> _Part:
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
    return _finish("stickers", [poses, caption, animated], _stickers_wish)


def _add_comic() -> _Part:
    stories = stories_for(1)
    story = gr.Dropdown(stories, value=stories[0], label="Story", elem_id="sm-story")
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
    story.input(_script_of, story, script, **_AT_ONCE)
    return _finish("comic", [script], lambda text: Comic(text or ""))


def _add_clip() -> _Part:
    what = gr.Radio(_CLIPS, value="reel", label="What", elem_classes="sm-choices", elem_id="sm-clip-what")
    recording = gr.File(
        label="Recording, at most a minute", file_types=_SOUNDS, type="filepath", height=110, visible=False
    )
    formats = [("WebP", "webp"), ("GIF", "gif")]
    if shutil.which("ffmpeg") is not None:
        formats += [("MP4", "mp4"), ("WebM", "webm")]
    kind = gr.Radio(formats, value="webp", label="Format", elem_classes="sm-choices")
    size = gr.Radio([256, 384, 512], value=384, label="Pixels", elem_classes="sm-choices")
    transparent = gr.Checkbox(label="Transparent", info="Not in an MP4.")
    what.change(lambda chosen: gr.File(visible=chosen == "talk"), what, recording, **_AT_ONCE)
    return _finish("clip", [what, kind, size, transparent, recording], _clip_wish)


def _finish(kind: str, inputs: Sequence[Any], wish: Callable[..., Wish]) -> _Part:
    """The end of each part: buttons and the place of the result."""
    with gr.Row():
        start = gr.Button(f"Make {kind}", variant="primary", elem_id=f"sm-make-{kind}")
        cancel = gr.Button("Cancel", variant="stop", visible=False, elem_id=f"sm-cancel-{kind}")
    result = gr.HTML(elem_id=f"sm-made-{kind}", min_height=96)
    return _Part(wish, inputs, start, cancel, result)


def _stickers_wish(poses: list[str] | None, caption: str | None, animated: bool) -> Stickers:
    return Stickers(tuple(poses or ()), caption or "", bool(animated))


def _clip_wish(what: str, kind: str, size: int, transparent: bool, recording: str | None) -> Clip:
    return Clip(what, kind, int(size), bool(transparent), recording)


def _script_of(name: str) -> str:
    return story_text(name)
