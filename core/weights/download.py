"""Fetches a file over HTTP; goes on where a broken connection stopped, and names a file only when it is whole."""

import hashlib
import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from core.errors import MissingWeights

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and the bytes of the whole file, 0 if that is unknown; may raise to stop."""

_BLOCK = 1 << 20
_ATTEMPTS = 3
_TIMEOUT_S = 30.0


def download(url: str, path: Path, sha256: str | None = None, progress: Progress = lambda done, whole: None) -> None:
    """Writes what is at ``url`` to ``path``.

    What has arrived waits in ``path`` + ``.part``; the next call asks for the rest only. A broken connection is
    taken up again twice by itself.

    Args:
        url: ``https``; ``http`` only of this computer.
        path: replaced at the end, all at once.
        sha256: of the whole file, in hexadecimal; None if it is not known.
        progress: told after every block.

    Raises:
        MissingWeights: with one sentence, if the file cannot be had, or is another than ``sha256`` says.
    """
    address = urllib.parse.urlsplit(url)
    if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise MissingWeights(f"{url} cannot be fetched: only https is.")
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(_ATTEMPTS):
            try:
                _fetch_rest(url, part, progress)
                break
            except (http.client.HTTPException, ConnectionError, TimeoutError, urllib.error.URLError) as error:
                if isinstance(error, urllib.error.HTTPError) or attempt == _ATTEMPTS - 1:
                    raise
    except urllib.error.HTTPError as error:
        raise MissingWeights(f"{url} cannot be fetched: the server answers {error.code} ({error.reason}).") from error
    except (http.client.HTTPException, ConnectionError, TimeoutError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", None) or error
        raise MissingWeights(
            f"{url} cannot be fetched: {reason}; run the same command again to go on from there."
        ) from error
    except OSError as error:
        raise MissingWeights(f"{path} cannot be written: {error.strerror}.") from error
    adopt(part, path, sha256)


def adopt(part: Path, path: Path, sha256: str | None) -> None:
    """Gives a whole file its name if it is what it should be, and removes it if not.

    Raises:
        MissingWeights: if the file has another checksum.
    """
    if sha256 is not None and digest(part) != sha256:
        part.unlink()
        raise MissingWeights(f"What arrived for {path.name} has a wrong checksum and was removed; fetch it again.")
    part.replace(path)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_rest(url: str, part: Path, progress: Progress) -> None:
    """Adds to ``part`` what it lacks."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "snapmoji"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise
        # Either nothing is lacking, which the checksum will tell, or the part belongs to another file.
        if error.headers.get("Content-Range", "").endswith(f"/{have}"):
            return
        part.unlink()
        raise ConnectionError("the part that was there does not fit") from error
    with answer:
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
            have = 0
        length = int(answer.headers.get("Content-Length") or 0)
        whole = have + length if length else 0
        with part.open("ab" if have else "wb") as file:
            while block := answer.read(_BLOCK):
                file.write(block)
                have += len(block)
                progress(have, whole)
    if whole and have < whole:
        # Python's http ends a broken answer like a whole one.
        raise ConnectionError(f"the connection broke at {have / 1e6:.1f} of {whole / 1e6:.1f} MB")
