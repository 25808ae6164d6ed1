"""A real avatar looks the same after a file, at rest and in three poses."""

from pathlib import Path

import numpy as np
import pytest

from core.avatar.model import Avatar
from core.camera import orbit
from core.expressions import SHAPES
from core.formats.export import export, load_avatar, load_gaussians
from core.gaussians import Gaussians
from core.pipeline import Settings, Studio
from core.render.splats import render

ROOT = Path(__file__).parents[3]
POSES = (
    {},
    {"jawOpen": 1.0},
    {"eyeBlinkLeft": 1.0, "browUpRight": 0.7},
    {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "lipsPucker": 0.3},
)


@pytest.fixture(scope="module")
def avatar() -> Avatar:
    photo = (ROOT / "ui_assets" / "examples" / "beard.jpg").read_bytes()
    return Studio.load(ROOT / "checkpoints").create(photo, Settings()).avatar


def weights(pose: dict[str, float]) -> np.ndarray:
    return np.array([pose.get(shape, 0.0) for shape in SHAPES])


def psnr(a: Gaussians, b: Gaussians) -> float:
    """In decibels, seen half from the side, on grey."""
    camera = orbit(20.0, size=512)
    error = render(a, camera).over((0.5, 0.5, 0.5)) - render(b, camera).over((0.5, 0.5, 0.5))
    return float(-10 * np.log10(max(np.mean(np.square(error, dtype=np.float64)), 1e-20)))


@pytest.mark.parametrize(("suffix", "least"), [(".snapmoji", 60), (".glb", 90)])
def test_files_with_expressions(tmp_path: Path, avatar: Avatar, suffix: str, least: float):
    export(avatar, weights({}), tmp_path / f"a{suffix}")
    read = load_avatar(tmp_path / f"a{suffix}")
    for pose in POSES:
        assert psnr(read.posed(weights(pose)), avatar.posed(weights(pose))) > least, pose


@pytest.mark.parametrize(("suffix", "least"), [(".ply", 130), (".spz", 55), (".splat", 60)])
def test_stills(tmp_path: Path, avatar: Avatar, suffix: str, least: float):
    for pose in POSES:
        export(avatar, weights(pose), tmp_path / f"a{suffix}")
        assert psnr(load_gaussians(tmp_path / f"a{suffix}"), avatar.posed(weights(pose))) > least, pose


def test_poses_are_told_apart(avatar: Avatar):
    """Else the tests above would pass with any pose."""
    rest = avatar.posed(weights({}))
    assert all(psnr(avatar.posed(weights(pose)), rest) < 50 for pose in POSES[1:])


def test_a_bundle_stays_small(tmp_path: Path, avatar: Avatar):
    """1.5 MB for 30,000 splats and 16 sets."""
    export(avatar, weights({}), tmp_path / "a.snapmoji")
    assert (tmp_path / "a.snapmoji").stat().st_size < 1_500_000 * max(1, len(avatar) / 30_000)
