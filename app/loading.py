"""The models, loaded in the background so that the page can come up at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import Cancelled

if TYPE_CHECKING:
    from core.pipeline import Studio

_LOOK_SECONDS = 0.1


class Models:
    """Loads the studio once, on its own thread, and lends it to one piece of work at a time."""

    def __init__(self, load: "Callable[[], Studio]"):
        """Args: ``load`` builds the studio; what it raises is raised again by :meth:`borrow`."""
        self._load = load
        self._studio: Studio | None = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        self._in_use = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="models", daemon=True)

    def start(self) -> None:
        """Begin to load; returns at once."""
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether loading has ended, well or not."""
        return self._done.is_set()

    @property
    def error(self) -> BaseException | None:
        """Why loading failed, or None."""
        return self._error

    @contextmanager
    def borrow(self, job: threading.Event, progress: Callable[[str, float], None]) -> "Iterator[Studio]":
        """The studio, for this piece of work alone.

        Args:
            job: set when the work is to stop.
            progress: told what we wait for.

        Raises:
            Cancelled: if ``job`` was set while waiting.
            Exception: whatever loading the models raised.
        """
        self._wait(self._done.wait, job, lambda: progress("Getting ready", 0.0))
        if self._error is not None:
            raise self._error
        assert self._studio is not None
        self._wait(
            lambda seconds: self._in_use.acquire(timeout=seconds), job, lambda: progress("Waiting for your turn", 0.0)
        )
        try:
            yield self._studio
        finally:
            self._in_use.release()

    def _wait(self, attempt: Callable[[float], bool], job: threading.Event, say: Callable[[], None]) -> None:
        told = False
        while not attempt(_LOOK_SECONDS):
            if not told:
                say()
                told = True
            if job.is_set():
                raise Cancelled("Stopped.")

    def _run(self) -> None:
        try:
            self._studio = self._load()
        except BaseException as error:  # kept for whoever borrows
            self._error = error
        finally:
            self._done.set()
