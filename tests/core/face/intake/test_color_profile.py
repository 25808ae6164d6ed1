import numpy as np
import pytest
from PIL import Image, ImageCms

from core.face.intake.color_profile import to_srgb
from core.face.photo import decode_photo
from tests.core.face.pictures import DISPLAY_P3, encoded, icc_profile

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def first_pixel(image: Image.Image) -> tuple[int, ...]:
    return tuple(int(x) for x in np.asarray(image.convert("RGB"))[0, 0])


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_colours_of_other_displays_arrive(format: str) -> None:
    """Display P3's (180, 100, 80) is more colourful than sRGB's of the same numbers."""
    photo = encoded(Image.new("RGB", (64, 64), (180, 100, 80)), format, icc_profile=DISPLAY_P3, quality=98)
    red, green, blue = decode_photo(photo)[30, 30].astype(int)
    assert 186 < red < 200 and 90 < green < 100 and 68 < blue < 80


def test_srgb_stays_as_it_is() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    changed = np.asarray(to_srgb(Image.fromarray(levels), SRGB)).astype(int)
    assert np.abs(changed - levels).max() <= 1


def test_greys_follow_their_profile() -> None:
    grey = Image.new("L", (2, 2), 100)
    linear = icc_profile([(0.9642, 1.0, 0.8249)], gamma=1.0)
    red, green, blue = first_pixel(to_srgb(grey, linear))
    # 100 of 255 as light is sRGB's 168.
    assert red == green == blue and abs(red - 168) <= 2
    assert first_pixel(to_srgb(grey, SRGB)) == (100, 100, 100)


def test_profiles_that_do_not_fit_are_passed_over() -> None:
    inks = Image.new("CMYK", (2, 2), (0, 255, 255, 0))
    assert first_pixel(to_srgb(inks, DISPLAY_P3)) == (255, 0, 0)
    brown = Image.new("RGB", (2, 2), (180, 100, 80))
    for damaged in (b"", b"x", DISPLAY_P3[:100], DISPLAY_P3[:200], DISPLAY_P3[:128] + bytes(400), bytes(4_000_001)):
        assert first_pixel(to_srgb(brown, damaged)) == (180, 100, 80)


def test_no_damage_of_a_profile_is_fatal() -> None:
    rng = np.random.default_rng(0)
    brown = Image.new("RGB", (2, 2), (180, 100, 80))
    for _ in range(300):
        data = bytearray(DISPLAY_P3)
        for place in rng.integers(0, len(data), 4):
            data[place] = rng.integers(0, 256)
        assert to_srgb(brown, bytes(data)).mode == "RGB"


def test_what_is_transparent_keeps_its_profile() -> None:
    image = Image.new("RGBA", (8, 8), (180, 100, 80, 255))
    image.putpixel((0, 0), (180, 100, 80, 0))
    decoded = decode_photo(encoded(image, icc_profile=DISPLAY_P3))
    assert tuple(decoded[0, 0]) == (255, 255, 255) and 186 < decoded[4, 4, 0] < 200
