"""``launch.py gallery``: a page of avatars."""

import argparse
from pathlib import Path

from app.commands.files import write
from app.commands.progress import progress_bar


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the folder, the page and its title."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="with *.snapmoji, or with folders that `make` wrote")
    parser.add_argument("--out", type=Path, required=True, metavar="F.html")
    parser.add_argument("--title", default="Avatars", help="of the page")


def run(options: argparse.Namespace) -> None:
    """Writes one self-contained HTML page of avatars, turning and changing their faces."""
    from core.errors import InvalidRequest
    from core.formats.export import load_avatar
    from core.media.gallery import avatar_files, save_gallery

    if options.out.suffix.lower() not in (".html", ".htm"):
        raise InvalidRequest(f"A gallery is a page: --out must end in .html, not {options.out.suffix or options.out}.")
    files = avatar_files(options.folder)
    write(options.out, lambda path: save_gallery(files, load_avatar, path, options.title, progress_bar()))
