"""The app in a process of its own on two cores, watched from outside through /proc. Linux only."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.load.visitor import Refused, Visitor

_START_S = 300.0


@dataclass(frozen=True)
class Sample:
    """What the process holds at a moment."""

    at_s: float
    memory_mb: float
    threads: int
    handles: int
    files: int
    """In its folder of temporary files."""


class Server:
    """Starts the app; everything it writes for a while lies in a folder of its own."""

    def __init__(self, cores: int = 2):
        self._folder = tempfile.TemporaryDirectory(prefix="load-")
        available = sorted(os.sched_getaffinity(0))
        chosen = available[:cores]
        environment = {**os.environ, "TMPDIR": self._folder.name, "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "launch.py", "--no-browser", "--port", "0"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, chosen),
        )
        if len(available) > cores:
            os.sched_setaffinity(0, available[cores:])  # so that the visitors cost the app nothing
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._began = time.monotonic()

    def __enter__(self) -> "Server":
        """Wait until it serves and its models are loaded."""
        self.url = self._address()
        visitor = Visitor(self.url)
        try:
            visitor.make(next(iter(sorted((ROOT / "ui_assets/examples").glob("*.jpg")))))
        finally:
            visitor.leave()
        return self

    def __exit__(self, *_) -> None:
        """Stop it as Ctrl+C does."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self.left_behind = len(list(Path(self._folder.name).glob("snapmoji-*")))
        self._folder.cleanup()

    def sample(self) -> Sample:
        """What it holds now."""
        process = Path("/proc") / str(self._process.pid)
        status = (process / "status").read_text()
        number = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1])  # type: ignore[index]
        files = sum(len(files) for _, _, files in os.walk(self._folder.name))
        handles = len(os.listdir(process / "fd"))
        return Sample(time.monotonic() - self._began, number("VmRSS") / 1024, number("Threads"), handles, files)

    @property
    def complaints(self) -> list[str]:
        """What it said that it should not have to."""
        return [line for line in self.said if re.search(r"Traceback|Error\b|ERROR", line)]

    def _address(self) -> str:
        end = time.monotonic() + _START_S
        while time.monotonic() < end and self._process.poll() is None:
            found = re.search(r"is at (http://\S+)", "".join(self.said))
            if found:
                return found[1]
            time.sleep(0.1)
        raise Refused("The app did not start: " + "".join(self.said[-5:]))

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.said.append(line)
