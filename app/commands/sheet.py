"""``launch.py sheet``: many avatars on one picture, to be looked at."""

import argparse
from pathlib import Path

from app.commands.files import pictures_in, write
from app.commands.models import load_studio
from app.commands.places import EXAMPLES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares whom to draw, and how the sheet is laid out."""
    parser.add_argument("--faces", type=Path, default=EXAMPLES, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="F.webp")
    parser.add_argument("--count", type=int, default=24, help="how many portraits of the folder")
    parser.add_argument("--prompt", default="", help="second style for all of them")
    parser.add_argument("--size", type=int, default=220, help="of a picture, in pixels")
    parser.add_argument("--pairs", type=int, default=1, help="people side by side")
    parser.add_argument("--width", type=int, help="of the sheet in pixels, instead of --size")
    parser.add_argument("--views", help="which, for example front,turned,side,back; default: all")
    parser.add_argument("--engines", default="auto", help="side by side, for example template,learned")
    parser.add_argument("--only", help="names of the portraits without ending, for example 00007,00029")


def run(options: argparse.Namespace) -> None:
    """Draws the avatars of the portraits in a folder, from all sides, on one sheet."""
    from core.evaluate.contact_sheet import VIEWS, cell_size, contact_sheet

    photos = pictures_in(options.faces)
    if options.only:
        photos = [photo for photo in photos if photo.stem in options.only.split(",")]
    views = options.views.split(",") if options.views else list(VIEWS)
    engines = options.engines.split(",")
    size = cell_size(options.width, options.pairs, len(views) * len(engines)) if options.width else options.size
    studio = load_studio()
    image = contact_sheet(studio, photos[: options.count], options.prompt, size, options.pairs, views, engines)
    write(options.out, image.save)
