"""``launch.py evaluate``: the quality of what is made, in figures."""

import argparse
import json
from pathlib import Path

from app.commands.files import pictures_in, read
from app.commands.models import load_studio
from app.commands.places import CHECKPOINTS, EXAMPLES, PROMPTS


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares what is measured, and on what."""
    parser.add_argument("what", choices=["expressions", "identity", "prompts", "sliders"])
    parser.add_argument("--faces", type=Path, default=EXAMPLES, metavar="DIR")
    parser.add_argument("--count", type=int, default=10, help="how many portraits of the folder")
    parser.add_argument("--styles", help="for the sliders: which, for example 'gold,plastic toy'; default: all")
    parser.add_argument("--prompts", type=Path, default=PROMPTS, metavar="F", help="as JSON")
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def run(options: argparse.Namespace) -> None:
    """Measures the avatars of the portraits in a folder, or how well prompts are understood."""
    if options.what == "prompts":
        _evaluate_prompts(options)
        return
    photos = pictures_in(options.faces)[: options.count]
    if options.what == "sliders":
        result = _evaluate_sliders(options, photos)
    elif options.what == "identity":
        from core.evaluate.identity import FaceEmbedder, evaluate_identity

        # First, because it may be missing, and loading the rest takes seconds.
        embedder = FaceEmbedder()
        result = evaluate_identity(load_studio(), photos, embedder)
    else:
        from core.evaluate.expressions import evaluate_expressions

        result = evaluate_expressions(load_studio(), photos)
    print(json.dumps(result, indent=None if options.json else 2))


def _evaluate_prompts(options: argparse.Namespace) -> None:
    from core.evaluate.prompts import evaluate_prompts
    from core.stylize.meaning import MeaningLoader

    result = evaluate_prompts(json.loads(read(options.prompts)), MeaningLoader(CHECKPOINTS))
    if options.json:
        print(json.dumps(result))
        return
    for row in result["rows"]:
        print(f"{'ok' if row['sensible'] else '--'}  {row['prompt']}\n      {row['understood']}")
    how = "" if result["by_meaning"] else ", by words alone: launch.py weights fetch minilm lets meanings be compared"
    print(f"{result['sensible']} of {result['prompts']} sensible{how}")


def _evaluate_sliders(options: argparse.Namespace, photos: list[Path]) -> dict:
    from core.evaluate.sliders import avatars_of, evaluate_sliders
    from core.stylize.recipes import RECIPES

    names = options.styles.split(",") if options.styles else [recipe.name for recipe in RECIPES]
    studio = load_studio()
    people, embedders = avatars_of(studio, {photo.stem: studio.portrait(photo.read_bytes()) for photo in photos})
    return evaluate_sliders(people, names, embedders=embedders)
