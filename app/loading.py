"""The models, loaded in the background so that the page can come up at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from core.errors import Cancelled

if TYPE_CHECKING:
    from core.pipeline import Studio

_LOOK_SECONDS = 0.1
_QUIET_SECONDS = 0.3


class Models:
    """Loads the studio once, on its own thread, and lends it to one piece of work at a time."""

    def __init__(self, load: "Callable[[], Studio]"):
        """Args: ``load`` builds the studio; what it raises is raised again by :meth:`borrow`."""
        self._load = load
        self._studio: Studio | None = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        self._in_use = threading.Lock()
        self._count = threading.Lock()
        self._pressing = 0
        self._last_pressing = 0.0
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
    def borrow(
        self, job: threading.Event, progress: Callable[[str, float], None], *, patient: bool = False
    ) -> "Iterator[Studio]":
        """The studio, for this piece of work alone.

        Args:
            job: set when the work is to stop.
            progress: told what we wait for.
            patient: whether all other work goes first, also that which is likely to follow soon.

        Raises:
            Cancelled: if ``job`` was set while waiting.
            Exception: whatever loading the models raised.
        """
        self._wait(self._done.wait, job, lambda: progress("Getting ready", 0.0))
        if self._error is not None:
            raise self._error
        assert self._studio is not None
        with nullcontext() if patient else self._pressed():
            attempt = self._try_patiently if patient else lambda seconds: self._in_use.acquire(timeout=seconds)
            self._wait(attempt, job, lambda: progress("Waiting for your turn", 0.0))
            try:
                yield self._studio
            finally:
                self._in_use.release()

    @contextmanager
    def _pressed(self) -> Iterator[None]:
        """Somebody waits for the work done here."""
        with self._count:
            self._pressing += 1
        try:
            yield
        finally:
            with self._count:
                self._pressing -= 1
                self._last_pressing = time.monotonic()

    def _try_patiently(self, seconds: float) -> bool:
        quiet = time.monotonic() - self._last_pressing > _QUIET_SECONDS
        if quiet and not self._pressing and self._in_use.acquire(blocking=False):
            return True
        time.sleep(seconds)
        return False

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
