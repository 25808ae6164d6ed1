"""The page's actions for programs: ``/make``, ``/restyle``, ``/pose`` and ``/export``, as gradio_client calls them.

Every client is a visitor of its own, told by Gradio's session, with one avatar at a time.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from app.disk import told_if_full
from app.downloads import write_file
from app.live import as_list
from app.loading import Models
from app.making import Wish, create, pose, restyle
from app.pictures import face_picture
from app.poses import PRESETS
from app.session import Sessions, Visitor
from core.errors import InvalidRequest, UserFacingError
from core.expressions import SHAPES, weights_vector

_PICTURE_PX = 512
_NO_AVATAR = "Make an avatar first, with /make."
FORMATS = ("snapmoji", "glb", "ply", "spz", "splat", "html", "png", "gif", "webp", "mp4")
"""What ``/export`` can be asked for; gif, webp and mp4 are turntables."""


class Api:
    """What programs can ask for. Each method takes the request last, which tells the visitor."""

    def __init__(self, sessions: Sessions, models: Models):
        """Args: the visitors, and the models that may still be loading."""
        self._sessions, self._models = sessions, models

    def make(
        self,
        photo: str | None,
        prompt: str,
        strength: float,
        edges: float,
        identity: float,
        seed: float,
        face: float,
        request: gr.Request,
    ) -> tuple[dict[str, Any], str]:
        """An avatar from a photo; ``face`` is which of several, from the left and from 0, or -1 for the only one.

        Returns:
            The report, and the file of a picture from the front.
        """
        with _said_plainly():
            visitor = self._visitor(request)
            wish = Wish(photo, prompt, strength, edges, identity, seed, None if face < 0 else face)
            try:
                create(self._models, visitor, wish, lambda stage, done: None)
            finally:
                # The visitor has a copy of their own.
                self._sessions.discard(photo)
            return _report(visitor), self._picture(visitor)

    def restyle(
        self, prompt: str, strength: float, edges: float, identity: float, seed: float, request: gr.Request
    ) -> tuple[dict[str, Any], str]:
        """The same person in another style; returns as :meth:`make`."""
        with _said_plainly():
            visitor = self._made(request)
            restyle(self._models, visitor, Wish(None, prompt, strength, edges, identity, seed, None), step=True)
            return _report(visitor), self._picture(visitor)

    def pose(self, weights: Any, request: gr.Request) -> tuple[dict[str, float], str]:
        """The same avatar with another expression.

        Args:
            weights: a preset's name, or weights by name, each in [0, 1]; what is not named is at rest.
            request: tells the visitor.

        Returns:
            All 16 weights by name, and the file of a picture from the front.
        """
        with _said_plainly():
            visitor = self._made(request)
            pose(visitor, as_list(weights_vector(_weights(weights))))
            return dict(zip(SHAPES, as_list(visitor.weights), strict=True)), self._picture(visitor)

    def export(self, kind: str, request: gr.Request) -> str:
        """The avatar as a file; stills and turntables have the present expression."""
        with _said_plainly():
            visitor = self._made(request)
            if kind not in FORMATS:
                raise InvalidRequest(f"There is no format {kind!r}; choose one of {', '.join(FORMATS)}.")
            assert visitor.creation is not None and visitor.settings is not None
            name = "turntable" if kind in ("gif", "webp", "mp4") else "avatar"
            path = visitor.directory / f"{name}.{kind}"
            with told_if_full():
                write_file(visitor.creation, visitor.settings, visitor.weights, path)
            return str(path)

    def _visitor(self, request: gr.Request) -> Visitor:
        return self._sessions.welcome(None, request.session_hash or "")

    def _made(self, request: gr.Request) -> Visitor:
        visitor = self._visitor(request)
        if visitor.creation is None:
            raise InvalidRequest(_NO_AVATAR)
        return visitor

    def _picture(self, visitor: Visitor) -> str:
        assert visitor.creation is not None
        path: Path = visitor.directory / "picture.webp"
        picture = face_picture(visitor.creation.avatar, visitor.weights, _PICTURE_PX)
        with told_if_full():
            path.write_bytes(picture)
        return str(path)


def add_api(api: Api) -> None:
    """Declares the named events, without anything to see. To be called within the page's Blocks."""
    with gr.Row(visible=False):
        photo = gr.File(label="photo", type="filepath")
        # Gradio's own way leaves an empty file behind each time.
        setattr(photo, "preprocess", lambda payload: payload and payload.path)  # noqa: B010
        prompt = gr.Textbox("", label="prompt")
        strength, edges, identity = (gr.Number(0.5, label=label) for label in ("strength", "edges", "identity"))
        seed, face = gr.Number(0, label="seed", precision=0), gr.Number(-1, label="face", precision=0)
        weights, kind = gr.JSON({}, label="weights"), gr.Textbox("snapmoji", label="kind")
        report, picture = gr.JSON(label="report"), gr.File(label="picture")
        posed, file = gr.JSON(label="weights"), gr.File(label="file")
        style = [prompt, strength, edges, identity, seed]
        _named("make", api.make, [photo, *style, face], [report, picture])
        _named("restyle", api.restyle, style, [report, picture])
        _named("pose", api.pose, weights, [posed, picture])
        _named("export", api.export, kind, file)


def _named(name: str, work: Callable, inputs: Any, outputs: Any) -> None:
    description = (work.__doc__ or "").split("\n\n")[0]
    gr.Button(name).click(
        work, inputs, outputs, api_name=name, api_description=description, concurrency_limit=16, concurrency_id="making"
    )


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What the caller can mend reaches it as a sentence."""
    try:
        yield
    except UserFacingError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _weights(wanted: Any) -> Mapping[str, float]:
    if isinstance(wanted, str):
        if wanted not in PRESETS:
            raise InvalidRequest(f"There is no expression {wanted!r}; choose one of {', '.join(PRESETS)}.")
        return PRESETS[wanted]
    if not isinstance(wanted, dict) or not all(isinstance(value, int | float) for value in wanted.values()):
        raise InvalidRequest('Give a preset\'s name, or weights by name, for example {"jawOpen": 0.5}.')
    return {str(name): float(value) for name, value in wanted.items()}


def _report(visitor: Visitor) -> dict[str, Any]:
    assert visitor.creation is not None
    return json.loads(json.dumps(visitor.creation.report)) | {"viewer": f"/viewer/{visitor.secret}/"}
