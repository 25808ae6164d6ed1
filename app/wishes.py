"""What a visitor can wish to have made: stickers, a comic, a clip, a gallery; quickly sketched, then made as files."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np
from jaxtyping import Float
from PIL import Image

from app.results import Result, Results
from core.avatar.model import Avatar
from core.comics.model import Script
from core.comics.page import draw_comic, save_comic, sketch_comic
from core.comics.script import read_script
from core.errors import InvalidRequest
from core.media import video
from core.media.animation import SUFFIXES
from core.media.film import Film
from core.media.gallery import gallery_page, make_tile, tile_start
from core.media.reel import REEL_SECONDS, save_reel
from core.media.sound import load_sound
from core.media.talk import save_talk
from core.media.turntable import TURN_SECONDS, save_turntable
from core.stickers.cut import outline_named
from core.stickers.pack import chosen_poses, make_pack, preview, save_pack, sketch

Step = Callable[[float], None]
"""Called with the share of the work done, between pictures; raises Cancelled to stop it."""

CLIPS = ("reel", "turntable", "talk")
"""Kinds of clips: faces in turn, one turn, talking to a recording."""
KINDS = ("stickers", "comic", "clip", "gallery")
"""Kinds of things to make."""
MOST_IN_GALLERY = 24
_FPS = 20
_PREVIEW_PX = 1000
_SKETCH_PX, _SKETCHED_STICKERS = 640, 6
_SKETCH_CLIP_PX, _SKETCH_FRAMES = 160, 16
_TILE_PX = 128
_COLUMNS = 3
"""More beside each other would be too small in the page's panel."""
_GROUND = (236, 239, 244)
_WHITE = (255, 255, 255)
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


@dataclass(frozen=True)
class Cast:
    """Whom things are made of."""

    avatar: Avatar
    """The present one."""
    weights: Float[np.ndarray, " k"]
    """Its expression."""
    results: Results
    """Those shown before, with their pictures."""
    again: Callable[[Result], Avatar]
    """Makes one of them once more."""

    def result(self, name: str) -> Result:
        """One of those shown before.

        Raises:
            InvalidRequest: if it was deleted.
        """
        found = self.results.named(name)
        if found is None:
            raise InvalidRequest("One of the chosen avatars is no longer in the history; choose again.")
        return found


class Wish(Protocol):
    """Something to make."""

    @property
    def kind(self) -> str:
        """One of :data:`KINDS`."""
        ...

    def make(self, cast: Cast, folder: Path, step: Step) -> Made:
        """Draws it into a folder.

        Raises:
            UserFacingError: if it cannot be made so, or was stopped.
        """
        ...

    def sketch(self, cast: Cast) -> bytes:
        """What it would look like, as a small WebP drawn in less than a second or so.

        Raises:
            UserFacingError: if it cannot be made so.
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
    outline: str = "usual"
    """One of :data:`core.stickers.cut.OUTLINES`."""
    kind: str = "stickers"

    def make(self, cast: Cast, folder: Path, step: Step) -> Made:
        """See :class:`Wish`."""
        poses, cut = chosen_poses(self.poses), outline_named(self.outline)
        moving = [pose.name for pose in poses] if self.animated else []
        pack = make_pack(cast.avatar, poses, caption=self.caption.strip(), animated=moving, cut=cut, progress=step)
        save_pack(pack, folder / "stickers.zip")
        preview(pack, _COLUMNS).save(folder / "preview.webp", quality=88)
        count = f"{len(poses)} sticker{'s' if len(poses) > 1 else ''}"
        return Made(self.kind, ("stickers.zip",), "preview.webp", f"{count}{', also moving' if moving else ''}.")

    def sketch(self, cast: Cast) -> bytes:
        """The six chosen last; see :class:`Wish`."""
        poses = chosen_poses(self.poses)
        poses = poses[-_SKETCHED_STICKERS:] if self.poses else poses[:_SKETCHED_STICKERS]
        return _as_webp(sketch(cast.avatar, poses, self.caption.strip(), outline_named(self.outline), _COLUMNS))


@dataclass(frozen=True)
class Comic:
    """A comic."""

    script: str
    """TOML; docs/comics.md has the format."""
    others: tuple[str, ...] = ()
    """Names of results that play besides the present avatar."""
    layout: str = ""
    """One of :data:`core.comics.layout.LAYOUTS`, or auto; empty for the script's own."""
    kind: str = "comic"

    def make(self, cast: Cast, folder: Path, step: Step) -> Made:
        """See :class:`Wish`."""
        script = self._script()
        pages = draw_comic(script, self._players(cast, script), step)
        names = ("comic.png", "comic.pdf") if len(pages) == 1 else ("comic.pdf",)
        for name in names:
            save_comic(pages, folder / name)
        small = pages[0].copy()
        small.thumbnail((_PREVIEW_PX, _PREVIEW_PX), Image.Resampling.LANCZOS)
        small.save(folder / "preview.webp", quality=88)
        more = f"{len(pages)} pages; the first is shown." if len(pages) > 1 else "One page."
        return Made(self.kind, names, "preview.webp", more)

    def sketch(self, cast: Cast) -> bytes:
        """See :class:`Wish`."""
        script = self._script()
        return _as_webp(sketch_comic(script, self._players(cast, script), _SKETCH_PX))

    def _script(self) -> Script:
        script = read_script(self.script)
        return replace(script, layout=self.layout) if self.layout else script

    def _players(self, cast: Cast, script: Script) -> list[Avatar]:
        wanted = self.others[: max(len(script.cast) - 1, 0)]
        return [cast.avatar, *(cast.again(cast.result(name)) for name in wanted)]


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

    def make(self, cast: Cast, folder: Path, step: Step) -> Made:
        """See :class:`Wish`."""
        seconds, name = self._checked_seconds(), f"{self.what}.{self.format}"
        self._save(cast, Film(seconds, _FPS, self.size, self._background), folder / name, step)
        silent = " and silent: only MP4 and WebM hold sound" if self.what == "talk" and _is_picture(name) else ""
        return Made(self.kind, (name,), name, f"{seconds:.1f} seconds{silent}.")

    def sketch(self, cast: Cast) -> bytes:
        """A flip book of it; of a talk its beginning. See :class:`Wish`."""
        seconds = self._checked_seconds()
        fps = max(round(_SKETCH_FRAMES / seconds), 8 if self.what == "talk" else 2)
        film = Film(min(seconds, _SKETCH_FRAMES / fps), fps, _SKETCH_CLIP_PX, self._background)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "sketch.webp"
            self._save(cast, film, path, lambda share: None)
            return path.read_bytes()

    @property
    def _background(self) -> tuple[int, int, int] | None:
        return None if self.transparent else _WHITE

    def _checked_seconds(self) -> float:
        """How long it lasts, once it is certain that it can be made."""
        suffix = f".{self.format}"
        if suffix not in SUFFIXES:
            raise InvalidRequest(f"There is no animation format {self.format!r}; choose webp, gif, mp4 or webm.")
        if suffix in video.SUFFIXES:
            video.check_video(suffix, self.size, self.transparent)
        if self.what == "talk":
            return load_sound(_sound_file(self.recording)).seconds
        if self.what not in CLIPS:
            raise InvalidRequest(f"There is no clip called {self.what!r}; there are {', '.join(CLIPS)}.")
        return REEL_SECONDS if self.what == "reel" else TURN_SECONDS

    def _save(self, cast: Cast, film: Film, path: Path, step: Step) -> None:
        if self.what == "reel":
            save_reel(cast.avatar, film, path, step)
        elif self.what == "turntable":
            save_turntable(cast.avatar, cast.weights, path, film, step)
        else:
            save_talk(cast.avatar, _sound_file(self.recording), film, path, step)


@dataclass(frozen=True)
class Gallery:
    """A page of avatars of the visit that turn and change their faces."""

    chosen: tuple[str, ...] = ()
    """Names of results; empty for all."""
    title: str = ""
    kind: str = "gallery"

    def make(self, cast: Cast, folder: Path, step: Step) -> Made:
        """See :class:`Wish`."""
        results, tiles = self._results(cast), []
        for number, result in enumerate(results):
            tell = lambda share, number=number: step((number + share) / len(results))
            tiles.append(make_tile(cast.again(result), styled_as(result), tile_start(number), tell))
        page = gallery_page(tiles, self.title.strip() or "Avatars")
        (folder / "gallery.html").write_text(page, encoding="utf-8")
        _sheet([tile.still for tile in tiles], 2 * _TILE_PX).save(folder / "preview.webp", quality=88)
        count = f"{len(tiles)} avatar{'s' if len(tiles) > 1 else ''}"
        return Made(self.kind, ("gallery.html",), "preview.webp", f"One page that opens anywhere, with {count}.")

    def sketch(self, cast: Cast) -> bytes:
        """See :class:`Wish`."""
        return _as_webp(_sheet([result.picture for result in self._results(cast)]))

    def _results(self, cast: Cast) -> list[Result]:
        results = [cast.result(name) for name in self.chosen] or list(cast.results.items)
        if not results:
            raise InvalidRequest("The history is empty; make or restyle an avatar first.")
        if len(results) > MOST_IN_GALLERY:
            raise InvalidRequest(f"A page may show at most {MOST_IN_GALLERY} avatars, not {len(results)}; choose some.")
        return results


def styled_as(result: Result) -> str:
    """What a result is called where there is no room for more."""
    return result.look.settings.prompt or ("a picture's style" if result.look.settings.reference else "no style")


def _sheet(files: Sequence[bytes], tile_px: int = _TILE_PX) -> Image.Image:
    """Pictures in rows on a plain light ground."""
    columns = min(_COLUMNS, len(files))
    sheet = Image.new("RGB", (columns * tile_px, -(-len(files) // columns) * tile_px), _GROUND)
    for number, file in enumerate(files):
        tile = Image.open(io.BytesIO(file)).convert("RGBA").resize((tile_px, tile_px), Image.Resampling.LANCZOS)
        sheet.paste(tile, (number % columns * tile_px, number // columns * tile_px), tile)
    return sheet


def _as_webp(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.thumbnail((_SKETCH_PX, 2 * _SKETCH_PX))
    picture.save(buffer, "WEBP", quality=80, method=1)
    return buffer.getvalue()


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
