"""How far long work is, shown in the terminal; nothing if there is none."""

import sys
from collections.abc import Callable


def progress_bar() -> Callable[[float], None]:
    """Shows the share of the work done."""

    def show(share: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{share:4.0%}", end="" if share < 1 else "\r", file=sys.stderr, flush=True)

    return show


def download_bar() -> Callable[[str, int, int], None]:
    """Shows how much of which file has arrived."""

    def show(name: str, done: int, whole: int) -> None:
        if sys.stderr.isatty():
            share = f"{done / whole:4.0%} of {whole / 1e6:,.1f} MB" if whole else f"{done / 1e6:,.1f} MB"
            print(f"\r{name}: {share}", end="\n" if whole and done == whole else "", file=sys.stderr, flush=True)

    return show
