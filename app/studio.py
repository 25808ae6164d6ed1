"""The page: panel on the left, viewer in the middle, how it was made below."""

import html
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app import gallery, scripts, views
from app.api import Api, add_api
from app.controls import Controls, add_controls
from app.creations_form import add_creations
from app.creations_panel import wire_creations
from app.dice import new_seed, roll
from app.editor import (
    CONTROLS,
    Editor,
    Tools,
    add_editor,
    add_tools,
    editor_changes,
    editor_state,
    style_state,
    tools_state,
    value_from,
    values_of,
)
from app.loading import Models
from app.looks import Origin
from app.making import Wish, back_to_photo, create, edit, is_same_photo, pose, redo, restore, restyle, undo
from app.mending import cropped, offer_help
from app.session import Sessions, Visitor
from app.settings import AppSettings
from app.thumbnails import address, draw_album
from core.errors import Cancelled, UserFacingError
from core.stylize.recipes import RECIPES

_LOG = logging.getLogger(__name__)
_STYLES = tuple(recipe.name for recipe in RECIPES)
_OUR_FAULT = "Something went wrong on our side; the terminal says what. Please try another photo."
_FAILED = "That did not work"
_BROUGHT = 9
"""Seven controls of the style, the photo, the face's number."""
_IDLE = "This page was idle for too long; please reload it."
# The page's own events are not meant for programs: they have those of app/api.py, and the command line.
_PRIVATE: dict[str, Any] = {"api_visibility": "private"}
_AT_ONCE = _PRIVATE | {"queue": False, "show_progress": "hidden"}
# The newest of many changes wins, as those of a dragged slider; the waiting costs only a thread.
_LIVE: dict[str, Any] = _PRIVATE | {"trigger_mode": "always_last", "show_progress": "hidden", "concurrency_limit": 8}
# However quickly undo is pressed, every press counts.
_IN_ORDER: dict[str, Any] = _PRIVATE | {
    "trigger_mode": "multiple",
    "show_progress": "hidden",
    "concurrency_id": "steps",
}


@dataclass(frozen=True)
class _Results:
    """The components that show something."""

    status: gr.HTML
    viewer: gr.HTML
    takeaway: gr.HTML
    details: gr.HTML
    pictures: gr.Textbox
    tools: Tools
    editor: Editor

    @property
    def all(self) -> list:
        """In the order in which handlers return them."""
        return [
            self.status,
            self.viewer,
            self.takeaway,
            self.details,
            self.pictures,
            *self.tools.outputs,
            *self.editor.outputs,
        ]


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
            return None, "", *_only(views.note(str(error), "bad")), *[gr.skip()] * _BROUGHT
        visitor.set_dark(bool(page.get("dark")))
        shown = self._idle_note(), *_shown(visitor), *_controls(visitor)
        return visitor.secret, visitor.secret, *shown, *_brought(visitor)

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
            raise _refused(str(error)) from error
        busy = views.note("Making your avatar…", "busy")
        return visitor.secret, visitor.secret, gr.Button(interactive=False), gr.Button(visible=True), busy

    def generate(self, secret: str | None, *wish) -> tuple:
        """Make an avatar from the photo."""
        return self._make(secret, Wish(*wish), fresh=True)

    def submit(self, secret: str | None, *wish) -> tuple:
        """Enter in the prompt: restyle if the photo is the same, else make an avatar."""
        return self._make(secret, Wish(*wish), fresh=False)

    def posed(self, secret: str | None, order: Any) -> tuple:
        """The expression came to rest: a step for undo."""
        visitor = self._sessions.get(secret)
        if visitor is None or visitor.creation is None or not isinstance(order, dict):
            return (gr.skip(),) * 4
        try:
            pose(visitor, [float(weight) for weight in order.get("weights", ())], shown=True)
        except (UserFacingError, TypeError, ValueError):
            return (gr.skip(),) * 4
        return tuple(tools_state(visitor))

    def act(self, secret: str | None, order: Any) -> tuple:
        """A picture of the history was clicked."""
        name = str(order.get("restore", "")) if isinstance(order, dict) else ""
        return self._travel(secret, lambda models, visitor: restore(models, visitor, name), "Restored")

    def mend(self, secret: str | None, order: Any) -> tuple:
        """The visitor showed where the face is: the photo and the face's number for another attempt."""
        visitor = self._sessions.get(secret)
        if visitor is None or not isinstance(order, dict):
            return gr.skip(), gr.skip()
        if "face" in order:
            return gr.skip(), int(order["face"])
        try:
            return str(cropped(visitor, order.get("crop", ()), int(order.get("turns", 0)))), None
        except (UserFacingError, TypeError, ValueError) as error:
            sentence = str(error) if isinstance(error, UserFacingError) else "The square must lie on the photo."
            raise _refused(sentence) from error

    def restyle(self, secret: str | None, *wish) -> tuple:
        """A control moved: the present avatar follows."""
        return self._change(secret, lambda visitor: restyle(self._models, visitor, Wish(*wish)), "Restyled")

    def pick(self, secret: str | None, *wish) -> tuple:
        """A tile of the gallery, or the dice, chose a style: a step of its own for undo."""
        return self._change(secret, lambda visitor: restyle(self._models, visitor, Wish(*wish), step=True), "Restyled")

    def roll(self) -> tuple:
        """A style by chance, and the seed that gives it again."""
        seed = new_seed()
        return roll(seed, _STYLES), seed

    def roll_again(self, seed: float | None) -> str:
        """The style of a seed."""
        return roll(max(int(seed or 0), 0), _STYLES)

    def edit(self, trait: str) -> Callable[[str | None, Any], tuple]:
        """What happens when the control of a trait was moved."""

        def handler(secret: str | None, value: Any) -> tuple:
            changes = {trait: value_from(trait, value)}
            return self._change(secret, lambda visitor: edit(self._models, visitor, changes), "Changed", trait)

        return handler

    def undo(self, secret: str | None) -> tuple:
        """One step back."""
        return self._travel(secret, undo, "Undone")

    def redo(self, secret: str | None) -> tuple:
        """One step forward again."""
        return self._travel(secret, redo, "Redone")

    def reset(self, secret: str | None) -> tuple:
        """Every trait as it was measured."""
        return self._travel(secret, back_to_photo, "Back to the photo")

    def end(self) -> tuple:
        """The work is over: swap the buttons back."""
        return gr.Button(interactive=True), gr.Button(visible=False)

    def cancel(self, secret: str | None) -> tuple:
        """Stop the work in progress."""
        visitor = self._sessions.get(secret)
        if visitor is not None:
            visitor.stop()
        return self.end()

    def _make(self, secret: str | None, wish: Wish, fresh: bool) -> tuple:
        visitor = self._sessions.get(secret)
        if visitor is None:
            return _failed(_IDLE)
        framed = visitor.viewer is not None
        restyled = not fresh and is_same_photo(visitor, wish) and wish.stylizer != "diffusion"
        try:
            if restyled:
                restyle(self._models, visitor, wish)
            else:
                create(self._models, visitor, wish, lambda stage, done: None)
        except Cancelled:
            return _only(views.note("Stopped. Nothing was changed."))
        except UserFacingError as error:
            asked = offer_help(self._models, visitor, error)
            return _only(views.note(asked, "bad")) if asked else _failed(str(error))
        except Exception:  # a mistake of ours: its traceback is for the terminal, not for the visitor
            _LOG.exception("Could not make an avatar")
            return _failed(_OUR_FAULT)
        draw_album(self._models, visitor, _STYLES)
        done = views.finished(visitor, "Restyled" if restyled else "Done")
        return done, *_shown(visitor, framed), *_controls(visitor)

    def _change(
        self, secret: str | None, change: Callable[[Visitor], bool], done: str, moved: str | None = ""
    ) -> tuple:
        """A change that takes no time to speak of; the frame stays, so that it keeps its view.

        Args:
            secret: of the visitor.
            change: what to do; returns whether anything changed.
            done: the word for it.
            moved: the trait whose control the visitor moved, if it was one; None shows all controls anew.
        """
        visitor = self._sessions.get(secret)
        if visitor is None:
            return _unchanged() if moved == "" else _failed(_IDLE)
        before = values_of(visitor)
        try:
            changed = change(visitor)
        except Cancelled:
            return _unchanged()
        except UserFacingError as error:
            return _failed(str(error))
        except Exception:
            _LOG.exception("Could not change an avatar")
            return _failed(_OUR_FAULT)
        if not changed:
            return _unchanged()
        draw_album(self._models, visitor, _STYLES)
        controls = editor_state(visitor) if moved is None else editor_changes(visitor, before, moved)
        return views.finished(visitor, done), *_shown(visitor, framed=True), *tools_state(visitor), *controls

    def _travel(self, secret: str | None, step: Callable[[Models, Visitor], bool], done: str) -> tuple:
        """A change after which every control stands elsewhere."""
        visitor = self._sessions.get(secret)
        before = visitor.origin if visitor is not None else None
        results = self._change(secret, lambda visitor: step(self._models, visitor), done, None)
        return *results, *style_state(visitor), *_photo_state(visitor, before)

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
        # First, because Gradio also names the events that are nobody's business, each name once.
        add_api(Api(sessions, models))
        secret, ticket = gr.State(None), gr.Textbox(visible=False)
        about_page, order = gr.JSON(visible=False), gr.JSON(visible=False)
        pictures = gr.Textbox(visible="hidden")
        with gr.Row(elem_id="sm-top"):
            gr.HTML(views.header(settings.assets))
            gr.HTML("<snapmoji-farewell></snapmoji-farewell>", elem_id="sm-farewell")
            look = gr.Button("Light / dark", size="sm", scale=0, min_width=110, elem_id="sm-look")
        with gr.Row(elem_id="sm-main"):
            with gr.Column(scale=0, min_width=340, elem_id="sm-panel"), gr.Tabs(elem_id="sm-tabs"):
                with gr.Tab("Selfie and style"):
                    controls = add_controls(settings.assets / "examples")
                with gr.Tab("Edit", elem_id="sm-edit-tab"):
                    editor = add_editor()
                with gr.Tab("Creations", elem_id="sm-creations-tab") as creations_tab:
                    creations = add_creations()
            with gr.Column(scale=1, min_width=320, elem_id="sm-results"):
                tools = add_tools()
                overlays = "<snapmoji-flat hidden></snapmoji-flat><snapmoji-making hidden></snapmoji-making>"
                gr.HTML(overlays, elem_id="sm-making")
                viewer = gr.HTML(views.placeholder(), elem_id="sm-viewer")
                takeaway = gr.HTML(elem_id="sm-takeaway")
                with gr.Accordion("How it was made", open=False, elem_id="sm-details"):
                    details = gr.HTML("<p>Times, engine and traits are listed here after the first avatar.</p>")
            with gr.Column(scale=0, min_width=320, elem_id="sm-side"):
                gr.HTML("<snapmoji-side></snapmoji-side>")
        results = _Results(controls.status, viewer, takeaway, details, pictures, tools, editor)
        timer = gr.Timer(1.0)

        everything = [secret, ticket, *results.all, *controls.kept]
        blocks.load(page.load, about_page, everything, js=scripts.READ_PAGE, **_AT_ONCE).then(
            None, ticket, None, js=scripts.KEEP_SECRET
        )
        blocks.unload(page.unload)
        timer.tick(page.tick, None, [controls.status, timer], **_AT_ONCE)
        look.click(page.look, [about_page, secret], None, js=scripts.FLIP_LOOK, queue=False, **_PRIVATE)
        _wire_making(page, controls, results, secret, ticket, order)
        _wire_panels(page, controls, results, secret, order)
        _wire_changes(page, controls, results, secret)
        _wire_gallery(page, controls, results, secret)
        wire_creations(creations, sessions, models, secret, [creations_tab.select, viewer.change])
    blocks.queue(max_size=32)
    return blocks


def _wire_making(
    page: Page, controls: Controls, results: _Results, secret: gr.State, ticket: gr.Textbox, order: gr.JSON
) -> None:
    """Generate, Enter, Cancel, and another attempt once the visitor showed the face."""
    inputs = [secret, *controls.wish]
    # Runs one at a time in `Models.borrow`, which a visitor can leave, and which tells the place in the line; here the
    # waiting costs only a thread, so that nobody waits in Gradio's own line, which tells nothing.
    making: dict[str, Any] = {
        "show_progress": "hidden",
        "concurrency_limit": 16,
        "concurrency_id": "making",
    } | _PRIVATE
    buttons = [controls.generate, controls.cancel]
    mend = gr.Button(visible="hidden", elem_id="sm-mend")
    mended = mend.click(page.mend, [secret, order], [controls.photo, controls.face], js=scripts.NEXT_ORDER, **_AT_ONCE)
    for event, work in (
        (controls.generate.click, page.generate),
        (controls.prompt.submit, page.submit),
        (mended.success, page.generate),
    ):
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
            .then(page.end, None, buttons, js=scripts.SHOW_VIEWER, **_AT_ONCE)
            .then(page.restyle, inputs, results.all, show_progress="hidden", concurrency_limit=8, **_PRIVATE)
        )
    ticket.change(None, ticket, None, js=scripts.KEEP_SECRET)
    # Said by the browser: the server's word could come after that of the work which stopped, and would stay.
    controls.cancel.click(None, None, results.status, js=scripts.says(views.note("Stopping…", "busy")))
    controls.cancel.click(page.cancel, secret, buttons, **_AT_ONCE)


def _wire_changes(page: Page, controls: Controls, results: _Results, secret: gr.State) -> None:
    """The live controls of style and traits, and undo."""
    restyle_now = gr.Button(visible="hidden", elem_id="sm-restyle")
    restyle_now.click(page.restyle, [secret, *controls.wish], results.all, **_LIVE)
    for moved in controls.style_moved:
        moved(None, None, None, js=scripts.RESTYLE_SOON)
    for trait, control in results.editor.controls.items():
        control.input(page.edit(trait), [secret, control], results.all, **_LIVE)
    tools = results.tools
    outputs = [*results.all, *controls.kept]
    for button, step in ((tools.undo, page.undo), (tools.redo, page.redo), (tools.reset, page.reset)):
        button.click(step, secret, outputs, js=scripts.GIVE_UP_RESTYLE, **_IN_ORDER)


def _wire_panels(page: Page, controls: Controls, results: _Results, secret: gr.State, order: gr.JSON) -> None:
    """What the panels beside the viewer want of Gradio's controls."""
    posed = gr.Button(visible="hidden", elem_id="sm-posed")
    posed.click(page.posed, [secret, order], results.tools.outputs, js=scripts.NEXT_ORDER, **_IN_ORDER)
    act = gr.Button(visible="hidden", elem_id="sm-act")
    outputs = [*results.all, *controls.kept]
    act.click(page.act, [secret, order], outputs, js=scripts.NEXT_LOOK, **_IN_ORDER)


def _wire_gallery(page: Page, controls: Controls, results: _Results, secret: gr.State) -> None:
    """Tiles, the dice, and the visitor's own pictures."""
    prompt, seed = controls.prompt, controls.seed
    for chosen in (
        controls.gallery.input(None, controls.gallery, prompt, js=gallery.CHOSEN),
        controls.dice.click(page.roll, None, [prompt, seed], **_AT_ONCE),
        controls.repeat.click(page.roll_again, seed, prompt, **_AT_ONCE),
    ):
        chosen.then(page.pick, [secret, *controls.wish], results.all, **_LIVE)
    prompt.change(None, prompt, None, js=gallery.FOLLOW_PROMPT)
    results.pictures.change(None, results.pictures, None, js=gallery.FOLLOW_PICTURES)


def _shown(visitor: Visitor, framed: bool = False) -> tuple:
    """Viewer, takeaway, details and where the pictures of styles are; a frame that is there is left alone."""
    frame = gr.skip() if framed else views.viewer(visitor)
    return frame, views.downloads(visitor) + views.stages(visitor), views.details(visitor), address(visitor)


def _controls(visitor: Visitor) -> tuple:
    """What the buttons and the Edit panel show of a visitor."""
    return *tools_state(visitor), *editor_state(visitor)


def _photo_state(visitor: Visitor | None, before: Origin | None) -> tuple:
    """The photo and the face's number, if they are others than before."""
    origin = visitor.origin if visitor is not None else None
    if origin is None or origin is before or origin.photo is None:
        return gr.skip(), gr.skip()
    return str(origin.photo), origin.face


def _brought(visitor: Visitor) -> tuple:
    """What the visitor had put into the panel before the page was loaded again: style, photo, the face's number."""
    origin = visitor.origin
    if origin is None:
        return *[gr.skip()] * (_BROUGHT - 2), str(visitor.photo) if visitor.photo else gr.skip(), gr.skip()
    return *style_state(visitor), str(origin.photo) if origin.photo else gr.skip(), origin.face


def _only(status: str) -> tuple:
    """Say something; everything else stays."""
    return status, *[gr.skip()] * (4 + CONTROLS)


def _unchanged() -> tuple:
    return (gr.skip(),) * (5 + CONTROLS)


def _refused(sentence: str) -> gr.Error:
    """What ends a chain of events before its work begins."""
    return gr.Error(html.escape(sentence), title=_FAILED, print_exception=False)


def _failed(sentence: str) -> tuple:
    """Say what is wrong, beside the button and in a passing notice; the previous avatar stays."""
    gr.Warning(html.escape(sentence), title=_FAILED)
    return _only(views.note(sentence, "bad"))
