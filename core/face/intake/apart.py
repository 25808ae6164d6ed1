"""AVIF and HEIC pictures, decoded in a process of their own.

Their decoders are large, take as much memory as a file tells them to, and have had more than their share of errors.
In a process of their own they may fail as they like: its memory and time are limited, it cannot write files, and
what it sends back is pixels.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from core.errors import UnreadablePhoto
from core.face.intake.kinds import unreadable

_CHILD = Path(__file__).with_name("decode_child.py")
# The child stops itself after ten seconds of work; this is for one that cannot.
_TIMEOUT_S = 60.0
_TOO_LARGE = 3
_MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


@dataclass(frozen=True)
class Decoded:
    """What came back."""

    image: Image.Image
    """Grey or RGB, with or without alpha; reduced."""
    orientation: int
    """EXIF's number: how it is still to be turned."""
    profile: bytes
    """Its colour profile; empty if it has none."""


def decode_apart(data: bytes, kind: str, max_pixels: int, side_px: int) -> Decoded | None:
    """The picture, reduced to ``side_px`` on its longer side; None if it has more than ``max_pixels``.

    Args:
        data: the file.
        kind: ``AVIF`` or ``HEIF``.
        max_pixels: beyond which nothing is decoded.
        side_px: of what comes back.

    Raises:
        UnreadablePhoto: if it is no picture, needs too much memory or time, or the decoder is not installed.
    """
    if kind == "HEIF" and find_spec("pillow_heif") is None:
        raise UnreadablePhoto("HEIC photos need the package pillow-heif; install it, or use a JPEG.")
    # Isolated: nothing is imported from the folder it runs in. Few heaps, whose size would count as memory.
    command = [sys.executable, "-I", str(_CHILD), kind, str(max_pixels), str(side_px)]
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2"}
    try:
        child = subprocess.run(command, input=data, capture_output=True, timeout=_TIMEOUT_S, env=environment)
    except subprocess.TimeoutExpired as error:
        raise unreadable() from error
    if child.returncode == _TOO_LARGE:
        return None
    if child.returncode:
        raise unreadable()
    return _received(child.stdout, side_px)


def _received(answer: bytes, side_px: int) -> Decoded:
    """The child's answer, which is believed no more than the file."""
    head, _, body = answer.partition(b"\n")
    try:
        told = json.loads(head)
        mode, (width, height), orientation = told["mode"], told["size"], told["orientation"]
        size = width * height * _MODES[mode]
        if not (0 < width <= side_px and 0 < height <= side_px and size <= len(body)):
            raise unreadable()
        return Decoded(Image.frombytes(mode, (width, height), body[:size]), int(orientation), body[size:])
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable() from error
