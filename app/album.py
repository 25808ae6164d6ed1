"""Small pictures of one visitor's avatar in every style, as they come."""

import threading
from typing import Any


class Album:
    """Pictures by name, of one avatar at a time. Thread-safe."""

    def __init__(self) -> None:
        """Empty, of no avatar."""
        self.version = 0
        """Counts the avatars, so that a browser does not reuse an old picture; 0 before the first."""
        self._lock = threading.Lock()
        self._subject: object = None
        self._wanted = 0
        self._tried = 0
        self._pictures: dict[str, bytes] = {}
        self._stop = threading.Event()

    def shows(self, subject: object) -> bool:
        """Whether the pictures are, or will be, of this very avatar."""
        return self._subject is subject

    def begin(self, subject: object, count: int) -> threading.Event:
        """Pictures of another avatar will follow; those of the one before are dropped.

        Args:
            subject: the avatar.
            count: how many pictures there will be.

        Returns:
            What is set once these pictures are no longer wanted.
        """
        with self._lock:
            self._stop.set()
            self._stop = threading.Event()
            self._subject, self._wanted, self._tried, self._pictures = subject, count, 0, {}
            self.version += 1
            return self._stop

    def add(self, stop: threading.Event, name: str, picture: bytes | None) -> None:
        """Another picture is there, or None if it cannot be drawn; ignored unless ``stop`` is of the present avatar."""
        with self._lock:
            if self._stop is not stop:
                return
            self._tried += 1
            if picture is not None:
                self._pictures[name] = picture

    def picture(self, name: str) -> bytes | None:
        """A picture as a WebP file, once it is there."""
        return self._pictures.get(name)

    def progress(self) -> dict[str, Any]:
        """Plain JSON: version, names of the pictures that are there, and whether more will follow."""
        with self._lock:
            done = self._tried >= self._wanted or self._stop.is_set()
            return {"version": self.version, "ready": list(self._pictures), "done": done}

    def close(self) -> None:
        """No more pictures are wanted."""
        with self._lock:
            self._stop.set()
            self._subject, self._pictures = None, {}
