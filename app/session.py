"""The visitors of the page: what each one owns, and for how long."""

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from app.album import Album
from app.history import History
from app.house_folder import VISITOR_PREFIX, HouseFolder
from app.live import Live, as_list
from app.looks import Look, Origin
from app.results import Results
from app.viewer import Viewer
from app.workbench import Workbench
from core.errors import Cancelled, InvalidRequest
from core.expressions import SHAPES

if TYPE_CHECKING:
    from core.avatar.model import Avatar
    from core.pipeline import Creation, Settings

_LOG = logging.getLogger(__name__)
_SECRET_BYTES = 24  # 192 bits: nobody guesses another visitor's address.
_SWEEP_SECONDS = 20.0


class Visitor:
    """One visitor: a secret, a folder, the current avatar, and a viewer of their own. Thread-safe."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic):
        """Args: ``folder`` is where this visitor's own folder is made; ``clock`` tells seconds."""
        self.secret = secrets.token_urlsafe(_SECRET_BYTES)
        # Gradio hands out any file whose whole path is known, so the path has to be as hard to guess as the secret.
        self.directory = folder / f"{VISITOR_PREFIX}{secrets.token_urlsafe(_SECRET_BYTES)}"
        self.directory.mkdir(mode=0o700)
        self.history: History[Look] = History()
        """Every avatar shown, for undo and redo."""
        self.album = Album()
        """The avatar in every style."""
        self.workbench = Workbench(self.directory)
        """Stickers, comics and clips of the avatar."""
        self.results = Results()
        """Every avatar shown, to go back to."""
        self.live = Live()
        """To the open tabs."""
        self.pending: dict[str, bytes] = {}
        """Pictures of the avatar that is being made, as WebP, by stage."""
        self.photo: Path | None = None
        """The visitor's own copy of the photo that was asked for last."""
        self.dark = False
        """Whether this visitor's page is dark."""
        self.lively = False
        """Whether the face blinks and sways by itself."""
        self.lock = threading.RLock()
        """Held while the current avatar is replaced or written to a file."""
        self._clock = clock
        self._creation: Creation | None = None
        self._settings: Settings | None = None
        self._viewer: Viewer | None = None
        self._closed = False
        self._job: threading.Event | None = None
        self._tabs: set[str] = set()
        self.version = 0
        """Counts the avatars shown, so that a browser does not reuse an old picture."""
        self.last_seen = clock()
        self.left_at: float | None = None
        """When the last tab was closed, or None while one is open."""

    @property
    def creation(self) -> "Creation | None":
        """The avatar now shown, with how it was made."""
        return self._creation

    @property
    def avatar(self) -> "Avatar | None":
        """The avatar now shown."""
        creation = self._creation
        return creation.avatar if creation is not None else None

    @property
    def settings(self) -> "Settings | None":
        """The settings the current avatar was made with."""
        return self._settings

    @property
    def origin(self) -> Origin | None:
        """What comes from the photo behind the current avatar."""
        return self.history.present.origin if self.history.present is not None else None

    @property
    def viewer(self) -> Viewer | None:
        """The viewer, once there is an avatar to look at."""
        return self._viewer

    def show(self, creation: "Creation", settings: "Settings") -> None:
        """Make ``creation`` the current avatar; the viewer keeps its camera and expression.

        Raises:
            Cancelled: if the visitor has left in the meantime.
        """
        with self.lock:
            if self._closed:
                raise Cancelled("The page was closed.")
            if self._viewer is None:
                self._viewer = Viewer(secrets.token_urlsafe(_SECRET_BYTES), self.dark)
                self._viewer.set_lively(self.lively)
            self._viewer.set_avatar(creation.avatar)
            self._creation, self._settings = creation, settings
            self.version += 1
        self.live.tell({"kind": "avatar", "version": self.version})

    def attach(self, viewer: Viewer) -> None:
        """Take a viewer that was made elsewhere, in place of one that :meth:`show` would make; closed with the rest."""
        self._viewer = viewer

    @property
    def weights(self) -> Float[np.ndarray, " k"]:
        """The expression, in the order of :data:`core.expressions.SHAPES`."""
        return self._viewer.weights if self._viewer is not None else np.zeros(len(SHAPES), np.float32)

    def set_weights(self, weights: "Float[np.ndarray, ' k'] | Mapping[str, float]", besides: object = None) -> None:
        """Move the face, and the sliders of every tab but one; nothing happens before there is an avatar.

        Raises:
            InvalidRequest: if a name is unknown.
            ValueError: if a vector has the wrong length.
        """
        if self._viewer is not None:
            self._viewer.set_weights(weights)
            self.live.tell({"kind": "pose", "weights": as_list(self._viewer.weights)}, besides)

    def set_lively(self, lively: bool) -> None:
        """Let the face blink and sway by itself, or keep it still."""
        with self.lock:
            self.lively = lively
            if self._viewer is not None:
                self._viewer.set_lively(lively)

    def begin(self) -> threading.Event:
        """Start a piece of work, stopping the one before: returns the event that says to stop."""
        with self.lock:
            self.stop()
            self._job = threading.Event()
            if self._closed:
                self._job.set()
            return self._job

    def end(self, job: threading.Event) -> None:
        """The piece of work is over, one way or the other."""
        with self.lock:
            if self._job is job:
                self._job = None

    def stop(self) -> None:
        """Tell the piece of work in progress to stop, if there is one."""
        with self.lock:
            if self._job is not None:
                self._job.set()

    @property
    def job(self) -> threading.Event | None:
        """The event that stops the piece of work in progress, or None."""
        return self._job

    def set_dark(self, dark: bool) -> None:
        """Follow the page's light or dark look."""
        with self.lock:
            self.dark = dark
            if self._viewer is not None:
                self._viewer.set_dark(dark)

    def touch(self) -> None:
        """Note that the visitor is still active."""
        self.last_seen = self._clock()

    def open_tab(self, tab: str) -> None:
        """A tab, named by Gradio's session hash, shows this visitor's page."""
        with self.lock:
            self._tabs.add(tab)
            self.left_at = None
            self.touch()

    def close_tab(self, tab: str) -> None:
        """A tab was closed or reloaded."""
        with self.lock:
            self._tabs.discard(tab)
            if not self._tabs:
                self.left_at = self._clock()

    def has_tab(self, tab: str) -> bool:
        """Whether this tab belongs to the visitor."""
        return tab in self._tabs

    def close(self) -> None:
        """Stop the work, the viewer, and remove every file. Safe to call twice."""
        with self.lock:
            self._closed = True
            self.stop()
            viewer, self._viewer = self._viewer, None
            self._creation, self.history, self.results = None, History(), Results()
            self.pending, self.photo = {}, None
        if viewer is not None:
            viewer.close()
        self.live.close()
        self.album.close()
        self.workbench.close()
        shutil.rmtree(self.directory, ignore_errors=True)


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
            visitor.close()

    def close_tab(self, tab: str) -> None:
        """A tab was closed; its visitor goes after the grace period unless another tab opens."""
        for visitor in list(self._visitors.values()):
            if visitor.has_tab(tab):
                visitor.close_tab(tab)

    def sweep(self) -> None:
        """Forget those who left, and those idle for too long."""
        now = self._clock()
        with self._lock:
            gone = [v for v in self._visitors.values() if self._is_over(v, now)]
            for visitor in gone:
                del self._visitors[visitor.secret]
        for visitor in gone:
            visitor.close()
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

    def _is_over(self, visitor: Visitor, now: float) -> bool:
        left = visitor.left_at is not None and now - visitor.left_at > self._leave_grace_s
        return left or now - visitor.last_seen > self._idle_s

    def _sweep_forever(self) -> None:
        while not self._stop.wait(_SWEEP_SECONDS):
            try:
                self.sweep()
            except Exception:  # one visitor's trouble must not keep the others' files on the disk
                _LOG.exception("Could not clear up after a visitor")
