"""Many avatars in one process: ``python -m tests.load.soak [--avatars 500]``.

Each visitor comes, makes an avatar, restyles it, moves it, takes a file home, and goes. Not part of the test run.
Prints a table of figures and limits; exit status 1 if one is broken.
"""

import argparse
import sys
import time

from tests.conftest import EXAMPLES
from tests.load.server import Sample, Server
from tests.load.verdict import Limit, change_percent, growth, judged
from tests.load.visitor import Visitor

_STYLES = ("gold", "clay", "robot", "watercolour")
_MOST_AT_ONCE = 4


def visit(url: str, number: int) -> Visitor:
    """One whole visit, but for the farewell."""
    photos = list(EXAMPLES.values())
    visitor = Visitor(url)
    visitor.make(photos[number % len(photos)])
    visitor.restyle(_STYLES[number % len(_STYLES)])
    visitor.call("pose", {"jawOpen": 0.5})
    kind = ("ply", "snapmoji", "glb", "png")[number % 4]
    if len(visitor.export(kind)) < 10_000:
        raise ValueError(f"the {kind} is too small")
    return visitor


def main() -> int:
    """Runs it; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--avatars", type=int, default=500)
    options = parser.parse_args()
    samples: list[Sample] = []
    errors: list[str] = []
    step = max(1, options.avatars // 50)
    with Server() as server:
        began = time.monotonic()
        here: list[Visitor] = []
        for number in range(options.avatars):
            try:
                here.append(visit(server.url, number))
            except Exception as error:
                errors.append(f"{number}: {type(error).__name__}: {error}")
            if len(here) >= _MOST_AT_ONCE:
                here.pop(0).leave()
            if number % step == step - 1:
                samples.append(server.sample())
                last = samples[-1]
                print(
                    f"{number + 1:4}  {last.at_s:6.0f} s  {last.memory_mb:6.0f} MB  {last.threads} threads  "
                    f"{last.handles} handles  {last.files} files",
                    flush=True,
                )
        seconds = time.monotonic() - began
        for visitor in here:
            visitor.leave()
        complaints = server.complaints
    for line in dict.fromkeys([*errors, *complaints]):
        print("!", line.strip()[:300])
    warm = samples[len(samples) // 4 :]
    return judged(
        [
            Limit("errors", len(errors) + len(complaints), 0),
            Limit("memory, change after warm-up", change_percent([sample.memory_mb for sample in warm]), 10, "%"),
            Limit("memory, growth", growth([sample.memory_mb for sample in warm]), 60, "MB"),
            Limit("threads, growth", growth([sample.threads for sample in warm]), 2),
            Limit("file handles, growth", growth([sample.handles for sample in warm]), 4),
            Limit("temporary files, growth", growth([sample.files for sample in warm]), 4),
            Limit("folders left behind", server.left_behind, 0),
            Limit("for information: seconds a visit", seconds / options.avatars, 1e9, "s"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
