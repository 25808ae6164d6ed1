"""Eight visitors generate while eight drag sliders, on two cores: ``python -m tests.load.load [--seconds 300]``.

Not part of the test run. Prints a table of figures and limits; exit status 1 if one is broken.
"""

import argparse
import itertools
import json
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed

from core.expressions import SHAPES
from tests.conftest import EXAMPLES
from tests.load.server import Server
from tests.load.verdict import Limit, change_percent, judged
from tests.load.visitor import Visitor, drained

_STYLES = ("", "gold", "clay", "robot", "watercolour")
_DRAGS_PER_SECOND = 10.0
_PLACE = re.compile(r"(\d+) before you")
_KEPT_FACTS = ("splats", "traits")


@dataclass
class Seen:
    """What all visitors together saw."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    errors: list[str] = field(default_factory=list)
    crosstalk: list[str] = field(default_factory=list)
    generations: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    asked: list[tuple[float, float]] = field(default_factory=list)
    """When each generation was asked for, and when it was answered."""
    places: int = 0
    """How often a place in the line was told."""
    out_of_line: int = 0
    """How often a place grew worse while waiting."""

    def note(self, error: BaseException, who: str) -> None:
        with self.lock:
            self.errors.append(f"{who}: {type(error).__name__}: {error}")


class Generator(threading.Thread):
    """Makes avatars of one person, one after another, and looks whether they are that person's."""

    def __init__(self, server: Server, photo: Path, seen: Seen, over: threading.Event):
        super().__init__(daemon=True)
        self._seen, self._over, self._photo = seen, over, photo
        self._visitor = Visitor(server.url)
        self._own = self._facts(self._visitor.make(photo))
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def run(self) -> None:
        for style in itertools.cycle(_STYLES):
            if self._over.is_set():
                break
            start = time.monotonic()
            try:
                report = self._visitor.make(self._photo, style)
            except Exception as error:
                self._seen.note(error, "a generation")
                continue
            end = time.monotonic()
            with self._seen.lock:
                self._seen.generations.append(end - start)
                self._seen.asked.append((start, end))
                # A style may bring splats of its own.
                if not style and self._facts(report) != self._own:
                    self._seen.crosstalk.append("an avatar is not of the photo")

    def leave(self) -> None:
        self._visitor.leave()

    def _facts(self, report: dict[str, Any]) -> str:
        return json.dumps({name: report.get(name) for name in _KEPT_FACTS}, sort_keys=True)

    def _listen(self) -> None:
        last = 0
        try:
            with self._visitor.live() as socket:
                for text in socket:
                    told = json.loads(text)
                    if told["kind"] != "progress":
                        continue
                    found = _PLACE.search(told["words"])
                    place = int(found[1]) if found else 0
                    with self._seen.lock:
                        self._seen.places += bool(place)
                        self._seen.out_of_line += bool(last and place > last)
                    last = place
        except ConnectionClosed:
            pass


class Dragger(threading.Thread):
    """Moves sliders and waits for the splats that answer each."""

    def __init__(self, server: Server, photo: Path, number: int, seen: Seen, over: threading.Event):
        super().__init__(daemon=True)
        self._seen, self._over = seen, over
        self._rng = np.random.default_rng(number)
        self._visitor = Visitor(server.url)
        self._visitor.make(photo)
        self._sliders, self._viewer = self._visitor.live(), self._visitor.viewer()
        drained(self._viewer)
        self._sent = self._move()
        self._packet = drained(self._viewer)
        assert self._packet > 100_000, "moving a face sends its splats"

    def run(self) -> None:
        # A page reads what comes meanwhile; so does this.
        threading.Thread(target=self._read_sliders, daemon=True).start()
        while not self._over.is_set():
            start = time.monotonic()
            try:
                self._sent = self._move()
                while len(self._viewer.recv(timeout=30)) < self._packet * 0.9:
                    pass
            except Exception as error:
                self._seen.note(error, "a slider")
                return
            seconds = time.monotonic() - start
            with self._seen.lock:
                self._seen.latencies.append(seconds * 1000)
            time.sleep(max(0.0, 1 / _DRAGS_PER_SECOND - seconds))
        self._check()

    def leave(self) -> None:
        self._sliders.close()
        self._viewer.close()
        self._visitor.leave()

    def _move(self) -> list[float]:
        weights = [round(float(weight), 3) for weight in self._rng.uniform(0.05, 1, len(SHAPES))]
        self._sliders.send(json.dumps({"kind": "pose", "weights": weights}))
        return weights

    def _read_sliders(self) -> None:
        try:
            for _ in self._sliders:
                pass
        except ConnectionClosed:
            pass

    def _check(self) -> None:
        """The face must have the expression that this visitor asked for last."""
        with self._visitor.live() as socket:
            state = json.loads(socket.recv(timeout=30))
        if not np.allclose(state["weights"], self._sent, atol=2e-3):
            with self._seen.lock:
                self._seen.crosstalk.append("a face has an expression that its visitor did not ask for")


def main() -> int:
    """Runs it; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--generating", type=int, default=8)
    parser.add_argument("--dragging", type=int, default=8)
    options = parser.parse_args()
    photos, seen, over = itertools.cycle(EXAMPLES.values()), Seen(), threading.Event()
    with Server() as server:
        print("Visitors arrive …", flush=True)
        draggers = [Dragger(server, next(photos), number, seen, over) for number in range(options.dragging)]
        generators = [Generator(server, next(photos), seen, over) for _ in range(options.generating)]
        everybody = [*draggers, *generators]
        for visitor in everybody:
            visitor.start()
        samples, end = [], time.monotonic() + options.seconds
        while time.monotonic() < end:
            time.sleep(min(5.0, options.seconds / 12))
            samples.append(server.sample())
            last = samples[-1]
            print(
                f"{last.at_s:6.0f} s  {last.memory_mb:6.0f} MB  {last.threads} threads  {last.handles} handles  "
                f"{len(seen.generations)} avatars  {len(seen.latencies)} slider moves  {len(seen.errors)} errors",
                flush=True,
            )
        over.set()
        for visitor in everybody:
            visitor.join(120)
        for visitor in everybody:
            visitor.leave()
        complaints = server.complaints
    for line in dict.fromkeys([*seen.errors, *seen.crosstalk, *complaints]):
        print("!", line.strip()[:300])
    warm = samples[len(samples) // 4 :]
    return judged(
        [
            Limit("errors", len(seen.errors) + len(complaints), 0),
            Limit("cross-talk", len(seen.crosstalk), 0),
            Limit("folders left behind", server.left_behind, 0),
            Limit("slider to splats, 95%", _quantile(seen.latencies, 0.95), 250, "ms"),
            Limit("memory, change after warm-up", change_percent([sample.memory_mb for sample in warm]), 10, "%"),
            Limit("generations unanswered", 0 if len(seen.generations) > options.generating else 1, 0),
            Limit("generations overtaken", _overtaken(seen.asked), 0),
            Limit("times without a place in the line", 0 if seen.places else 1, 0),
            Limit("times a place grew worse", seen.out_of_line, 0),
            Limit("for information: slider, median", _quantile(seen.latencies, 0.5), 1e9, "ms"),
            Limit("for information: an avatar, median", _quantile(seen.generations, 0.5), 1e9, "s"),
            Limit("for information: avatars", len(seen.generations), 1e9),
            Limit("for information: slider moves", len(seen.latencies), 1e9),
            Limit("for information: memory", max((sample.memory_mb for sample in samples), default=0), 1e9, "MB"),
        ]
    )


def _overtaken(asked: list[tuple[float, float]]) -> int:
    """How many were answered before one that had been asked for plainly earlier. Uploading takes a moment first."""
    moment = 1.0
    return sum(a[0] + moment < b[0] and b[1] + moment < a[1] for a in asked for b in asked)


def _quantile(values: list[float], share: float) -> float:
    return float(np.quantile(values, share)) if values else float("nan")


if __name__ == "__main__":
    sys.exit(main())
