"""What stands in a photo beside its pixels is in none of the files that are made of it."""

import base64
import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import launch
from core.formats.bundle import load_bundle
from core.pipeline import Studio
from tests.conftest import EXAMPLES, PERSON
from tests.core.face.pictures import DISPLAY_P3, after_jpeg_start, encoded, png_chunk

MARKS = ("Zwetschgenknoedel", "48.2082N", "0047Q")
"""Written into notes, place and names of the files."""


def marked_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x8298] = MARKS[0], MARKS[0]
    exif.get_ifd(0x8825)[0x001B] = MARKS[1].encode()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + MARKS[0].encode() + b"</x:xmpmeta>"
    photo = encoded(Image.open(EXAMPLES[PERSON]), "JPEG", exif=exif, icc_profile=DISPLAY_P3)
    text = MARKS[0].encode()
    return after_jpeg_start(photo, (0xE1, xmp), (0xED, b"Photoshop 3.0\0" + text), (0xFE, text)) + text


def marked_png() -> bytes:
    picture = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)))
    return picture[:33] + png_chunk(b"tEXt", b"Author\0" + MARKS[0].encode()) + picture[33:]


def contents(path: Path) -> bytes:
    """A file's bytes, with what lies packed inside."""
    data = path.read_bytes()
    if path.suffix == ".html":
        start = data.index(b'id="avatar-inside">') + 19
        data += base64.b64decode(data[start : data.index(b"<", start)])
    if path.suffix == ".snapmoji":
        reference = load_bundle(path)[1].get("reference", "")
        data += zlib.decompress(data[16 + int.from_bytes(data[12:16], "little") :]) + base64.b64decode(reference)
    return data


def png_chunks(data: bytes) -> set[bytes]:
    found, at = set(), 8
    while at < len(data):
        found.add(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4])
    return found


def test_no_note_of_the_photo_is_in_any_file(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Studio, "load", staticmethod(lambda checkpoints: studio))
    photo, style, out = tmp_path / f"{MARKS[2]}.jpg", tmp_path / f"{MARKS[2]}.png", tmp_path / "out"
    photo.write_bytes(marked_jpeg())
    style.write_bytes(marked_png())
    assert all(any(mark.encode() in path.read_bytes() for path in (photo, style)) for mark in MARKS[:2])
    bundle = out / "avatar.snapmoji"
    commands = [("make", photo, "--style-picture", style, "--out", out)]
    for name in ("a.ply", "a.offsets.ply", "a.spz", "a.splat", "a.glb", "a.html", "again.snapmoji"):
        commands.append(("export", bundle, "--to", out / name))
    commands.append(("render", bundle, "--size", "96", "--out", out / "r.png"))
    for name in ("r.jpg", "r.webp"):
        commands.append(("render", bundle, "--size", "96", "--background", "white", "--out", out / name))
    for name in ("t.gif", "t.webp"):
        commands.append(("turntable", bundle, "--size", "64", "--seconds", "0.5", "--out", out / name))
    commands.append(("stickers", bundle, "--only", "laugh", "--out", out / "stickers"))
    for command in commands:
        assert launch.main([str(word) for word in command]) == 0, command
    made = [path for path in out.rglob("*") if path.is_file()]
    assert len(made) >= 4 + 7 + 3 + 2 + 1
    for path in made:
        data = contents(path)
        for mark in MARKS:
            assert mark.encode() not in data and mark.encode("utf-16-le") not in data, (path.name, mark)
        # Coordinates are numbers in EXIF: no such notes at all may be in a picture.
        assert b"Exif\0\0" not in data and b"ns.adobe.com" not in data and DISPLAY_P3 not in data, path.name
        if path.suffix == ".png":
            assert png_chunks(path.read_bytes()) <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}, path.name
    assert len(Image.open(io.BytesIO(base64.b64decode(load_bundle(bundle)[1]["reference"]))).getexif()) == 0
