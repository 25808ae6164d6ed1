"""A pack of stickers: every picture within messengers' limits, a preview, and a list with their emoji."""

import io
import json
import threading
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from core.avatar.model import Avatar
from core.errors import InvalidRequest
from core.formats.files import replacing
from core.stickers.captions import label
from core.stickers.cut import USUAL, Cut
from core.stickers.draw import SIZE_PX, draw_loop, draw_sticker
from core.stickers.encode import TRAY_BYTES, TRAY_PX, Loop, loop_webp, still_png, still_webp
from core.stickers.poses import POSES, Pose, pose_named

Progress = Callable[[float], None]
"""Called with the share of the work done; may raise Cancelled to stop it."""

LIVELY = ("laugh", "love", "kiss", "party", "cry", "angry", "sleepy", "hello")
"""Those that are animated unless others are asked for: an animation takes as long as twenty stills."""
LOOP_FRAMES, _LOOP_FRAME_MS = 20, 80
_TILE_PX = 160
COLUMNS = 6
"""Of the sheet with all of them."""
_PLAIN = (236, 239, 244)
_ENCODERS = 2


@dataclass(frozen=True)
class Sticker:
    """One of a pack, as files."""

    pose: Pose
    """What it shows."""
    webp: bytes
    """Still, within WhatsApp's limit."""
    png: bytes
    """Still, within Telegram's limit."""
    animated: bytes | None
    """Animated WebP, within WhatsApp's limit; None for those that stay still."""
    small: UInt8[np.ndarray, "t t 4"]
    """As the preview shows it."""


@dataclass(frozen=True)
class Pack:
    """Stickers of one avatar."""

    stickers: tuple[Sticker, ...]
    """In order."""
    name: str
    """Of whom, for the list."""
    caption: str
    """Written on each; empty for none."""


def chosen_poses(names: Sequence[str]) -> list[Pose]:
    """Poses by name, all if there are no names; none twice.

    Raises:
        InvalidRequest: if there is no such pose.
    """
    return [pose_named(name) for name in dict.fromkeys(names)] if names else list(POSES)


def make_pack(
    avatar: Avatar,
    poses: Sequence[Pose] = POSES,
    *,
    name: str = "avatar",
    caption: str = "",
    animated: Sequence[str] = (),
    cut: Cut = USUAL,
    progress: Progress = lambda share: None,
) -> Pack:
    """Draws and encodes stickers.

    Args:
        avatar: who.
        poses: which, at least one.
        name: of the pack.
        caption: written on each; empty for none.
        animated: names of those that also move.
        cut: how they are cut out.
        progress: called after each; an exception that it raises stops the work.

    Raises:
        InvalidRequest: if there are no poses, or the caption cannot be written.
    """
    if not poses:
        raise InvalidRequest("A pack needs at least one sticker.")
    words = label(caption, SIZE_PX) if caption else None
    whole = len(poses) + LOOP_FRAMES * sum(pose.name in animated for pose in poses)
    done = 0

    def tell(steps: int) -> None:
        nonlocal done
        done += steps
        progress(done / whole)

    # The renderer uses all cores for one picture; encoding uses one, so it goes on beside the next drawing.
    waiting = threading.Semaphore(2 * _ENCODERS)
    with ThreadPoolExecutor(_ENCODERS) as pool:
        jobs = []
        try:
            for pose in poses:
                picture = draw_sticker(avatar, pose, caption=words, cut=cut)
                tell(1)
                frames = []
                if pose.name in animated:
                    for frame in draw_loop(avatar, pose, LOOP_FRAMES, caption=words, cut=cut):
                        frames.append(frame)
                        tell(1)
                # Drawn pictures are large; so many wait, and no more.
                waiting.acquire()
                job = pool.submit(_encoded, pose, picture, frames)
                job.add_done_callback(lambda _: waiting.release())
                jobs.append(job)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        return Pack(tuple(job.result() for job in jobs), name, caption)


def preview(pack: Pack, columns: int = COLUMNS) -> Image.Image:
    """All stickers on one sheet with so many beside each other, on a plain light ground."""
    return _sheet([sticker.small for sticker in pack.stickers], columns)


def sketch(
    avatar: Avatar, poses: Sequence[Pose], caption: str = "", cut: Cut = USUAL, columns: int = COLUMNS
) -> Image.Image:
    """What these stickers would look like, on a sheet like :func:`preview`'s, drawn small and so in a moment.

    Raises:
        InvalidRequest: if the caption cannot be written.
    """
    words = label(caption, _TILE_PX) if caption else None
    return _sheet([draw_sticker(avatar, pose, _TILE_PX, words, cut) for pose in poses], columns)


def _sheet(tiles: Sequence[UInt8[np.ndarray, "t t 4"]], columns: int) -> Image.Image:
    """Pictures in rows, on a plain light ground."""
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (columns * _TILE_PX, rows * _TILE_PX), _PLAIN)
    for number, pixels in enumerate(tiles):
        tile = Image.fromarray(pixels)
        sheet.paste(tile, (number % columns * _TILE_PX, number // columns * _TILE_PX), tile)
    return sheet


def pack_files(pack: Pack) -> dict[str, bytes]:
    """The files of a pack by their names in it.

    ``webp/`` is for WhatsApp and Signal, ``png/`` for Telegram, ``animated/`` for WhatsApp; ``tray.png`` is the pack's
    own picture, ``preview.webp`` shows all, and ``pack.json`` gives each its emoji.
    """
    files: dict[str, bytes] = {}
    listed = []
    for number, sticker in enumerate(pack.stickers, 1):
        stem = f"{number:02}-{sticker.pose.name}"
        files[f"webp/{stem}.webp"] = sticker.webp
        files[f"png/{stem}.png"] = sticker.png
        if sticker.animated:
            files[f"animated/{stem}.webp"] = sticker.animated
        listed.append({"file": stem, "emoji": sticker.pose.emoji, "animated": sticker.animated is not None})
    told = {"name": pack.name, "caption": pack.caption, "size": SIZE_PX, "stickers": listed}
    files["pack.json"] = (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
    buffer = io.BytesIO()
    preview(pack).save(buffer, "WEBP", quality=84, method=4)
    files["preview.webp"] = buffer.getvalue()
    first = Image.open(io.BytesIO(pack.stickers[0].png)).convert("RGBA")
    files["tray.png"] = still_png(_shrunk(np.asarray(first), TRAY_PX), TRAY_BYTES)
    return files


def save_pack(pack: Pack, path: Path) -> None:
    """Writes a pack as a zip if ``path`` ends in ``.zip``, otherwise as a folder.

    Raises:
        OSError: if it cannot be written.
    """
    files = pack_files(pack)
    if path.suffix.lower() == ".zip":
        with replacing(path) as unfinished, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
            for name, content in files.items():
                # A fixed date: the same avatar gives the same file.
                archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
        return
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)


def _encoded(pose: Pose, picture: UInt8[np.ndarray, "s s 4"], frames: list[UInt8[np.ndarray, "s s 4"]]) -> Sticker:
    moving = loop_webp(Loop(frames, [_LOOP_FRAME_MS] * len(frames))) if frames else None
    return Sticker(pose, still_webp(picture), still_png(picture), moving, _shrunk(picture, _TILE_PX))


def _shrunk(picture: UInt8[np.ndarray, "s s 4"], size: int) -> UInt8[np.ndarray, "t t 4"]:
    # Premultiplied, or empty pixels would darken the edge.
    small = Image.fromarray(picture).convert("RGBa").resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(small.convert("RGBA"))
