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
        self._turn = threading.Condition()
        self._in_use = False
        self._line: list[object] = []
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
        """The studio, for this piece of work alone; who asked first has it first.

        Args:
            job: set when the work is to stop.
            progress: told what we wait for, and how many go first.
            patient: whether all other work goes first, also that which is likely to follow soon.

        Raises:
            Cancelled: if ``job`` was set while waiting.
            Exception: whatever loading the models raised.
        """
        if not self._done.is_set():
            progress("Getting ready", 0.0)
        while not self._done.wait(_LOOK_SECONDS):
            _check(job)
        if self._error is not None:
            raise self._error
        assert self._studio is not None
        with nullcontext() if patient else self._pressed():
            if patient:
                self._wait_for_quiet(job)
            else:
                self._wait_in_line(job, lambda place: progress(f"Waiting for your turn: {place} before you", 0.0))
            try:
                yield self._studio
            finally:
                with self._turn:
                    self._in_use = False
                    self._turn.notify_all()

    @contextmanager
    def _pressed(self) -> Iterator[None]:
        """Somebody waits for the work done here."""
        with self._turn:
            self._pressing += 1
        try:
            yield
        finally:
            with self._turn:
                self._pressing -= 1
                self._last_pressing = time.monotonic()

    def _wait_in_line(self, job: threading.Event, say: Callable[[int], None]) -> None:
        """Take the studio once it is free and nobody is before us in the line."""
        ticket, told = object(), 0
        with self._turn:
            self._line.append(ticket)
        while not self._enter(ticket):
            # What is over within a moment is not worth a word.
            with self._turn:
                self._turn.wait(_LOOK_SECONDS)
                place = self._line.index(ticket) + self._in_use
            try:
                _check(job)
                if place and place != told:
                    say(place)
                    told = place
            except BaseException:
                self._leave(ticket)
                raise

    def _enter(self, ticket: object) -> bool:
        with self._turn:
            if self._in_use or self._line[0] is not ticket:
                return False
            self._line.pop(0)
            self._in_use = True
            return True

    def _leave(self, ticket: object) -> None:
        with self._turn:
            self._line.remove(ticket)
            self._turn.notify_all()

    def _wait_for_quiet(self, job: threading.Event) -> None:
        """Take the studio once it is free and nobody has wanted it for a moment."""
        while True:
            with self._turn:
                quiet = time.monotonic() - self._last_pressing > _QUIET_SECONDS
                if quiet and not self._pressing and not self._in_use:
                    self._in_use = True
                    return
            _check(job)
            time.sleep(_LOOK_SECONDS)

    def _run(self) -> None:
        try:
            self._studio = self._load()
        except BaseException as error:  # kept for whoever borrows
            self._error = error
        finally:
            self._done.set()


def _check(job: threading.Event) -> None:
    if job.is_set():
        raise Cancelled("Stopped.")
