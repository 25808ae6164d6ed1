"""A small web server that can do what real ones do: send a part, break off, refuse."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


class Shelf(BaseHTTPRequestHandler):
    """Serves ``files``; a path in ``breaks`` breaks off after so many bytes, as often as its list is long."""

    files: ClassVar[dict[str, bytes]] = {}
    breaks: ClassVar[dict[str, list[int]]] = {}
    asked: ClassVar[list[tuple[str, str | None]]] = []
    ranges = True

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append((self.path, wanted))
        body = self.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        if start >= len(body) > 0 and wanted:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        rest = body[start:]
        cuts = self.breaks.get(self.path)
        self.wfile.write(rest[: cuts.pop(0)] if cuts else rest)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(files: dict[str, bytes], breaks: dict[str, list[int]] | None = None) -> Iterator[tuple[str, type[Shelf]]]:
    """Serves ``files`` by their paths: the address, and the handler to look at."""
    shelf = type("OneShelf", (Shelf,), {"files": files, "breaks": breaks or {}, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), shelf)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
