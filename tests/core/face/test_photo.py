import io

import numpy as np
import pytest
from PIL import Image

from core.errors import UnreadablePhoto
from core.face.photo import decode_photo


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def lively(width: int = 37, height: int = 24) -> np.ndarray:
    """A picture that no turn or reflection leaves as it is."""
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


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


@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_is_turned_upright(orientation: int) -> None:
    upright, exif = lively(), Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    np.testing.assert_array_equal(decode_photo(encoded(stored, exif=exif)), upright)


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


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "AVIF", "GIF", "MPO"])
def test_common_formats_are_read(format: str) -> None:
    decoded = decode_photo(encoded(Image.new("RGB", (64, 48), (200, 120, 40)), format))
    assert decoded.shape == (48, 64, 3) and decoded.dtype == np.uint8
    np.testing.assert_allclose(decoded[20, 20], (200, 120, 40), atol=5)


def test_what_is_transparent_lies_on_white() -> None:
    pixels = np.zeros((2, 4, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 200, (0, 51, 102, 255)
    share = np.array([0, 51, 102, 255])[:, None] / 255
    expected = share * (200, 0, 0) + (1 - share) * 255
    decoded = decode_photo(encoded(Image.fromarray(pixels)))
    np.testing.assert_allclose(decoded, np.broadcast_to(expected, (2, 4, 3)), atol=1)


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
    inks = decode_photo(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95))
    np.testing.assert_allclose(inks[4, 4], (255, 0, 0), atol=6)


@pytest.mark.parametrize("side", [9100, 14000])
def test_too_many_pixels_are_refused_unread(side: int) -> None:
    with pytest.raises(UnreadablePhoto, match="more than 80 megapixels"):
        decode_photo(encoded(Image.new("1", (side, side))))


def test_what_is_no_picture_is_refused() -> None:
    photo = encoded(Image.fromarray(lively(200, 200)), "JPEG")
    tiff = encoded(Image.fromarray(lively()), "TIFF")
    for data in (photo[: len(photo) // 2], photo[:10], tiff, b"Dear diary, " * 40, b"%PDF-1.7", b"\xff\xd8\xff\xe0"):
        with pytest.raises(UnreadablePhoto, match="not a picture we can read"):
            decode_photo(data)
    with pytest.raises(UnreadablePhoto, match="empty"):
        decode_photo(b"")
    with pytest.raises(UnreadablePhoto, match="larger than 40 MB"):
        decode_photo(bytes(40_000_001))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "AVIF", "GIF"])
def test_damage_anywhere_is_refused_or_survived(format: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    options = {"exif": exif} if format in ("JPEG", "PNG", "WEBP", "AVIF") else {}
    whole = encoded(Image.fromarray(lively()), format, **options)
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        # The headers are where damage has the oddest effects.
        for place in rng.integers(0, min(len(data), rng.choice([60, 300, len(data)])), 3):
            data[place] = rng.integers(0, 256)
        try:
            assert decode_photo(bytes(data)).shape[2] == 3
        except UnreadablePhoto:
            refused += 1
    assert refused > 10
