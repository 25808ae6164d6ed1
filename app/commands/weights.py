"""``launch.py weights``: files of weights that others made."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.places import CHECKPOINTS
from app.commands.progress import download_bar
from core.errors import InvalidRequest, MissingWeights

if TYPE_CHECKING:
    from core.weights.catalogue import Weights


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares what to do with which weights."""
    parser.add_argument("action", choices=["list", "fetch", "verify"])
    parser.add_argument("name", nargs="?", help="which; all by default, but fetch wants one")
    parser.add_argument(
        "--folder", type=Path, help="where they are, or go; default: in $SNAPMOJI_WEIGHTS or checkpoints/"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON, for list")


def run(options: argparse.Namespace) -> None:
    """Lists, fetches or checks files of weights that others made."""
    from core.weights.catalogue import WEIGHTS, weights_named
    from core.weights.store import missing_files, weights_folder

    if options.action == "fetch" and not options.name:
        raise InvalidRequest("Say which: python launch.py weights fetch NAME; python launch.py weights list has them.")
    if options.json and options.action != "list":
        raise InvalidRequest("--json is for weights list only.")
    chosen = [weights_named(options.name)] if options.name else WEIGHTS
    places = [(item, weights_folder(item, CHECKPOINTS, options.folder)) for item in chosen]
    if options.action == "list":
        _list([(item, folder, len(missing_files(item, folder))) for item, folder in places], options.json)
    elif options.action == "fetch":
        _fetch(*places[0])
    else:
        _verify(places)


def _list(rows: list[tuple["Weights", Path, int]], as_json: bool) -> None:
    """Prints weights with their folders and how many files lack."""
    described = [
        {
            "name": item.name,
            "purpose": item.purpose,
            "files": len(item.files),
            "missing": missing,
            "megabytes": round(item.megabytes, 1),
            "licences": list(item.licences),
            "folder": str(folder),
            "without_checksum": [file.path for file in item.files if file.sha256 is None],
            "note": item.note,
        }
        for item, folder, missing in rows
    ]
    if as_json:
        print(json.dumps(described))
        return
    for item, _, missing in rows:
        state = f"{missing} of {len(item.files)} files missing" if missing else "here"
        print(f"{item.name:16} {item.megabytes:7,.1f} MB  {state}: {item.purpose}")
        print("".join(f"{'':17}{line}\n" for line in (*item.licences, item.note) if line), end="")


def _fetch(item: "Weights", folder: Path) -> None:
    from core.weights.store import fetch

    print(f"{item.name}: {item.purpose}, {item.megabytes:,.1f} MB, to {folder}.")
    print("By fetching it you accept its licence:", *item.licences, sep="\n  ")
    fetched = fetch(item, folder, download_bar())
    print(f"{len(fetched)} files fetched and checked." if fetched else "Everything is here already.")
    if item.note:
        print(item.note)


def _verify(places: list[tuple["Weights", Path]]) -> None:
    from core.weights.store import damaged_files, missing_files

    damaged = [sentence for item, folder in places for sentence in damaged_files(item, folder)]
    if damaged:
        raise MissingWeights(" ".join(damaged))
    for item, folder in places:
        here = len(item.files) - len(missing_files(item, folder))
        print(f"{item.name}: {here} of {len(item.files)} files are here" + (" and sound" if here else ""))
