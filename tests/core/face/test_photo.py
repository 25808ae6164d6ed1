import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from core.errors import UnreadablePhoto
from core.face.photo import decode_photo
from tests.conftest import ROOT
from tests.core.face.pictures import encoded, lively, png16

# What the EXIF standard says of each value: the sides of the upright picture where row 0 and column 0 of the
# stored one lie.
STORED = {
    1: lambda upright: upright,  # top, left
    2: lambda upright: upright[:, ::-1],  # top, right
    3: lambda upright: upright[::-1, ::-1],  # bottom, right
    4: lambda upright: upright[::-1],  # bottom, left
    5: lambda upright: upright.swapaxes(0, 1),  # left, top
    6: lambda upright: upright.swapaxes(0, 1)[::-1],  # right, top
    7: lambda upright: upright.swapaxes(0, 1)[::-1, ::-1],  # right, bottom
    8: lambda upright: upright.swapaxes(0, 1)[:, ::-1],  # left, bottom
}


def turned(orientation: int) -> tuple[Image.Image, Image.Exif]:
    """The lively picture as a camera held that way stores it, and what it notes."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return Image.fromarray(np.ascontiguousarray(STORED[orientation](lively()))), exif


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_is_turned_upright(orientation: int, format: str) -> None:
    stored, exif = turned(orientation)
    options = {"lossless": True} if format == "WEBP" else {}
    np.testing.assert_array_equal(decode_photo(encoded(stored, format, exif=exif, **options)), lively())


@pytest.mark.parametrize("orientation", STORED)
def test_a_jpeg_is_turned_upright(orientation: int) -> None:
    stored, exif = turned(orientation)
    decoded = decode_photo(encoded(stored, "JPEG", exif=exif, quality=100, subsampling=0))
    np.testing.assert_allclose(decoded, lively(), atol=12)


@pytest.mark.parametrize("format", ["AVIF", "HEIF"])
def test_containers_that_turn_their_pictures_are_turned_once(format: str) -> None:
    """Their orientation stands in the container; EXIF says it again and must not count."""
    upright = np.zeros((64, 96, 3), np.uint8)
    upright[:32, :48] = (220, 30, 40)
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(np.ascontiguousarray(STORED[6](upright)))
    decoded = decode_photo(encoded(stored, format, exif=exif.tobytes(), quality=95))
    assert decoded.shape == upright.shape
    np.testing.assert_allclose(decoded[8:24, 8:40].mean((0, 1)), (220, 30, 40), atol=12)
    np.testing.assert_allclose(decoded[40:, 60:].mean((0, 1)), 0, atol=6)


def test_a_camera_file_is_turned_and_reduced() -> None:
    upright = np.zeros((3000, 2250, 3), np.uint8)
    upright[:1500] = (250, 20, 30)
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(np.ascontiguousarray(STORED[6](upright)))
    decoded = decode_photo(encoded(stored, "JPEG", quality=90, exif=exif))
    assert decoded.shape == (2048, 1536, 3)
    np.testing.assert_allclose(decoded[500, 700], (250, 20, 30), atol=6)
    np.testing.assert_allclose(decoded[1500, 700], 0, atol=6)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "MPO"])
def test_common_formats_are_read(format: str) -> None:
    decoded = decode_photo(encoded(Image.new("RGB", (64, 48), (200, 120, 40)), format))
    assert decoded.shape == (48, 64, 3) and decoded.dtype == np.uint8 and decoded.flags.writeable
    np.testing.assert_allclose(decoded[20, 20], (200, 120, 40), atol=5)


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "AVIF", "MPO"])
def test_of_several_pictures_the_first_is_taken(format: str) -> None:
    first, second = (Image.new("RGB", (64, 48), color) for color in ((200, 120, 40), (0, 0, 255)))
    decoded = decode_photo(encoded(first, format, save_all=True, append_images=[second]))
    np.testing.assert_allclose(decoded[20, 20], (200, 120, 40), atol=5)


def test_what_is_transparent_lies_on_white() -> None:
    pixels = np.zeros((2, 4, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 200, (0, 51, 102, 255)
    share = np.array([0, 51, 102, 255])[:, None] / 255
    expected = share * (200, 0, 0) + (1 - share) * 255
    decoded = decode_photo(encoded(Image.fromarray(pixels)))
    np.testing.assert_allclose(decoded, np.broadcast_to(expected, (2, 4, 3)), atol=1)
    apart = decode_photo(encoded(Image.new("RGBA", (64, 48), (200, 0, 0, 51)), "AVIF"))
    np.testing.assert_allclose(apart[20, 20], expected[1], atol=4)


def test_palettes_greys_and_inks_become_rgb() -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.putpixel((1, 0), 1)
    np.testing.assert_array_equal(decode_photo(encoded(palette)), [[[10, 20, 30], [200, 100, 50]]])
    see_through = decode_photo(encoded(palette, transparency=1))
    np.testing.assert_array_equal(see_through, [[[10, 20, 30], [255, 255, 255]]])
    for mode, value, grey in (("L", 77, 77), ("LA", (77, 255), 77), ("1", 1, 255), ("I;16", 77 * 257, 77)):
        decoded = decode_photo(encoded(Image.new(mode, (3, 2), value)))
        np.testing.assert_array_equal(decoded, np.full((2, 3, 3), grey), err_msg=mode)
    deep = np.full((3, 2, 3), (200 * 257, 120 * 257, 40 * 257), np.uint16)
    np.testing.assert_array_equal(decode_photo(png16(deep)), (deep // 257).astype(np.uint8))
    grey = decode_photo(encoded(Image.new("L", (8, 8), 90), "JPEG", quality=95))
    np.testing.assert_allclose(grey, 90, atol=2)
    for progressive in (False, True):
        inks = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
        decoded = decode_photo(encoded(inks, "JPEG", quality=95, progressive=progressive))
        np.testing.assert_allclose(decoded[4, 4], (255, 0, 0), atol=6)


@pytest.mark.parametrize(
    ("image", "format", "limit"),
    [
        (Image.new("1", (7100, 7100)), "PNG", 50),
        (Image.new("1", (14000, 14000)), "PNG", 50),
        (Image.new("L", (7100, 7100)), "JPEG", 120),
        (Image.new("L", (5100, 5100)), "WEBP", 25),
    ],
)
def test_too_many_pixels_are_refused(image: Image.Image, format: str, limit: int) -> None:
    data = encoded(image, format, **({"lossless": True, "method": 0} if format == "WEBP" else {}))
    if limit == 120:  # Which is for JPEGs in rows: a larger size is written into the frame.
        frame = data.index(b"\xff\xc0")
        data = data[: frame + 5] + b"\x3a\x98\x3a\x98" + data[frame + 9 :]
    with pytest.raises(UnreadablePhoto, match=f"more than {limit} megapixels"):
        decode_photo(data)


def test_strips_are_refused() -> None:
    assert decode_photo(encoded(Image.new("L", (40, 2)))).shape == (2, 40, 3)
    for size in ((41, 2), (2, 41)):
        for format in ("PNG", "AVIF"):
            image = Image.new("L", size).resize((size[0] * 8, size[1] * 8))
            with pytest.raises(UnreadablePhoto, match="more than 20 times as long as wide; crop it"):
                decode_photo(encoded(image, format))


def test_what_is_no_picture_is_refused() -> None:
    photo = encoded(Image.fromarray(lively(200, 200)), "JPEG")
    for data in (photo[: len(photo) // 2], photo[:10], b"Dear diary, " * 40, b"\xff\xd8\xff\xe0"):
        with pytest.raises(UnreadablePhoto, match="not a picture we can read"):
            decode_photo(data)
    with pytest.raises(UnreadablePhoto, match="empty"):
        decode_photo(b"")
    with pytest.raises(UnreadablePhoto, match="larger than 40 MB"):
        decode_photo(bytes(40_000_001))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("format", "tries"), [("JPEG", 150), ("PNG", 150), ("WEBP", 150), ("GIF", 150), ("AVIF", 8), ("HEIF", 8)]
)
def test_damage_anywhere_is_refused_or_survived(format: str, tries: int) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    options = {} if format == "GIF" else {"exif": exif.tobytes()}
    whole = encoded(Image.fromarray(lively()), format, **options)
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(tries):
        data = bytearray(whole)
        # The headers are where damage has the oddest effects.
        for place in rng.integers(0, min(len(data), rng.choice([60, 300, len(data)])), 3):
            data[place] = rng.integers(0, 256)
        try:
            assert decode_photo(bytes(data)).shape[2] == 3
        except UnreadablePhoto:
            refused += 1
    assert refused > tries / 15


def test_photos_are_decoded_side_by_side() -> None:
    """What Python warns of is the whole process's: decoding must leave it as it is, in any thread."""
    before = list(warnings.filters)
    data = encoded(Image.fromarray(lively()))
    with ThreadPoolExecutor(8) as threads:
        for decoded in threads.map(decode_photo, [data] * 60):
            np.testing.assert_array_equal(decoded, lively())
    assert warnings.filters == before


def test_it_is_ready_quickly() -> None:
    """Commands that look at photos first must not load networks for that."""
    slow = "torch", "numba", "mediapipe", "pillow_heif"
    code = f"import core.face.photo, sys; print([name for name in {slow} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
