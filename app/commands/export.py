"""``launch.py export``: an avatar in a format of other programs."""

import argparse
from pathlib import Path

from app.commands.files import write
from app.commands.pose import add_pose_options, chosen_weights


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the files and the pose."""
    parser.add_argument("avatar", type=Path)
    parser.add_argument("--to", type=Path, required=True, metavar="F.(ply|spz|splat|glb|html|snapmoji)")
    add_pose_options(parser)


def run(options: argparse.Namespace) -> None:
    """Writes an avatar in another format."""
    from core.formats.export import export, load_with_notes

    (avatar, notes), weights = load_with_notes(options.avatar), chosen_weights(options)
    write(options.to, lambda path: export(avatar, weights, path, notes))
