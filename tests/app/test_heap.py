import ctypes
import gc
import subprocess
import sys
import weakref

import pytest

from app import heap
from tests.conftest import ROOT

FILL_AND_FREE = """
import sys, threading
from app import heap

def taken():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6

def fill():
    kept.append([bytes(2000) for _ in range(50_000)])
    pins.append(bytes(2000))  # the last one holds what lies below it

kept, pins, before = [], [], taken()
for _ in range(2):
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
full = taken()
kept.clear()
freed = taken()
heap.give_back()
print(full - before, freed - before, taken() - before)
"""


@pytest.mark.skipif(heap._trim() is None, reason="this C library has no malloc_trim")
def test_what_was_freed_goes_back_to_the_system():
    run = subprocess.run([sys.executable, "-c", FILL_AND_FREE], cwd=ROOT, capture_output=True, text=True, check=True)
    full, freed, given = map(float, run.stdout.split())
    assert full > 150 and freed > 100, "without it, memory stays with the process"
    assert given < 20


def test_garbage_goes_too():
    class Ring:
        pass

    ring = Ring()
    ring.itself = ring  # pyright: ignore
    gone = []
    weakref.finalize(ring, gone.append, True)
    del ring
    heap.give_back()
    assert gone


@pytest.mark.parametrize("refuses", [OSError("none"), TypeError("none"), AttributeError("none")])
def test_another_c_library_does_no_harm(monkeypatch, refuses):
    def load(_):
        raise refuses

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert heap._trim() is None
    heap.give_back()


def test_what_was_there_before_is_not_searched_for_garbage():
    kept = [[] for _ in range(1000)]
    try:
        heap.settle()
        assert gc.get_freeze_count() > len(kept)
    finally:
        gc.unfreeze()
