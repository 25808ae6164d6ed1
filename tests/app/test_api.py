import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from app.server import build_app
from app.settings import AppSettings
from core.expressions import SHAPES
from core.formats.bundle import load_bundle
from tests.conftest import EXAMPLES
from tests.web.conftest import eventually


@pytest.fixture
def url(studio) -> Iterator[str]:
    app = build_app(AppSettings(), lambda: studio)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert eventually(lambda: server.started, 60)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    app.state.gradio.stop_event.set()
    server.force_exit = server.should_exit = True
    thread.join(20)


def test_a_program_makes_restyles_poses_and_exports(url, studio, tmp_path):
    client = Client(url, verbose=False, download_files=str(tmp_path), analytics_enabled=False)
    names = set(client.view_api(return_format="dict")["named_endpoints"])
    assert names == {"/make", "/restyle", "/pose", "/export"}
    with pytest.raises(AppError, match="Make an avatar first"):
        client.predict("happy", api_name="/pose")
    report, picture = client.predict(handle_file(str(EXAMPLES["bob"])), api_name="/make")
    assert report["splats"] == 50 and Path(picture).read_bytes()[:4] == b"RIFF"
    client.predict("gold", api_name="/restyle")
    assert studio.restyled == 1
    weights, _ = client.predict({"jawOpen": 0.5}, api_name="/pose")
    assert weights == {shape: 0.5 if shape == "jawOpen" else 0.0 for shape in SHAPES}
    avatar, notes = load_bundle(client.predict("snapmoji", api_name="/export"))
    assert len(avatar) == 50 and "gold" in json.dumps(notes)
    with pytest.raises(AppError, match="no format 'exe'"):
        client.predict("exe", api_name="/export")
    with pytest.raises(AppError, match="noseWiggle"):
        client.predict({"noseWiggle": 1.0}, api_name="/pose")
    with pytest.raises(AppError, match="Make an avatar first"):
        Client(url, verbose=False, analytics_enabled=False).predict("ply", api_name="/export")
