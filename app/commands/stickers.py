"""``launch.py stickers``: a pack of stickers."""

import argparse
from pathlib import Path

from app.commands.files import writing
from app.commands.progress import progress_bar


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the files, which stickers, and what is written on them."""
    parser.add_argument("avatar", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, metavar="DIR|F.zip", help="a folder, or a zip")
    parser.add_argument("--only", help="which, for example laugh,love,party; default: all")
    parser.add_argument("--caption", default="", help="a few words on each, in any language")
    parser.add_argument("--outline", default="usual", help="none, thin, usual or wide")
    parser.add_argument("--animated", action="store_true", help="also moving: those of --only, or the eight liveliest")
    parser.add_argument("--list", action="store_true", help="list every sticker, and do nothing else")


def run(options: argparse.Namespace) -> None:
    """Draws a pack of stickers of an avatar, cut out and within the limits of messengers."""
    from core.errors import InvalidRequest
    from core.formats.export import load_avatar
    from core.stickers.cut import outline_named
    from core.stickers.pack import LIVELY, chosen_poses, make_pack, save_pack
    from core.stickers.poses import POSES

    if options.list:
        print("\n".join(f"{pose.emoji}  {pose.name}" for pose in POSES))
        return
    if options.avatar is None or options.out is None:
        raise InvalidRequest("Say of which avatar and where to write: launch.py stickers AVATAR --out DIR or F.zip.")
    names = [name.strip() for name in options.only.split(",") if name.strip()] if options.only else []
    poses = chosen_poses(names)
    moving = [pose.name for pose in poses if names or pose.name in LIVELY] if options.animated else []
    cut = outline_named(options.outline)
    # load_avatar's errors come before any folder is made.
    avatar = load_avatar(options.avatar)
    pack = make_pack(
        avatar,
        poses,
        name=options.avatar.stem,
        caption=options.caption,
        animated=moving,
        cut=cut,
        progress=progress_bar(),
    )
    with writing(options.out):
        options.out.parent.mkdir(parents=True, exist_ok=True)
        save_pack(pack, options.out)
    told = f", {len(moving)} of them animated" if moving else ""
    print(f"{options.out}: {len(pack.stickers)} stickers{told}")
