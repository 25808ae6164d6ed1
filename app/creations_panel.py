"""What happens in the page's Creations tab: things are sketched while they are being set up, then made."""

import base64
import html
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from app import views
from app.creations import make, same_look, sketched
from app.creations_form import CreationsPanel, any_story
from app.loading import Models
from app.looks import Look
from app.results import Result
from app.session import Sessions, Visitor
from app.wishes import Made, Wish, styled_as
from core.errors import Cancelled, UserFacingError

_LOG = logging.getLogger(__name__)
_IDLE = "This page was idle for too long; please reload it."
_OUR_FAULT = "Something went wrong on our side; the terminal says what."
_SKETCH_AGAIN = "() => { window.snapmoji?.sketchAgain(); }"
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_AT_ONCE = _PRIVATE | {"queue": False, "show_progress": "hidden"}
# While one is drawn, of all further changes only the last counts.
_NEWEST: dict[str, Any] = _PRIVATE | {
    "trigger_mode": "always_last",
    "show_progress": "hidden",
    "concurrency_limit": 8,
    "concurrency_id": "sketches",
}


def wire_creations(panel: CreationsPanel, sessions: Sessions, models: Models, secret: gr.State, moments: list) -> None:
    """The tab's events.

    Args:
        panel: from :func:`app.creations_form.add_creations`.
        sessions: the visitors.
        models: that lend the machine.
        secret: of the visitor.
        moments: events after which there may be an avatar for the first time.
    """

    def look(secret: str | None, *chosen: list[str] | None) -> tuple:
        visitor = sessions.get(secret)
        there = visitor is not None and visitor.creation is not None
        return gr.HTML(visible=not there), gr.Column(visible=there), *_choices(visitor, chosen)

    def cancel(secret: str | None) -> None:
        visitor = sessions.get(secret)
        if visitor is not None:
            visitor.workbench.stop()

    for moment in moments:
        moment(look, [secret, *panel.chosen], [panel.hint, panel.body, *panel.chosen], **_AT_ONCE).then(
            None, None, None, js=_SKETCH_AGAIN
        )
    surprise = panel.instant.click(any_story, panel.chosen[0], [panel.story, panel.script], **_AT_ONCE)
    for part in panel.parts:
        buttons = [part.start, part.cancel]
        changes = [value.change for value in part.inputs]
        gr.on(
            [*changes, part.box.expand, part.again.click],
            _sketcher(sessions, models, part.wish),
            [secret, *part.inputs],
            part.sketch,
            **_NEWEST,
        )
        for start in [part.start.click, surprise.success] if part is panel.comic else [part.start.click]:
            # Something must stand in the result's place, or Gradio shows no progress there.
            start(
                lambda: (*_buttons(busy=True), views.note("Starting…", "busy")),
                None,
                [*buttons, part.result],
                **_AT_ONCE,
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


def _sketcher(sessions: Sessions, models: Models, wish: Callable[..., Wish]) -> Callable[..., Any]:
    """The handler that shows what would be made."""

    def handler(secret: str | None, *values) -> Any:
        visitor = sessions.get(secret)
        if visitor is None or visitor.creation is None:
            return ""
        try:
            picture = sketched(models, visitor, wish(*values))
        except Cancelled:
            return gr.skip()
        except UserFacingError as error:
            return views.note(str(error), "warn")
        except Exception:
            _LOG.exception("Could not sketch what was asked for")
            return views.note(_OUR_FAULT, "bad")
        data = base64.b64encode(picture).decode()
        return f'<figure class="sm-sketch"><img src="data:image/webp;base64,{data}" alt="Preview"></figure>'

    return handler


def _choices(visitor: Visitor | None, chosen: Sequence[list[str] | None]) -> list[gr.Dropdown]:
    """The results to choose from, the newest first, each with its number; what was chosen and is still there stays."""
    items = visitor.results.items if visitor is not None else ()
    now = visitor.history.present if visitor is not None else None
    named = [(f"{number}: {styled_as(item)}{_whether(item, now)}", item.name) for number, item in enumerate(items, 1)]
    there = {item.name for item in items}
    return [gr.Dropdown(named[::-1], value=[name for name in names or () if name in there]) for names in chosen]


def _whether(item: Result, now: Look | None) -> str:
    """Says of a result that it is the present avatar."""
    return " (as now)" if same_look(item.look, now) else ""


def _buttons(busy: bool) -> tuple:
    return gr.Button(interactive=not busy), gr.Button(visible=busy)
