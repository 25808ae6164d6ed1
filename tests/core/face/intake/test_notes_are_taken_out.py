"""What stands beside the pixels of a JPEG, PNG or GIF never reaches a decoder, however much of it there is."""

import io

import numpy as np
import pytest
from PIL import Image

from core.errors import UnreadablePhoto
from core.face.intake.gif import read_gif
from core.face.intake.jpeg import read_jpeg
from core.face.intake.png import read_png
from core.face.photo import decode_photo
from tests.core.face.pictures import DISPLAY_P3, after_jpeg_start, encoded, exif_bomb, lively, png_chunk

SECRET = b"48.2082 N, 16.3738 E"
PICTURE = Image.fromarray(lively())
JPEG, PNG, GIF = (encoded(PICTURE, format) for format in ("JPEG", "PNG", "GIF"))
IHDR_END = 33


def pixels_of(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def test_a_jpeg_keeps_pixels_and_profile() -> None:
    notes = [(0xE1, b"Exif\0\0" + exif_bomb(10, 100)), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)]
    notes += [(0xED, b"Photoshop 3.0\0" + SECRET), (0xFE, SECRET), (0xE5, SECRET), (0xE2, b"MPF\0" + SECRET)]
    with_profile = encoded(PICTURE, "JPEG", icc_profile=DISPLAY_P3)
    read = read_jpeg(after_jpeg_start(with_profile, *notes))
    assert SECRET not in read.data and b"Exif" not in read.data and DISPLAY_P3 in read.data
    assert read.exif == notes[0][1] and (read.pixels, read.scans, read.in_rows) == (37 * 24, 1, True)
    np.testing.assert_array_equal(pixels_of(read.data), pixels_of(with_profile))


def test_passes_over_a_jpeg_are_counted() -> None:
    read = read_jpeg(encoded(PICTURE, "JPEG", progressive=True))
    assert read.scans == 10 and not read.in_rows
    photo = encoded(Image.new("L", (2000, 1500)), "JPEG", progressive=True)
    last = photo[photo.rindex(b"\xff\xda") : -2]
    assert decode_photo(photo[:-2] + last * 100 + b"\xff\xd9").shape == (1500, 2000, 3)
    with pytest.raises(UnreadablePhoto, match="too many passes; save it again"):
        decode_photo(photo[:-2] + last * 200 + b"\xff\xd9")


def test_a_png_keeps_pixels_palette_and_profile() -> None:
    exif = exif_bomb(10, 100)
    notes = [png_chunk(b"tEXt", b"Comment\0" + SECRET), png_chunk(b"eXIf", exif), png_chunk(b"prVt", SECRET)]
    notes.append(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET))
    for mode in ("RGB", "P"):
        whole = encoded(PICTURE.convert(mode), icc_profile=DISPLAY_P3)
        stripped, found = read_png(whole[:IHDR_END] + b"".join(notes) + whole[IHDR_END:])
        assert SECRET not in stripped and b"eXIf" not in stripped and b"iCCP" in stripped and found == exif
        np.testing.assert_array_equal(pixels_of(stripped), pixels_of(whole))


def test_a_png_of_many_pieces_is_put_together() -> None:
    start = PNG.index(b"IDAT") - 4
    body = PNG[start + 8 : -16]
    pieces = b"".join(png_chunk(b"IDAT", body[at : at + 7]) for at in range(0, len(body), 7))
    np.testing.assert_array_equal(decode_photo(PNG[:start] + pieces + PNG[-12:]), lively())


def test_a_gif_keeps_its_first_picture() -> None:
    second = Image.new("RGB", PICTURE.size, "red")
    whole = encoded(PICTURE, "GIF", save_all=True, append_images=[second], comment=SECRET, duration=100)
    assert SECRET in whole
    stripped = read_gif(whole)
    assert SECRET not in stripped
    np.testing.assert_array_equal(pixels_of(stripped), pixels_of(whole))
    with Image.open(io.BytesIO(stripped)) as image:
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("read", [read_jpeg, read_png, read_gif])
def test_no_beginning_is_whole(read) -> None:
    data = {read_jpeg: JPEG[: JPEG.index(b"\xff\xda") + 4], read_png: PNG, read_gif: GIF[:-1]}[read]
    for size in range(10, len(data) - 1, 7):
        with pytest.raises(UnreadablePhoto):
            read(data[:size])


def floods() -> dict[str, bytes]:
    """Small parts without number, each kind of which once took a decoder seconds to hours."""
    table_end = 13 + 3 * (2 << (GIF[10] & 7))
    return {
        "segments": JPEG[:2] + b"\xff\xe3\0\2" * 2_000_000 + JPEG[2:],
        "chunks": PNG[:IHDR_END] + png_chunk(b"prVt", b"") * 500_000 + PNG[IHDR_END:],
        "pixels by the byte": PNG[:IHDR_END] + png_chunk(b"IDAT", b"") * 500_000 + PNG[IHDR_END:],
        "comments": GIF[:table_end] + b"\x21\xfe" + b"\1c" * 4_000_000 + b"\0" + GIF[table_end:],
        "pictures by the byte": GIF[: table_end + 11] + b"\1\0" * 4_000_000,
    }


@pytest.mark.parametrize("name", floods())
def test_floods_are_refused(name: str) -> None:
    with pytest.raises(UnreadablePhoto):
        decode_photo(floods()[name])


def test_long_notes_do_no_harm() -> None:
    table_end = 13 + 3 * (2 << (GIF[10] & 7))
    comments = b"\x21\xfe" + (b"\xff" + b"c" * 255) * 30_000 + b"\0"
    decoded = decode_photo(GIF[:table_end] + comments + GIF[table_end:])
    np.testing.assert_array_equal(decoded, pixels_of(GIF))
    junk = JPEG[:2] + b"\xff\0" + b"a" * 8_000_000 + JPEG[2:]
    np.testing.assert_array_equal(decode_photo(junk), decode_photo(JPEG))
