"""Avatar files with something wrong in them: what chance, a broken disk or a stranger might do to a good one."""

import base64
import gzip
import json
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

_NUMBERS = (0, 1, 2, 255, 256, 65535, 65536, 499_999, 1_000_000, 2**31 - 1, 2**31, 2**32 - 1)
_FLOATS = (np.nan, np.inf, -np.inf, 3.4e38, -3.4e38, 1e-45, 1e6, 4e4, 88.0, -1e4)
_AVATAR = re.compile(rb'(id="avatar-inside">)([A-Za-z0-9+/=]*)')
_DIGITS = re.compile(rb"\d+")

Change = Callable[[bytes, np.random.Generator], bytes]


def mutated(data: bytes, kind: str, seed: int) -> tuple[str, bytes]:
    """What was done, and the file it made; the same for the same seed.

    Args:
        data: a good file.
        kind: its suffix.
        seed: of everything that is chance.
    """
    rng = np.random.default_rng(seed)
    changes: list[Change] = [*_ANYWHERE, *_FOR.get(kind, ())]
    change = changes[rng.integers(len(changes))]
    return change.__name__.lstrip("_"), change(data, rng)


def _place(data: bytes, rng: np.random.Generator, room: int = 1) -> int:
    """Somewhere; half of the time in the first 400 bytes, where headers are."""
    span = len(data) if rng.random() < 0.5 else min(len(data), 400)
    return int(rng.integers(max(span - room, 1)))


def _bits_flipped(data: bytes, rng: np.random.Generator) -> bytes:
    flipped = bytearray(data)
    for _ in range(int(rng.integers(1, 40))):
        flipped[_place(data, rng)] ^= 1 << int(rng.integers(8))
    return bytes(flipped)


def _cut_short(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: _place(data, rng)]


def _continued(data: bytes, rng: np.random.Generator) -> bytes:
    more = data if rng.random() < 0.3 else rng.bytes(int(rng.integers(1, 3000)))
    return data + more


def _lengths_changed(data: bytes, rng: np.random.Generator) -> bytes:
    """Four or eight bytes anywhere replaced by a number that matters."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        number = int(rng.choice([*_NUMBERS, len(data), len(data) - 1, len(data) + 1]))
        code, room = ("<I", 4) if rng.random() < 0.7 else ("<Q", 8)
        at = _place(data, rng, room)
        if at + room <= len(data):
            struct.pack_into(code, changed, at, number)
    return bytes(changed)


def _sections_swapped(data: bytes, rng: np.random.Generator) -> bytes:
    a, b, c, d = sorted(int(x) for x in rng.integers(0, len(data) + 1, 4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _section_doubled(data: bytes, rng: np.random.Generator) -> bytes:
    a, b = sorted(int(x) for x in rng.integers(0, len(data) + 1, 2))
    return data[:b] + data[a:]


def _section_gone(data: bytes, rng: np.random.Generator) -> bytes:
    a, b = sorted((_place(data, rng), _place(data, rng)))
    return data[:a] + data[b:]


def _section_noise(data: bytes, rng: np.random.Generator) -> bytes:
    a = _place(data, rng)
    size = int(rng.integers(1, 300))
    fill = (bytes(size), b"\xff" * size, rng.bytes(size))[rng.integers(3)]
    return data[:a] + fill + data[a + size :]


def _floats_changed(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        at = _place(data, rng, 4)
        if at + 4 <= len(data):
            struct.pack_into("<f", changed, at, float(rng.choice(_FLOATS)))
    return bytes(changed)


def _digits_changed(data: bytes, rng: np.random.Generator) -> bytes:
    """A number written in letters, as in headers, replaced by another."""
    found = [*_DIGITS.finditer(data[:3000])]
    if not found:
        return _lengths_changed(data, rng)
    chosen = found[rng.integers(len(found))]
    number = str(rng.choice([*_NUMBERS, 10**9, -1])).encode()
    number = (number, b"9" * 400, b"1e999", b"-0", number)[rng.integers(5)]
    return data[: chosen.start()] + number + data[chosen.end() :]


_ANYWHERE: tuple[Change, ...] = (
    _bits_flipped,
    _cut_short,
    _continued,
    _lengths_changed,
    _sections_swapped,
    _section_doubled,
    _section_gone,
    _section_noise,
    _floats_changed,
    _digits_changed,
)


def _bundle_unpacked(data: bytes, rng: np.random.Generator) -> bytes:
    """A bundle changed under its compression."""
    start = 16 + struct.unpack_from("<I", data, 12)[0]
    return data[:start] + zlib.compress(_any(zlib.decompress(data[start:]), rng), 1)


def _bundle_bomb(data: bytes, rng: np.random.Generator) -> bytes:
    """A body of many zeros; half of the time the header declares as many splats and changes as it may."""
    start = 16 + struct.unpack_from("<I", data, 12)[0]
    header = json.loads(data[16:start])
    size = int(rng.choice([10**6, 10**8, 3 * 10**8]))
    if rng.random() < 0.5:
        header["splats"] = 500_000
        for entry in header["sets"]:
            entry["splats"] = min(500_000, 3_000_000 // len(header["sets"]))
        header["rest"]["base"][10:] = [1000] * 4
        size = 29 * 500_000 + 31 * sum(entry["splats"] for entry in header["sets"])
    text = json.dumps(header).encode()
    return data[:12] + struct.pack("<I", len(text)) + text + _packed(b"", size, wbits=15)


def _bundle_header(data: bytes, rng: np.random.Generator) -> bytes:
    start = 16 + struct.unpack_from("<I", data, 12)[0]
    text = json.dumps(_document_changed(json.loads(data[16:start]), rng)).encode()
    return data[:12] + struct.pack("<I", len(text)) + text + data[start:]


def _glb_header(data: bytes, rng: np.random.Generator) -> bytes:
    size = struct.unpack_from("<I", data, 12)[0]
    text = json.dumps(_document_changed(json.loads(data[20 : 20 + size]), rng)).encode()
    whole = data[:12] + struct.pack("<I", len(text)) + data[16:20] + text + data[20 + size :]
    return whole[:8] + struct.pack("<I", len(whole)) + whole[12:]


def _spz_unpacked(data: bytes, rng: np.random.Generator) -> bytes:
    return gzip.compress(_any(gzip.decompress(data), rng), 1)


def _spz_bomb(data: bytes, rng: np.random.Generator) -> bytes:
    """More zeros than the header tells, or as many as it may tell."""
    count = int(rng.choice([10, 1_000_000, 2_000_000]))
    head = struct.pack("<4sIIBBBB", b"NGSP", 3, count, int(rng.integers(4)), 12, 0, 0)
    return _packed(head, int(rng.choice([1000, 65 * 10**6, 3 * 10**8])), wbits=31)


def _page_inside(data: bytes, rng: np.random.Generator) -> bytes:
    """The bundle inside a page changed in one of a bundle's ways."""
    found = _AVATAR.search(data)
    if found is None:
        return data
    change = _FOR[".snapmoji"][rng.integers(len(_FOR[".snapmoji"]))]
    inside = base64.b64encode(change(base64.b64decode(found[2]), rng))
    return data[: found.start(2)] + inside + data[found.end(2) :]


_FOR: dict[str, tuple[Change, ...]] = {
    ".snapmoji": (_bundle_unpacked, _bundle_unpacked, _bundle_header, _bundle_header, _bundle_bomb),
    ".glb": (_glb_header, _glb_header, _glb_header),
    ".spz": (_spz_unpacked, _spz_unpacked, _spz_bomb),
    ".html": (_page_inside, _page_inside, _page_inside),
}


def _packed(head: bytes, zeros: int, wbits: int) -> bytes:
    """Zeros after a beginning, compressed without ever being in memory."""
    packer, million = zlib.compressobj(1, wbits=wbits), bytes(10**6)
    parts = [packer.compress(head), *(packer.compress(million) for _ in range(zeros // 10**6))]
    return b"".join([*parts, packer.compress(bytes(zeros % 10**6)), packer.flush()])


def _any(data: bytes, rng: np.random.Generator) -> bytes:
    return _ANYWHERE[rng.integers(len(_ANYWHERE))](data, rng)


def _document_changed(document: Any, rng: np.random.Generator) -> Any:
    """JSON with one to three of its values replaced, doubled or gone."""
    for _ in range(int(rng.integers(1, 4))):
        places = _places(document)
        holder, key = places[rng.integers(len(places))]
        values = [*_NUMBERS, -1, 10**40, 0.5, 1e308, None, True, "", "x" * 2000, [], {}, holder[key], [holder[key]] * 3]
        value = values[rng.integers(len(values))]
        if value is None and rng.random() < 0.5:
            del holder[key]
        else:
            holder[key] = json.loads(json.dumps(value))
    return document


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every value in a document, as what holds it and its key."""
    found: list[tuple[Any, Any]] = []
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        found.append((document, key))
        if isinstance(value, dict | list):
            found += _places(value)
    return found or [({"x": 0}, "x")]
