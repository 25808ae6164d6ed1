"""``launch.py evaluate``: the quality of what is made, in figures."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.files import pictures_in, read
from app.commands.models import load_studio
from app.commands.places import CHECKPOINTS, EXAMPLES, PROMPTS
from core.errors import UserFacingError

if TYPE_CHECKING:
    from core.pipeline import Studio
    from core.portrait import Portrait


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares what is measured, and on what."""
    parser.add_argument(
        "what", choices=["expressions", "identity", "prompts", "sliders", "stage-one", "stage-two", "transfer"]
    )
    parser.add_argument("--faces", type=Path, default=EXAMPLES, metavar="DIR")
    parser.add_argument("--count", type=int, default=10, help="how many portraits of the folder")
    parser.add_argument("--styles", help="for the sliders: which, for example 'gold,plastic toy'; default: all")
    parser.add_argument("--prompts", type=Path, default=PROMPTS, metavar="F", help="as JSON")
    parser.add_argument("--engine", default="auto", help="for identity and expressions: auto, template or learned")
    parser.add_argument("--generator", type=Path, metavar="F", help="for stage-two; default: that in checkpoints")
    parser.add_argument("--without-maps", type=Path, metavar="F", help="for stage-two: the ablation, as another row")
    parser.add_argument("--plain", type=Path, metavar="F", help="for stage-one: a plain U-Net, as another row")
    parser.add_argument("--json", action="store_true", help="one line of JSON")


def run(options: argparse.Namespace) -> None:
    """Measures the avatars of the portraits in a folder, or how well prompts are understood."""
    if options.what == "prompts":
        _evaluate_prompts(options)
        return
    if options.what == "stage-one":
        print(json.dumps(_evaluate_stage_one(options), indent=None if options.json else 2))
        return
    if options.what == "stage-two":
        print(json.dumps(_evaluate_stage_two(options), indent=None if options.json else 2))
        return
    if options.what == "transfer":
        from core.evaluate.transfer import evaluate_transfer

        # All are looked at, and those with the strongest expressions taken.
        result = evaluate_transfer(load_studio(), pictures_in(options.faces), options.count)
        print(json.dumps(result, indent=None if options.json else 2))
        return
    photos = pictures_in(options.faces)[: options.count]
    if options.what == "sliders":
        result = _evaluate_sliders(options, photos)
    elif options.what == "identity":
        from core.evaluate.identity import FaceEmbedder, evaluate_identity

        # First, because it may be missing, and loading the rest takes seconds.
        embedder = FaceEmbedder()
        result = evaluate_identity(load_studio(), photos, embedder, options.engine)
    else:
        from core.evaluate.expressions import evaluate_expressions

        result = evaluate_expressions(load_studio(), photos, options.engine)
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


def _evaluate_stage_one(options: argparse.Namespace) -> dict:
    """The last portraits of the folder, which no network was trained on, against the style of as many of the first."""
    from core.evaluate.identity import FaceEmbedder

    embedder = FaceEmbedder()
    from core.evaluate.stage_one import evaluate_stage_one, template_maker
    from core.evaluate.stage_one_makers import gda_maker, plain_maker, worn_maker
    from core.nets.efficientnet import load_efficientnet
    from core.nets.gda import load_gda
    from core.nets.plain import load_plain
    from core.weights.catalogue import weights_named
    from core.weights.store import weights_folder

    features = load_efficientnet(weights_folder(weights_named("picture-features"), CHECKPOINTS))
    network = load_gda(CHECKPOINTS / "gda.safetensors")
    studio = load_studio()
    photos = pictures_in(options.faces)
    count = min(options.count, len(photos) // 2)
    held_out, others = photos[-count:], photos[:count]
    template = template_maker(studio)
    makers = {"template": template, "gda": gda_maker(studio, network), "gda, worn": worn_maker(studio, network)}
    if options.plain is not None:
        makers["plain"] = plain_maker(load_plain(options.plain))
    reference = [template(portrait) for portrait in _portraits(studio, others).values()]
    return evaluate_stage_one(_portraits(studio, held_out), makers, reference, studio, embedder, features)


def _evaluate_stage_two(options: argparse.Namespace) -> dict:
    """The last portraits of the folder, of whom no characters were made to train on."""
    from core.canonical.stage_two import StageTwo, template_lift
    from core.character.measure import read_character
    from core.evaluate.stage_two import evaluate_stage_two
    from core.nets.lpips import load_lpips
    from core.pipeline import GENERATOR_FILE
    from core.weights.catalogue import weights_named
    from core.weights.store import weights_folder

    lpips = load_lpips(weights_folder(weights_named("lpips"), CHECKPOINTS))
    studio = load_studio()
    makers = {
        "template lift": template_lift,
        "generator": StageTwo.load(options.generator or CHECKPOINTS / GENERATOR_FILE, studio.rig).avatar,
    }
    if options.without_maps is not None:
        makers["without rig maps"] = StageTwo.load(options.without_maps, studio.rig).avatar
    portraits = _portraits(studio, pictures_in(options.faces)[-options.count :]).values()
    people = [read_character(studio.rig, studio.pattern, [portrait]).character for portrait in portraits]
    return evaluate_stage_two(studio, people, makers, lpips)


def _portraits(studio: "Studio", photos: list[Path]) -> dict[str, "Portrait"]:
    found = {}
    for photo in photos:
        try:
            found[photo.stem] = studio.portrait(photo.read_bytes())
        except UserFacingError as error:
            print(f"{photo.name} is left out: {error}", file=sys.stderr)
    return found
