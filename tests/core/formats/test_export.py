"""The suffix chooses the format."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.avatar.model import Avatar
from core.errors import InvalidRequest, UnreadableAvatar
from core.formats.bundle import load_bundle
from core.formats.export import SUFFIXES, export, load_avatar, load_gaussians
from core.formats.offsets import load_offsets
from core.formats.ply import load_ply

WEIGHTS = np.linspace(0, 1, 16)


def test_a_bundle_keeps_every_expression_and_the_notes(tmp_path: Path, tiny_avatar: Avatar):
    path = tmp_path / "a.SNAPMOJI"
    export(tiny_avatar, WEIGHTS, path, {"style": "clay"})
    assert [len(s.index) for s in load_avatar(path).offsets] == [len(s.index) for s in tiny_avatar.offsets]
    np.testing.assert_allclose(load_avatar(path).rest, tiny_avatar.rest, atol=0.01)
    assert load_bundle(path)[1] == {"style": "clay"}


def test_a_glb_keeps_every_expression(tmp_path: Path, tiny_avatar: Avatar):
    export(tiny_avatar, WEIGHTS, tmp_path / "a.glb")
    avatar = load_avatar(tmp_path / "a.glb")
    np.testing.assert_allclose(avatar.posed(WEIGHTS).means, tiny_avatar.posed(WEIGHTS).means, atol=1e-4)


def test_a_ply_is_a_still_of_the_pose(tmp_path: Path, tiny_avatar: Avatar):
    export(tiny_avatar, WEIGHTS, tmp_path / "a.ply")
    np.testing.assert_array_equal(load_ply(tmp_path / "a.ply").means, tiny_avatar.posed(WEIGHTS).means)


def test_a_ply_of_offsets_is_the_companion_of_the_ply_at_rest(tmp_path: Path, tiny_avatar: Avatar):
    export(tiny_avatar, np.zeros(16), tmp_path / "a.ply")
    export(tiny_avatar, WEIGHTS, tmp_path / "a.Offsets.PLY")
    shapes, offsets = load_offsets(tmp_path / "a.Offsets.PLY", len(load_ply(tmp_path / "a.ply")))
    assert shapes == tiny_avatar.shapes
    np.testing.assert_array_equal(offsets[3].delta, tiny_avatar.offsets[3].delta)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_everything_written_can_be_opened_as_a_still(tmp_path: Path, tiny_avatar: Avatar, suffix: str):
    path = tmp_path / f"a{suffix}"
    export(tiny_avatar, WEIGHTS, path)
    # Bundles and GLBs hold every expression and open at rest.
    shown = tiny_avatar.posed(WEIGHTS if suffix in (".ply", ".spz", ".splat") else np.zeros(16))
    read = load_gaussians(path)
    np.testing.assert_allclose(read.means, shown.means, atol=5e-4)
    np.testing.assert_allclose(read.scales, shown.scales, rtol=0.065, atol=1e-4)
    np.testing.assert_allclose(read.colors, shown.colors, atol=1 / 255)
    np.testing.assert_allclose(read.opacities, shown.opacities, atol=0.6 / 255)
    assert (np.abs((read.quats * shown.quats).sum(1)) > np.cos(np.radians(0.9) / 2)).all()


@pytest.mark.parametrize("name", ["a.obj", "a", "a.snapmoji.zip"])
def test_other_suffixes_are_refused_with_those_that_exist(tmp_path: Path, tiny_avatar: Avatar, name: str):
    with pytest.raises(InvalidRequest, match=r"choose \.snapmoji, \.ply, \.spz, \.splat, \.glb or \.html"):
        export(tiny_avatar, WEIGHTS, tmp_path / name)
    with pytest.raises(InvalidRequest, match="no file of splats"):
        load_gaussians(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_only_files_with_expressions_are_opened_as_avatars(tmp_path: Path):
    with pytest.raises(InvalidRequest, match=r"a\.ply is neither a \.snapmoji file nor a \.glb or \.html"):
        load_avatar(tmp_path / "a.ply")
    with pytest.raises(UnreadableAvatar, match="no avatar file"):
        load_avatar(tmp_path / "a.snapmoji")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_absent_file_is_named(tmp_path: Path, suffix: str):
    with pytest.raises(UnreadableAvatar, match=rf"There is no .* file at .*gone\{suffix}"):
        load_gaussians(tmp_path / f"gone{suffix}")


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".offsets.ply"])
def test_a_file_that_could_not_be_written_leaves_nothing_behind(tmp_path: Path, tiny_avatar: Avatar, suffix: str):
    (tmp_path / f"a{suffix}").mkdir()
    with pytest.raises(OSError):
        export(tiny_avatar, WEIGHTS, tmp_path / f"a{suffix}")
    assert [p.name for p in tmp_path.iterdir()] == [f"a{suffix}"]


def test_saving_and_opening_bundles_loads_nothing_heavy():
    heavy = "{'numba', 'torch', 'gsply', 'zstandard'}"
    code = f"import sys, core.formats.export; assert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=Path(__file__).parents[3])
