"""What a visitor can look at or take home: stage pictures, the avatar's files, a picture of the expression."""

import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from jaxtyping import Float, UInt8
from PIL import Image

from app.disk import told_if_full
from app.session import Sessions
from core.camera import orbit
from core.character.notes import Recipe, to_notes
from core.face.photo import decode_photo
from core.formats.bundle import encode
from core.formats.export import SUFFIXES, export
from core.media.film import Film
from core.media.turntable import TURN_SECONDS, save_turntable
from core.render.splats import render
from core.stylize.reference import shrunk

if TYPE_CHECKING:
    from core.pipeline import Creation, Settings

_PICTURE_PX = 1024
_TURN_PX, _TURN_FPS = 384, 20
_PRIVATE = {"Cache-Control": "private, no-store"}
STAGES = ("aligned", "primary", "styled")
"""Fields of a creation that are pictures, in the order in which they are made."""


@dataclass(frozen=True)
class Download:
    """A file a visitor can take home."""

    name: str
    """File name, also the last part of its address."""
    label: str
    """On the button."""
    hint: str
    """Says what it is good for."""


DOWNLOADS = (
    Download(
        "avatar.snapmoji",
        "Avatar (.snapmoji)",
        "The whole avatar with its 16 blendshapes, which launch.py edit can change",
    ),
    Download("avatar.glb", "Model (.glb)", "The whole avatar as glTF, with the shapes as morph targets"),
    Download("avatar.ply", "Gaussians (.ply)", "The present expression, for any Gaussian splat viewer"),
    Download("avatar.spz", "Small Gaussians (.spz)", "The present expression, for viewers that read SPZ"),
    Download("avatar.png", "Picture (.png)", "The present expression on a transparent background"),
    Download("turntable.webp", "Turntable (.webp)", "One turn in the present expression, as a moving picture"),
)
"""What can be taken home."""


def file_routes(sessions: Sessions) -> APIRouter:
    """Routes to the pictures and files of these visitors."""
    router = APIRouter()

    @router.get("/viewer/{secret}/stage/{stage}.png")
    def stage_picture(secret: str, stage: str) -> Response:
        visitor = sessions.get(secret)
        creation = visitor.creation if visitor is not None else None
        if creation is None or stage not in STAGES:
            raise HTTPException(404, "There is no such picture.")
        return Response(_png(getattr(creation, stage)), media_type="image/png", headers=_PRIVATE)

    @router.get("/viewer/{secret}/file/{name}")
    def file(secret: str, name: str) -> Response:
        visitor = sessions.get(secret)
        if visitor is None or name not in {d.name for d in offered()}:
            raise HTTPException(404, "There is no such file.")
        creation, settings, weights = visitor.creation, visitor.settings, visitor.weights
        if creation is None or settings is None:
            raise HTTPException(404, "There is no avatar yet.")
        content = _content(creation, settings, weights, name, visitor.directory)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'} | _PRIVATE
        return Response(content, media_type="application/octet-stream", headers=headers)

    return router


def bundle_of(creation: "Creation", settings: "Settings") -> bytes:
    """The ``.snapmoji`` file. It alone holds measurements of the face, which are never written to our disk."""
    return encode(creation.avatar, _notes(creation, settings))


def _content(
    creation: "Creation", settings: "Settings", weights: Float[np.ndarray, " k"], name: str, directory: Path
) -> bytes:
    if name.endswith(".snapmoji"):
        return bundle_of(creation, settings)
    with told_if_full(), TemporaryDirectory(dir=directory) as folder:
        path = Path(folder) / name
        write_file(creation, settings, weights, path)
        return path.read_bytes()


def offered() -> tuple[Download, ...]:
    """What can be taken home, with the page that opens by itself where this version can write it."""
    page = Download("avatar.html", "Web page (.html)", "One file that opens offline, turns, and has the 16 sliders")
    return (DOWNLOADS[0], page, *DOWNLOADS[1:]) if ".html" in SUFFIXES else DOWNLOADS


def write_file(creation: "Creation", settings: "Settings", weights: Float[np.ndarray, " k"], path: Path) -> None:
    """Writes one of :func:`offered`, or of the formats of :func:`core.formats.export.export`.

    Raises:
        InvalidRequest: if there is no such format.
    """
    if "turntable" in path.name:
        save_turntable(creation.avatar, weights, path, Film(TURN_SECONDS, _TURN_FPS, _TURN_PX))
        return
    _write(creation, settings, weights, path)


def _write(creation: "Creation", settings: "Settings", weights: Float[np.ndarray, " k"], path: Path) -> None:
    if path.suffix == ".png":
        picture = render(creation.avatar.posed(weights), orbit(size=_PICTURE_PX)).to_rgba8()
        path.write_bytes(_png(picture))
    else:
        export(creation.avatar, weights, path, _notes(creation, settings))


def _notes(creation: "Creation", settings: "Settings") -> dict[str, Any]:
    """What an avatar can be edited from."""
    kept = None if settings.reference is None else shrunk(decode_photo(settings.reference))
    recipe = Recipe(creation.character, creation.measured, settings.prompt, settings.controls, settings.seed, kept)
    return to_notes(recipe)


def _png(picture: UInt8[np.ndarray, "h w c"]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
