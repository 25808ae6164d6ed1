"""Bundles come back as they were written, to the stated rounding; damaged ones are refused in a sentence."""

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.errors import UnreadableAvatar
from core.expressions import SHAPES
from core.formats.bundle import decode, encode, load_bundle, save_bundle
from core.gaussians import DC, LOG_SCALE, LOGIT, MEAN, QUAT, SH_C0
from tests.conftest import random_avatar

META = {"creator": "Ада", "style": "toon", "settings": {"strength": 0.5}}


def assert_within_stated_rounding(read: np.ndarray, written: np.ndarray) -> None:
    error = np.abs(read - written).max(0)
    assert (error[MEAN] <= 0.00025).all(), "0.0025 mm"
    assert (error[DC] * SH_C0 * 255 <= 0.3).all(), "0.3 of an 8-bit step"
    assert error[LOGIT] <= 0.008
    assert (error[LOG_SCALE] <= 0.004).all()


def edited(data: bytes, edit: Callable[[dict[str, Any], bytearray], object]) -> bytes:
    """The bundle with its header and inflated body changed by ``edit``, otherwise well formed."""
    size = struct.unpack_from("<I", data, 12)[0]
    header, body = json.loads(data[16 : 16 + size]), bytearray(zlib.decompress(data[16 + size :]))
    edit(header, body)
    text = json.dumps(header).encode()
    return data[:12] + struct.pack("<I", len(text)) + text + zlib.compress(bytes(body))


@pytest.fixture(scope="module")
def data(tiny_avatar: Avatar) -> bytes:
    return encode(tiny_avatar, META)


def test_comes_back_within_the_stated_rounding(tiny_avatar: Avatar, data: bytes):
    avatar, meta = decode(data)
    assert meta == META
    assert avatar.shapes == SHAPES
    np.testing.assert_array_equal(avatar.labels, tiny_avatar.labels)
    assert_within_stated_rounding(avatar.rest, tiny_avatar.rest)
    turned = np.abs((avatar.rest[:, QUAT] * tiny_avatar.rest[:, QUAT]).sum(1))
    assert (turned > np.cos(np.radians(0.2) / 2)).all()
    np.testing.assert_allclose(np.linalg.norm(avatar.rest[:, QUAT], axis=1), 1, atol=1e-6)
    for read, written in zip(avatar.offsets, tiny_avatar.offsets, strict=True):
        np.testing.assert_array_equal(read.index, written.index)
        assert_within_stated_rounding(read.delta, written.delta)
        assert np.abs(read.delta - written.delta)[:, QUAT].max() <= 0.0005


@pytest.mark.parametrize("seed", range(3))
def test_writing_what_was_read_gives_the_same_file(seed: int):
    data = encode(random_avatar(2000, seed), META)
    assert encode(*decode(data)) == data


def test_poses_alike(tiny_avatar: Avatar, data: bytes):
    weights = np.linspace(0, 1, 16)
    before, after = tiny_avatar.posed(weights), decode(data)[0].posed(weights)
    np.testing.assert_allclose(after.means, before.means, atol=0.004)
    np.testing.assert_allclose(after.colors, before.colors, atol=2 / 255)
    np.testing.assert_allclose(after.opacities, before.opacities, atol=4 / 255)


def test_other_shapes_and_empty_sets_are_kept(tiny_avatar: Avatar):
    nothing = OffsetSet(np.zeros(0, np.int32), np.zeros((0, 14), np.float32))
    avatar = Avatar(tiny_avatar.rest, (tiny_avatar.offsets[0], nothing), tiny_avatar.labels, ("wink", "nothing"))
    read, _ = decode(encode(avatar))
    assert read.shapes == ("wink", "nothing")
    assert [len(s.index) for s in read.offsets] == [len(tiny_avatar.offsets[0].index), 0]


def test_an_avatar_of_usual_size_stays_small():
    """30,000 splats in no helpful order; 70,000 changes of place, size and rotation, smooth with some noise."""
    avatar, rng = random_avatar(30_000), np.random.default_rng(0)
    offsets = []
    for _ in SHAPES:
        centre = avatar.rest[rng.integers(len(avatar)), MEAN]
        distance = np.linalg.norm(avatar.rest[:, MEAN] - centre, axis=1)
        index = np.sort(np.argsort(distance)[:4375]).astype(np.int32)
        fade = np.exp(-((distance[index] / 4) ** 2))[:, None]
        noise = rng.normal(size=(len(index), 14)) * 0.02
        delta = (fade * (rng.normal(size=14) * 0.3 + noise)).astype(np.float32)
        delta[:, DC], delta[:, LOGIT] = 0, 0
        offsets.append(OffsetSet(index, delta))
    assert sum(len(s.index) for s in offsets) == 70_000
    assert len(encode(Avatar(avatar.rest, tuple(offsets), avatar.labels))) < 1_500_000


def test_saves_and_loads_a_file(tmp_path: Path, tiny_avatar: Avatar, data: bytes):
    path = tmp_path / "a.snapmoji"
    path.write_bytes(b"older")
    assert save_bundle(tiny_avatar, path, META) == len(data) == path.stat().st_size
    assert [p.name for p in tmp_path.iterdir()] == ["a.snapmoji"]
    assert load_bundle(path)[1] == META


def test_labels_follow_the_names_of_the_parts(data: bytes):
    def reorder(header: dict[str, Any], body: bytearray) -> None:
        header["parts"] = list(reversed(PARTS))

    np.testing.assert_array_equal(decode(edited(data, reorder))[0].labels, len(PARTS) - 1 - decode(data)[0].labels)


def test_an_absent_file_is_named(tmp_path: Path):
    with pytest.raises(UnreadableAvatar, match=r"no avatar file at .*gone\.snapmoji"):
        load_bundle(tmp_path / "gone.snapmoji")


def test_no_beginning_of_a_file_is_accepted(data: bytes):
    for size in [*range(40), *range(40, len(data), 97), len(data) - 1]:
        with pytest.raises(UnreadableAvatar):
            decode(data[:size])
    with pytest.raises(UnreadableAvatar, match="wrong length"):
        decode(data + b"\0")


def test_flipped_bits_never_cause_another_error(data: bytes):
    rng, refused = np.random.default_rng(0), 0
    for _ in range(400):
        damaged = bytearray(data)
        damaged[rng.integers(0, len(data) if refused % 2 else 3000)] ^= 1 << rng.integers(0, 8)
        try:
            decode(bytes(damaged))
        except UnreadableAvatar:
            refused += 1
    assert refused > 200


def test_other_files_and_versions_are_named(data: bytes):
    with pytest.raises(UnreadableAvatar, match=r"not a \.snapmoji file"):
        decode(b"PK\x03\x04" + data)
    with pytest.raises(UnreadableAvatar, match="version 2; this program reads version 1"):
        decode(data[:8] + struct.pack("<I", 2) + data[12:])


def set_path(*keys: str | int, to: Any) -> Callable[[dict[str, Any], bytearray], None]:
    """An edit of one place in the header."""

    def edit(header: dict[str, Any], body: bytearray) -> None:
        place: Any = header
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return edit


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (set_path("splats", to=10**12), "number of splats must lie from 1 to 500,000"),
        (set_path("splats", to=0), "number of splats"),
        (set_path("splats", to=True), "number of splats"),
        (set_path("splats", to=-5), "number of splats"),
        (set_path("splats", to=299.5), "number of splats"),
        (set_path("splats", to=500_000), "wrong length"),
        (set_path("sets", 0, "splats", to=301), "size of a set"),
        (set_path("sets", 0, "splats", to=1), "wrong length"),
        (set_path("sets", 3, to=None), "size of a set"),
        (set_path("sets", to=[]), "one set of changes for each shape"),
        (set_path("shapes", to=["a"] * 16), "list of shapes"),
        (set_path("shapes", to=[str(i) for i in range(65)]), "list of shapes"),
        (set_path("shapes", 0, to=7), "list of shapes"),
        (set_path("parts", to=["tail"]), "does not know"),
        (set_path("parts", to=["skin"]), "parts that it does not list"),
        (set_path("columns", 0, to="radius"), "14 columns"),
        (set_path("rest", "exponents", 0, to=-1), "step"),
        (set_path("rest", "exponents", 0, to=21), "step"),
        (set_path("rest", "base", 0, to=10**30), "smallest number"),
        (set_path("rest", "base", to=[0] * 13), "steps of its 14 columns"),
        (set_path("rest", to=[]), "steps of its 14 columns"),
        (set_path("rest", "exponents", 8, to=0), "impossible place or size"),
        (set_path("sets", 2, "base", 7, to=8_000_000), "impossible place or size"),
        (set_path("meta", to=[]), "notes"),
        (set_path("meta", to={"x": float("nan")}), "not valid JSON"),
    ],
)
def test_lying_headers_are_refused(data: bytes, edit: Callable[..., None], sentence: str):
    with pytest.raises(UnreadableAvatar, match=sentence):
        decode(edited(data, edit))


def test_too_many_changes_in_all_are_refused_before_unpacking(data: bytes):
    def grow(header: dict[str, Any], body: bytearray) -> None:
        header["splats"] = 500_000
        for entry in header["sets"]:
            entry["splats"] = 500_000

    with pytest.raises(UnreadableAvatar, match="more than 3,000,000 changes"):
        decode(edited(data, grow))


def test_rotations_of_length_zero_are_refused(data: bytes):
    def blank(header: dict[str, Any], body: bytearray) -> None:
        header["rest"]["base"][QUAT] = [0] * 4
        body[300 + 300 * 20 : 300 + 300 * 28] = bytes(300 * 8)

    with pytest.raises(UnreadableAvatar, match="rotation of length zero"):
        decode(edited(data, blank))


def test_rows_that_do_not_exist_are_refused(data: bytes):
    def reach(header: dict[str, Any], body: bytearray) -> None:
        body[300 * 29 : 300 * 29 + 1] = b"\xff"

    with pytest.raises(UnreadableAvatar, match="splats that do not exist"):
        decode(edited(data, reach))


def test_a_deflate_bomb_is_not_unpacked(data: bytes):
    size = struct.unpack_from("<I", data, 12)[0]
    with pytest.raises(UnreadableAvatar, match="wrong length"):
        decode(data[: 16 + size] + zlib.compress(bytes(50_000_000)))


def test_a_deeply_nested_header_is_refused(data: bytes):
    text = b"[" * 500_000
    with pytest.raises(UnreadableAvatar, match="not valid JSON"):
        decode(data[:12] + struct.pack("<I", len(text)) + text)


def replaced(avatar: Avatar, rest: np.ndarray | None = None, offset: OffsetSet | None = None) -> Avatar:
    offsets = avatar.offsets if offset is None else (offset, *avatar.offsets[1:])
    return Avatar(avatar.rest if rest is None else rest, offsets, avatar.labels)


def test_what_could_not_be_read_again_is_not_written(tiny_avatar: Avatar):
    nan, zero = tiny_avatar.rest.copy(), tiny_avatar.rest.copy()
    nan[5, 3], zero[7, QUAT] = np.nan, 0
    index, delta = tiny_avatar.offsets[0].index, tiny_avatar.offsets[0].delta
    for avatar, sentence in [
        (replaced(tiny_avatar, rest=nan), "not finite"),
        (replaced(tiny_avatar, rest=zero), "length zero"),
        (replaced(tiny_avatar, offset=OffsetSet(index[::-1].copy(), delta)), "ascend"),
        (replaced(tiny_avatar, offset=OffsetSet(index + np.int32(300), delta)), "exist"),
        (replaced(tiny_avatar, offset=OffsetSet(index, delta * np.float32(np.inf))), "not finite"),
        (Avatar(tiny_avatar.rest, tiny_avatar.offsets[1:], tiny_avatar.labels), "one offset set for each"),
    ]:
        with pytest.raises(ValueError, match=sentence):
            encode(avatar)
    with pytest.raises(ValueError, match="meta must stay under"):
        encode(tiny_avatar, {"note": "x" * 2_000_000})
