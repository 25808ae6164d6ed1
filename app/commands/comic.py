"""``launch.py comic``: a comic with avatars."""

import argparse
from pathlib import Path

from app.commands.files import read, write
from app.commands.progress import progress_bar


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the cast, what happens, and the file."""
    parser.add_argument("avatar", type=Path, nargs="*", help="the cast, in the script's order")
    parser.add_argument("--script", type=Path, metavar="F.toml", help="what happens; docs/comics.md has the format")
    parser.add_argument("--story", metavar="NAME", help="a ready story instead; --list names them")
    parser.add_argument("--out", type=Path, metavar="F.(png|webp|pdf)")
    parser.add_argument("--paper", help="screen, a4 or letter, instead of the script's")
    parser.add_argument("--list", action="store_true", help="list stories with how many people they need, and scenes")
    parser.add_argument("--show", metavar="NAME", help="print the script of a story, to begin one's own with")


def run(options: argparse.Namespace) -> None:
    """Draws a comic with avatars, from a short script or as one of the ready stories."""
    from dataclasses import replace

    from core.comics.page import check_suffix, draw_comic, save_comic
    from core.comics.scenes import SCENES
    from core.comics.script import decode_script, read_script
    from core.comics.stories import STORIES, story, story_text
    from core.errors import InvalidRequest
    from core.formats.export import load_avatar

    if options.list:
        for name in STORIES:
            print(f"{name:16} {len(story(name).cast)}")
        print("Scenes: " + ", ".join(SCENES))
        return
    if options.show is not None:
        print(story_text(options.show), end="")
        return
    if (options.script is None) == (options.story is None) or options.out is None or not options.avatar:
        raise InvalidRequest(
            "Say who plays what and where to write: launch.py comic AVATAR… --script F.toml or --story NAME --out F."
        )
    script = story(options.story) if options.story is not None else read_script(decode_script(read(options.script)))
    if options.paper is not None:
        script = replace(script, paper=options.paper)
    check_suffix(options.out.suffix.lower(), 1)
    pages = draw_comic(script, [load_avatar(path) for path in options.avatar], progress_bar())
    write(options.out, lambda path: save_comic(pages, path))
