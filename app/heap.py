"""Gives memory back to the system that is free, but kept by Python or the C library for later."""

import ctypes
import gc
from collections.abc import Callable


def settle() -> None:
    """All that there is now, as libraries and models, stays: from now on no search for garbage goes through it.

    Half a million objects take a quarter of a second, in which no thread does anything else.
    """
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Drop garbage, and return free memory.

    The C library keeps what was freed, and each of the threads that serve requests has a heap of its own, which only
    ever shrinks from its end: one small thing that stays holds everything below it. So the process would grow by some
    10 MB a visitor although none of that is in use.
    """
    gc.collect()
    trim = _trim()
    if trim is not None:
        trim(0)


def _trim() -> Callable[[int], int] | None:
    """``malloc_trim`` of glibc; None where there is no such thing."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # another C library; on Windows None is no library
        return None
