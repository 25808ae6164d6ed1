import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.server import build_app
from app.settings import AppSettings
from core.character.document import same
from core.character.notes import from_notes
from core.formats.bundle import load_bundle
from core.pipeline import Settings
from tests.app.conftest import make_creation

SETTINGS = AppSettings(max_upload_mb=1)


@pytest.fixture
def client(studio) -> Iterator[TestClient]:
    app = build_app(SETTINGS, lambda: studio)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        client.sessions = app.state.sessions
        yield client


def test_the_page_comes_with_headers_that_keep_it_to_itself(client):
    answer = client.get("/")
    assert answer.status_code == 200 and "Snapmoji" in answer.text
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "googleapis" not in answer.text and '"analytics_enabled":true' not in answer.text.replace(" ", "")


def test_a_foreign_name_that_points_here_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_names_can_be_allowed(studio):
    app = build_app(replace(SETTINGS, allowed_hosts=("booth.example",)), lambda: studio)
    with TestClient(app, base_url="http://booth.example") as client:
        assert client.get("/config").status_code == 200


def test_too_large_an_upload_is_refused(client):
    files = {"files": ("me.jpg", io.BytesIO(bytes(2_000_000)), "image/jpeg")}
    assert client.post("/gradio_api/upload", files=files).status_code == 413


@pytest.mark.parametrize("path", ["/etc/passwd", "app/server.py"])
def test_files_of_the_computer_are_not_served(client, path):
    assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_pictures_and_files_need_the_secret(client, tmp_path):
    visitor, other = client.sessions.open(), client.sessions.open()
    visitor.show(make_creation(), Settings())
    base = f"/viewer/{visitor.secret}"
    picture = Image.open(io.BytesIO(client.get(f"{base}/stage/aligned.png").content))
    assert picture.size == (512, 512) and np.asarray(picture).max() == 90
    answer = client.get(f"{base}/file/avatar.snapmoji")
    assert "attachment" in answer.headers["content-disposition"]
    (tmp_path / "a.snapmoji").write_bytes(answer.content)
    avatar, notes = load_bundle(tmp_path / "a.snapmoji")
    assert len(avatar) == len(visitor.creation.avatar)
    assert same(from_notes(notes).character, visitor.creation.character)
    assert client.get(f"{base}/file/avatar.ply").content.startswith(b"ply")
    assert Image.open(io.BytesIO(client.get(f"{base}/file/avatar.png").content)).mode == "RGBA"
    for wrong in (f"/viewer/{other.secret}/file/avatar.ply", "/viewer/guess/stage/aligned.png", f"{base}/file/x.py"):
        assert client.get(wrong).status_code == 404


def test_nothing_is_left_behind(studio):
    app = build_app(SETTINGS, lambda: studio)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        files = {"files": ("me.jpg", io.BytesIO(b"my face"), "image/jpeg")}
        assert client.post("/gradio_api/upload", files=files).status_code == 200
        folder = app.state.sessions.folder
        assert any(p.is_file() for p in folder.rglob("*"))
    assert not folder.exists()
