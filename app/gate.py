"""What reaches Gradio: only what the page uses, only from the page itself, only for the browser's own tabs and files.

Gradio brings more than we use: it fetches any address that it is given, writes a tab's state to disk for a link to
it, and takes any file of the computer for an upload. Nothing of that gets past this gate.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.origin import same_origin
from app.tabs import Tabs, browser_of, new_cookie

_GET = re.compile(
    r"/|/config/?|/theme\.css|/favicon\.ico|/manifest\.json|/robots\.txt|/(assets|static|svelte)/.+"
    r"|/gradio_api/(info/?|startup-events|app_id|theme\.css|queue/data|heartbeat/[^/]+|call/[^/]+/[^/]+|file=.+)"
)
_POST = re.compile(r"/gradio_api/(queue/join|run/predict|cancel|reset/?|call/[^/]+)")
_MAX_BODY = 4 << 20


class Gate:
    """Stands before Gradio. Plain ASGI, so that streams are not held back."""

    def __init__(self, app: ASGIApp, folders: Sequence[Path]):
        """Args: ``app`` is Gradio's, ``folders`` hold the files that requests may name."""
        self._app = app
        self._folders = tuple(folder.resolve() for folder in folders)
        self._tabs = Tabs()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        connection = HTTPConnection(scope)
        browser = browser_of(connection.headers.get("cookie", ""))
        path = _path_in(scope)
        if scope["method"] in ("GET", "HEAD") and _GET.fullmatch(path):
            if not self._may_read(path, scope, browser):
                await _refuse(scope, receive, send)
            elif path == "/" and not browser:
                await self._app(scope, receive, _with_cookie(send, scope["scheme"] == "https"))
            else:
                await self._app(scope, receive, send)
        elif scope["method"] == "POST" and _POST.fullmatch(path) and same_origin(connection):
            body = await _read(receive)
            if body is None or not self._may_ask(body, browser):
                await _refuse(scope, receive, send)
            else:
                await self._app(scope, _again(body, receive), send)
        else:
            await _refuse(scope, receive, send)

    def _may_read(self, path: str, scope: Scope, browser: str) -> bool:
        if path.startswith("/gradio_api/file="):
            return self._is_ours(path.removeprefix("/gradio_api/file="))
        if path.startswith("/gradio_api/heartbeat/"):
            return self._tabs.belongs(path.rpartition("/")[2], browser)
        named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
        return all(self._tabs.belongs(tab, browser) for tab in named)

    def _may_ask(self, body: bytes, browser: str) -> bool:
        try:
            asked = json.loads(body)
        except ValueError:
            return False
        if not isinstance(asked, dict):
            return False
        tab = asked.get("session_hash")
        if tab is not None and not (isinstance(tab, str) and self._tabs.belongs(tab, browser)):
            return False
        return all(self._is_ours(path) for path in _paths(asked))

    def _is_ours(self, path: object) -> bool:
        """Whether this names a file in one of the folders; only who knows its random name can name it."""
        if not isinstance(path, str) or "\0" in path or re.match(r"[a-z][a-z0-9+.-]+:", path, re.I):
            return False
        try:
            resolved = Path(path).resolve()
        except (OSError, RuntimeError):
            return False
        return any(resolved.is_relative_to(folder) for folder in self._folders)


def _path_in(scope: Scope) -> str:
    """The path below the place where Gradio is mounted."""
    return unquote(scope["path"].removeprefix(scope.get("root_path", ""))) or "/"


def _paths(value: Any) -> Iterator[object]:
    """Every file that is named somewhere in the data of a request."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if part.get("path") is not None:
                yield part["path"]
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None if it is too long."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > _MAX_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives the body that was read already, then whatever follows."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _with_cookie(send: Send, secure: bool) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", new_cookie(secure))
        await send(message)

    return send_with_cookie


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("There is nothing here.", 404)(scope, receive, send)
