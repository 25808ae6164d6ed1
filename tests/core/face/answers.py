"""Gives every photo file of a folder to the program, as a visitor would, and measures: one line of JSON a file.

Run by test_corpus in a process of its own: ``python -m tests.core.face.answers FOLDER``.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from core.errors import UserFacingError
from core.face.detect import find_face
from core.face.landmarks import load_landmarker
from core.face.photo import decode_photo


def main(folder: Path) -> None:
    """Answers the files by name. Sizes are in MB; ``more_mb`` is what a file took at its peak beyond what was taken."""
    landmarker = load_landmarker()
    find_face(landmarker, decode_photo((folder / "plain.jpg").read_bytes()))
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        before, start = _restart_peak_mb(), time.perf_counter()
        spent = _cpu_s()
        try:
            _, face = find_face(landmarker, decode_photo(data))
            answer = f"a face of {face.height_px:.0f} px"
        except UserFacingError as refusal:
            answer = str(refusal)
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        figures = {
            "wall_s": round(time.perf_counter() - start, 3),
            "cpu_s": round(_cpu_s() - spent, 3),
            "more_mb": round(_peak_mb() - before),
            "child_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
        }
        sys.stdout.write(json.dumps({"name": path.name, "bytes": len(data), "answer": answer, **figures}) + "\n")


def _cpu_s() -> float:
    """Of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _peak_mb() -> float:
    """The most memory this process had since :func:`_restart_peak_mb`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _restart_peak_mb() -> float:
    """The memory of this process now, from which its peak is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_mb()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
