"""``launch.py bench``: timings."""

import argparse
import json

from app.commands.files import pictures_in
from app.commands.models import load_studio
from app.commands.places import EXAMPLES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares --json."""
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def run(options: argparse.Namespace) -> None:
    """Times the parts that must be quick."""
    from core.evaluate.bench import run_bench

    studio = load_studio()
    print(json.dumps(run_bench(studio, pictures_in(EXAMPLES)), indent=None if options.json else 2))
