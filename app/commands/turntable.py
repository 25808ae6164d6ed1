"""``launch.py turntable``: a film of an avatar."""

import argparse
from pathlib import Path

from app.commands.files import write
from app.commands.pose import add_pose_options, chosen_weights
from app.commands.progress import progress_bar
from app.commands.values import background


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the files, the pose and the turn."""
    parser.add_argument("avatar", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="F.(gif|webp|mp4|webm)")
    add_pose_options(parser)
    parser.add_argument("--seconds", type=float, default=4.0, help="of one turn")
    parser.add_argument("--fps", type=int, default=24, help="frames a second")
    parser.add_argument("--size", type=int, default=512, help="pixels")
    parser.add_argument("--background", default="white", help="transparent or a colour")


def run(options: argparse.Namespace) -> None:
    """Draws an avatar turning once round, as a GIF, an animated WebP, an MP4 or a WebM."""
    from core.formats.export import load_avatar
    from core.media.film import Film
    from core.media.turntable import save_turntable

    turn = Film(options.seconds, options.fps, options.size, background(options.background))
    avatar, weights = load_avatar(options.avatar), chosen_weights(options)
    write(options.out, lambda path: save_turntable(avatar, weights, path, turn, progress_bar()))
