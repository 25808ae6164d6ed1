"""The folder of everything visitors bring or make, which goes with the process that made it, even if that crashed."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import NowhereToWrite

VISITOR_PREFIX = "visitor-"
"""Names of visitors' folders begin so."""
_PREFIX = "snapmoji-"
_LOCK = "in-use"
_UNOWNED_S = 600.0


class HouseFolder:
    """A new folder among the system's temporary files. While its lock is held, it is somebody's; else it is rubbish."""

    def __init__(self) -> None:
        """Make the folder, and remove those that crashed processes left behind.

        Raises:
            NowhereToWrite: if there is no place for it.
        """
        try:
            parent = Path(tempfile.gettempdir())
            remove_abandoned(parent)
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)).resolve()
        except OSError as error:
            raise NowhereToWrite from error
        self.unowned = self.path / "uploads"
        """For files that are nobody's yet."""
        self._lock = FileLock(self.path / _LOCK)
        # The system gives the lock back whenever the process ends, and however.
        self._lock.acquire(timeout=0)
        self.unowned.mkdir(mode=0o700)

    def sweep(self, owned: Collection[Path], now: float | None = None) -> None:
        """Remove what has been nobody's for ten minutes, and what is left of visitors who are gone.

        Args:
            owned: folders of the present visitors.
            now: seconds since 1970; tests bring their own.
        """
        if not self.path.exists():
            return
        # Work that was stopped too late may have written a file while its folder was being removed.
        for folder in self.path.glob(f"{VISITOR_PREFIX}*"):
            if folder not in owned:
                _remove(folder)
        limit = (time.time() if now is None else now) - _UNOWNED_S
        # Gradio leaves an empty file beside the folders for each upload that it hands over.
        strays = [path for path in self.path.iterdir() if path.is_file() and path.name != _LOCK]
        for path in (*self.unowned.iterdir(), *strays):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < limit:
                    _remove(path)

    def discard(self, path: Path) -> None:
        """Remove a file that was nobody's and has been read; any other stays."""
        if path.parent.parent == self.unowned:
            shutil.rmtree(path.parent, ignore_errors=True)

    def close(self) -> None:
        """Remove everything. Safe to call twice."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def remove_abandoned(parent: Path) -> None:
    """Remove the folders in ``parent`` whose processes have ended without doing so."""
    for lock in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        # Another user's folder cannot be locked, a living one's is locked already.
        with contextlib.suppress(Timeout, OSError), FileLock(lock).acquire(timeout=0):
            shutil.rmtree(lock.parent, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
