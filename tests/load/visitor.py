"""One visitor as a program sees the app: over HTTP and websockets, as the page does."""

import json
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import viser
from websockets.sync.client import connect
from websockets.sync.connection import Connection

_PATIENCE_S = 600.0


class Refused(Exception):
    """The app answered with an error."""


class Visitor:
    """A visitor with a session of its own."""

    def __init__(self, url: str):
        """Args: ``url`` of the app."""
        self.url = url
        self.secret = ""
        self._session = secrets.token_urlsafe(24)
        self._http = httpx.Client(base_url=url, timeout=_PATIENCE_S, trust_env=False)

    def make(self, photo: Path, prompt: str = "") -> dict[str, Any]:
        """An avatar from a photo: its report."""
        with photo.open("rb") as file:
            (path,) = self._answered(self._http.post("/gradio_api/upload", files={"files": file})).json()
        named = {"path": path, "meta": {"_type": "gradio.FileData"}}
        report = self.call("make", named, prompt, 0.5, 0.5, 0.5, 0, -1)[0]
        self.secret = report["viewer"].split("/")[2]
        return report

    def restyle(self, prompt: str) -> dict[str, Any]:
        """Another style: the report."""
        return self.call("restyle", prompt, 0.5, 0.5, 0.5, 0)[0]

    def export(self, kind: str) -> bytes:
        """The avatar as a file."""
        (file,) = self.call("export", kind)
        return self.get(f"/gradio_api/file={file['path']}")

    def call(self, name: str, *values: Any) -> list[Any]:
        """What an event of the API returns.

        Raises:
            Refused: with the app's sentence.
        """
        body = {"data": list(values), "session_hash": self._session}
        event = self._answered(self._http.post(f"/gradio_api/call/{name}", json=body)).json()["event_id"]
        kind = ""
        with self._http.stream("GET", f"/gradio_api/call/{name}/{event}") as lines:
            for line in lines.iter_lines():
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:") and kind == "complete":
                    return json.loads(line.removeprefix("data:"))
                elif line.startswith("data:") and kind == "error":
                    raise Refused(line)
        raise Refused(f"{name} ended without an answer")

    def get(self, path: str) -> bytes:
        """What is at an address."""
        return self._answered(self._http.get(path)).content

    def leave(self) -> None:
        """Delete everything and hang up."""
        if self.secret:
            self._answered(self._http.post(f"/viewer/{self.secret}/goodbye"))
        self._http.close()

    def live(self) -> Connection:
        """The page's line: progress comes out, expressions go in."""
        return connect(self._socket("/live"), max_size=None, proxy=None, compression=None)

    def viewer(self) -> Connection:
        """The viewer's line: packets of splats."""
        protocol = f"viser-v{viser.__version__}"
        return connect(
            self._socket(""),
            subprotocols=[protocol],
            max_size=None,
            proxy=None,
            compression=None,  # pyright: ignore
        )

    def _socket(self, end: str) -> str:
        return f"ws://{urlsplit(self.url).netloc}/viewer/{self.secret}{end}"

    def _answered(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code >= 400:
            raise Refused(f"{answer.request.method} {answer.request.url.path.split('/')[1]}: {answer.status_code}")
        return answer


def drained(socket: Connection, quiet_s: float = 0.5, most_s: float = 30.0) -> int:
    """Read until nothing more comes; the size of the largest message."""
    largest, end = 0, time.monotonic() + most_s
    while time.monotonic() < end:
        try:
            largest = max(largest, len(socket.recv(timeout=quiet_s)))
        except TimeoutError:
            break
    return largest
