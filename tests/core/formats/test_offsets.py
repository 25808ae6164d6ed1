"""The companion of a PLY is exact, is a PLY, and belongs to one PLY."""

from pathlib import Path

import numpy as np
import pytest

from core.avatar.model import Avatar, OffsetSet
from core.errors import UnreadableAvatar
from core.formats.offsets import load_offsets, save_offsets


@pytest.fixture
def path(tmp_path: Path, tiny_avatar: Avatar) -> Path:
    save_offsets(tiny_avatar, tmp_path / "a.offsets.ply")
    return tmp_path / "a.offsets.ply"


def test_comes_back_to_the_last_bit(path: Path, tiny_avatar: Avatar):
    shapes, offsets = load_offsets(path, len(tiny_avatar))
    assert shapes == tiny_avatar.shapes
    for read, written in zip(offsets, tiny_avatar.offsets, strict=True):
        np.testing.assert_array_equal(read.index, written.index)
        np.testing.assert_array_equal(read.delta, written.delta)


def test_layout_is_the_one_of_the_format_page(path: Path, tiny_avatar: Avatar):
    """Read by nothing but the rules of PLY."""
    head, _, body = path.read_bytes().partition(b"end_header\n")
    lines = head.decode("ascii").splitlines()
    assert lines[:3] == ["ply", "format binary_little_endian 1.0", "comment snapmoji offsets 1 of 300 splats"]
    elements = [line.split() for line in lines if line.startswith("element")]
    assert [name for _, name, _ in elements] == list(tiny_avatar.shapes)
    assert lines.count("property uint row") == 16
    assert sum(line.startswith("property float ") for line in lines) == 16 * 14
    assert len(body) == 60 * sum(int(count) for *_, count in elements)
    first = tiny_avatar.offsets[0]
    assert int.from_bytes(body[:4], "little") == first.index[0]
    np.testing.assert_array_equal(np.frombuffer(body[4:60], "<f4"), first.delta[0])


def test_empty_sets_are_kept(tmp_path: Path, tiny_avatar: Avatar):
    nothing = OffsetSet(np.zeros(0, np.int32), np.zeros((0, 14), np.float32))
    avatar = Avatar(tiny_avatar.rest, (nothing, tiny_avatar.offsets[0]), tiny_avatar.labels, ("nothing", "wink"))
    save_offsets(avatar, tmp_path / "b.offsets.ply")
    shapes, offsets = load_offsets(tmp_path / "b.offsets.ply", 300)
    assert shapes == ("nothing", "wink")
    assert [len(s.index) for s in offsets] == [0, len(tiny_avatar.offsets[0].index)]


@pytest.mark.parametrize("name", ["two words", "line\nbreak", "brük", "", "x" * 65])
def test_names_that_a_ply_cannot_hold_are_not_written(tmp_path: Path, tiny_avatar: Avatar, name: str):
    avatar = Avatar(tiny_avatar.rest, tiny_avatar.offsets[:1], tiny_avatar.labels, (name,))
    with pytest.raises(ValueError, match="one word"):
        save_offsets(avatar, tmp_path / "b.offsets.ply")


def test_another_ply_s_companion_is_refused(path: Path):
    with pytest.raises(UnreadableAvatar, match="belongs to a PLY of 300 splats, not of 301"):
        load_offsets(path, 301)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"ply\n", b"obj\n", "not a PLY of what"),
        (b"offsets 1", b"offsets 2", "not a PLY of what"),
        (b"property uint row", b"property uint rho", "not a PLY of what"),
        (b"property float x\n", b"", "not a PLY of what"),
        (b"end_header", b"end_of", "not a PLY of what"),
        (b"element jawOpen 37", b"element jawOpen 38", "length does not fit"),
        (b"element jawOpen 37", b"element jawOpen 999999999", "too many changes"),
        (b"element jawOpen 37", b"element jawOpen 9999999999999", "not a PLY of what"),
        (b"element jawOpen 37", b"element jawLeft 37", "a shape twice"),
        (b"of 300 splats", b"of 100 splats", "belongs to"),
    ],
)
def test_other_headers_are_refused(path: Path, old: bytes, new: bytes, sentence: str):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    with pytest.raises(UnreadableAvatar, match=sentence):
        load_offsets(path, 300)


def test_rows_and_numbers_are_checked(path: Path):
    data = path.read_bytes()
    body = data.index(b"end_header\n") + len(b"end_header\n")
    for at, value, sentence in [
        (0, (300).to_bytes(4, "little"), "do not exist"),
        (60, bytes(4), "do not exist"),
        (4, np.float32(np.nan).tobytes(), "not finite"),
        (4, np.float32(1e9).tobytes(), "impossible place"),
    ]:
        path.write_bytes(data[: body + at] + value + data[body + at + 4 :])
        with pytest.raises(UnreadableAvatar, match=sentence):
            load_offsets(path, 300)
