"""Stickers, comics and clips of a visitor's present avatar, as files in the visitor's own folder."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from jaxtyping import Float
from PIL import Image

from app.loading import Models
from app.session import Sessions, Visitor
from core.avatar.model import Avatar
from core.comics.page import draw_comic, save_comic
from core.comics.script import read_script
from core.errors import Cancelled, InvalidRequest
from core.media.animation import SUFFIXES
from core.media.film import Film
from core.media.reel import REEL_SECONDS, save_reel
from core.media.sound import load_sound
from core.media.talk import save_talk
from core.media.turntable import TURN_SECONDS, save_turntable
from core.stickers.pack import chosen_poses, make_pack, preview, save_pack

Progress = Callable[[str, float], None]
"""Told in plain words what is done, and the share of the whole that is done, in [0, 1]."""
Step = Callable[[float], None]
"""Called with the share of the work done, between pictures; raises Cancelled to stop it."""

CLIPS = ("reel", "turntable", "talk")
"""Kinds of clips: faces in turn, one turn, talking to a recording."""
KINDS = ("stickers", "comic", "clip")
"""Kinds of things to make."""
_FPS = 20
_PREVIEW_PX = 1000
_WHITE = (255, 255, 255)
_TYPES = {".zip": "application/zip", ".pdf": "application/pdf", ".mp4": "video/mp4", ".webm": "video/webm"}
# ffmpeg also follows playlists, which could name other files of this computer.
_SOUND_STARTS = (b"RIFF", b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
_SOUND_STARTS += (b"OggS", b"fLaC", b"\x1aE\xdf\xa3")


@dataclass(frozen=True)
class Made:
    """What has been made."""

    kind: str
    """One of :data:`KINDS`."""
    files: tuple[str, ...]
    """Names of the files to take home."""
    shown: str
    """Name of the file to look at: a picture, or the clip itself."""
    words: str
    """What it is, in one sentence."""


class Wish(Protocol):
    """Something to make."""

    @property
    def kind(self) -> str:
        """One of :data:`KINDS`."""
        ...

    def make(self, avatar: Avatar, weights: Float[np.ndarray, " k"], folder: Path, step: Step) -> Made:
        """Draws it into a folder.

        Raises:
            UserFacingError: if it cannot be made so, or was stopped.
        """
        ...


@dataclass(frozen=True)
class Stickers:
    """A pack of stickers."""

    poses: tuple[str, ...]
    """Their names; empty for all."""
    caption: str = ""
    animated: bool = False
    """Whether all of them also move."""
    kind: str = "stickers"

    def make(self, avatar: Avatar, weights: Float[np.ndarray, " k"], folder: Path, step: Step) -> Made:
        """See :class:`Wish`."""
        poses = chosen_poses(self.poses)
        moving = [pose.name for pose in poses] if self.animated else []
        pack = make_pack(avatar, poses, caption=self.caption.strip(), animated=moving, progress=step)
        save_pack(pack, folder / "stickers.zip")
        preview(pack).save(folder / "preview.webp", quality=88)
        count = f"{len(poses)} sticker{'s' if len(poses) > 1 else ''}"
        return Made(self.kind, ("stickers.zip",), "preview.webp", f"{count}{', also moving' if moving else ''}.")


@dataclass(frozen=True)
class Comic:
    """A comic."""

    script: str
    """TOML; docs/comics.md has the format."""
    kind: str = "comic"

    def make(self, avatar: Avatar, weights: Float[np.ndarray, " k"], folder: Path, step: Step) -> Made:
        """See :class:`Wish`."""
        pages = draw_comic(read_script(self.script), [avatar], step)
        names = ("comic.png", "comic.pdf") if len(pages) == 1 else ("comic.pdf",)
        for name in names:
            save_comic(pages, folder / name)
        small = pages[0].copy()
        small.thumbnail((_PREVIEW_PX, _PREVIEW_PX), Image.Resampling.LANCZOS)
        small.save(folder / "preview.webp", quality=88)
        more = f"{len(pages)} pages; the first is shown." if len(pages) > 1 else "One page."
        return Made(self.kind, names, "preview.webp", more)


@dataclass(frozen=True)
class Clip:
    """A clip."""

    what: str
    """One of :data:`CLIPS`."""
    format: str = "webp"
    """``webp``, ``gif``, ``mp4`` or ``webm``."""
    size: int = 384
    """Width and height in pixels."""
    transparent: bool = False
    recording: str | None = None
    """File of the sound to talk to."""
    kind: str = "clip"

    def make(self, avatar: Avatar, weights: Float[np.ndarray, " k"], folder: Path, step: Step) -> Made:
        """See :class:`Wish`."""
        if f".{self.format}" not in SUFFIXES:
            raise InvalidRequest(f"There is no animation format {self.format!r}; choose webp, gif, mp4 or webm.")
        name = f"{self.what}.{self.format}"
        path, plain = folder / name, None if self.transparent else _WHITE
        if self.what == "reel":
            seconds = REEL_SECONDS
            save_reel(avatar, Film(seconds, _FPS, self.size, plain), path, step)
        elif self.what == "turntable":
            seconds = TURN_SECONDS
            save_turntable(avatar, weights, path, Film(seconds, _FPS, self.size, plain), step)
        elif self.what == "talk":
            recording = _sound_file(self.recording)
            seconds = load_sound(recording).seconds
            save_talk(avatar, recording, Film(seconds, _FPS, self.size, plain), path, step)
        else:
            raise InvalidRequest(f"There is no clip called {self.what!r}; there are {', '.join(CLIPS)}.")
        silent = " and silent: only MP4 and WebM hold sound" if self.what == "talk" and _is_picture(name) else ""
        return Made(self.kind, (name,), name, f"{seconds:.1f} seconds{silent}.")


def make(models: Models, visitor: Visitor, wish: Wish, progress: Progress) -> Made:
    """Make something of the visitor's present avatar; what was made of this kind before stays if that fails.

    The avatar may be changed meanwhile: all other work goes first, between two pictures.

    Args:
        models: lends the machine.
        visitor: whose avatar; the work that this visitor began before stops.
        wish: what to make.
        progress: told how far it is.

    Raises:
        Cancelled: if the visitor stopped it, began another or left.
        UserFacingError: if there is no avatar, or it cannot be made so.
    """
    creation, weights = visitor.creation, visitor.weights
    if creation is None:
        raise InvalidRequest("Make an avatar first.")
    bench = visitor.workbench
    with (
        bench.working() as job,
        _in_turns(models, visitor, job, progress) as step,
        bench.filling(wish.kind, job) as folder,
    ):
        return wish.make(creation.avatar, weights, folder, step)


def creation_routes(sessions: Sessions) -> APIRouter:
    """Routes to what these visitors have made."""
    router = APIRouter()

    @router.get("/viewer/{secret}/made/{kind}/{name}")
    def file(secret: str, kind: str, name: str) -> FileResponse:
        visitor = sessions.get(secret)
        path = visitor.workbench.file(kind, name) if visitor is not None and kind in KINDS else None
        if path is None:
            raise HTTPException(404, "There is no such file.")
        kept = {"Cache-Control": "private, no-store"}
        return FileResponse(path, headers=kept, media_type=_TYPES.get(path.suffix))

    return router


@contextmanager
def _in_turns(models: Models, visitor: Visitor, job: threading.Event, progress: Progress) -> Iterator[Step]:
    """The machine, given back between two pictures to whoever else needs it."""
    done = 0.0
    with ExitStack() as turn:

        def take() -> None:
            turn.enter_context(models.borrow(job, lambda words, _: progress(words, done), patient=True))

        def step(share: float) -> None:
            nonlocal done
            done = min(max(share, 0.0), 1.0)
            turn.close()
            if job.is_set():
                raise Cancelled("Stopped.")
            visitor.touch()
            progress("Drawing", done)
            take()

        take()
        yield step


def _sound_file(path: str | None) -> Path:
    """The recording, if it looks like one."""
    if not path:
        raise InvalidRequest("Choose a recording for the avatar to talk to.")
    try:
        with Path(path).open("rb") as file:
            start = file.read(12)
    except OSError as error:
        raise InvalidRequest("The recording is no longer here; please choose it again.") from error
    if not start.startswith(_SOUND_STARTS) and start[4:8] != b"ftyp":
        raise InvalidRequest("This file is no recording; choose a WAV, MP3, M4A, OGG, FLAC or WebM.")
    return Path(path)


def _is_picture(name: str) -> bool:
    return name.endswith((".webp", ".gif"))
