"""Frames as a GIF, an animated WebP, an MP4 or a WebM."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from core.errors import InvalidRequest
from core.formats.files import replacing
from core.media import video

SUFFIXES = (".gif", ".webp", *video.SUFFIXES)
"""What :func:`save_animation` can write."""

Progress = Callable[[float], None]
"""Called with the share of the work done; may raise Cancelled to stop it."""

_MAX_GIF_FPS = 50
"""Browsers slow a GIF that asks for more down to ten frames a second."""
_MAX_PIXELS = 1 << 27
"""Of all frames together, where Pillow has to hold them all: half a gigabyte."""
_PALETTE_VIEWS = 8
"""So many frames decide which colours a GIF has."""
_SPARE = 255
"""The palette entry of what is transparent, or of the background."""


@dataclass(frozen=True)
class Animation:
    """Square frames, drawn when they are asked for."""

    frame: Callable[[int], UInt8[np.ndarray, "size size channels"]]
    """Draws the frame of that number, from 0: RGBA with straight alpha if ``background`` is None, else RGB."""
    count: int
    """Number of frames, at least 2."""
    fps: int
    """Frames a second, 1 to 60."""
    size: int
    """Width and height in pixels."""
    background: tuple[int, int, int] | None
    """Display sRGB, 0 to 255; None for transparent."""
    sound: Path | None = None
    """A file of sound that goes with it, in formats that hold sound."""


def save_animation(animation: Animation, path: Path, progress: Progress = lambda share: None) -> None:
    """Writes all frames; a GIF and a WebP repeat them for ever.

    A GIF's clock has steps of 10 ms and a WebP's of 1 ms: there the times of single frames differ by one step,
    so that the whole takes as long as it should.

    Args:
        animation: what to draw; a GIF asks for some frames twice.
        path: ends in one of :data:`SUFFIXES`.
        progress: called after each frame.

    Raises:
        InvalidRequest: if there is no such format, it cannot hold these frames, or ffmpeg is missing.
        OSError: if the file cannot be written.
    """
    suffix = path.suffix.lower()
    _check(animation, suffix)

    def frames() -> Iterator[UInt8[np.ndarray, "size size channels"]]:
        for number in range(animation.count):
            yield animation.frame(number)
            progress((number + 1) / animation.count)

    with replacing(path) as unfinished:
        if suffix == ".gif":
            _save_gif(animation, frames(), unfinished)
        elif suffix == ".webp":
            _save_webp(animation, frames(), unfinished)
        else:
            transparent = animation.background is None
            size, fps = animation.size, animation.fps
            video.save_video(frames(), unfinished, suffix, size, fps, transparent, animation.sound)


def _check(animation: Animation, suffix: str) -> None:
    count, fps, size = animation.count, animation.fps, animation.size
    if suffix not in SUFFIXES:
        raise InvalidRequest(
            f"There is no animation format {suffix or 'without a suffix'}; choose .gif, .webp, .mp4 or .webm."
        )
    if suffix == ".gif" and fps > _MAX_GIF_FPS:
        raise InvalidRequest(f"A GIF can show at most {_MAX_GIF_FPS} frames a second, not {fps}.")
    if suffix not in video.SUFFIXES and count * size * size > _MAX_PIXELS:
        raise InvalidRequest(
            f"{count} frames of {size} x {size} pixels are too much for a {'GIF' if suffix == '.gif' else 'WebP'}; "
            "choose a smaller size, fewer frames, or MP4."
        )
    if suffix in video.SUFFIXES:
        video.check_video(suffix, size, animation.background is None)


def _save_gif(animation: Animation, frames: Iterator[UInt8[np.ndarray, "size size channels"]], path: Path) -> None:
    palette = _palette(animation)
    spare = (0, 0, 0) if animation.background is None else animation.background
    colors = [*(palette.getpalette() or [])[: 3 * _SPARE], *spare]

    def indexed() -> Iterator[Image.Image]:
        for frame in frames:
            # No dithering: its grain would crawl over the face from frame to frame.
            image = Image.fromarray(frame[..., :3]).quantize(palette=palette, dither=Image.Dither.NONE)
            indices = np.array(image)
            indices[_is_spare(frame, animation.background)] = _SPARE
            image = Image.fromarray(indices, "P")
            image.putpalette(colors)
            yield image

    images = indexed()
    # A transparent frame has to be cleared before the next one is put over it.
    options = {} if animation.background is not None else {"transparency": _SPARE, "disposal": 2}
    next(images).save(
        path,
        format="GIF",
        save_all=True,
        append_images=images,
        duration=_durations(animation, 10),
        loop=0,
        optimize=False,
        **options,
    )


def _palette(animation: Animation) -> Image.Image:
    """255 colours for all frames: with a palette for each, flat areas would flicker."""
    step = max(1, animation.count // _PALETTE_VIEWS)
    views = [animation.frame(number) for number in range(0, animation.count, step)]
    shown = np.concatenate([view[~_is_spare(view, animation.background)][:, :3] for view in views])
    if not len(shown):
        shown = np.zeros((1, 3), np.uint8)
    # Every colour counts once, however common: otherwise skin takes all entries and the eyes lose their white.
    coarse = (shown >> 2).astype(np.int32) @ (1 << 12, 1 << 6, 1)
    distinct = shown[np.unique(coarse, return_index=True)[1]]
    return Image.fromarray(distinct[None]).quantize(_SPARE, method=Image.Quantize.MEDIANCUT)


def _is_spare(frame: UInt8[np.ndarray, "size size channels"], background: tuple[int, int, int] | None) -> np.ndarray:
    """Which pixels are transparent, a GIF knowing no half transparent ones, or just background."""
    return frame[..., 3] < 128 if background is None else (frame == np.array(background, np.uint8)).all(-1)


def _save_webp(animation: Animation, frames: Iterator[UInt8[np.ndarray, "size size channels"]], path: Path) -> None:
    images = (Image.fromarray(frame) for frame in frames)
    next(images).save(
        path,
        format="WEBP",
        save_all=True,
        append_images=images,
        duration=_durations(animation, 1),
        loop=0,
        quality=90,
        method=4,
    )


def _durations(animation: Animation, step_ms: int) -> list[int]:
    """Milliseconds of each frame, whole steps of the format's clock."""
    ends = [round(number * 1000 / animation.fps / step_ms) for number in range(animation.count + 1)]
    return [(end - start) * step_ms for start, end in pairwise(ends)]
