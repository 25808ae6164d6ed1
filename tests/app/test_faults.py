"""What breaks from outside: each has a plain sentence, and nobody else loses anything."""

import errno
import os
import subprocess
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import launch
from app.disk import NO_ROOM, DiskFull, told_if_full
from app.loading import Models
from app.making import Wish, create, restyle
from app.server import _listen, _open_browser, build_app
from app.session import Sessions
from app.settings import AppSettings
from app.studio import Page
from app.viewer import Viewer
from core.errors import Cancelled, InvalidRequest, MissingWeights, NowhereToWrite
from core.pipeline import Settings, Studio
from core.render import cache
from tests.app.conftest import make_avatar, make_creation
from tests.conftest import CHECKPOINTS, ROOT
from tests.web.conftest import eventually


def ignore(stage: str, done: float) -> None:
    pass


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    photo = tmp_path / "me.jpg"
    photo.write_bytes(b"a photo")
    return Wish(str(photo), "elf", 0.5, 0.5, 0.5, 0, None)


@pytest.fixture
def neighbour(sessions: Sessions, models: Models, wish: Wish):
    """Somebody else, with an avatar in two styles."""
    visitor = sessions.open()
    create(models, visitor, wish, ignore)
    restyle(models, visitor, Wish(None, "gold", 0.5, 0.5, 0.5, 0, None), step=True)
    yield visitor
    assert len(visitor.results.items) == 2 and visitor.history.can_undo and visitor.creation is not None
    assert restyle(models, visitor, Wish(None, "clay", 0.5, 0.5, 0.5, 0, None), step=True), "and can go on"


@pytest.fixture
def page(sessions: Sessions, models: Models) -> Page:
    return Page(AppSettings(), sessions, models)


def said(page: Page, visitor, wish: Wish, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("gradio.Warning", lambda *_, **__: None)
    return page.generate(visitor.secret, *vars(wish).values())[0]


class Full:
    """A disk without room, from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(Path, "write_bytes", self._write)

    def _write(self, *_) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_and_nothing_is_lost(page, models, visitor, wish, neighbour, monkeypatch):
    create(models, visitor, wish, ignore)
    before, photo = visitor.creation, Path(wish.photo)
    photo.write_bytes(b"another photo")
    with monkeypatch.context() as patched:
        Full(patched)
        assert "no room left" in said(page, visitor, wish, patched)
    assert visitor.creation is before and visitor.job is None
    create(models, visitor, wish, ignore)
    assert visitor.creation is not before, "once there is room again, it works"


def test_a_full_disk_refuses_a_download_in_one_sentence(studio, monkeypatch):
    app = build_app(AppSettings(), lambda: studio)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        visitor = app.state.sessions.open()
        visitor.show(make_creation(), Settings())

        def full(*_, **__):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("app.downloads.TemporaryDirectory", full)
        answer = client.get(f"/viewer/{visitor.secret}/file/avatar.ply")
        assert answer.status_code == 507 and answer.json() == {"detail": NO_ROOM}
        assert client.get(f"/viewer/{visitor.secret}/stage/styled.png").status_code == 200


def test_where_nothing_can_be_written_one_line_says_so(monkeypatch, capsys):
    def nowhere(*_, **__):
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    monkeypatch.setattr(tempfile, "mkdtemp", nowhere)
    with pytest.raises(NowhereToWrite):
        Sessions()
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(cache, "user_cache_directory", lambda: Path(os.devnull))
    assert launch.main(["--no-browser", "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("snapmoji: Nothing can be written") and said.count("\n") == 1


def test_only_a_full_disk_is_called_full():
    for code in (errno.ENOSPC, errno.EROFS):
        with pytest.raises(DiskFull), told_if_full():
            raise OSError(code, "")
    with pytest.raises(FileNotFoundError), told_if_full():
        raise FileNotFoundError(errno.ENOENT, "")


@pytest.mark.parametrize("failure", [MemoryError(), RuntimeError("a kernel died"), KeyError("x")])
def test_work_that_dies_is_told_plainly_and_the_next_one_works(
    page, visitor, wish, neighbour, studio, monkeypatch, failure
):
    studio.error = failure
    assert "went wrong on our side" in said(page, visitor, wish, monkeypatch)
    assert visitor.job is None and visitor.creation is None
    studio.error = None
    assert "Done" in said(page, visitor, wish, monkeypatch)


def test_a_viewer_whose_update_fails_goes_on_with_the_next(monkeypatch):
    viewer = Viewer("key")
    try:
        viewer.set_avatar(make_avatar())
        real, failed = viewer._update, threading.Event()

        def fail_once(weights) -> None:
            if not failed.is_set():
                failed.set()
                raise RuntimeError("lost")
            real(weights)

        monkeypatch.setattr(viewer, "_update", fail_once)
        before = viewer._nodes["/avatar/moving"].buffer.copy()
        viewer.set_weights({"jawOpen": 0.5})
        assert failed.wait(10)
        viewer.set_weights({"jawOpen": 1.0})
        assert eventually(lambda: (viewer._nodes["/avatar/moving"].buffer != before).any(), 10)
    finally:
        viewer.close()


def test_a_browser_that_goes_away_in_mid_generation_leaves_nothing(models, wish, studio):
    clock = [0.0]
    house = Sessions(leave_grace_s=5, clock=lambda: clock[0])
    staying, leaving = house.welcome(None, "one"), house.welcome(None, "other")
    create(models, staying, wish, ignore)
    studio.at_stage.clear()
    studio.go_on.clear()
    ended: list[BaseException] = []

    def work() -> None:
        try:
            create(models, leaving, wish, ignore)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert studio.at_stage.wait(10)
    house.close_tab("other")
    clock[0] = 6.0
    house.sweep()
    studio.go_on.set()
    thread.join(10)
    assert isinstance(ended[0], Cancelled)
    assert not leaving.directory.exists() and leaving.viewer is None and len(house) == 1
    assert restyle(models, staying, Wish(None, "gold", 0.5, 0.5, 0.5, 0, None)), "the others go on"
    house.close()


def test_missing_models_are_told_on_the_page_and_at_every_attempt(sessions, wish, monkeypatch):
    def load() -> Studio:
        return Studio.load(Path("/no/such/folder"))

    models = Models(load)
    models.start()
    assert eventually(lambda: models.ready, 30)
    page = Page(AppSettings(), sessions, models)
    assert "/no/such/folder" in page.tick()[0] and "sm-bad" in page.tick()[0]
    assert "/no/such/folder" in said(page, sessions.open(), wish, monkeypatch)


@pytest.mark.parametrize("name", [f"{part}.safetensors" for part in ("face_parser", "head_rig", "gda", "generator")])
@pytest.mark.parametrize("damage", ["empty", "half", "garbage", "another"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, name: str, damage: str):
    for file in CHECKPOINTS.glob("*.safetensors"):
        (tmp_path / file.name).symlink_to(file)
    content = (CHECKPOINTS / name).read_bytes()
    other = next(file for file in CHECKPOINTS.glob("*.safetensors") if file.name != name).read_bytes()
    (tmp_path / name).unlink()
    wrong = {"empty": b"", "half": content[: len(content) // 2], "garbage": b"\xff" * 5000, "another": other}
    (tmp_path / name).write_bytes(wrong[damage])
    with pytest.raises(MissingWeights, match=name.split(".")[0]):
        Studio.load(tmp_path)


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path):
    with _listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidRequest, match=f"port {port}"):
            _listen("127.0.0.1", port)
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        command = [sys.executable, "launch.py", "--no-browser", "--port", str(port)]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 2 and run.stdout == ""
    assert run.stderr.startswith("snapmoji: Cannot listen on 127.0.0.1") and run.stderr.count("\n") == 1


@pytest.mark.parametrize("refuses", [lambda url: False, lambda url: (_ for _ in ()).throw(webbrowser.Error("none"))])
def test_without_a_display_the_address_has_to_do(monkeypatch, capsys, refuses):
    monkeypatch.setattr(webbrowser, "open", refuses)
    _open_browser("http://127.0.0.1:7860")
    assert capsys.readouterr().out == "No browser could be opened here; open the address above in one.\n"
    monkeypatch.setattr(webbrowser, "open", lambda url: True)
    _open_browser("http://127.0.0.1:7860")
    assert capsys.readouterr().out == ""
