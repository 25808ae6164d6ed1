"""Snapmoji's one door: the app, and every command. ``python launch.py --help`` lists them."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

# Two OpenMP runtimes (torch's and numba's) that spin while they wait would slow each other down.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# Our linear systems are small: threads of the BLAS would cost more than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from core.errors import InvalidRequest, MissingWeights, UserFacingError
from core.render.cache import compiled_before, use_compile_cache

if TYPE_CHECKING:
    from PIL.Image import Image

    from core.avatar.model import Avatar
    from core.pipeline import Studio
    from core.weights.catalogue import Weights

ROOT = Path(__file__).resolve().parent
CHECKPOINTS = ROOT / "checkpoints"
EXAMPLES = ROOT / "ui_assets" / "examples"
# What `edit` can change; core.character.edit knows the rest, but is too large to load for every command.
_COLORS = ("hair-color", "eyes", "skin", "lips", "brow-color", "beard-color", "glasses-color", "hat-color")
_COLORS += ("earring-color", "eye-shadow-color", "shirt")
_SHARES, _SWITCHES = ("freckles", "age", "eye-shadow"), ("bust",)
_TRAITS = ("hair", "brows", "beard", "glasses", "hat", "earrings", "moles", *_COLORS, *_SHARES, *_SWITCHES)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit status: 2 for a problem the user can fix."""
    options = _parser().parse_args(arguments)
    options.compile_cache = use_compile_cache()
    try:
        options.command(options)
    except UserFacingError as error:
        print(f"snapmoji: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def run_app(options: argparse.Namespace) -> None:
    """Serves the page and opens it."""
    from app.server import serve
    from app.settings import AppSettings

    compiles = not compiled_before(options.compile_cache)
    serve(AppSettings(host=options.host, port=options.port, open_browser=not options.no_browser, compiles=compiles))


def make(options: argparse.Namespace) -> None:
    """Makes an avatar of each photo, or one of all: avatar.snapmoji, primary.png, styled.png and report.json."""
    from PIL import Image

    from core.character.notes import Recipe, to_notes
    from core.face.photo import decode_photo
    from core.formats.bundle import save_bundle
    from core.pipeline import Settings
    from core.stylize.controls import StyleControls
    from core.stylize.reference import shrunk

    settings = Settings(
        prompt=options.prompt,
        controls=StyleControls(options.strength, options.edges, options.identity),
        seed=options.seed,
        engine=options.engine,
        stylizer=options.stylizer,
        negative=options.negative,
        reference=_read(options.style_picture) if options.style_picture else None,
        face=options.face,
    )
    photos = [(path, _read(path)) for path in options.photos]
    if not options.same_person and len({path.stem for path in options.photos}) < len(photos):
        raise InvalidRequest("Two photos have the same name, so that one avatar would overwrite the other; rename one.")
    for _, photo in photos:
        decode_photo(photo)
    kept = shrunk(decode_photo(settings.reference)) if settings.reference else None
    studio = _load_studio()
    if options.same_person:
        makings = [(options.out, [photo for _, photo in photos])]
    else:
        # Several photos get a folder each.
        makings = [(options.out if len(photos) == 1 else options.out / path.stem, [photo]) for path, photo in photos]
    for out, pictures in makings:
        creation = studio.create(pictures, settings)
        recipe = Recipe(creation.character, creation.measured, settings.prompt, settings.controls, settings.seed, kept)
        with _writing(out):
            out.mkdir(parents=True, exist_ok=True)
            save_bundle(creation.avatar, out / "avatar.snapmoji", to_notes(recipe, not options.no_character))
            Image.fromarray(creation.primary).save(out / "primary.png")
            Image.fromarray(creation.styled).save(out / "styled.png")
            (out / "report.json").write_text(json.dumps(dict(creation.report), indent=2) + "\n")
        seconds = creation.report["seconds"]["total"]
        print(f"{out / 'avatar.snapmoji'}: {len(creation.avatar)} splats in {seconds:.2f} s")
        for line in (creation.report["understood"], *creation.report["warnings"]):
            if line:
                print(f"  {line}")


def edit(options: argparse.Namespace) -> None:
    """Changes traits of an avatar that was made before; the photo is not needed."""
    start = time.perf_counter()
    from core.character.edit import TRAITS, edited

    if options.list:
        for trait in TRAITS:
            values = {"share": "0 to 1", "switch": f"--{trait.name} or --no-{trait.name}"}
            names = ", ".join(trait.choices or trait.swatches) + (", #rrggbb" if trait.swatches else "")
            print(f"{trait.name:14} {values.get(trait.kind, names)}")
        return
    if options.avatar is None or options.out is None:
        raise InvalidRequest("Say which avatar to edit and where to write it: launch.py edit AVATAR --out F.snapmoji.")
    changes = {name: value for name in _TRAITS if (value := getattr(options, name.replace("-", "_"))) is not None}
    from core.character.notes import from_notes, to_notes
    from core.character.remake import remake
    from core.formats.bundle import load_bundle, save_bundle
    from core.rig.head import load_head_rig
    from core.stylize.meaning import MeaningLoader

    _, notes = load_bundle(options.avatar)
    recipe = from_notes(notes)
    recipe = replace(recipe, character=edited(recipe.character, changes, recipe.measured))
    avatar, _ = remake(load_head_rig(CHECKPOINTS / "head_rig.safetensors"), recipe, MeaningLoader(CHECKPOINTS))
    with _writing(options.out):
        options.out.parent.mkdir(parents=True, exist_ok=True)
        save_bundle(avatar, options.out, notes | to_notes(recipe))
    print(f"{options.out}: {len(avatar)} splats in {time.perf_counter() - start:.2f} s")
    if options.picture is not None:
        _write(options.picture, lambda path: _front_picture(avatar).save(path))


def render_picture(options: argparse.Namespace) -> None:
    """Draws an avatar in a pose from a side."""
    from PIL import Image

    from core.camera import orbit
    from core.formats.export import load_avatar
    from core.render.splats import render

    if not 16 <= options.size <= 4096:
        raise InvalidRequest(f"--size must lie between 16 and 4096, not {options.size}.")
    if not -360 <= options.yaw <= 360:
        raise InvalidRequest(f"--yaw must lie between -360 and 360 degrees, not {options.yaw:g}.")
    if not -89 <= options.pitch <= 89:
        raise InvalidRequest(f"--pitch must lie between -89 and 89 degrees, not {options.pitch:g}.")
    weights = _weights(options)
    picture = render(load_avatar(options.avatar).posed(weights), orbit(options.yaw, options.pitch, size=options.size))
    image = Image.fromarray(picture.to_rgba8())
    color = _background(options.background)
    if color is not None:
        image = Image.alpha_composite(Image.new("RGBA", image.size, color), image).convert("RGB")
    _write(options.out, image.save)


def turntable(options: argparse.Namespace) -> None:
    """Draws an avatar turning once round, as a GIF, an animated WebP or an MP4."""
    from core.formats.export import load_avatar
    from core.media.turntable import Turntable, save_turntable

    turn = Turntable(options.seconds, options.fps, options.size, _background(options.background))
    avatar, weights = load_avatar(options.avatar), _weights(options)
    _write(options.out, lambda path: save_turntable(avatar, weights, path, turn, _progress_bar()))


def export_avatar(options: argparse.Namespace) -> None:
    """Writes an avatar in another format."""
    from core.formats.export import export, load_with_notes

    (avatar, notes), weights = load_with_notes(options.avatar), _weights(options)
    _write(options.to, lambda path: export(avatar, weights, path, notes))


def evaluate(options: argparse.Namespace) -> None:
    """Measures the avatars of the portraits in a folder, or how well prompts are understood."""
    if options.what == "prompts":
        _evaluate_prompts(options)
        return
    photos = _pictures_in(options.faces)
    if options.what == "sliders":
        _evaluate_sliders(options, photos[: options.count])
        return
    if options.what == "identity":
        from core.evaluate.identity import FaceEmbedder, evaluate_identity

        # First, because it may be missing, and loading the rest takes seconds.
        embedder = FaceEmbedder()
        result = evaluate_identity(_load_studio(), photos[: options.count], embedder)
    else:
        from core.evaluate.expressions import evaluate_expressions

        result = evaluate_expressions(_load_studio(), photos[: options.count])
    print(json.dumps(result, indent=None if options.json else 2))


def _evaluate_prompts(options: argparse.Namespace) -> None:
    from core.evaluate.prompts import evaluate_prompts
    from core.stylize.meaning import MeaningLoader

    result = evaluate_prompts(json.loads(_read(options.prompts)), MeaningLoader(CHECKPOINTS))
    if options.json:
        print(json.dumps(result))
        return
    for row in result["rows"]:
        print(f"{'ok' if row['sensible'] else '--'}  {row['prompt']}\n      {row['understood']}")
    how = "" if result["by_meaning"] else ", by words alone: launch.py weights fetch minilm lets meanings be compared"
    print(f"{result['sensible']} of {result['prompts']} sensible{how}")


def _evaluate_sliders(options: argparse.Namespace, photos: list[Path]) -> None:
    from core.evaluate.sliders import avatars_of, evaluate_sliders
    from core.stylize.recipes import RECIPES

    names = options.styles.split(",") if options.styles else [recipe.name for recipe in RECIPES]
    studio = _load_studio()
    people, embedders = avatars_of(studio, {photo.stem: studio.portrait(photo.read_bytes()) for photo in photos})
    result = evaluate_sliders(people, names, embedders=embedders)
    print(json.dumps(result, indent=None if options.json else 2))


def sheet(options: argparse.Namespace) -> None:
    """Draws the avatars of the portraits in a folder, from all sides, on one sheet."""
    from core.evaluate.contact_sheet import VIEWS, cell_size, contact_sheet

    photos = _pictures_in(options.faces)
    if options.only:
        photos = [photo for photo in photos if photo.stem in options.only.split(",")]
    views = options.views.split(",") if options.views else list(VIEWS)
    size = cell_size(options.width, options.pairs, len(views)) if options.width else options.size
    studio = _load_studio()
    image = contact_sheet(studio, photos[: options.count], options.prompt, size, options.pairs, views)
    _write(options.out, image.save)


def bench(options: argparse.Namespace) -> None:
    """Times the parts that must be quick."""
    from core.evaluate.bench import run_bench

    studio = _load_studio()
    print(json.dumps(run_bench(studio, _pictures_in(EXAMPLES)), indent=None if options.json else 2))


def styles(options: argparse.Namespace) -> None:
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

    base = _load_studio().create(_read(photo), Settings()).base
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for style in styles:
            (folder / f"{file_name(style)}.webp").write_bytes(as_webp(style_thumbnail(base, style)))
    print(f"{folder}: {len(styles)} pictures")


def weights(options: argparse.Namespace) -> None:
    """Lists, fetches or checks files of weights that others made."""
    from core.weights.catalogue import WEIGHTS, weights_named
    from core.weights.store import damaged_files, fetch, missing_files, weights_folder

    if options.action == "fetch" and not options.name:
        raise InvalidRequest("Say which: python launch.py weights fetch NAME; python launch.py weights list has them.")
    if options.json and options.action != "list":
        raise InvalidRequest("--json is for weights list only.")
    chosen = [weights_named(options.name)] if options.name else WEIGHTS
    places = [(item, weights_folder(item, CHECKPOINTS, options.folder)) for item in chosen]
    if options.action == "list":
        _list_weights([(item, folder, len(missing_files(item, folder))) for item, folder in places], options.json)
    elif options.action == "fetch":
        item, folder = places[0]
        print(f"{item.name}: {item.purpose}, {item.megabytes:,.1f} MB, to {folder}.")
        print("By fetching it you accept its licence:", *item.licences, sep="\n  ")
        fetched = fetch(item, folder, _download_bar())
        print(f"{len(fetched)} files fetched and checked." if fetched else "Everything is here already.")
        if item.note:
            print(item.note)
    else:
        damaged = [sentence for item, folder in places for sentence in damaged_files(item, folder)]
        if damaged:
            raise MissingWeights(" ".join(damaged))
        for item, folder in places:
            here = len(item.files) - len(missing_files(item, folder))
            print(f"{item.name}: {here} of {len(item.files)} files are here" + (" and sound" if here else ""))


def _list_weights(rows: list[tuple["Weights", Path, int]], as_json: bool) -> None:
    """Prints weights with their folders and how many files lack."""
    described = [
        {
            "name": item.name,
            "purpose": item.purpose,
            "files": len(item.files),
            "missing": missing,
            "megabytes": round(item.megabytes, 1),
            "licences": list(item.licences),
            "folder": str(folder),
            "without_checksum": [file.path for file in item.files if file.sha256 is None],
            "note": item.note,
        }
        for item, folder, missing in rows
    ]
    if as_json:
        print(json.dumps(described))
        return
    for item, _, missing in rows:
        state = f"{missing} of {len(item.files)} files missing" if missing else "here"
        print(f"{item.name:16} {item.megabytes:7,.1f} MB  {state}: {item.purpose}")
        print("".join(f"{'':17}{line}\n" for line in (*item.licences, item.note) if line), end="")


def train(options: argparse.Namespace) -> None:
    """Makes the files in checkpoints/."""
    import logging

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if options.what == "head-rig":
        from core.train.head_rig import build_head_rig

        build_head_rig(options.out or CHECKPOINTS / "head_rig.safetensors")
        return
    from core.train.parser import train_parser

    if options.faces is None or options.labels is None:
        raise InvalidRequest("Training the parser needs --faces DIR and --labels DIR.")
    out = options.out or CHECKPOINTS / "face_parser.safetensors"
    train_parser(options.faces, options.labels, out, options.minutes, options.seed)


def _front_picture(avatar: "Avatar") -> "Image":
    from PIL import Image

    from core.camera import orbit
    from core.expressions import pose_weights
    from core.render.splats import render

    return Image.fromarray(render(avatar.posed(pose_weights("neutral")), orbit(size=512)).to_rgba8())


def _load_studio() -> "Studio":
    from core.pipeline import Studio

    with _native_log_silenced():
        return Studio.load(CHECKPOINTS)


@contextmanager
def _native_log_silenced() -> Iterator[None]:
    """Hides what mediapipe's C++ parts write to standard error while they load; no setting of theirs does."""
    sys.stderr.flush()
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _weights(options: argparse.Namespace):
    from core.expressions import pose_weights, weights_vector

    if options.pose and options.weights:
        raise InvalidRequest("Give either --pose or --weights, not both.")
    if not options.weights:
        return pose_weights(options.pose or "neutral")
    weights = {}
    for item in options.weights.split(","):
        name, _, value = item.partition("=")
        try:
            weights[name.strip()] = float(value)
        except ValueError:
            raise InvalidRequest(f"{item!r} is no weight; write for example jawOpen=0.5,browUpLeft=1.") from None
    return weights_vector(weights)


def _background(text: str) -> tuple[int, int, int] | None:
    """The colour that a user wrote; None for transparent."""
    from PIL import ImageColor

    if text == "transparent":
        return None
    try:
        red, green, blue, *_ = ImageColor.getrgb(text)
    except ValueError:
        raise InvalidRequest(f"{text!r} is no colour; write transparent, white or #rrggbb.") from None
    return red, green, blue


def _progress_bar() -> Callable[[float], None]:
    """Shows the share of the work done in the terminal; nothing if there is none."""

    def show(share: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{share:4.0%}", end="" if share < 1 else "\r", file=sys.stderr, flush=True)

    return show


def _download_bar() -> Callable[[str, int, int], None]:
    """Shows in the terminal how much of which file has arrived; nothing if there is none."""

    def show(name: str, done: int, whole: int) -> None:
        if sys.stderr.isatty():
            share = f"{done / whole:4.0%} of {whole / 1e6:,.1f} MB" if whole else f"{done / 1e6:,.1f} MB"
            print(f"\r{name}: {share}", end="\n" if whole and done == whole else "", file=sys.stderr, flush=True)

    return show


def _pictures_in(folder: Path) -> list[Path]:
    photos = sorted(p for p in folder.glob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
    if not photos:
        raise InvalidRequest(f"There are no pictures in {folder}.")
    return photos


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error


def _write(path: Path, save: Callable[[Path], None]) -> None:
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path)
    print(path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Says in one sentence why ``path`` cannot be written."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidRequest(f"{path} cannot be written: {reason}.") from error


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must lie between 0 and 1, not {text}")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("launch.py", description="Snapmoji: a selfie becomes a 3D cartoon of Gaussians.")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve the app at (default: this computer only)")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.set_defaults(command=run_app)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    sub = _command(commands, "make", make)
    sub.add_argument("photos", type=Path, nargs="+", metavar="PHOTO")
    sub.add_argument("--same-person", action="store_true", help="the photos show one person: make one avatar of all")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR")
    sub.add_argument("--prompt", default="", help="second style in words, for example 'plastic toy'")
    sub.add_argument("--style-picture", type=Path, metavar="F", help="a picture whose colours and texture are taken")
    sub.add_argument("--strength", type=_share, default=0.5, help="style transition strength, 0 to 1")
    sub.add_argument("--edges", type=_share, default=0.5, help="edge preservation level, 0 to 1")
    sub.add_argument("--identity", type=_share, default=0.5, help="identity consistency factor, 0 to 1")
    sub.add_argument("--seed", type=int, default=0)
    sub.add_argument("--engine", default="auto")
    sub.add_argument("--stylizer", default="auto", help="auto, embedded or diffusion (see `launch.py weights list`)")
    sub.add_argument("--negative", default="", help="what the diffusion stylizer should avoid, in words")
    sub.add_argument("--face", type=int, help="which of several faces, from 0 from the left")

    sub.add_argument("--no-character", action="store_true", help="keep no measurements: the file cannot be edited")

    sub = _command(commands, "edit", edit)
    sub.add_argument("avatar", type=Path, nargs="?")
    sub.add_argument("--out", type=Path, metavar="F.snapmoji")
    sub.add_argument("--picture", type=Path, metavar="F.png", help="also draw it from the front")
    sub.add_argument("--list", action="store_true", help="list every trait and what it can be, and do nothing else")
    for name in _TRAITS:
        if name in _SWITCHES:
            sub.add_argument(f"--{name}", action=argparse.BooleanOptionalAction)
        else:
            kind = "COLOR" if name in _COLORS else "0..1" if name in _SHARES else "NAME"
            sub.add_argument(f"--{name}", metavar=kind)

    sub = _command(commands, "render", render_picture)
    sub.add_argument("avatar", type=Path)
    sub.add_argument("--out", type=Path, required=True, metavar="F.png")
    _pose_options(sub)
    sub.add_argument("--yaw", type=float, default=0.0, help="degrees; positive shows the avatar's left")
    sub.add_argument("--pitch", type=float, default=0.0, help="degrees; positive looks down")
    sub.add_argument("--size", type=int, default=512, help="pixels")
    sub.add_argument("--background", default="transparent", help="transparent or a colour")

    sub = _command(commands, "turntable", turntable)
    sub.add_argument("avatar", type=Path)
    sub.add_argument("--out", type=Path, required=True, metavar="F.(gif|webp|mp4)")
    _pose_options(sub)
    sub.add_argument("--seconds", type=float, default=4.0, help="of one turn")
    sub.add_argument("--fps", type=int, default=24, help="frames a second")
    sub.add_argument("--size", type=int, default=512, help="pixels")
    sub.add_argument("--background", default="white", help="transparent or a colour")

    sub = _command(commands, "export", export_avatar)
    sub.add_argument("avatar", type=Path)
    sub.add_argument("--to", type=Path, required=True, metavar="F.(ply|spz|splat|glb|snapmoji)")
    _pose_options(sub)

    sub = _command(commands, "evaluate", evaluate)
    sub.add_argument("what", choices=["expressions", "identity", "prompts", "sliders"])
    sub.add_argument("--faces", type=Path, default=EXAMPLES, metavar="DIR")
    sub.add_argument("--count", type=int, default=10, help="how many portraits of the folder")
    sub.add_argument("--styles", help="for the sliders: which, for example 'gold,plastic toy'; default: all")
    sub.add_argument("--prompts", type=Path, default=ROOT / "tests/data/prompts.json", metavar="F", help="as JSON")
    sub.add_argument("--json", action="store_true", help="one line of JSON")

    sub = _command(commands, "sheet", sheet)
    sub.add_argument("--faces", type=Path, default=EXAMPLES, metavar="DIR")
    sub.add_argument("--out", type=Path, required=True, metavar="F.webp")
    sub.add_argument("--count", type=int, default=24, help="how many portraits of the folder")
    sub.add_argument("--prompt", default="", help="second style for all of them")
    sub.add_argument("--size", type=int, default=220, help="of a picture, in pixels")
    sub.add_argument("--pairs", type=int, default=1, help="people side by side")
    sub.add_argument("--width", type=int, help="of the sheet in pixels, instead of --size")
    sub.add_argument("--views", help="which, for example front,turned,side,back; default: all")
    sub.add_argument("--only", help="names of the portraits without ending, for example 00007,00029")

    _command(commands, "bench", bench).add_argument("--json", action="store_true", help="one line of JSON")

    sub = _command(commands, "styles", styles)
    sub.add_argument("--json", action="store_true", help="one line of JSON")
    sub.add_argument("--pictures", type=Path, metavar="DIR", help="draw a person in each, as small WebP files")
    sub.add_argument("--photo", type=Path, default=EXAMPLES / "blue_hair.jpg", metavar="F", help="of the person drawn")

    sub = _command(commands, "weights", weights)
    sub.add_argument("action", choices=["list", "fetch", "verify"])
    sub.add_argument("name", nargs="?", help="which; all by default, but fetch wants one")
    sub.add_argument("--folder", type=Path, help="where they are, or go; default: in $SNAPMOJI_WEIGHTS or checkpoints/")
    sub.add_argument("--json", action="store_true", help="one line of JSON, for list")

    sub = _command(commands, "train", train)
    sub.add_argument("what", choices=["head-rig", "parser"])
    sub.add_argument("--out", type=Path, help="default: in checkpoints/")
    sub.add_argument("--faces", type=Path, metavar="DIR", help="aligned portraits")
    sub.add_argument("--labels", type=Path, metavar="DIR", help="their part labels")
    sub.add_argument("--minutes", type=float, default=40.0)
    sub.add_argument("--seed", type=int, default=0)
    return parser


def _command(commands, name: str, command: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    summary = (command.__doc__ or "").splitlines()[0]
    sub = commands.add_parser(name, help=summary, description=summary)
    sub.set_defaults(command=command)
    return sub


def _pose_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--pose", help="neutral, happy, sad, angry, surprised or playful")
    sub.add_argument("--weights", help="for example jawOpen=0.5,browUpLeft=1")


if __name__ == "__main__":
    sys.exit(main())
