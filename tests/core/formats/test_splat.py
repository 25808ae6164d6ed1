"""The 32 bytes of a .splat."""

import struct
from pathlib import Path

import numpy as np
import pytest

from core.errors import UnreadableAvatar
from core.formats.splat import load_splat, save_splat
from core.gaussians import Gaussians
from tests.conftest import random_gaussians


def one(**fields: list) -> Gaussians:
    values = {
        "means": [[1, 2, 3]],
        "quats": [[1, 0, 0, 0]],
        "scales": [[0.1, 0.2, 0.3]],
        "opacities": [1],
        "colors": [[1, 0.5, 0]],
    } | fields
    return Gaussians(**{name: np.array(value, np.float32) for name, value in values.items()})


def test_every_byte_stands_where_the_format_page_says(tmp_path: Path):
    save_splat(one(), tmp_path / "a.splat")
    data = (tmp_path / "a.splat").read_bytes()
    assert struct.unpack("<6f", data[:24]) == pytest.approx((1, 2, 3, 0.1, 0.2, 0.3))
    assert list(data[24:]) == [255, 128, 0, 255, 0, 128, 128, 128]


def test_comes_back_in_order_within_half_a_byte(tmp_path: Path):
    written = random_gaussians(500)
    save_splat(written, tmp_path / "a.splat")
    read = load_splat(tmp_path / "a.splat")
    np.testing.assert_array_equal(read.means, written.means)
    np.testing.assert_allclose(read.scales, written.scales, rtol=1e-5)
    np.testing.assert_allclose(read.colors, written.colors, atol=0.501 / 255)
    np.testing.assert_allclose(read.opacities, written.opacities, atol=0.501 / 255)
    assert (np.abs((read.quats * written.quats).sum(1)) > np.cos(np.radians(0.9) / 2)).all()


@pytest.mark.parametrize("axis", range(4))
@pytest.mark.parametrize("sign", [-1, 1])
def test_rotations_about_an_axis_are_exact(tmp_path: Path, axis: int, sign: int):
    """A byte holds -1 and not +1."""
    quat = np.eye(4)[axis] * sign
    save_splat(one(quats=[quat]), tmp_path / "a.splat")
    assert abs(load_splat(tmp_path / "a.splat").quats[0] @ quat) == 1


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (0, struct.pack("<f", np.nan), "not splats"),
        (4, struct.pack("<f", np.inf), "not splats"),
        (12, struct.pack("<f", np.nan), "not splats"),
        (16, struct.pack("<f", np.inf), "not splats"),
        (20, struct.pack("<f", -1), "not splats"),
        (8, struct.pack("<f", 1e6), "impossible place"),
        (28, bytes([128] * 4), "rotation of length zero"),
    ],
)
def test_numbers_that_cannot_be_drawn_are_refused(tmp_path: Path, at: int, value: bytes, sentence: str):
    path = tmp_path / "a.splat"
    save_splat(random_gaussians(3), path)
    data = bytearray(path.read_bytes())
    data[32 + at : 32 + at + len(value)] = value
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableAvatar, match=sentence):
        load_splat(path)


def test_wrong_lengths_are_refused(tmp_path: Path):
    path = tmp_path / "a.splat"
    for size in (0, 1, 31, 33):
        path.write_bytes(bytes(size))
        with pytest.raises(UnreadableAvatar, match="32 bytes for each splat"):
            load_splat(path)
    with path.open("wb") as file:
        file.truncate(32 * 1_000_001)
    with pytest.raises(UnreadableAvatar, match="has 1,000,001 splats"):
        load_splat(path)
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(UnreadableAvatar, match="larger than 256 MB"):
        load_splat(path)
