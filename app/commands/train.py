"""``launch.py train``: how the files in checkpoints/ were made."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.commands.places import CHECKPOINTS
from core.errors import InvalidRequest

_RIG = CHECKPOINTS / "head_rig.safetensors"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares what can be made, each with options of its own."""
    kinds = parser.add_subparsers(title="what to make", dest="what", metavar="WHAT", required=True)

    def kind(name: str, what: str, make: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        sub = kinds.add_parser(name, help=what, description=what)
        sub.set_defaults(make=make)
        return sub

    rig = kind("head-rig", "Makes the head rig anew; needs the extra train.", _head_rig)
    pattern = kind("pattern", "Renews the splats of the head rig and their occlusion.", _pattern)
    for sub in (rig, pattern):
        sub.add_argument("--out", type=Path, default=_RIG, metavar="F", help="default: %(default)s")
    parts = kind("parser", "Trains the face parser on portraits with part labels.", _parser)
    parts.add_argument("--faces", type=Path, metavar="DIR", help="aligned portraits, *.jpg")
    parts.add_argument("--labels", type=Path, metavar="DIR", help="their part labels, *.png of the same names")
    pairs = kind("pairs", "Makes GDA's training pairs of portraits; goes on where it stopped.", _pairs)
    pairs.add_argument("--faces", type=Path, metavar="DIR", help="portraits, *.jpg")
    pairs.add_argument("--out", type=Path, metavar="DIR", help="folder of the pairs, a file a portrait")
    pairs.add_argument("--size", type=int, default=256, help="side of the pictures: a multiple of 32")
    pairs.add_argument("--limit", type=int, help="so many portraits, spread evenly over the folder; default: all")
    pairs.add_argument("--workers", type=int, help="processes; default: one a core")
    gda = kind("gda", "Trains GDA on pairs; goes on with an unfinished run.", _gda)
    gda.add_argument("--network", choices=["small", "paper"], default="small", help="paper: 512 px in, wants pairs so")
    people = kind(
        "characters", "Reads the people that the generator learns from; goes on where it stopped.", _characters
    )
    people.add_argument("--faces", type=Path, metavar="DIR", help="portraits, *.jpg; the last 100 are left out")
    people.add_argument("--out", type=Path, metavar="DIR", help="folder of the characters, 4 kB each")
    people.add_argument("--limit", type=int, help="so many portraits, spread evenly over the folder; default: all")
    plain = kind("plain", "Trains the plain U-Net that GDA is compared with, on the same pairs.", _plain)
    for sub in (gda, plain):
        sub.add_argument("--pairs", type=Path, metavar="DIR", help="from launch.py train pairs")
    made = kind("generator", "Trains the generator on characters; goes on with an unfinished run.", _generator)
    made.add_argument("--people", type=Path, metavar="DIR", help="from launch.py train characters")
    made.add_argument("--network", choices=["small", "paper"], default="small", help="paper: 512 px in")
    made.add_argument("--no-rig-maps", action="store_true", help="the ablation: it sees nothing of the template")
    for sub in (parts, gda, plain, made):
        sub.add_argument("--out", type=Path, metavar="DIR", help="folder of the run: weights, card, log, pictures")
        sub.add_argument("--minutes", type=float, default=40.0, help="to train for; default: %(default)s")
        sub.add_argument("--steps", type=int, metavar="N", help="at most so many: equal work however busy the machine")
        sub.add_argument("--seed", type=int, default=0, help="of weights, order and augmentation")


def run(options: argparse.Namespace) -> None:
    """Makes the files in checkpoints/ anew: the head rig, and the networks with what they learn from."""
    import logging

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for name in ("minutes", "steps"):
        if (value := getattr(options, name, None)) is not None and value <= 0:
            raise InvalidRequest(f"--{name} must be more than 0.")
    options.make(options)


def _needed(options: argparse.Namespace, *names: str) -> None:
    if any(getattr(options, name) is None for name in names):
        *most, last = (f"--{name} DIR" for name in names)
        raise InvalidRequest(f"train {options.what} needs {', '.join(most)} and {last}.")


def _head_rig(options: argparse.Namespace) -> None:
    from core.train.head_rig import build_head_rig

    build_head_rig(options.out)


def _pattern(options: argparse.Namespace) -> None:
    from core.train.head_rig import renew_pattern

    renew_pattern(_RIG, options.out)


def _parser(options: argparse.Namespace) -> None:
    _needed(options, "faces", "labels", "out")
    from core.train.parser import ParserTraining, train_parser

    config = _stopping(ParserTraining(), options)
    train_parser(options.faces, options.labels, options.out, options.minutes, options.seed, config)


def _pairs(options: argparse.Namespace) -> None:
    _needed(options, "faces", "out")
    if options.size < 64 or options.size % 32:
        raise InvalidRequest("--size must be a multiple of 32, and at least 64.")
    for name in ("limit", "workers"):
        if (value := getattr(options, name)) is not None and value < 1:
            raise InvalidRequest(f"--{name} must be at least 1.")
    from core.train.synthesize import synthesize

    sizes = {"size": options.size, "limit": options.limit, "workers": options.workers}
    print(f"{options.out}: {synthesize(options.faces, options.out, CHECKPOINTS, **sizes)} pairs")


def _characters(options: argparse.Namespace) -> None:
    _needed(options, "faces", "out")
    if options.limit is not None and options.limit < 1:
        raise InvalidRequest("--limit must be at least 1.")
    from core.train.characters import read_characters

    print(f"{options.out}: {read_characters(options.faces, options.out, CHECKPOINTS, options.limit)} characters")


def _gda(options: argparse.Namespace) -> None:
    _needed(options, "pairs", "out")
    from core.nets.gda import PAPER, SMALL
    from core.train.gda import GDATraining, train_gda

    config = _stopping(GDATraining(network=PAPER if options.network == "paper" else SMALL), options)
    train_gda(options.pairs, options.out, _lpips_folder(), options.minutes, options.seed, config)


def _plain(options: argparse.Namespace) -> None:
    _needed(options, "pairs", "out")
    from core.train.gda import GDATraining
    from core.train.plain import train_plain

    config = _stopping(GDATraining(), options)
    train_plain(options.pairs, options.out, _lpips_folder(), options.minutes, options.seed, config)


def _generator(options: argparse.Namespace) -> None:
    _needed(options, "people", "out")
    from core.nets.generator import PAPER, SMALL
    from core.train.generator import GeneratorTraining, train_generator

    network = PAPER if options.network == "paper" else SMALL
    config = _stopping(GeneratorTraining(network=replace(network, rig_maps=not options.no_rig_maps)), options)
    train_generator(options.people, options.out, _RIG, _lpips_folder(), options.minutes, options.seed, config)


def _stopping(config: Any, options: argparse.Namespace) -> Any:
    """How to train, with the bound on steps that was asked for."""
    return replace(config, loop=replace(config.loop, steps=options.steps)) if options.steps else config


def _lpips_folder() -> Path:
    from core.weights.catalogue import weights_named
    from core.weights.store import weights_folder

    return weights_folder(weights_named("lpips"), CHECKPOINTS)
