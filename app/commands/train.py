"""``launch.py train``: how the files in checkpoints/ were made."""

import argparse
from pathlib import Path

from app.commands.places import CHECKPOINTS
from core.errors import InvalidRequest


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares which file to make, and of what."""
    parser.add_argument("what", choices=["head-rig", "pattern", "parser"])
    parser.add_argument("--out", type=Path, help="default: in checkpoints/")
    parser.add_argument("--faces", type=Path, metavar="DIR", help="aligned portraits")
    parser.add_argument("--labels", type=Path, metavar="DIR", help="their part labels")
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> None:
    """Makes the files in checkpoints/."""
    import logging

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    rig = CHECKPOINTS / "head_rig.safetensors"
    if options.what == "head-rig":
        from core.train.head_rig import build_head_rig

        build_head_rig(options.out or rig)
        return
    if options.what == "pattern":
        from core.train.head_rig import renew_pattern

        renew_pattern(rig, options.out or rig)
        return
    from core.train.parser import train_parser

    if options.faces is None or options.labels is None:
        raise InvalidRequest("Training the parser needs --faces DIR and --labels DIR.")
    out = options.out or CHECKPOINTS / "face_parser.safetensors"
    train_parser(options.faces, options.labels, out, options.minutes, options.seed)
