"""What one visitor makes of an avatar, one thing at a time, and the files of what was made last."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.disk import told_if_full
from core.errors import Cancelled


class Workbench:
    """One piece of work at a time, and a folder of files for each kind of thing. Thread-safe."""

    def __init__(self, folder: Path):
        """Args: ``folder`` is the visitor's own."""
        self._folder = folder
        self._lock = threading.Lock()
        self._job: threading.Event | None = None
        self._closed = False

    @contextmanager
    def working(self) -> Iterator[threading.Event]:
        """A piece of work, for which the one before stops: what is yielded is set once it is to stop itself."""
        job = threading.Event()
        with self._lock:
            if self._job is not None:
                self._job.set()
            self._job = job
            if self._closed:
                job.set()
        try:
            yield job
        finally:
            with self._lock:
                if self._job is job:
                    self._job = None

    @contextmanager
    def filling(self, kind: str, job: threading.Event) -> Iterator[Path]:
        """A new folder, which takes the place of this kind's files if no error came up and the work was not stopped.

        Raises:
            Cancelled: if the work was stopped.
        """
        if job.is_set():
            raise Cancelled("Stopped.")
        with told_if_full(), TemporaryDirectory(prefix="making-", dir=self._folder) as folder:
            filled = Path(folder) / kind
            filled.mkdir()
            try:
                yield filled
            except OSError as error:
                if job.is_set():  # the visitor left, and with them the folder
                    raise Cancelled("Stopped.") from error
                raise
            with self._lock:
                if job.is_set():
                    raise Cancelled("Stopped.")
                place = self._place(kind)
                shutil.rmtree(place, ignore_errors=True)
                filled.rename(place)

    def file(self, kind: str, name: str) -> Path | None:
        """A file of what was made last of a kind; None if there is none of that name."""
        place = self._place(kind)
        try:
            return next((path for path in place.iterdir() if path.name == name), None)
        except OSError:
            return None

    def stop(self) -> None:
        """Tell the work in progress to stop, if there is any."""
        with self._lock:
            if self._job is not None:
                self._job.set()

    def close(self) -> None:
        """Stop for good. The files go with the visitor's folder."""
        with self._lock:
            self._closed = True
            if self._job is not None:
                self._job.set()

    def _place(self, kind: str) -> Path:
        return self._folder / f"made-{kind}"
