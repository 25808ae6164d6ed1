import pytest
from PIL import Image

from core.errors import UnreadablePhoto
from core.face.intake.kinds import KINDS, kind_of
from tests.core.face.pictures import encoded


@pytest.mark.parametrize("format", [*KINDS, "MPO"])
def test_kinds_are_told_apart(format: str) -> None:
    data = encoded(Image.new("RGB", (32, 32)), format)
    assert kind_of(data) == ("JPEG" if format == "MPO" else format)


@pytest.mark.parametrize(
    ("brands", "kind"),
    [
        (b"mif1\0\0\0\0heicmif1", "HEIF"),
        (b"mif1\0\0\0\0mif1avif", "AVIF"),
        (b"avis\0\0\0\0msf1", "AVIF"),
        (b"heix\0\0\0\0", "HEIF"),
    ],
)
def test_containers_are_told_apart_by_their_brands(brands: bytes, kind: str) -> None:
    assert kind_of((8 + len(brands)).to_bytes(4) + b"ftyp" + brands) == kind


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b"\xef\xbb\xbf  <SVG>", "an SVG drawing"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript drawing"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "a film or a sound"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
        (b"PK\3\4", "a ZIP archive"),
        (b"SNAPMOJI\1\0\0\0", "an avatar"),
    ],
)
def test_what_is_no_photo_is_named(data: bytes, name: str) -> None:
    with pytest.raises(UnreadablePhoto, match=f"^This is {name}, not a photo we can read; save .* and use that[.]$"):
        kind_of(data)


@pytest.mark.parametrize("format", ["TIFF", "BMP", "ICO", "JPEG2000", "EPS"])
def test_other_pictures_are_named(format: str) -> None:
    with pytest.raises(UnreadablePhoto, match=r"^This is (a|an) .* not a photo we can read"):
        kind_of(encoded(Image.new("RGB", (32, 32)), format))


@pytest.mark.parametrize("data", [b"x", b"\xff\xd8", b"GIF88a", b"RIFF\0\0\0\0WAVE", b"\0" * 12, b"Dear diary"])
def test_the_rest_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match="The file is not a picture we can read; use a JPEG"):
        kind_of(data)
