"""``launch.py make``: photos become avatars."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.files import made, read, writing
from app.commands.models import load_studio
from app.commands.values import share
from core.errors import InvalidRequest, UserFacingError

if TYPE_CHECKING:
    from core.character.notes import Recipe
    from core.pipeline import Creation, Settings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the photos, the style and where the avatars go."""
    parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO")
    parser.add_argument("--same-person", action="store_true", help="the photos show one person: make one avatar of all")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--prompt", default="", help="second style in words, for example 'plastic toy'")
    parser.add_argument("--style-picture", type=Path, metavar="F", help="a picture whose colours and texture are taken")
    parser.add_argument("--strength", type=share, default=0.5, help="style transition strength, 0 to 1")
    parser.add_argument("--edges", type=share, default=0.5, help="edge preservation level, 0 to 1")
    parser.add_argument("--identity", type=share, default=0.5, help="identity consistency factor, 0 to 1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--stylizer", default="auto", help="auto, embedded or diffusion (see `launch.py weights list`)")
    parser.add_argument("--negative", default="", help="what the diffusion stylizer should avoid, in words")
    parser.add_argument("--face", type=int, help="which of several faces, from 0 from the left")
    parser.add_argument("--no-character", action="store_true", help="keep no measurements: the file cannot be edited")


def run(options: argparse.Namespace) -> None:
    """Makes an avatar of each photo, or one of all: avatar.snapmoji, primary.png, styled.png and report.json."""
    from core.character.notes import Recipe
    from core.face.photo import decode_photo
    from core.stylize.reference import shrunk

    settings = _settings(options)
    photos = [(path, read(path)) for path in options.photos]
    if not options.same_person and len({path.stem for path in options.photos}) < len(photos):
        raise InvalidRequest("Two photos have the same name, so that one avatar would overwrite the other; rename one.")
    for path, photo in photos:
        try:
            decode_photo(photo)
        except UserFacingError as error:
            raise _named(path, error, len(photos)) from error
    kept = shrunk(decode_photo(settings.reference)) if settings.reference else None
    studio = load_studio()
    if options.same_person:
        makings = [(options.out, options.out, [photo for _, photo in photos])]
    else:
        # Several photos get a folder each.
        makings = [
            (path, options.out if len(photos) == 1 else options.out / path.stem, [photo]) for path, photo in photos
        ]
    failed: list[UserFacingError] = []
    for path, out, pictures in makings:
        try:
            creation = studio.create(pictures, settings)
        except UserFacingError as error:
            # One photo that cannot be used is no reason to leave out the next.
            failed.append(_named(path, error, len(makings)))
            continue
        recipe = Recipe(creation.character, creation.measured, settings.prompt, settings.controls, settings.seed, kept)
        _save(creation, recipe, not options.no_character, out)
        seconds = creation.report["seconds"]["total"]
        print(f"{out / 'avatar.snapmoji'}: {len(creation.avatar)} splats in {seconds:.2f} s")
        for line in (creation.report["understood"], *creation.report["warnings"]):
            if line:
                print(f"  {line}")
    if failed:
        raise failed[0] if len(failed) == 1 else InvalidRequest(" ".join(map(str, failed)))


def _named(path: Path, error: UserFacingError, photos: int) -> UserFacingError:
    """The error, which says of which photo it is where there are several."""
    return error if photos == 1 else type(error)(f"{path.name}: {error}")


def _settings(options: argparse.Namespace) -> "Settings":
    from core.pipeline import Settings
    from core.stylize.controls import StyleControls

    return Settings(
        prompt=options.prompt,
        controls=StyleControls(options.strength, options.edges, options.identity),
        seed=options.seed,
        engine=options.engine,
        stylizer=options.stylizer,
        negative=options.negative,
        reference=read(options.style_picture) if options.style_picture else None,
        face=options.face,
    )


def _save(creation: "Creation", recipe: "Recipe", with_character: bool, out: Path) -> None:
    """Writes the avatar, its two pictures and the report into the folder ``out``."""
    from PIL import Image

    from core.character.notes import to_notes
    from core.formats.bundle import save_bundle

    with writing(out), made(out):
        save_bundle(creation.avatar, out / "avatar.snapmoji", to_notes(recipe, with_character))
        Image.fromarray(creation.primary).save(out / "primary.png")
        Image.fromarray(creation.styled).save(out / "styled.png")
        (out / "report.json").write_text(json.dumps(dict(creation.report), indent=2) + "\n")
