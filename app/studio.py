"""The page: panel on the left, viewer in the middle, how it was made below."""

import html
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from app import views
from app.loading import Models
from app.making import Progress, Wish, create, is_same_photo, restyle
from app.session import Sessions, Visitor
from app.settings import AppSettings
from core.errors import Cancelled, UserFacingError
from core.stylize.recipes import RECIPES

_LOG = logging.getLogger(__name__)
_OUR_FAULT = "Something went wrong on our side; the terminal says what. Please try another photo."
# No event is meant for programs: they have the command line.
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_AT_ONCE = _PRIVATE | {"queue": False, "show_progress": "hidden"}
_PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_SLIDERS = ("Style transition strength", "Edge preservation level", "Identity consistency factor")
_PLACEHOLDER = "marble with golden hair, comic, …"

# The page's look, and the visitor's secret if this tab had one before a reload.
_READ_PAGE = """() => [{dark: document.body.classList.contains('dark'), narrow: window.innerWidth < 640,
                        secret: sessionStorage.getItem('snapmoji') || ''}]"""
_KEEP_SECRET = "(secret) => { sessionStorage.setItem('snapmoji', secret || ''); }"
_FLIP_LOOK = """() => { document.body.classList.toggle('dark');
                        return [{dark: document.body.classList.contains('dark'), secret: ''}, null]; }"""
# On a phone the viewer is below the panel.
_SHOW_VIEWER = """() => { if (window.innerWidth < 860) document.querySelector('#sm-viewer iframe')
                        ?.scrollIntoView({behavior: 'smooth'}); return []; }"""
# Live restyling: once the controls have rested for a moment, press the hidden button.
_REST_THEN_RESTYLE = """() => { clearTimeout(window.snapmojiRest); window.snapmojiRest = setTimeout(
                        () => document.querySelector('#sm-restyle')?.click(), 450); }"""


@dataclass(frozen=True)
class _Panel:
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
        """In the order of :class:`Wish`."""
        return [self.photo, self.prompt, self.strength, self.edges, self.identity, self.seed, self.face]

    @property
    def style(self) -> list:
        """What a restyle depends on."""
        return [self.prompt, self.strength, self.edges, self.identity, self.seed]


@dataclass(frozen=True)
class _Results:
    """The components that show something."""

    status: gr.HTML
    viewer: gr.HTML
    takeaway: gr.HTML
    details: gr.HTML

    @property
    def all(self) -> list:
        """In the order in which handlers return them."""
        return [self.status, self.viewer, self.takeaway, self.details]


class Page:
    """What the page's events do. Each handler makes one request of :mod:`app.making`."""

    def __init__(self, settings: AppSettings, sessions: Sessions, models: Models):
        """Args: how the app runs, the visitors, and the models that may still be loading."""
        self._settings = settings
        self._sessions = sessions
        self._models = models

    def load(self, page: dict, request: gr.Request) -> tuple:
        """A tab opens: find its visitor again, or welcome a new one."""
        page = page or {}
        try:
            visitor = self._sessions.welcome(page.get("secret"), request.session_hash or "")
        except UserFacingError as error:
            return None, "", views.note(str(error), "bad"), *[gr.skip()] * 3
        visitor.narrow = bool(page.get("narrow"))
        visitor.set_dark(bool(page.get("dark")))
        return visitor.secret, visitor.secret, self._idle_note(), *_shown(visitor)

    def unload(self, request: gr.Request) -> None:
        """A tab closes."""
        self._sessions.close_tab(request.session_hash or "")

    def look(self, page: dict, secret: str | None) -> None:
        """The page turned dark or light."""
        visitor = self._sessions.get(secret)
        if visitor is not None:
            visitor.set_dark(bool((page or {}).get("dark")))

    def tick(self) -> tuple:
        """Whether the models are there yet."""
        return (self._idle_note(), gr.Timer(active=False)) if self._models.ready else (gr.skip(), gr.skip())

    def begin(self, secret: str | None, request: gr.Request) -> tuple:
        """Generate was pressed: swap the buttons; welcome again a visitor who was away for too long."""
        try:
            visitor = self._sessions.welcome(secret, request.session_hash or "")
        except UserFacingError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return visitor.secret, visitor.secret, gr.Button(interactive=False), gr.Button(visible=True), ""

    def generate(self, secret: str | None, *wish, progress=gr.Progress()) -> tuple:  # noqa: B008
        """Make an avatar from the photo."""
        return self._make(secret, Wish(*wish), progress, fresh=True)

    def submit(self, secret: str | None, *wish, progress=gr.Progress()) -> tuple:  # noqa: B008
        """Enter in the prompt: restyle if the photo is the same, else make an avatar."""
        return self._make(secret, Wish(*wish), progress, fresh=False)

    def restyle(self, secret: str | None, *wish) -> tuple:
        """A control moved: the present avatar follows."""
        visitor = self._sessions.get(secret)
        if visitor is None:
            return _unchanged()
        try:
            changed = restyle(self._models, visitor, Wish(*wish))
        except Cancelled:
            return _unchanged()
        except UserFacingError as error:
            return _failed(str(error))
        return _changed(visitor, framed=True, restyled=True) if changed else _unchanged()

    def end(self) -> tuple:
        """The work is over: swap the buttons back."""
        return gr.Button(interactive=True), gr.Button(visible=False)

    def cancel(self, secret: str | None) -> tuple:
        """Stop the work in progress."""
        visitor = self._sessions.get(secret)
        if visitor is not None:
            visitor.stop()
        return *self.end(), views.note("Stopping…", "busy")

    def _make(self, secret: str | None, wish: Wish, progress: gr.Progress, fresh: bool) -> tuple:
        visitor = self._sessions.get(secret)
        if visitor is None:
            return _failed("This page was idle for too long; please reload it.")
        framed = visitor.viewer is not None
        restyled = not fresh and is_same_photo(visitor, wish)
        try:
            if restyled:
                restyle(self._models, visitor, wish)
            else:
                create(self._models, visitor, wish, _reporter(progress))
        except Cancelled:
            return views.note("Stopped. Nothing was changed."), *[gr.skip()] * 3
        except UserFacingError as error:
            return _failed(str(error))
        except Exception:  # a mistake of ours: its traceback is for the terminal, not for the visitor
            _LOG.exception("Could not make an avatar")
            return _failed(_OUR_FAULT)
        return _changed(visitor, framed, restyled)

    def _idle_note(self) -> str:
        if not self._models.ready:
            work = "loading the models" + (" and, this once, compiling the renderer" if self._settings.compiles else "")
            return views.note(f"Getting ready: {work}. You can already choose a selfie.", "busy")
        error = self._models.error
        if isinstance(error, UserFacingError):
            return views.note(str(error), "bad")
        if error is not None:
            return views.note("The models could not be loaded; the terminal says why.", "bad")
        return views.note("Ready when you are.")


def build_page(settings: AppSettings, sessions: Sessions, models: Models) -> gr.Blocks:
    """The page with all its events."""
    page = Page(settings, sessions, models)
    with gr.Blocks(title="Snapmoji", analytics_enabled=False, delete_cache=(600, 3600), fill_width=True) as blocks:
        secret, ticket = gr.State(None), gr.Textbox(visible=False)
        about_page = gr.JSON(visible=False)
        with gr.Row(elem_id="sm-top"):
            gr.HTML(views.header(settings.assets))
            look = gr.Button("Light / dark", size="sm", scale=0, min_width=110, elem_id="sm-look")
        with gr.Row(elem_id="sm-main"):
            with gr.Column(scale=0, min_width=340, elem_id="sm-panel"):
                panel = _add_panel(settings.assets / "examples")
            with gr.Column(scale=1, min_width=320, elem_id="sm-results"):
                viewer = gr.HTML(views.placeholder(), elem_id="sm-viewer")
                takeaway = gr.HTML(elem_id="sm-takeaway")
                with gr.Accordion("How it was made", open=False):
                    details = gr.HTML("<p>Times, engine and traits are listed here after the first avatar.</p>")
        results = _Results(panel.status, viewer, takeaway, details)
        restyle_now = gr.Button(visible="hidden", elem_id="sm-restyle")
        timer = gr.Timer(1.0)

        blocks.load(page.load, about_page, [secret, ticket, *results.all], js=_READ_PAGE, **_AT_ONCE).then(
            None, ticket, None, js=_KEEP_SECRET
        )
        blocks.unload(page.unload)
        timer.tick(page.tick, None, [panel.status, timer], **_AT_ONCE)
        look.click(page.look, [about_page, secret], None, js=_FLIP_LOOK, queue=False, **_PRIVATE)
        _wire_making(page, panel, results, secret, ticket, restyle_now)
    blocks.queue(max_size=32)
    return blocks


def _add_panel(examples: Path) -> _Panel:
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
    return _Panel(photo, prompt, strength, edges, identity, seed, face, generate, cancel, status)


def _file_of(preprocess: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A picture box's way to hand over its value, which now hands over the very file that was uploaded."""

    def hand_over(payload: Any) -> Any:
        if payload is None or (payload.url or "").startswith("data:"):
            return preprocess(payload)
        return payload.path

    return hand_over


def _slider(label: str) -> gr.Slider:
    return gr.Slider(0, 1, 0.5, step=0.01, label=label, buttons=[])


def _wire_making(
    page: Page, panel: _Panel, results: _Results, secret: gr.State, ticket: gr.Textbox, restyle_now: gr.Button
) -> None:
    """Generate, Enter, Cancel, and the live controls."""
    inputs = [secret, *panel.wish]
    # Runs one at a time in `Models.borrow`, which a visitor can leave; here the waiting costs only a thread.
    making: dict[str, Any] = {
        "show_progress_on": results.status,
        "concurrency_limit": 8,
        "concurrency_id": "making",
    } | _PRIVATE
    buttons = [panel.generate, panel.cancel]
    for event, work in ((panel.generate.click, page.generate), (panel.prompt.submit, page.submit)):
        (
            event(
                page.begin,
                secret,
                [secret, ticket, *buttons, results.status],
                queue=False,
                show_progress="hidden",
                **_PRIVATE,
            )
            .success(work, inputs, results.all, **making)
            .then(page.end, None, buttons, js=_SHOW_VIEWER, **_AT_ONCE)
            .then(page.restyle, inputs, results.all, show_progress="hidden", concurrency_limit=8, **_PRIVATE)
        )
    ticket.change(None, ticket, None, js=_KEEP_SECRET)
    panel.cancel.click(page.cancel, secret, [*buttons, results.status], **_AT_ONCE)
    for control in panel.style:
        control.change(None, None, None, js=_REST_THEN_RESTYLE)
    restyle_now.click(
        page.restyle,
        inputs,
        results.all,
        trigger_mode="always_last",
        show_progress="hidden",
        concurrency_limit=8,
        **_PRIVATE,
    )


def _reporter(progress: gr.Progress) -> Progress:
    def report(stage: str, done: float) -> None:
        progress(min(max(done, 0.0), 1.0), desc=views.stage_words(stage))

    return report


def _shown(visitor: Visitor) -> tuple:
    """Viewer, takeaway and details of a visitor."""
    return views.viewer(visitor), views.downloads(visitor) + views.stages(visitor), views.details(visitor)


def _changed(visitor: Visitor, framed: bool, restyled: bool = False) -> tuple:
    """All results; the frame is left alone if it is there, so that it keeps its view."""
    frame, *rest = _shown(visitor)
    return views.finished(visitor, restyled), gr.skip() if framed else frame, *rest


def _unchanged() -> tuple:
    return (gr.skip(),) * 4


def _failed(sentence: str) -> tuple:
    """Say what is wrong, beside the button and in a passing notice; the previous avatar stays."""
    gr.Warning(html.escape(sentence), title="That did not work")
    return views.note(sentence, "bad"), *[gr.skip()] * 3
