import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.house_folder import HouseFolder
from tests.conftest import ROOT

CRASH = """
import os, sys
from app.session import Sessions
house = Sessions()
visitor = house.open()
(visitor.directory / "photo").write_bytes(b"a face")
print(house.folder, flush=True)
sys.stdin.read(1)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_what_a_crashed_process_left_goes_with_the_next_start_and_a_living_ones_stays(temporary):
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    left = Path(process.stdout.readline().strip())
    assert [path.read_bytes() for path in left.rglob("photo")] == [b"a face"]
    living = HouseFolder()
    assert left.exists(), "its process is alive"
    process.stdin.write("x")
    process.stdin.close()
    assert process.wait(20) == -9
    assert left.exists(), "nobody could clear up after a killed process"
    after = HouseFolder()
    assert not left.exists() and living.path.exists()
    living.close()
    after.close()
    assert list(temporary.iterdir()) == []


def test_folders_of_others_are_left_alone(temporary):
    for name in ("snapmoji-of-somebody", "other"):
        (temporary / name).mkdir()
        (temporary / name / "file").write_text("mine")
    HouseFolder().close()
    assert sorted(path.name for path in temporary.iterdir()) == ["other", "snapmoji-of-somebody"]


def test_only_this_user_can_look_into_the_folders(temporary, sessions):
    for path in (sessions.folder, sessions.unowned, sessions.open().directory):
        assert path.stat().st_mode & 0o077 == 0


def test_files_that_are_nobodys_go_after_ten_minutes(temporary):
    house = HouseFolder()
    (house.unowned / "upload-x").mkdir()
    (house.unowned / "upload-x" / "me.jpg").write_bytes(b"a face")
    (house.path / "stray").touch()
    house.sweep([])
    assert (house.unowned / "upload-x").exists()
    house.sweep([], now=time.time() + 601)
    assert list(house.unowned.iterdir()) == [] and not (house.path / "stray").exists()
    assert (house.path / "in-use").exists()
    house.close()
    house.sweep([])


def test_what_is_written_after_a_visitor_left_goes_at_the_next_sweep(sessions):
    gone, staying = sessions.open(), sessions.open()
    sessions.dismiss(gone.secret)
    gone.directory.mkdir()
    (gone.directory / "late").write_bytes(b"a face")
    sessions.sweep()
    assert not gone.directory.exists() and staying.directory.exists()
