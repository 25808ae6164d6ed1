"""Fonts of this computer, and which of them can write a text."""

import os
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import InvalidRequest

# Round, bold and well made first; then what writes the scripts that those lack.
_LIKED = (
    *("nunito", "fredoka", "baloo", "comic neue", "verdana", "segoe ui", "sf pro rounded", "avenir", "noto sans"),
    *("dejavu sans", "arial", "helvetica", "liberation sans", "pingfang", "hiragino", "yahei", "malgun", "meiryo"),
)
_HEAVY = ("black", "extrabold", "heavy", "bold", "-bd", "bd.")
_ODD = ("mono", "italic", "oblique", "serif", "condensed", "narrow", "math", "light", "thin", "symbol", "emoji")
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class FontFile:
    """One face of a font file."""

    path: Path
    index: int
    """Which face of a collection."""


def system_folders() -> list[Path]:
    """Where fonts are on Linux, macOS and Windows; those folders that are there."""
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", "C:/Windows"))
        folders = [windows / "Fonts", home / "AppData/Local/Microsoft/Windows/Fonts"]
    elif sys.platform == "darwin":
        folders = [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    else:
        folders = [
            home / ".local/share/fonts",
            home / ".fonts",
            Path("/usr/local/share/fonts"),
            Path("/usr/share/fonts"),
        ]
    return [folder for folder in folders if folder.is_dir()]


@lru_cache(maxsize=4)
def font_files(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Font files below folders, those best for a sticker first."""
    found = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    ]
    return tuple(sorted(found, key=_rank))


def font_for(text: str, folders: Sequence[Path] | None = None) -> FontFile:
    """The best font that can write all of a text.

    Args:
        text: in any language.
        folders: where to look; those of the system by default.

    Raises:
        InvalidRequest: if no font can, naming the characters that none has.
    """
    wanted = {ord(char) for char in text if _is_drawn(char)}
    missing = wanted
    for path in font_files(tuple(system_folders() if folders is None else folders)):
        for index, has in enumerate(_faces(str(path))):
            lacking = {code for code in wanted if code not in has}
            if not lacking:
                return FontFile(path, index)
            missing = missing & lacking
    if missing:
        told = " ".join(chr(code) for code in sorted(missing)[:8])
        raise InvalidRequest(f"No font on this computer can write {told}; install one that can, for example Noto Sans.")
    raise InvalidRequest("No single font on this computer can write all of this caption; use fewer scripts in it.")


def _rank(path: Path) -> tuple[int, int, int, str]:
    name = path.stem.lower().replace("-", " ").replace("_", " ")
    solid = name.replace(" ", "")
    liked = next((k for k, family in enumerate(_LIKED) if family.replace(" ", "") in solid), len(_LIKED))
    heavy = not any(word.strip("-.") in solid for word in _HEAVY)
    return sum(word in solid for word in _ODD), int(heavy), liked, str(path)


def _is_drawn(char: str) -> bool:
    """Whether a character needs a glyph: spaces, joiners and variation selectors do not."""
    code = ord(char)
    return not (char.isspace() or code in (0x200C, 0x200D, 0x200E, 0x200F) or 0xFE00 <= code <= 0xFE0F)


class _Coverage:
    """Ranges of characters, ascending."""

    def __init__(self, ranges: list[tuple[int, int]]):
        self._ranges = ranges

    def __contains__(self, code: int) -> bool:
        return any(low <= code <= high for low, high in self._ranges)


@lru_cache(maxsize=512)
def _faces(path: str) -> tuple[_Coverage, ...]:
    """What each face of a font file can write; nothing if the file is broken or too large."""
    try:
        if os.path.getsize(path) > _MOST_BYTES:
            return ()
        data = Path(path).read_bytes()
        starts = [0]
        if data[:4] == b"ttcf":
            (count,) = struct.unpack_from(">I", data, 8)
            starts = list(struct.unpack_from(f">{min(count, 64)}I", data, 12))
        return tuple(_Coverage(list(_character_ranges(data, start))) for start in starts)
    except (OSError, struct.error):
        return ()


def _character_ranges(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Ranges of a face's Unicode character map (OpenType ``cmap``, formats 4 and 12); glyph 0 does not count."""
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for k in range(tables):
        tag, _, at, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * k)
        if tag == b"cmap":
            break
    else:
        return
    (count,) = struct.unpack_from(">H", data, at + 2)
    for k in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, at + 4 + 8 * k)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            (form,) = struct.unpack_from(">H", data, at + offset)
            if form == 4:
                yield from _ranges_4(data, at + offset)
            elif form == 12:
                yield from _ranges_12(data, at + offset)


def _ranges_4(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + twice)
    yield from ((low, high) for low, high in zip(starts, ends, strict=True) if low <= high < 0xFFFF)


def _ranges_12(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", data, at + 12)
    for k in range(min(count, 1 << 16)):
        low, high, glyph = struct.unpack_from(">III", data, at + 16 + 12 * k)
        yield (low if glyph else low + 1), high
