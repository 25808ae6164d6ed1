"""What is left of a visitor: nothing after the farewell, and no measurements of a face on the disk ever."""

import gc
import socket
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.downloads import DOWNLOADS
from app.loading import Models
from app.making import Wish, create, edit, restyle, undo
from app.server import build_app
from app.settings import AppSettings
from app.uploads import VISITOR_HEADER
from core.formats.bundle import decode
from core.pipeline import Settings
from core.portrait import Portrait
from tests.app.conftest import make_creation
from tests.conftest import EXAMPLES, PERSON


@pytest.fixture
def client(studio) -> Iterator[TestClient]:
    app = build_app(AppSettings(), lambda: studio)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        client.sessions = app.state.sessions
        yield client


def holds(folder: Path, content: bytes) -> bool:
    """Whether any file in a folder holds this."""
    return any(content in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def live_objects(*things: object) -> list[weakref.ref]:
    return [weakref.ref(thing) for thing in things]


def test_delete_my_data_leaves_nothing_on_disk_in_memory_or_at_any_address(client):
    other = client.sessions.open()
    other.show(make_creation(), Settings())
    visitor = client.sessions.open()
    secret, folder = visitor.secret, visitor.directory
    files = {"files": ("me.jpg", b"my very own face", "image/jpeg")}
    (photo,) = client.post("/gradio_api/upload", files=files, headers={VISITOR_HEADER: secret}).json()
    visitor.show(make_creation(), Settings())
    visitor.pending["aligned"] = b"my face"
    addresses = [f"/viewer/{secret}/{part}" for part in ("", "stage/aligned.png", "file/avatar.ply")]
    addresses += [f"/ar/{secret}/", f"/gradio_api/file={photo}"]
    assert [client.get(address).status_code for address in addresses] == [200] * 5
    assert holds(client.sessions.folder, b"my very own face")
    things = live_objects(visitor, visitor.creation.avatar, visitor.creation.character, visitor.viewer)
    port = visitor.viewer.port
    with client.websocket_connect(f"/viewer/{secret}/live", headers={"host": "127.0.0.1:7860"}) as tab:
        assert tab.receive_json()["kind"] == "state"
        del visitor
        assert client.post(f"/viewer/{secret}/goodbye").status_code == 204
        with pytest.raises(WebSocketDisconnect):
            while True:
                tab.receive_json()
    assert not folder.exists()
    assert not holds(client.sessions.folder, b"my very own face")
    assert {client.get(address).status_code for address in addresses} <= {403, 404}
    assert client.post(f"/viewer/{secret}/goodbye").status_code == 404
    gc.collect()
    assert [thing() for thing in things] == [None] * 4, "something still holds the visitor"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the viewer's server is gone"
    assert client.get(f"/viewer/{other.secret}/stage/aligned.png").status_code == 200, "others keep what is theirs"


@contextmanager
def written() -> Iterator[set[Path]]:
    """Every file that this process opens for writing meanwhile."""
    found: set[Path] = set()
    on = True

    def note(event: str, details: tuple) -> None:
        if on and event == "open" and isinstance(details[0], str) and isinstance(details[2], int) and details[2] & 3:
            found.add(Path(details[0]))

    sys.addaudithook(note)
    yield found
    on = False


def test_a_whole_visit_writes_the_photo_and_files_to_take_home_and_no_measurements(
    studio_of_the_house, client_of, monkeypatch
):
    portraits: list[Portrait] = []
    monkeypatch.setattr("core.pipeline.Portrait", lambda *parts: portraits.append(Portrait(*parts)) or portraits[-1])
    models, (client, sessions) = Models(lambda: studio_of_the_house), client_of
    models.start()
    visitor = sessions.open()
    wish = Wish(str(EXAMPLES[PERSON]), "", 0.5, 0.5, 0.5, 0, None)
    with written() as files:
        create(models, visitor, wish, lambda stage, done: None)
        character = visitor.creation.character
        restyle(models, visitor, Wish(None, "gold", 0.5, 0.5, 0.5, 0, None), step=True)
        edit(models, visitor, {"glasses": "round"})
        undo(models, visitor)
        taken = {
            d.name: client.get(f"/viewer/{visitor.secret}/file/{d.name}") for d in DOWNLOADS if "turn" not in d.name
        }
    assert all(answer.status_code == 200 for answer in taken.values())
    assert decode(taken["avatar.snapmoji"].content)[1], "it can be edited, as it holds the measurements"
    ours = {path for path in files if sessions.folder in path.parents}
    names = {path.name.removeprefix("unfinished-") for path in ours}
    assert any(name.startswith("photo-") for name in names)
    assert not any("snapmoji" in name for name in names), names
    elsewhere = {path for path in files - ours if "numba" not in str(path) and path.parts[:2] != ("/", "dev")}
    assert not elsewhere
    kept = b"".join(path.read_bytes() for path in sessions.folder.rglob("*") if path.is_file())
    assert len(portraits) == 1
    for numbers in (np.asarray(character.identity), portraits[0].points):
        for kind in (np.float32, np.float64):
            assert numbers.astype(kind).tobytes()[:32] not in kept


@pytest.fixture
def studio_of_the_house(request):
    """The real one; the fixture of this folder's tests is made up."""
    from core.pipeline import Studio

    return Studio(*(request.getfixturevalue(name) for name in ("rig", "pattern", "landmarker", "parser")))


@pytest.fixture
def client_of(studio) -> Iterator[tuple]:
    app = build_app(AppSettings(), lambda: studio)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client, app.state.sessions
