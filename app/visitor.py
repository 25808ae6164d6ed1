"""One visitor of the page: a secret, a folder, an avatar with its history, and a viewer."""

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
from app.house_folder import VISITOR_PREFIX
from app.live import Live, as_list
from app.looks import Look, Origin
from app.results import Results
from app.viewer import Viewer
from app.workbench import Workbench
from core.errors import Cancelled
from core.expressions import SHAPES

if TYPE_CHECKING:
    from core.avatar.model import Avatar
    from core.pipeline import Creation, Settings

_SECRET_BYTES = 24  # 192 bits: nobody guesses another visitor's address.


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

    @property
    def tabs(self) -> frozenset[str]:
        """The tabs that belong to the visitor."""
        with self.lock:
            return frozenset(self._tabs)

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
