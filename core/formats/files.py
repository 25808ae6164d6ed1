"""Opening files with a limit and replacing them only once they are whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import UnreadableAvatar

MAX_FILE_BYTES = 256 << 20
"""A larger file is refused unread; ours have a few megabytes."""


def read_limited(path: str | Path, kind: str) -> bytes:
    """All bytes of a file.

    Args:
        path: of the file.
        kind: what it should be, for the message: ``"avatar"``, ``"PLY"``.

    Raises:
        UnreadableAvatar: if there is no such file, or it is too large.
    """
    path = Path(path)
    if not path.is_file():
        raise UnreadableAvatar(f"There is no {kind} file at {path}.")
    check_size(path)
    return path.read_bytes()


def check_size(path: Path) -> None:
    """Accepts a file that is not too large to be read.

    Raises:
        UnreadableAvatar: if it is.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnreadableAvatar(f"{path.name} is larger than {MAX_FILE_BYTES >> 20} MB, too large for an avatar.")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A path to write to; what was written takes the place of ``path`` if no error came up.

    Raises:
        OSError: if the file cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
