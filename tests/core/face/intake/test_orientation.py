import tracemalloc

import pytest
from PIL import Image

from core.face.intake.orientation import orientation_of
from tests.core.face.pictures import exif_bomb


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_tag_is_found_among_others(orientation: int, order: str) -> None:
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F], exif[0x0112], exif[0x0132] = "maker", orientation, "2026:01:01 00:00:00"
    data = exif.tobytes()
    # With and without the six bytes that JPEG puts first.
    assert orientation_of(data) == orientation_of(data.removeprefix(b"Exif\0\0")) == orientation


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_numbers_that_mean_nothing_count_as_upright(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert orientation_of(exif.tobytes()) == 1


def test_damaged_notes_count_as_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = exif.tobytes()
    for size in range(len(data) - 6):
        assert orientation_of(data[:size]) in (1, 6)
    for start in (b"\xff\xff\xff\xff", b"\0\0\0\0"):
        assert orientation_of(data[:10] + start + data[14:]) == 1
    assert orientation_of(b"") == orientation_of(b"no notes at all") == 1


def test_tags_that_point_to_much_take_no_memory() -> None:
    notes = exif_bomb(60_000, 1_000_000)
    tracemalloc.start()
    try:
        assert orientation_of(notes) == 6
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
