"""A JPEG without its notes, and what its headers say, before a decoder sees it.

A decoder in Python takes a minute over a file of empty segments, and what is decoded in many passes takes as much
longer. Both are known here before any pixel is.
"""

import re
from dataclasses import dataclass

from core.face.intake.kinds import unreadable

# A marker: between segments, a decoder passes over whatever is none.
_MARKER = re.compile(rb"\xff[^\xff\x00]")
_START_OF_SCAN, _END = 0xDA, 0xD9
# Without a length: TEM, the restart markers and the start of a picture.
_BARE = {0x01, *range(0xD0, 0xD9)}
# Frames: baseline and extended, whose rows can be decoded one after another, and all others.
_IN_ROWS = {0xC0, 0xC1}
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NOTES = {*range(0xE0, 0xF0), 0xFE}
_EXIF, _ICC, _ADOBE = (0xE1, b"Exif\0\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
# Photos with a picture of depth in their notes have some hundreds.
_MAX_SEGMENTS = 4000


@dataclass(frozen=True)
class Jpeg:
    """A JPEG that was looked through."""

    data: bytes
    """The file without notes; a colour profile and Adobe's word on the inks are kept."""
    exif: bytes
    """What was in the first segment of EXIF; empty if there is none."""
    pixels: int
    """As the frame declares."""
    scans: int
    """Passes over the picture, at most; pictures inside notes are counted, too."""
    in_rows: bool
    """Whether one pass gives row after row, so that a decoder need not hold the whole picture."""


def read_jpeg(data: bytes) -> Jpeg:
    """Takes a JPEG apart up to its first scan.

    Raises:
        UnreadablePhoto: if it has no scan, or none within the first few thousand segments.
    """
    kept, exif, frame, at = [data[:2]], b"", (0, b""), 2
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.search(data, at)
        if found is None or data[found.end() - 1] == _END:
            break
        marker, at = data[found.end() - 1], found.end()
        if marker in _BARE:
            continue
        size = int.from_bytes(data[at : at + 2])
        body = data[at + 2 : at + size]
        if size < 2 or len(body) != size - 2:
            break
        if marker == _START_OF_SCAN:
            return _whole(data, kept, exif, frame, found.start())
        if marker in _FRAMES:
            frame = (marker, body)
        if marker == _EXIF[0] and body.startswith(_EXIF[1]):
            exif = exif or body
        noted = any(marker == kind and body.startswith(name) for kind, name in (_ICC, _ADOBE))
        if marker not in _NOTES or noted:
            kept.append(data[found.start() : at + size])
        at += size
    raise unreadable()


def _whole(data: bytes, kept: list[bytes], exif: bytes, frame: tuple[int, bytes], scan: int) -> Jpeg:
    marker, body = frame
    if len(body) < 6:
        raise unreadable()
    pixels = int.from_bytes(body[1:3]) * int.from_bytes(body[3:5])
    one_scan = data[scan + 4 : scan + 5] == body[5:6]
    # Inside a scan, 0xFF is followed by zero or a restart marker: no scan is missed.
    scans = data.count(b"\xff\xda", scan)
    return Jpeg(b"".join([*kept, data[scan:]]), exif, pixels, scans, marker in _IN_ROWS and one_scan)
