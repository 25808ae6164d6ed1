import http.client
from urllib.parse import urlsplit

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app.listening import open_viewer
from core.expressions import SHAPES
from tests.app.conftest import make_avatar


def status(url: str, host: str | None = None) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", parts.path, headers={"Host": host or parts.netloc})
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_viewer_is_served_to_who_knows_its_address_on_this_computer():
    with open_viewer(make_avatar()) as (viewer, url):
        assert url.startswith("http://127.0.0.1:")
        assert status(url) == 200
        assert status(url.rsplit("/", 2)[0] + "/guess/") == 404
        assert status(url, host="evil.example") == 400
        socket_url = url.replace("http", "ws").rstrip("/")
        with pytest.raises(InvalidStatus):
            connect(socket_url, origin="https://evil.example", proxy=None)
        with connect(socket_url, subprotocols=[_protocol()], proxy=None, max_size=None) as browser:
            assert len(browser.recv(timeout=10)) > 0
        viewer.set_weights(np.full(len(SHAPES), 0.5, np.float32))
        assert viewer.weights[0] == 0.5


def _protocol() -> str:
    import viser

    return f"viser-v{viser.__version__}"
