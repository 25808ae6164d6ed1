"""``launch.py bench``: timings."""

import argparse
import json

from app.commands.files import pictures_in
from app.commands.models import load_studio
from app.commands.places import CHECKPOINTS, EXAMPLES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares --json."""
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def run(options: argparse.Namespace) -> None:
    """Times the parts that must be quick."""
    from app.latency import measure_latency
    from core.evaluate.bench import run_bench
    from core.nets.gda import load_gda
    from core.pipeline import GDA_FILE, Settings

    studio, photos = load_studio(), pictures_in(EXAMPLES)
    result = run_bench(studio, photos, network=load_gda(CHECKPOINTS / GDA_FILE))
    result |= measure_latency(studio.create(photos[0].read_bytes(), Settings()).avatar)
    print(json.dumps(result, indent=None if options.json else 2))
