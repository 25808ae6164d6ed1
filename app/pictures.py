"""Pictures that the page's own panels show: expressions, results, the steps on the way, the photo; and films."""

import asyncio
import io
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from PIL import Image
from pydantic import BaseModel, Field

from app.disk import told_if_full
from app.making import forget
from app.motion import Film, film_from
from app.origin import same_origin
from app.session import Sessions, Visitor
from core.avatar.model import Avatar
from core.camera import HEAD_CENTRE_CM, orbit
from core.errors import Cancelled, UserFacingError
from core.expressions import SHAPES
from core.face.photo import decode_photo
from core.media.animation import SUFFIXES, save_animation
from core.media.thumbnails import as_webp
from core.render.splats import render

_SECOND_S = 0.2
_FACE_FOV_DEG = 15.5
_PHOTO_PX = 1024
_KEPT = {"Cache-Control": "private, max-age=3600"}
_FRESH = {"Cache-Control": "private, no-store"}


class KeyframeWish(BaseModel):
    """An expression at a moment, in seconds."""

    at: float
    weights: list[float] = Field(max_length=len(SHAPES))


class FilmWish(BaseModel):
    """What the page's timeline sends."""

    keyframes: list[KeyframeWish] = Field(max_length=40)
    seconds: float
    fps: int = 20
    size: int = 384
    format: str = "webp"


def picture_routes(sessions: Sessions) -> APIRouter:
    """Routes to these visitors' pictures and films."""
    router = APIRouter(prefix="/viewer/{secret}")

    def visitor_of(secret: str, request: Request) -> Visitor:
        visitor = sessions.get(secret)
        if visitor is None or not same_origin(request):
            raise HTTPException(404, "There is no such page.")
        return visitor

    known = Depends(visitor_of)

    @router.get("/face.webp")
    def face(*, visitor: Visitor = known, w: str, size: int = 96) -> Response:
        creation = visitor.creation
        if creation is None or not 16 <= size <= 512:
            raise HTTPException(404, "There is no such picture.")
        try:
            weights = np.array([float(part) for part in w.split(",")], np.float32)
            picture = face_picture(creation.avatar, weights, size)
        except ValueError as error:
            raise HTTPException(404, "There is no such expression.") from error
        return Response(picture, media_type="image/webp", headers=_KEPT)

    @router.get("/making/{stage}.webp")
    def making(*, visitor: Visitor = known, stage: str) -> Response:
        return _picture(visitor.pending.get(stage), _FRESH)

    @router.get("/result/{name}.webp")
    def result(*, visitor: Visitor = known, name: str) -> Response:
        found = visitor.results.named(name)
        return _picture(found.picture if found is not None else None, _KEPT)

    @router.delete("/result/{name}")
    def forget_one(*, visitor: Visitor = known, name: str) -> Response:
        forget(visitor, name)
        return Response(status_code=204)

    @router.delete("/result")
    def forget_all(*, visitor: Visitor = known) -> Response:
        forget(visitor, None)
        return Response(status_code=204)

    @router.get("/photo.webp")
    def photo(*, visitor: Visitor = known, turns: int = 0) -> Response:
        if visitor.photo is None:
            raise HTTPException(404, "There is no photo.")
        image = Image.fromarray(np.rot90(decode_photo(visitor.photo.read_bytes()), -turns % 4))
        image.thumbnail((_PHOTO_PX, _PHOTO_PX))
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=85)
        return Response(buffer.getvalue(), media_type="image/webp", headers=_FRESH)

    @router.post("/film")
    async def film(*, visitor: Visitor = known, wish: FilmWish, request: Request) -> Response:
        creation = visitor.creation
        if creation is None or f".{wish.format}" not in SUFFIXES:
            raise HTTPException(404, "There is no avatar, or no such format.")
        stop = threading.Event()
        path = visitor.directory / f"film.{wish.format}"
        try:
            made = film_from([(key.at, key.weights) for key in wish.keyframes], wish.seconds, wish.fps, wish.size)
            work = asyncio.create_task(asyncio.to_thread(_shoot, made, creation.avatar, path, visitor, stop))
            while not (await asyncio.wait([work], timeout=_SECOND_S))[0]:
                if await request.is_disconnected():
                    stop.set()
            content = await work
        except Cancelled:
            return Response(status_code=204)
        except UserFacingError as error:
            return JSONResponse({"detail": str(error)}, 422)
        return Response(content, media_type="application/octet-stream", headers=_FRESH)

    return router


def _picture(content: bytes | None, headers: dict[str, str]) -> Response:
    if content is None:
        raise HTTPException(404, "There is no such picture.")
    return Response(content, media_type="image/webp", headers=headers)


def face_picture(avatar: Avatar, weights: np.ndarray, size: int) -> bytes:
    """The avatar from the front, close, as a WebP file with transparency.

    Args:
        avatar: whose face.
        weights: one for each shape; clipped to [0, 1].
        size: width and height in pixels.

    Raises:
        ValueError: if there is not one weight for each shape.
    """
    target = (HEAD_CENTRE_CM[0], HEAD_CENTRE_CM[1] + 1.0, HEAD_CENTRE_CM[2])
    camera = orbit(size=size, fov_deg=_FACE_FOV_DEG, target_cm=target)
    return as_webp(render(avatar.posed(np.clip(np.nan_to_num(weights), 0, 1)), camera).to_rgba8())


def _shoot(film: Film, avatar: Avatar, path: Path, visitor: Visitor, stop: threading.Event) -> bytes:
    """Draws a film and tells the visitor's tabs how far it is."""
    with told_if_full():
        save_animation(film.animation(avatar), path, _progress(visitor, stop))
    return path.read_bytes()


def _progress(visitor: Visitor, stop: threading.Event) -> Callable[[float], None]:
    told = 0.0

    def progress(share: float) -> None:
        nonlocal told
        if stop.is_set():
            raise Cancelled("Stopped.")
        if share - told > 0.02:
            told = share
            visitor.touch()
            visitor.live.tell({"kind": "film", "share": round(share, 2)})

    return progress
