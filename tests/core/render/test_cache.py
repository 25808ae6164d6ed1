import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.render import cache
from tests.conftest import ROOT

DRAW = """
from core.render.cache import compiled_before, use_compile_cache
import sys
folder = use_compile_cache()
assert not {"numba", "torch"} & set(sys.modules), "numba has read its settings already"
print(folder, compiled_before(folder))
from core.gaussians import quats_from_axes
from core.render.mesh import rasterize
import numpy as np
rasterize(np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32), 4, 4)
"""


def test_kernels_are_kept_in_the_users_cache_and_found_again(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("NUMBA_CACHE_DIR", None)
    said = []
    for _ in range(2):
        run = subprocess.run([sys.executable, "-c", DRAW], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        said.append(run.stdout.split())
    folder = Path(said[0][0])
    assert tmp_path in folder.parents and folder.parts[-3:-1] == ("snapmoji", "numba")
    assert [line[1] for line in said] == ["False", "True"]
    kept = [file.name for file in folder.glob("**/*.nbi")]
    assert len(kept) == 1 and "mesh._fill" in kept[0]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "user_cache_directory", lambda: tmp_path / "caches")
    # Set before it is deleted, so that what the test sets is undone.
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    return tmp_path


def test_what_the_user_says_stays(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "mine")
    assert cache.use_compile_cache() is None
    assert os.environ["NUMBA_CACHE_DIR"] == "mine" and not list(elsewhere.iterdir())


def test_where_no_cache_can_be_made_kernels_are_compiled_for_this_start_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked, passing = str(tmp_path / "file" / "caches"), tmp_path / "passing"
    passing.mkdir()
    environment = {**os.environ, "XDG_CACHE_HOME": blocked, "LOCALAPPDATA": blocked, "TMPDIR": str(passing)}
    environment.pop("NUMBA_CACHE_DIR", None)
    draws = DRAW + "import os; print(os.environ['NUMBA_CACHE_DIR'])"
    run = subprocess.run([sys.executable, "-c", draws], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[:2] == ["None", "False"]
    assert run.stdout.split()[2].startswith(str(passing)) and not list(passing.iterdir())
    assert "cannot be written to" in run.stderr


def test_other_kernels_have_another_folder(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core = elsewhere / "core"
    core.mkdir()
    monkeypatch.setattr(cache, "_CORE", core)
    folders = []
    for kernel, other in (("njit 1", "a"), ("njit 2", "a"), ("njit 2", "b")):
        (core / "kernel.py").write_text(kernel)
        (core / "other.py").write_text(other)
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        folders.append(cache.use_compile_cache())
    assert folders[0] != folders[1] == folders[2]
    assert all(folder is not None and folder.is_dir() for folder in folders)
