"""``launch.py styles``: the second styles by name and caption, or as pictures."""

import argparse
import json
from pathlib import Path

from app.commands.files import read, writing
from app.commands.models import load_studio
from app.commands.places import EXAMPLES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares how the styles are shown."""
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="draw a person in each, as small WebP files")
    parser.add_argument(
        "--photo", type=Path, default=EXAMPLES / "blue_hair.jpg", metavar="F", help="of the person drawn"
    )


def run(options: argparse.Namespace) -> None:
    """Lists the second styles that prompts can name, or draws each of them small."""
    from core.stylize.recipes import RECIPES

    if options.pictures is not None:
        _draw_styles(["", *(recipe.name for recipe in RECIPES)], options.photo, options.pictures)
        return
    rows = [{"name": recipe.name, "caption": recipe.caption} for recipe in RECIPES]
    if options.json:
        print(json.dumps(rows))
    else:
        print("\n".join(f"{row['name']:18} {row['caption']}" for row in rows))


def _draw_styles(styles: list[str], photo: Path, folder: Path) -> None:
    from core.media.thumbnails import as_webp, file_name, style_thumbnail
    from core.pipeline import Settings

    base = load_studio().create(read(photo), Settings()).base
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for style in styles:
            (folder / f"{file_name(style)}.webp").write_bytes(as_webp(style_thumbnail(base, style)))
    print(f"{folder}: {len(styles)} pictures")
