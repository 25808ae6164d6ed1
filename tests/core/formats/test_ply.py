"""PLY files come back as they were written; others are refused in a sentence."""

from collections.abc import Callable
from pathlib import Path

import gsply
import numpy as np
import pytest

from core.errors import UnreadableAvatar
from core.formats.ply import load_ply, save_ply
from core.gaussians import COLUMNS, Gaussians, to_columns


@pytest.fixture
def path(tmp_path: Path, tiny_gaussians: Gaussians) -> Path:
    path = tmp_path / "a.ply"
    save_ply(tiny_gaussians, path)
    return path


def assert_same(a: Gaussians, b: Gaussians) -> None:
    for name in ("means", "quats", "scales", "opacities", "colors"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-5, atol=1e-6, err_msg=name)


def with_rows(path: Path, edit: Callable[[np.ndarray], object]) -> Path:
    """The same file with its numbers changed by ``edit``."""
    head, end, body = path.read_bytes().partition(b"end_header\n")
    rows = np.frombuffer(body, np.float32).reshape(-1, len(COLUMNS)).copy()
    edit(rows)
    path.write_bytes(head + end + rows.tobytes())
    return path


def with_head(path: Path, old: bytes, new: bytes) -> Path:
    """The same file with ``old`` replaced in its header."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    return path


def test_comes_back_in_order(path: Path, tiny_gaussians: Gaussians):
    assert_same(load_ply(path), tiny_gaussians)


def test_layout_is_the_standard_one(path: Path, tiny_gaussians: Gaussians):
    head, _, body = path.read_bytes().partition(b"end_header\n")
    names = [line.split()[2] for line in head.decode().splitlines() if line.startswith("property float")]
    assert tuple(names) == COLUMNS
    np.testing.assert_array_equal(np.frombuffer(body, np.float32).reshape(-1, 14), to_columns(tiny_gaussians))


def test_large_and_faint_splats_are_not_taken_for_linear_values(tmp_path: Path, tiny_gaussians: Gaussians):
    g = tiny_gaussians
    big = Gaussians(g.means, g.quats, g.scales * 100, np.full(64, 0.6, np.float32), g.colors)
    save_ply(big, tmp_path / "big.ply")
    assert_same(load_ply(tmp_path / "big.ply"), big)


def test_name_that_looks_compressed_is_still_plain(tmp_path: Path, tiny_gaussians: Gaussians):
    save_ply(tiny_gaussians, tmp_path / "a.compressed.ply")
    assert_same(load_ply(tmp_path / "a.compressed.ply"), tiny_gaussians)


def test_reads_higher_harmonics_normals_and_another_order(tmp_path: Path, tiny_gaussians: Gaussians):
    rows = to_columns(tiny_gaussians)
    names = ["nx", "ny", "nz", *(f"f_rest_{i}" for i in range(45)), *reversed(COLUMNS)]
    numbers = np.concatenate([np.ones((64, 48), np.float32), rows[:, ::-1]], 1)
    properties = "".join(f"property float {name}\n" for name in names)
    head = f"ply\nformat binary_little_endian 1.0\ncomment other tool\nelement vertex 64\n{properties}end_header\n"
    (tmp_path / "other.ply").write_bytes(head.encode() + numbers.tobytes())
    assert_same(load_ply(tmp_path / "other.ply"), tiny_gaussians)


def test_numbers_that_cannot_be_drawn_are_refused(path: Path):
    def put(column: int, value: float) -> Callable[[np.ndarray], None]:
        def edit(rows: np.ndarray) -> None:
            rows[5] = 0.5
            rows[5, column] = value

        return edit

    for value in (np.nan, np.inf):
        for column in range(14):
            with pytest.raises(UnreadableAvatar, match="not finite"):
                load_ply(with_rows(path, put(column, value)))
    with pytest.raises(UnreadableAvatar, match="impossible place or size"):
        load_ply(with_rows(path, put(8, 90)))
    with pytest.raises(UnreadableAvatar, match="rotation of length zero"):
        load_ply(with_rows(path, lambda rows: rows.__setitem__(5, 0.0)))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"vertex 64", b"vertex 1000001", "declares 1,000,001 splats"),
        (b"vertex 64", b"vertex " + b"9" * 5000, "declares a number of splats that no file can hold"),
        (b"vertex 64", b"vertex 0", "declares 0 splats"),
        (b"vertex 64", b"vertex -1", "properties of Gaussian splats"),
        (b"vertex 64", b"vertex 99999999999999999999", "declares"),
        (b"vertex 64", b"vertex 65", "its length does not fit"),
        (b"vertex 64", b"vertex 63", "its length does not fit"),
        (b"element vertex", b"element face", "properties of Gaussian splats"),
        (b"property float x", b"property uchar x", "properties of Gaussian splats"),
        (b"property float x", b"property float a", "not a PLY of Gaussian splats"),
        (b"binary_little_endian", b"ascii", "not a binary PLY"),
        (b"ply\n", b"obj\n", "not a binary PLY"),
        (b"end_header", b"end_of", "not a binary PLY"),
    ],
)
def test_other_headers_are_refused(path: Path, old: bytes, new: bytes, sentence: str):
    with pytest.raises(UnreadableAvatar, match=sentence):
        load_ply(with_head(path, old, new))


def test_truncated_and_absent_files_are_refused(path: Path):
    data = path.read_bytes()
    for size in (0, 3, 100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:size])
        with pytest.raises(UnreadableAvatar):
            load_ply(path)
    with pytest.raises(UnreadableAvatar, match="no PLY file"):
        load_ply(path.with_name("gone.ply"))


def test_gsply_itself_reads_the_same(path: Path, tiny_gaussians: Gaussians):
    data = gsply.plyread(path)
    np.testing.assert_array_equal(data.means, tiny_gaussians.means)
    np.testing.assert_allclose(np.exp(data.scales), tiny_gaussians.scales, rtol=1e-5)
