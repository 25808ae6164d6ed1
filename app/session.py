"""The visitors of the page: who they are, and for how long."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.heap import give_back
from app.house_folder import HouseFolder
from app.visitor import Visitor
from core.errors import InvalidRequest

_LOG = logging.getLogger(__name__)
_SWEEP_SECONDS = 20.0


class Sessions:
    """All visitors, by secret, with a limit on their number and on their idleness. Thread-safe."""

    def __init__(
        self,
        max_visitors: int = 16,
        idle_s: float = 3600.0,
        leave_grace_s: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        """An empty house.

        Args:
            max_visitors: at least 1.
            idle_s: seconds without a sign of life after which a visitor is forgotten.
            leave_grace_s: seconds that a visitor is kept after closing the last tab.
            clock: tells seconds; tests bring their own.

        Raises:
            ValueError: if ``max_visitors`` is below 1.
        """
        if max_visitors < 1:
            raise ValueError(f"max_visitors must be at least 1, got {max_visitors}")
        self._max_visitors, self._idle_s, self._leave_grace_s = max_visitors, idle_s, leave_grace_s
        self._clock = clock
        self._lock, self._door = threading.Lock(), threading.Lock()
        self._visitors: dict[str, Visitor] = {}
        self._house = HouseFolder()
        self.folder = self._house.path
        """Holds everything visitors bring or make; removed by :meth:`close`, or by the next start after a crash."""
        self.forget_tab: Callable[[str], None] = lambda tab: None
        """Told of every tab that was closed, or whose visitor is gone."""
        self._stop = threading.Event()
        self._sweeper: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._visitors)

    @property
    def unowned(self) -> Path:
        """Where the files of clients go that have no visitor yet; they are kept for a few minutes."""
        return self._house.unowned

    def discard(self, upload: str | None) -> None:
        """Remove a file that a client without a visitor brought, now that it has been read."""
        if upload:
            self._house.discard(Path(upload))

    def welcome(self, secret: str | None, tab: str) -> Visitor:
        """The visitor behind a tab: known by the tab, or by the secret it kept over a reload, or else new.

        Raises:
            InvalidRequest: if the house is full.
        """
        with self._door:  # two events of one tab must not bring in two visitors
            visitor = next((v for v in list(self._visitors.values()) if v.has_tab(tab)), None)
            visitor = visitor or self.get(secret) or self.open()
            visitor.open_tab(tab)
        return visitor

    def open(self) -> Visitor:
        """A new visitor.

        Raises:
            InvalidRequest: if the house is full of visitors who are still active.
        """
        self.sweep()
        with self._lock:
            if len(self._visitors) >= self._max_visitors:
                raise InvalidRequest(
                    "Too many people are using this Snapmoji right now; please reload the page in a few minutes."
                )
            visitor = Visitor(self.folder, self._clock)
            self._visitors[visitor.secret] = visitor
        return visitor

    def get(self, secret: str | None) -> Visitor | None:
        """The visitor with this secret, or None; a hit counts as a sign of life."""
        visitor = self._visitors.get(secret) if secret else None
        if visitor is not None:
            visitor.touch()
        return visitor

    def dismiss(self, secret: str) -> None:
        """The visitor with this secret leaves for good, with everything brought or made."""
        with self._lock:
            visitor = self._visitors.pop(secret, None)
        if visitor is not None:
            self._let_go(visitor)

    def close_tab(self, tab: str) -> None:
        """A tab was closed; its visitor goes after the grace period unless another tab opens."""
        for visitor in list(self._visitors.values()):
            if visitor.has_tab(tab):
                visitor.close_tab(tab)
        self.forget_tab(tab)

    def sweep(self) -> None:
        """Forget those who left, and those idle for too long."""
        now = self._clock()
        with self._lock:
            gone = [v for v in self._visitors.values() if self._is_over(v, now)]
            for visitor in gone:
                del self._visitors[visitor.secret]
        for visitor in gone:
            self._let_go(visitor)
        with self._lock:
            self._house.sweep({visitor.directory for visitor in self._visitors.values()})

    def start_sweeping(self) -> None:
        """Sweep from time to time in the background, until :meth:`close`."""
        self._sweeper = threading.Thread(target=self._sweep_forever, name="sessions", daemon=True)
        self._sweeper.start()

    def close(self) -> None:
        """Forget everybody and remove every file. Safe to call twice."""
        self._stop.set()
        with self._lock:
            visitors, self._visitors = list(self._visitors.values()), {}
        for visitor in visitors:
            visitor.close()
        self._house.close()

    def _let_go(self, visitor: Visitor) -> None:
        visitor.close()
        for tab in visitor.tabs:
            self.forget_tab(tab)

    def _is_over(self, visitor: Visitor, now: float) -> bool:
        left = visitor.left_at is not None and now - visitor.left_at > self._leave_grace_s
        return left or now - visitor.last_seen > self._idle_s

    def _sweep_forever(self) -> None:
        while not self._stop.wait(_SWEEP_SECONDS):
            try:
                self.sweep()
                give_back()
            except Exception:  # one visitor's trouble must not keep the others' files on the disk
                _LOG.exception("Could not clear up after a visitor")
