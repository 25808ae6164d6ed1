"""Opens thousands of damaged avatar files and says what came of it.

    python tests/load/fuzz_files.py [--count 20000 --first 0 --keep DIR]

Every file has a number, from which it can be made again. Each is opened by every reader of its kind in a process that
may take 500 MB more than it has when it is ready, and 20 seconds of the processor a file: what takes more, breaks
down, or ends in anything but a sentence for people is counted as a failure, and kept in ``--keep``.
"""

import argparse
import faulthandler
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from core.avatar.model import Avatar  # noqa: E402
from core.errors import UserFacingError  # noqa: E402
from core.formats.bundle import save_bundle  # noqa: E402
from core.formats.export import export  # noqa: E402
from core.render.cache import use_compile_cache  # noqa: E402

KINDS = (".snapmoji", ".ply", ".offsets.ply", ".spz", ".splat", ".glb", ".html", ".snapmoji")
LIMIT_BYTES = 500 << 20
LIMIT_S = 20
"""Of the processor's time."""
_HANGS_S = 600
_CHUNK = 500
_SPLATS = (40, 3000)
"""Of the two good files of each kind."""


def main() -> int:
    """Prints the figures; the status is 1 if there was a failure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="where files that failed are put")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        for told in _opened(options.worker, options.first, options.count):
            print(json.dumps(told), flush=True)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        _write_good_files(Path(folder))
        told = [*_driven(Path(folder), options.first, options.count)]
        failures = [one for one in told if one["end"] not in ("refused", "drawn")]
        for one in failures if options.keep else ():
            options.keep.mkdir(parents=True, exist_ok=True)
            _, data, kind, _ = _damaged(Path(folder), one["number"])
            (options.keep / f"{one['number']}{kind}").write_bytes(data)
    _report(told, failures)
    return 1 if failures else 0


def _write_good_files(folder: Path) -> None:
    """A small and a larger avatar in every format; the bundles hold a character, as those of people do."""
    from core.character.notes import Recipe, to_notes
    from core.pipeline import Settings, Studio
    from tests.conftest import CHECKPOINTS, EXAMPLES, PERSON, random_avatar

    use_compile_cache()
    creation = Studio.load(CHECKPOINTS).create(EXAMPLES[PERSON].read_bytes(), Settings())
    notes = to_notes(Recipe(creation.character, creation.measured, "marble"))
    for splats in _SPLATS:
        avatar = random_avatar(splats)
        if splats == min(_SPLATS):
            avatar = Avatar(avatar.rest, avatar.offsets[:3], avatar.labels, avatar.shapes[:3])
        for kind in set(KINDS):
            path = folder / f"{splats}{kind}"
            if kind == ".snapmoji":
                save_bundle(avatar, path, notes)
            else:
                export(avatar, np.zeros(len(avatar.shapes)), path)


def _driven(folder: Path, first: int, count: int) -> Iterator[dict[str, Any]]:
    """What came of every file; a process that ends early has failed at the file after the last it told of."""
    number, start = first, time.monotonic()
    while number < first + count:
        size = min(_CHUNK, first + count - number)
        command = [sys.executable, __file__, "--worker", folder, "--first", str(number), "--count", str(size)]
        run = subprocess.run(command, capture_output=True, text=True)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        yield from lines
        number += len(lines)
        if len(lines) < size:
            what, _, kind, _ = _damaged(folder, number)
            end = "hung" if "Timeout" in run.stderr else f"broke down ({run.returncode}): {run.stderr[-300:]}"
            yield {"number": number, "kind": kind, "what": what, "end": end, "seconds": LIMIT_S, "more_mb": 0}
            number += 1
        print(f"{number - first} files, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def _damaged(folder: Path, number: int) -> tuple[str, bytes, str, int]:
    """The file of this number: what was done to it, its bytes, its kind, and the splats of the good one."""
    from tests.core.formats.mutations import mutated

    kind, splats = KINDS[number % len(KINDS)], _SPLATS[number // len(KINDS) % len(_SPLATS)]
    what, data = mutated((folder / f"{splats}{kind}").read_bytes(), kind, number)
    return what, data, kind, splats


def _opened(folder: Path, first: int, count: int) -> Iterator[dict[str, Any]]:
    """Opens the files one after another, under limits."""
    from tests.core.formats.openers import assert_drawable, opened

    use_compile_cache()
    for splats in _SPLATS:  # Compiles what there is to compile, and takes the memory for it.
        for kind in set(KINDS):
            for read in opened(folder / f"{splats}{kind}", splats):
                assert_drawable(read)
    ready = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (ready + LIMIT_BYTES, resource.RLIM_INFINITY))
    for number in range(first, first + count):
        what, data, kind, splats = _damaged(folder, number)
        path = folder / f"damaged-{os.getpid()}{kind}"
        path.write_bytes(data)
        before, start = _restart_peak_mb(), time.process_time()
        faulthandler.dump_traceback_later(_HANGS_S, exit=True)
        read = None
        try:
            for read in opened(path, splats):
                assert_drawable(read)
            end = "drawn"
        except UserFacingError as refusal:
            end = "refused" if str(refusal).endswith(".") and len(str(refusal)) < 300 else f"unclear: {refusal}"
        except Exception as error:
            end = f"{type(error).__name__}: {error}"[:300]
        faulthandler.cancel_dump_traceback_later()
        # The next file has the memory to itself.
        del read, data
        seconds, more = time.process_time() - start, _peak_mb() - before
        if seconds > LIMIT_S:
            end = f"took {seconds:.0f} s"
        yield {"number": number, "kind": kind, "what": what, "end": end, "seconds": seconds, "more_mb": more}


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _restart_peak_mb() -> float:
    """The memory of this process now, from which its peak is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_mb()


def _report(told: list[dict[str, Any]], failures: list[dict[str, Any]]) -> None:
    lines = ["| kind | files | refused | drawn | failed | slowest | most memory |", "|---|---|---|---|---|---|---|"]
    for kind in dict.fromkeys(KINDS):
        these = [one for one in told if one["kind"] == kind]
        ends = Counter(one["end"] if one["end"] in ("refused", "drawn") else "failed" for one in these)
        slowest, most = (max((one[key] for one in these), default=0) for key in ("seconds", "more_mb"))
        counts = f"{len(these):,} | {ends['refused']:,} | {ends['drawn']:,} | {ends['failed']:,}"
        lines.append(f"| `{kind}` | {counts} | {slowest:.1f} s | {most:.0f} MB |")
    lines += [f"{one['number']} {one['kind']} {one['what']}: {one['end']}" for one in failures[:50]]
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
