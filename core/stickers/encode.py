"""Stickers as files that messengers accept."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from core.errors import InvalidRequest

STILL_BYTES = 100_000
"""The strictest limit for a still WebP of 512 x 512 (WhatsApp's; Telegram and Signal allow 300,000 and more)."""
PNG_BYTES = 512 * 1024
"""Telegram's limit for a still PNG."""
LOOP_BYTES = 500_000
"""WhatsApp's limit for an animated WebP of 512 x 512."""
TRAY_PX, TRAY_BYTES = 96, 50_000
"""The picture of a whole pack."""

_QUALITIES = (88, 75, 60, 45, 30, 15)
_LOOP_QUALITIES = (75, 60, 45, 30, 15)


def still_webp(picture: UInt8[np.ndarray, "h w 4"], limit: int = STILL_BYTES) -> bytes:
    """A WebP no larger than ``limit`` bytes, as good as fits.

    Raises:
        InvalidRequest: if it cannot be made so small.
    """
    image = Image.fromarray(picture)
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=3, alpha_quality=100)
        if buffer.tell() <= limit:
            return buffer.getvalue()
    raise InvalidRequest(f"This sticker cannot be made smaller than {limit:,} bytes.")


def still_png(picture: UInt8[np.ndarray, "h w 4"], limit: int = PNG_BYTES) -> bytes:
    """A PNG no larger than ``limit`` bytes: exact, or with 256 colours if it must be.

    Raises:
        InvalidRequest: if it cannot be made so small.
    """
    image = Image.fromarray(picture)
    for candidate, options in (
        (lambda: image, {"compress_level": 4}),
        (lambda: image.quantize(256, method=Image.Quantize.FASTOCTREE), {"optimize": True}),
    ):
        buffer = io.BytesIO()
        candidate().save(buffer, "PNG", **options)
        if buffer.tell() <= limit:
            return buffer.getvalue()
    raise InvalidRequest(f"This sticker cannot be made smaller than {limit:,} bytes.")


@dataclass(frozen=True)
class Loop:
    """An animated sticker."""

    frames: Sequence[UInt8[np.ndarray, "h w 4"]]
    """All of one size, straight alpha."""
    durations_ms: Sequence[int]
    """Of each."""


def loop_webp(loop: Loop, limit: int = LOOP_BYTES) -> bytes:
    """An animated WebP no larger than ``limit`` bytes, repeated for ever: coarser, and at last with fewer frames.

    Raises:
        InvalidRequest: if it cannot be made so small.
    """
    for step in (1, 2, 3):
        frames = [Image.fromarray(frame) for frame in loop.frames[::step]]
        durations = [sum(loop.durations_ms[k : k + step]) for k in range(0, len(loop.durations_ms), step)]
        for quality in _LOOP_QUALITIES:
            buffer = io.BytesIO()
            frames[0].save(
                buffer,
                "WEBP",
                save_all=True,
                append_images=frames[1:],
                duration=durations,
                loop=0,
                quality=quality,
                alpha_quality=60,
                method=2,
            )
            if buffer.tell() <= limit:
                return buffer.getvalue()
            if buffer.tell() > 3 * limit:
                break
    raise InvalidRequest(f"This animated sticker cannot be made smaller than {limit:,} bytes.")
