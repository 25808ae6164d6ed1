"""A screen to be agreed to before anything else; for booths, and wherever else people must be asked first."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.origin import same_origin
from core.errors import InvalidRequest

_COOKIE = "snapmoji-consent"
_MOST_BYTES = 20_000
_ANSWER = "/consent"
_FLAGS = "Path=/; HttpOnly; SameSite=Strict"
_FORGET = f"{_COOKIE}=; Max-Age=0; {_FLAGS}"
_FRESH = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class ConsentText:
    """What is to be agreed to."""

    heading: str
    paragraphs: tuple[str, ...]


def read_consent(path: Path) -> ConsentText:
    """The text in a file: its first line is the heading, empty lines part paragraphs.

    Raises:
        InvalidRequest: if there is no such file, or no text of at most 20 kB in UTF-8 in it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"The consent text {path} cannot be read: {error.strerror or error}.") from error
    if len(content) > _MOST_BYTES:
        raise InvalidRequest(f"The consent text {path} is longer than {_MOST_BYTES // 1000} kB; nobody would read it.")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The consent text {path} is not plain text in UTF-8.") from error
    if not text or "\0" in text:
        raise InvalidRequest(f"The consent text {path} is empty or no text; write what people are to agree to.")
    heading, _, rest = text.partition("\n")
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", rest.replace("\r", "")))
    return ConsentText(heading.strip(), tuple(part for part in paragraphs if part))


class ConsentFirst:
    """Shows the text in place of a page until it is agreed to. Plain ASGI."""

    def __init__(self, app: ASGIApp, text: ConsentText, page: str, every_time: bool):
        """Begin to ask.

        Args:
            app: has the page.
            text: what is to be agreed to.
            page: path of the page.
            every_time: whether each loading of the page asks anew, as at a booth, else once for each browser window.
        """
        self._app, self._text, self._page, self._every_time = app, text, page, every_time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"] not in (self._page, _ANSWER):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if scope["path"] == _ANSWER:
            await (await self._answered(request))(scope, receive, send)
        elif request.cookies.get(_COOKIE) == "yes":
            await self._app(scope, receive, _forgetting(send) if self._every_time else send)
        else:
            await HTMLResponse(consent_page(self._text), headers=_FRESH)(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        if request.method != "POST" or not same_origin(request):
            return RedirectResponse(self._page, 303, headers=_FRESH)
        async with request.form(max_files=0, max_fields=4) as form:
            agreed = form.get("answer") == "yes"
        if not agreed:
            return HTMLResponse(refused_page(self._page), headers=_FRESH | {"Set-Cookie": _FORGET})
        return RedirectResponse(self._page, 303, headers=_FRESH | {"Set-Cookie": f"{_COOKIE}=yes; {_FLAGS}"})


def _forgetting(send: Send) -> Send:
    async def send_and_forget(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"set-cookie", _FORGET.encode())]
        await send(message)

    return send_and_forget


def consent_page(text: ConsentText) -> str:
    """The question, with a button for each answer."""
    words = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.paragraphs)
    buttons = (
        '<button name="answer" value="yes">I agree</button>'
        '<button name="answer" value="no" class="plain">No, thank you</button>'
    )
    return _page(
        text.heading,
        f'<div class="words" tabindex="0" role="region" aria-label="What you agree to">{words}</div>'
        f'<form method="post" action="{_ANSWER}">{buttons}</form>',
    )


def refused_page(page: str) -> str:
    """What is said to those who do not agree."""
    return _page(
        "That is fine",
        '<div class="words"><p role="status">Nothing was recorded, and the camera was not used. '
        "You can simply walk away, or close this page.</p></div>"
        f'<form method="get" action="{escape(page)}"><button class="plain">Read it again</button></form>',
    )


def _page(heading: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Snapmoji</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        ":root{color-scheme:light dark}*{box-sizing:border-box}"
        "body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:16px;"
        "font:18px/1.55 ui-rounded,system-ui,sans-serif;background:#f6f4fb;color:#262233}"
        "main{width:min(100%,680px);max-height:calc(100dvh - 32px);display:flex;flex-direction:column;"
        "padding:clamp(20px,5vw,44px);border-radius:28px;background:#fff;box-shadow:0 18px 60px rgb(60 40 120/.14)}"
        "h1{margin:0 0 12px;font-size:clamp(1.5rem,5vw,2.1rem);line-height:1.2}"
        ".words{overflow:auto;min-height:3em;overflow-wrap:anywhere}p{margin:0 0 14px}"
        "form{display:flex;flex-wrap:wrap;gap:12px;padding-top:16px}"
        "button{flex:1 1 200px;min-height:56px;padding:10px 24px;border:0;border-radius:18px;font:inherit;"
        "font-weight:700;color:#fff;background:#7440d4;cursor:pointer}button.plain{background:#e9e2f8;color:#3f2f6b}"
        "button:hover{filter:brightness(1.08)}"
        ":focus-visible{outline:3px solid #7440d4;outline-offset:3px;border-radius:18px}"
        "@media(prefers-color-scheme:dark){body{background:#141319;color:#eceaf3}main{background:#211f29}"
        "button.plain{background:#332e42;color:#d9cff5}:focus-visible{outline-color:#b79bf5}}"
        f"</style></head><body><main><h1>{escape(heading)}</h1>{content}</main></body></html>"
    )
