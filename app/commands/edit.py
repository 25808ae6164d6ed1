"""``launch.py edit``: traits changed after the avatar was made."""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.files import write, writing
from app.commands.places import CHECKPOINTS
from core.errors import InvalidRequest

if TYPE_CHECKING:
    from PIL.Image import Image

    from core.avatar.model import Avatar

# core.character.edit knows the rest of what can be changed, but is too large to load for every command.
COLORS = ("hair-color", "eyes", "skin", "lips", "brow-color", "beard-color", "glasses-color", "hat-color")
COLORS += ("earring-color", "eye-shadow-color", "shirt")
SHARES, SWITCHES = ("freckles", "age", "eye-shadow"), ("bust",)
TRAITS = ("hair", "brows", "beard", "glasses", "hat", "earrings", "moles", *COLORS, *SHARES, *SWITCHES)
"""The names of all traits, each an option."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the files and an option for each trait."""
    parser.add_argument("avatar", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, metavar="F.snapmoji")
    parser.add_argument("--picture", type=Path, metavar="F.png", help="also draw it from the front")
    parser.add_argument("--list", action="store_true", help="list every trait and what it can be, and do nothing else")
    for name in TRAITS:
        if name in SWITCHES:
            parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction)
        else:
            kind = "COLOR" if name in COLORS else "0..1" if name in SHARES else "NAME"
            parser.add_argument(f"--{name}", metavar=kind)


def run(options: argparse.Namespace) -> None:
    """Changes traits of an avatar that was made before; the photo is not needed."""
    start = time.perf_counter()
    from core.character.edit import edited

    if options.list:
        _list_traits()
        return
    if options.avatar is None or options.out is None:
        raise InvalidRequest("Say which avatar to edit and where to write it: launch.py edit AVATAR --out F.snapmoji.")
    changes = {name: value for name in TRAITS if (value := getattr(options, name.replace("-", "_"))) is not None}
    from core.character.notes import from_notes, to_notes
    from core.character.remake import remake
    from core.formats.bundle import load_bundle, save_bundle
    from core.rig.head import load_head_rig
    from core.stylize.meaning import MeaningLoader

    _, notes = load_bundle(options.avatar)
    recipe = from_notes(notes)
    recipe = replace(recipe, character=edited(recipe.character, changes, recipe.measured))
    avatar, _ = remake(load_head_rig(CHECKPOINTS / "head_rig.safetensors"), recipe, MeaningLoader(CHECKPOINTS))
    with writing(options.out):
        options.out.parent.mkdir(parents=True, exist_ok=True)
        save_bundle(avatar, options.out, notes | to_notes(recipe))
    print(f"{options.out}: {len(avatar)} splats in {time.perf_counter() - start:.2f} s")
    if options.picture is not None:
        write(options.picture, lambda path: _front_picture(avatar).save(path))


def _list_traits() -> None:
    from core.character.edit import TRAITS

    for trait in TRAITS:
        values = {"share": "0 to 1", "switch": f"--{trait.name} or --no-{trait.name}"}
        names = ", ".join(trait.choices or trait.swatches) + (", #rrggbb" if trait.swatches else "")
        print(f"{trait.name:14} {values.get(trait.kind, names)}")


def _front_picture(avatar: "Avatar") -> "Image":
    from PIL import Image

    from core.camera import orbit
    from core.expressions import pose_weights
    from core.render.splats import render

    return Image.fromarray(render(avatar.posed(pose_weights("neutral")), orbit(size=512)).to_rgba8())
