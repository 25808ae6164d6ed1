"""The commands of ``launch.py``, a file each; importing them loads nothing large.

A new command is a file with ``add_options`` and ``run``, and a row here. What it needs of the core it imports in
``run``, so that asking for help, and every other command, does not wait for it.
"""

import argparse
from typing import Protocol

from app.commands import (
    bench,
    clip,
    comic,
    drive,
    edit,
    evaluate,
    export,
    gallery,
    listen,
    make,
    render,
    sheet,
    stickers,
    styles,
    train,
    turntable,
    weights,
)


class Command(Protocol):
    """What the file of a command offers."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declares what can be written after the command's name."""
        ...

    def run(self, options: argparse.Namespace) -> int | None:
        """Does it, and may say the exit status; its docstring's first line is the help's summary."""
        ...


COMMANDS: dict[str, Command] = {
    "make": make,
    "edit": edit,
    "render": render,
    "turntable": turntable,
    "clip": clip,
    "drive": drive,
    "listen": listen,
    "stickers": stickers,
    "comic": comic,
    "gallery": gallery,
    "export": export,
    "evaluate": evaluate,
    "sheet": sheet,
    "bench": bench,
    "styles": styles,
    "weights": weights,
    "train": train,
}
"""By the name that a user writes, in the help's order."""
