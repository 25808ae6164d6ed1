"""The avatar as one HTML file that opens offline: the live page with the avatar inside, turned by hand, 16 sliders."""

import base64
import hashlib
import re
from pathlib import Path

from core.avatar.model import Avatar
from core.errors import UnreadableAvatar
from core.formats.bundle import decode, encode
from core.formats.files import read_limited, replacing
from core.formats.inline_modules import inline_modules

_CLIENT = Path(__file__).resolve().parents[2] / "ui_assets" / "ar"
_ICON = re.compile(r'\s*<link rel="icon"[^>]*>')
_STYLE = re.compile(r'<link rel="stylesheet"[^>]*>')
_SCRIPT = re.compile(r'\s*<script type="module" src="[^"]*"></script>')
_AVATAR = re.compile(rb'<script type="text/plain" id="avatar-inside">([A-Za-z0-9+/=\s]*)</script>')


def save_standalone(avatar: Avatar, path: str | Path) -> None:
    """Writes the page. It holds no notes: not from whom or how the avatar was made.

    Raises:
        ValueError: if the avatar cannot be stored, see :func:`core.formats.bundle.encode`.
        OSError: if the file cannot be written.
    """
    page = _page(base64.b64encode(encode(avatar)).decode("ascii"), _CLIENT)
    with replacing(path) as unfinished:
        unfinished.write_text(page, encoding="utf-8")


def load_standalone(path: str | Path) -> Avatar:
    """The avatar inside a page that :func:`save_standalone` wrote.

    Raises:
        UnreadableAvatar: if there is no such file, or no whole avatar in it.
    """
    found = _AVATAR.search(read_limited(path, "avatar"))
    if found is None:
        raise UnreadableAvatar(f"{Path(path).name} is a page without an avatar inside.")
    try:
        bundle = base64.b64decode(found[1], validate=True)
    except ValueError as error:
        raise UnreadableAvatar("The page is damaged: its avatar does not unpack.") from error
    return decode(bundle)[0]


def _page(avatar: str, client: Path) -> str:
    """The client's page with its styles, its scripts and the avatar written into it.

    Args:
        avatar: a bundle in base64.
        client: the folder of the client.
    """
    script = f"\n{inline_modules(client / 'client.js')}\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    # Nothing is fetched, nothing is sent, and no script runs but this one and its worker.
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}' blob:; worker-src blob:; style-src 'unsafe-inline'; "
        "img-src data: blob:; media-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    style = (client / "ar.css").read_text(encoding="utf-8")
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n  <style>\n{style}</style>'
    tail = "\n".join(
        (
            f'<script type="text/plain" id="avatar-inside">{avatar}</script>',
            f'<script type="text/plain" id="worker-inside">\n{inline_modules(client / "sort-worker.js")}</script>',
            f'<script type="module">{script}</script>',
        )
    )
    page = _ICON.sub("", (client / "index.html").read_text(encoding="utf-8"))
    page = _SCRIPT.sub("", _STYLE.sub(lambda _: head, page))
    return page.replace("</body>", f"{tail}\n</body>")
