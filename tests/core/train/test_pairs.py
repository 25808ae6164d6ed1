from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.canonical.frame import TemplateView
from core.errors import InvalidRequest
from core.train.pairs import PackedView, Pair, PairRule, load_pair, pack_places, save_pair


def test_a_pair_survives_its_file(pair: Pair, tmp_path: Path) -> None:
    save_pair(pair, tmp_path / "one.npz")
    again = load_pair(tmp_path / "one.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["one.npz"]
    for name, value in vars(pair).items():
        if isinstance(value, PackedView):
            for part, grid in vars(value).items():
                np.testing.assert_array_equal(getattr(getattr(again, name), part), grid)
        else:
            np.testing.assert_array_equal(getattr(again, name), value)
            assert isinstance(getattr(again, name), type(value))


@pytest.mark.parametrize("harm", ["cut", "text", "empty", "folder", "other arrays"])
def test_another_file_is_refused(pair: Pair, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "one.npz"
    save_pair(pair, path)
    data = path.read_bytes()
    path.unlink()
    if harm == "folder":
        path.mkdir()
    elif harm == "other arrays":
        np.savez(path, photo=pair.photo)
    else:
        path.write_bytes({"cut": data[: len(data) // 2], "text": b"a letter", "empty": b""}[harm])
    with pytest.raises(InvalidRequest, match=r"one\.npz is not a training pair"):
        load_pair(path)


def test_places_are_kept_to_a_fraction_of_a_pixel(pair: Pair) -> None:
    places = np.random.default_rng(0).uniform(-600, 1200, (64, 64, 2)).astype(np.float32)
    kept = replace(pair, places=pack_places(places)).unposing.places
    near = ((places > -256) & (places < 767)).all(2)
    assert 0.1 < near.mean() < 0.9
    assert np.abs(kept - places)[near].max() < 0.01
    assert kept.min() >= -256 and kept.max() <= 768, "far outside is outside all the same"


def test_views_are_kept_nearly_as_they_were() -> None:
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(8, 8, 3))
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    view = TemplateView(
        rng.random((8, 8, 4), np.float32), rng.uniform(80, 120, (8, 8)).astype(np.float32), normals.astype(np.float32)
    )
    again = PackedView.pack(view).unpack()
    np.testing.assert_allclose(again.rgba, view.rgba, atol=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(again.depth, view.depth, atol=0.02)
    assert np.degrees(np.arccos(np.clip((again.normals * view.normals).sum(2), -1, 1))).max() < 0.6


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"yaw_deg": -20.0}, True),
        ({"yaw_deg": -30.0}, False),
        ({"yaw_deg": 30.0}, False),
        ({"residual_mm": 2.5}, False),
        ({"occluded": 0.2}, False),
    ],
)
def test_weak_pairs_are_told_by_their_measures(pair: Pair, change: dict[str, float], allowed: bool) -> None:
    assert PairRule().allows(replace(pair, **change)) == allowed
