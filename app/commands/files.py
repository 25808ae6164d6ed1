"""Files that a user names: read and written, or one sentence why not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import InvalidRequest


def read(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        InvalidRequest: if it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, by name.

    Raises:
        InvalidRequest: if it has none.
    """
    photos = sorted(p for p in folder.glob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
    if not photos:
        raise InvalidRequest(f"There are no pictures in {folder}.")
    return photos


def write(path: Path, save: Callable[[Path], None]) -> None:
    """Has ``save`` write a file, in a new folder if need be, and prints its path.

    Raises:
        InvalidRequest: if it cannot be written.
    """
    with writing(path), made(path.parent):
        save(path)
    print(path)


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """Makes a folder and those above it; those that were not there go again, if they are empty after an error."""
    new = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for parent in new:
            with suppress(OSError):
                parent.rmdir()
        raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says in one sentence why ``path`` cannot be written."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidRequest(f"{path} cannot be written: {reason}.") from error
