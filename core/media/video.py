"""Frames, and sound if there is any, as an MP4 or a WebM, by the program ffmpeg."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from core.errors import InvalidRequest

SUFFIXES = (".mp4", ".webm")
"""What :func:`save_video` can write."""

# Every browser and phone plays 4:2:0; said and meant is HD colour, or players guess by the size.
_HD = (
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_primaries", "bt709"),
    *("-color_trc", "iec61966-2-1", "-color_range", "tv"),
)
_MP4 = (
    # The encoder is ffmpeg's choice, as not all have x264, which reads crf; the plain one reads q.
    *("-pix_fmt", "yuv420p", "-crf", "16", "-q:v", "2", "-movflags", "+faststart", "-c:a", "aac", "-f", "mp4"),
)
_WEBM = (
    *("-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-deadline", "good", "-cpu-used", "5", "-row-mt", "1"),
    *("-c:a", "libopus", "-f", "webm"),
)


def check_video(suffix: str, size: int, transparent: bool) -> None:
    """Nothing, if such a video can be written.

    Raises:
        InvalidRequest: if the format cannot hold it, or ffmpeg is missing.
    """
    name = suffix[1:].upper() if suffix == ".mp4" else "WebM"
    if suffix == ".mp4" and transparent:
        raise InvalidRequest("An MP4 cannot be transparent; choose a background colour, or GIF or WebP.")
    if size % 2:
        raise InvalidRequest(f"The size of an {name} must be an even number of pixels, not {size}.")
    if shutil.which("ffmpeg") is None:
        raise InvalidRequest(f"{name} needs the program ffmpeg, which is not installed; choose GIF or WebP instead.")


def save_video(
    frames: Iterator[UInt8[np.ndarray, "size size channels"]],
    path: Path,
    suffix: str,
    size: int,
    fps: int,
    transparent: bool,
    sound: Path | None = None,
) -> None:
    """Writes a video.

    Args:
        frames: RGBA with straight alpha if transparent, else RGB.
        path: where to, whatever its name.
        suffix: one of :data:`SUFFIXES`.
        size: width and height in pixels.
        fps: frames a second.
        transparent: whether alpha is kept; only a WebM can.
        sound: a file that ffmpeg can read; it is cut where the frames end.

    Raises:
        OSError: if ffmpeg fails.
    """
    raw = ("-f", "rawvideo", "-pix_fmt", "rgba" if transparent else "rgb24", "-s", f"{size}x{size}", "-r", str(fps))
    heard = () if sound is None else ("-i", str(sound), "-map", "0:v", "-map", "1:a", "-shortest")
    # libvpx refuses alpha together with its alternate reference frames.
    layers = ("-pix_fmt", "yuva420p", "-auto-alt-ref", "0") if transparent else ("-pix_fmt", "yuv420p")
    coded = _MP4 if suffix == ".mp4" else (*_WEBM, *layers)
    command = ("ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *raw, "-i", "pipe:0", *heard, *_HD, *coded)
    process = subprocess.Popen([*command, str(path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None and process.stderr is not None
    try:
        for frame in frames:
            try:
                process.stdin.write(np.ascontiguousarray(frame))
            except OSError:
                break  # ffmpeg gave up; below it says why
        # Closing writes what is left; it, too, fails if ffmpeg gave up.
        with suppress(OSError):
            process.stdin.close()
        complaint = process.stderr.read().decode(errors="replace").strip()
        if process.wait():
            raise OSError(f"ffmpeg failed: {complaint or process.returncode}")
    finally:
        # Only after an error, or when the user stopped the work, is it still running.
        process.kill()
        process.wait()
        process.stderr.close()
        with suppress(OSError):
            process.stdin.close()
