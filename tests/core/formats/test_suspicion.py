"""Whatever stands in a file, opening it gives splats that can be drawn or one clear sentence, in little memory."""

import gzip
import json
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.avatar.model import Avatar
from core.errors import UnreadableAvatar
from core.formats.export import export, load_avatar
from tests.conftest import random_avatar
from tests.core.formats.mutations import mutated
from tests.core.formats.openers import assert_drawable, opened

LIMIT_BYTES = 48 << 20
LIMIT_S = 3.0
SPLATS = 40
SHAPES = 3
KINDS = (".snapmoji", ".ply", ".offsets.ply", ".spz", ".splat", ".glb", ".html")
MAGIC = {
    ".snapmoji": b"SNAPMOJI\1\0\0\0",
    ".ply": b"ply\nformat binary_little_endian 1.0\nelement vertex 1\n",
    ".offsets.ply": b"ply\nformat binary_little_endian 1.0\ncomment snapmoji offsets 1 of 40 splats\n",
    ".spz": b"NGSP\4\0\0\0\1\0\0\0\0\x0c\0\5\x20\0\0\0",
    ".splat": b"",
    ".glb": b"glTF\2\0\0\0",
    ".html": b'<script type="text/plain" id="avatar-inside">',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good file of each kind, and room for bad ones."""
    folder = tmp_path_factory.mktemp("files")
    avatar = random_avatar(SPLATS)
    few = Avatar(avatar.rest, avatar.offsets[:SHAPES], avatar.labels, avatar.shapes[:SHAPES])
    for kind in KINDS:
        export(few, np.zeros(SHAPES), folder / f"good{kind}")
    for kind in KINDS:  # Compiles what there is to compile.
        list(opened(folder / f"good{kind}", SPLATS))
    return folder


def tries(count: int) -> settings:
    """The same examples every time; change ``derandomize`` to look for others."""
    return settings(max_examples=count, deadline=None, derandomize=True, database=None)


def assert_refused_or_drawable(folder: Path, kind: str, data: bytes) -> None:
    path = folder / f"bad{kind}"
    path.write_bytes(data)
    start = time.perf_counter()
    tracemalloc.start()
    try:
        for read in opened(path, SPLATS):
            assert_drawable(read)
    except UnreadableAvatar as refusal:
        sentence = str(refusal)
        assert sentence[0].isupper() or sentence.startswith("bad"), sentence
        assert sentence.endswith("."), sentence
        assert 20 < len(sentence) < 250, sentence
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < LIMIT_BYTES
    assert time.perf_counter() - start < LIMIT_S


def edits() -> st.SearchStrategy[list[tuple[float, bool, int]]]:
    """Bytes to replace: where (as a share), whether among the first 300, and by what."""
    return st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 255)), min_size=1, max_size=6)


def changed(data: bytes, edits: list[tuple[float, bool, int]]) -> bytes:
    changed = bytearray(data)
    for share, in_front, value in edits:
        span = min(len(data), 300) if in_front else len(data)
        changed[min(int(share * span), span - 1)] = value
    return bytes(changed)


def spz_repacked(data: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    return gzip.compress(edit(gzip.decompress(data)), 1)


def bundle_repacked(data: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    start = 16 + struct.unpack_from("<I", data, 12)[0]
    return data[:start] + zlib.compress(edit(zlib.decompress(data[start:])), 1)


@pytest.mark.parametrize("kind", KINDS)
def test_good_files_open(folder: Path, kind: str):
    for read in opened(folder / f"good{kind}", SPLATS):
        assert len(read) == SPLATS
        assert_drawable(read)


@pytest.mark.parametrize("kind", KINDS)
@given(share=st.floats(0, 1, exclude_max=True))
@tries(30)
def test_cut_short(folder: Path, kind: str, share: float):
    data = (folder / f"good{kind}").read_bytes()
    path = folder / f"bad{kind}"
    path.write_bytes(data[: int(share * len(data))])
    # The beginning of a .splat is one again, of fewer splats; a page may hold the avatar whole before its end.
    if kind not in (".splat", ".html"):
        with pytest.raises(UnreadableAvatar):
            list(opened(path, SPLATS))
    assert_refused_or_drawable(folder, kind, path.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
@given(noise=st.binary(max_size=600), honest=st.booleans())
@tries(40)
def test_noise_with_and_without_the_right_beginning(folder: Path, kind: str, noise: bytes, honest: bool):
    assert_refused_or_drawable(folder, kind, MAGIC[kind] + noise if honest else noise)


@pytest.mark.parametrize("kind", KINDS)
@given(edits=edits())
@tries(80)
def test_changed_bytes(folder: Path, kind: str, edits: list[tuple[float, bool, int]]):
    assert_refused_or_drawable(folder, kind, changed((folder / f"good{kind}").read_bytes(), edits))


@pytest.mark.parametrize(("kind", "repacked"), [(".spz", spz_repacked), (".snapmoji", bundle_repacked)])
@given(edits=edits())
@tries(80)
def test_changed_bytes_under_the_compression(folder: Path, kind: str, repacked: Callable, edits: list):
    data = (folder / f"good{kind}").read_bytes()
    assert_refused_or_drawable(folder, kind, repacked(data, lambda raw: changed(raw, edits)))


def json_values() -> st.SearchStrategy[Any]:
    """What a stranger may write where something else is meant."""
    simple = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 70_000),
        st.sampled_from([10**9, 2**31, 2**63, 10**40, -(10**40), 1e308, 0.5]),
        st.text(max_size=5),
        st.sampled_from(["SCALAR", "VEC3", "VEC4"]),
    )
    return st.recursive(simple, lambda x: st.one_of(st.lists(x, max_size=3), st.dictionaries(st.text(max_size=3), x)))


def places(document: Any, before: tuple = ()) -> list[tuple]:
    """The path to every value in a document."""
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    below = [(*before, key) for key, _ in entries]
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        below += places(value, (*before, key)) if isinstance(value, dict | list) else []
    return below


@pytest.mark.parametrize(("kind", "start"), [(".snapmoji", 16), (".glb", 20)])
@given(choice=st.floats(0, 1, exclude_max=True), value=json_values(), gone=st.booleans())
@tries(120)
def test_changed_headers(folder: Path, kind: str, start: int, choice: float, value: Any, gone: bool):
    data = (folder / f"good{kind}").read_bytes()
    (size,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[start : start + size])
    paths = places(document)
    *way, last = paths[int(choice * len(paths))]
    place = document
    for key in way:
        place = place[key]
    place[last] = value
    if gone:
        del place[last]
    text = json.dumps(document).encode()
    head = bytearray(data[:start])
    struct.pack_into("<I", head, 12, len(text))
    rebuilt = bytes(head) + text + data[start + size :]
    if kind == ".glb":
        rebuilt = rebuilt[:8] + struct.pack("<I", len(rebuilt)) + rebuilt[12:]
    assert_refused_or_drawable(folder, kind, rebuilt)


@pytest.mark.parametrize("number", ["9" * 5000, "1e999999", "-" + "9" * 400, "NaN", "Infinity"])
def test_numbers_without_bounds_in_a_header(folder: Path, number: str):
    data = (folder / "good.snapmoji").read_bytes()
    (size,) = struct.unpack_from("<I", data, 12)
    text = data[16 : 16 + size].replace(b'"splats":40,', f'"splats":{number},'.encode(), 1)
    (folder / "bad.snapmoji").write_bytes(data[:12] + struct.pack("<I", len(text)) + text + data[16 + size :])
    with pytest.raises(UnreadableAvatar):
        load_avatar(folder / "bad.snapmoji")


def test_folders_are_no_files(folder: Path):
    for kind in KINDS:
        (folder / f"folder{kind}").mkdir(exist_ok=True)
        with pytest.raises(UnreadableAvatar, match="There is no"):
            list(opened(folder / f"folder{kind}", SPLATS))


@pytest.mark.parametrize("kind", KINDS)
def test_damage_of_many_kinds(folder: Path, kind: str):
    """A small part of what tests/load/fuzz_files.py opens, always the same; bombs of many megabytes are left to it."""
    good, done = (folder / f"good{kind}").read_bytes(), set()
    for seed in range(60):
        what, data = mutated(good, kind, seed)
        if "bomb" not in what and "page_inside" not in what:
            assert_refused_or_drawable(folder, kind, data)
            done.add(what)
    assert len(done) >= 9


@pytest.mark.parametrize("claimed", [40, 500_000])
def test_a_bundle_that_unpacks_to_more_than_it_says(folder: Path, claimed: int):
    """300 kB that would become 300 MB, and as many splats as a header may claim without the bytes for them."""
    data = (folder / "good.snapmoji").read_bytes()
    (size,) = struct.unpack_from("<I", data, 12)
    text = data[16 : 16 + size].replace(b'"splats":40,', f'"splats":{claimed},'.encode(), 1)
    zeros = zlib.compress(bytes(300_000_000 if claimed == 40 else 1000), 1)
    bomb = data[:12] + struct.pack("<I", len(text)) + text + zeros
    assert_refused_or_drawable(folder, ".snapmoji", bomb)
    with pytest.raises(UnreadableAvatar, match="wrong length"):
        load_avatar(folder / "bad.snapmoji")
