"""SPZ files come back to the stated rounding; others, and such as would fill the memory, are refused."""

import gzip
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import gsply
import numpy as np
import pytest

from core.errors import InvalidRequest, UnreadableAvatar
from core.formats import spz
from core.formats.spz import load_spz, save_spz
from core.gaussians import Gaussians
from tests.conftest import random_gaussians

SMALL_BYTES = 40 << 20


@pytest.fixture
def path(tmp_path: Path, tiny_gaussians: Gaussians) -> Path:
    save_spz(tiny_gaussians, tmp_path / "a.spz")
    return tmp_path / "a.spz"


def with_version(path: Path, gaussians: Gaussians, version: int) -> Path:
    if version == 4:
        pytest.importorskip("zstandard", reason="SPZ version 4 needs zstandard")
    save_spz(gaussians, path, version)
    return path


def repacked(path: Path, edit: Callable[[bytearray], object]) -> Path:
    """The same version 3 file with its inflated bytes changed by ``edit``."""
    raw = bytearray(gzip.decompress(path.read_bytes()))
    edit(raw)
    path.write_bytes(gzip.compress(bytes(raw)))
    return path


@pytest.mark.parametrize("version", [3, 4])
def test_comes_back_within_the_stated_rounding(tmp_path: Path, tiny_gaussians: Gaussians, version: int):
    written, read = tiny_gaussians, load_spz(with_version(tmp_path / "a.spz", tiny_gaussians, version))
    assert np.abs(read.means - written.means).max() <= 0.5 / 4096 + 1e-6
    assert np.abs(read.colors - written.colors).max() <= 0.95 / 255
    assert np.abs(read.opacities - written.opacities).max() <= 0.501 / 255
    assert np.abs(np.log(read.scales / written.scales)).max() <= 1 / 16 + 1e-5
    assert (np.abs((read.quats * written.quats).sum(1)) > np.cos(np.radians(0.25) / 2)).all()


def test_sizes_are_right_on_the_whole_even_where_all_are_the_same(tmp_path: Path):
    splats = random_gaussians(1000)
    size = np.float32(np.exp(-1.03))  # Half way between two steps, almost.
    same = Gaussians(splats.means, splats.quats, np.full((1000, 3), size), splats.opacities, splats.colors)
    save_spz(same, tmp_path / "a.spz")
    read = load_spz(tmp_path / "a.spz").scales
    np.testing.assert_allclose(np.log(read).mean(0), -1.03, atol=1e-3)
    np.testing.assert_allclose(np.log(read), -1.03, atol=1 / 16)


def test_writing_what_was_read_moves_nothing(tmp_path: Path):
    save_spz(random_gaussians(500), tmp_path / "a.spz")
    first = load_spz(tmp_path / "a.spz")
    save_spz(first, tmp_path / "b.spz")
    second = load_spz(tmp_path / "b.spz")
    for name in ("means", "scales", "opacities", "colors"):
        np.testing.assert_allclose(getattr(second, name), getattr(first, name), rtol=1e-5, atol=1e-6, err_msg=name)


def test_far_splats_take_coarser_steps(tmp_path: Path):
    near = random_gaussians(20)
    far = Gaussians(near.means * 2000, near.quats, near.scales, near.opacities, near.colors)
    save_spz(far, tmp_path / "far.spz")
    np.testing.assert_allclose(load_spz(tmp_path / "far.spz").means, far.means, atol=0.01)


def test_gsply_itself_reads_the_same(path: Path, tiny_gaussians: Gaussians):
    np.testing.assert_allclose(gsply.read_spz(path).means, tiny_gaussians.means, atol=2e-4)


def test_version_2_with_harmonics_is_read(path: Path):
    """Made from version 3 by hand: three bytes of rotation, and degree 1 at the end."""
    raw = bytearray(gzip.decompress(path.read_bytes()))
    n = 64
    struct.pack_into("<I", raw, 4, 2)
    raw[12] = 1
    turned = bytes([191, 128, 128]) * n
    path.write_bytes(gzip.compress(bytes(raw[: 16 + 16 * n]) + turned + bytes(9 * n)))
    quats = load_spz(path).quats
    np.testing.assert_allclose(quats, np.tile([0.867, 0.498, 0.004, 0.004], (n, 1)), atol=2e-3)


def test_other_versions_are_not_written(tmp_path: Path, tiny_gaussians: Gaussians, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InvalidRequest, match="no SPZ version 2"):
        save_spz(tiny_gaussians, tmp_path / "a.spz", version=2)
    monkeypatch.setattr(spz, "_has_zstd", lambda: False)
    with pytest.raises(InvalidRequest, match="needs the package zstandard"):
        save_spz(tiny_gaussians, tmp_path / "a.spz", version=4)
    assert not list(tmp_path.iterdir())


def test_without_zstandard_version_4_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spz, "_has_zstd", lambda: False)
    (tmp_path / "a.spz").write_bytes(struct.pack("<4sIIBBBBI12x", b"NGSP", 4, 1, 0, 12, 0, 5, 32) + bytes(200))
    with pytest.raises(UnreadableAvatar, match="needs the package zstandard"):
        load_spz(tmp_path / "a.spz")


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (0, b"XXXX", "not an SPZ file"),
        (4, struct.pack("<I", 1), "SPZ version 1; this program reads versions 2, 3 and 4"),
        (4, struct.pack("<I", 4), "SPZ version 4"),
        (8, struct.pack("<I", 0), "declares 0 splats"),
        (8, struct.pack("<I", 1_000_001), "declares 1,000,001 splats"),
        (8, struct.pack("<I", 2**32 - 1), "declares 4,294,967,295 splats"),
        (8, struct.pack("<I", 1_000_000), "wrong length"),
        (8, struct.pack("<I", 65), "wrong length"),
        (12, b"\4", "harmonics that do not exist"),
        (12, b"\3", "wrong length"),
        (13, b"\0", "steps or harmonics that do not exist"),
        (13, b"\x19", "steps or harmonics that do not exist"),
        (13, b"\1", "impossible place"),
    ],
)
def test_lying_headers_are_refused_without_taking_memory(path: Path, at: int, value: bytes, sentence: str):
    def lie(raw: bytearray) -> None:
        raw[at : at + len(value)] = value
        raw[18] = 0x70 if value == b"\1" else raw[18]

    repacked(path, lie)
    tracemalloc.start()
    with pytest.raises(UnreadableAvatar, match=sentence):
        load_spz(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < SMALL_BYTES


def test_bombs_are_not_unpacked(path: Path):
    bomb = gzip.compress(gzip.decompress(path.read_bytes()) + bytes(300_000_000), 1)
    second_member = path.read_bytes() + gzip.compress(bytes(300_000_000), 1)
    for data in (bomb, second_member):
        path.write_bytes(data)
        tracemalloc.start()
        with pytest.raises(UnreadableAvatar, match="wrong length"):
            load_spz(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < SMALL_BYTES


def test_a_zstd_frame_that_claims_a_terabyte_is_refused(tmp_path: Path, tiny_gaussians: Gaussians):
    data = bytearray(with_version(tmp_path / "a.spz", tiny_gaussians, 4).read_bytes())
    start = 32 + 5 * 16
    # A frame header with an 8-byte content size, in place of the first frame's.
    (packed,) = struct.unpack_from("<Q", data, 32)
    frame = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 1 << 40) + bytes(packed)
    struct.pack_into("<Q", data, 32, len(frame))
    (tmp_path / "a.spz").write_bytes(bytes(data[:start]) + frame + bytes(data[start + packed :]))
    with pytest.raises(UnreadableAvatar, match=r"wrong length|do not unpack"):
        load_spz(tmp_path / "a.spz")


def test_damaged_streams_are_refused(path: Path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableAvatar, match=r"do not unpack|wrong length"):
        load_spz(path)
    path.write_bytes(zlib.compress(b"NGSP" * 100))
    with pytest.raises(UnreadableAvatar, match="not an SPZ file"):
        load_spz(path)
