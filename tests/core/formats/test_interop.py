"""Other people's programs find the same splats in our files.

Needs ``npm install -g @playcanvas/splat-transform`` (on the PATH) and ``pip install gaussforge``; each test is left
out where its program is absent.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.formats.ply import load_ply, save_ply
from core.formats.splat import save_splat
from core.formats.spz import save_spz
from core.gaussians import COLUMNS, DC, LOG_SCALE, LOGIT, MEAN, QUAT, SH_C0, Gaussians, to_columns
from tests.conftest import random_gaussians

pytestmark = pytest.mark.interop

Save = Callable[[Gaussians, Path], None]


def save_spz4(gaussians: Gaussians, path: Path) -> None:
    pytest.importorskip("zstandard", reason="SPZ version 4 needs zstandard")
    save_spz(gaussians, path, version=4)


KINDS = pytest.mark.parametrize(
    ("suffix", "save"), [("ply", save_ply), ("spz", save_spz), ("spz", save_spz4), ("splat", save_splat)]
)


def assert_same(found: np.ndarray, written: Gaussians, suffix: str) -> None:
    """Within the rounding that docs/format.md states."""
    rows = to_columns(written)
    exact = suffix == "ply"
    color, opacity = (1e-5, 1e-5) if exact else (0.96 / 255, 0.51 / 255)
    # splat-transform spreads a .splat's bytes over [-1, 1] and does not take 128 for zero: half a degree more.
    turn = {"ply": 0.1, "spz": 0.25, "splat": 1.7}[suffix]
    np.testing.assert_allclose(found[:, MEAN], rows[:, MEAN], atol=2e-4 if suffix == "spz" else 1e-6)
    np.testing.assert_allclose(found[:, LOG_SCALE], rows[:, LOG_SCALE], atol=0.0626 if suffix == "spz" else 1e-4)
    np.testing.assert_allclose(found[:, DC] * SH_C0, rows[:, DC] * SH_C0, atol=color)
    np.testing.assert_allclose(1 / (1 + np.exp(-found[:, LOGIT])), written.opacities, atol=opacity)
    quats = found[:, QUAT] / np.linalg.norm(found[:, QUAT], axis=1, keepdims=True)
    assert (np.abs((quats * written.quats).sum(1)) > np.cos(np.radians(turn) / 2)).all()


def y_up(rows: np.ndarray) -> np.ndarray:
    """The splats with y and z turned over, as an SPZ has them and a usual PLY has not."""
    turned = rows.copy()
    turned[:, 1:3] *= -1
    turned[:, QUAT] *= (1, 1, -1, -1)
    return turned


@KINDS
def test_splat_transform_reads_the_same_splats(tmp_path: Path, suffix: str, save: Save):
    program = shutil.which("splat-transform")
    if program is None:
        pytest.skip("splat-transform is not installed")
    written = random_gaussians(200)
    save(written, tmp_path / f"a.{suffix}")
    subprocess.run([program, "-q", f"a.{suffix}", "out.csv"], cwd=tmp_path, check=True, timeout=120)
    names, *lines = (tmp_path / "out.csv").read_text().splitlines()
    table = np.array([[float(word) for word in line.split(",")] for line in lines])
    rows = table[:, [names.split(",").index(column) for column in COLUMNS]]
    # It knows that SPZ has y up, and turns it to the y down that is usual in a PLY.
    assert_same(y_up(rows) if suffix == "spz" else rows, written, suffix)


@KINDS
def test_gaussforge_reads_the_same_splats(tmp_path: Path, suffix: str, save: Save):
    gaussforge = pytest.importorskip("gaussforge", reason="gaussforge is not installed")
    written = random_gaussians(200)
    save(written, tmp_path / f"a.{suffix}")
    result = gaussforge.GaussForge().convert((tmp_path / f"a.{suffix}").read_bytes(), suffix, "ply")
    assert "error" not in result, result.get("error")
    (tmp_path / "out.ply").write_bytes(result["data"])
    assert_same(to_columns(load_ply(tmp_path / "out.ply")), written, suffix)
