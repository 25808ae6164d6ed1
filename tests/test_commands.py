"""The commands, as a person would call them."""

import argparse
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import launch
from app.commands import edit
from core.character.document import same
from core.character.edit import TRAITS, edited
from core.character.notes import Recipe, from_notes, to_notes
from core.expressions import SHAPES
from core.formats.bundle import load_bundle, save_bundle
from core.pipeline import STAGES, Creation, Studio
from core.stylize.controls import StyleControls
from tests.conftest import EXAMPLES, PERSON, ROOT

# mediapipe's C++ parts and TensorFlow Lite write such lines as they please.
NATIVE_LOG = re.compile(r"[IWEF]\d{4} |(INFO|WARNING): ")

Command = Callable[..., tuple[int, list[str], list[str]]]


def subcommands() -> list[str]:
    actions = launch._parser()._actions
    return [name for a in actions if isinstance(a, argparse._SubParsersAction) for name in a.choices]


@pytest.fixture
def snapmoji(capfd: pytest.CaptureFixture[str], studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in this process, with the studio that is loaded already: status, output, errors by line."""
    monkeypatch.setattr(Studio, "load", staticmethod(lambda checkpoints: studio))

    def run(*arguments: object) -> tuple[int, list[str], list[str]]:
        capfd.readouterr()
        status = launch.main([str(argument) for argument in arguments])
        output, errors = capfd.readouterr()
        kept = [line for line in errors.splitlines() if not NATIVE_LOG.match(line)]
        return status, output.splitlines(), kept

    return run


def picture(path: Path, image: Image.Image) -> Path:
    image.save(path, quality=95)
    return path


def two_faces() -> Image.Image:
    sheet = Image.new("RGB", (1024, 512))
    for k, name in enumerate(("beard", "bob")):
        sheet.paste(Image.open(EXAMPLES[name]).resize((512, 512)), (512 * k, 0))
    return sheet


def small_face() -> Image.Image:
    """A face of about 40 px in a large picture."""
    sheet = Image.new("RGB", (1600, 1200), (150, 160, 170))
    sheet.paste(Image.open(EXAMPLES["bob"]).resize((70, 70)), (800, 500))
    return sheet


def everything_under(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_there_are_the_commands_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text()
    names = subcommands()
    assert {"make", "render", "export", "evaluate", "sheet", "bench", "styles", "train"} <= set(names)
    for name in names:
        assert f"launch.py {name}" in readme, name
    for named in set(re.findall(r"python launch\.py (\w[\w-]*)", readme)):
        assert named in names, "the README names no command that is not there"


@pytest.mark.parametrize("name", ["", *subcommands()])
def test_help_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        launch.main([name, "--help"] if name else ["--help"])
    assert exit.value.code == 0
    output = capsys.readouterr().out
    assert "usage: launch.py" in output and len(output.splitlines()) > 3
    if not name:
        assert all(command in output for command in subcommands())


def test_a_photo_becomes_files(tmp_path: Path) -> None:
    """In a process of its own, as at a terminal."""
    out = tmp_path / "new" / "folder"
    run = subprocess.run(
        [sys.executable, "launch.py", "make", EXAMPLES[PERSON], "--out", out, "--prompt", "marble", "--seed", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert {path.name for path in out.iterdir()} == {"avatar.snapmoji", "primary.png", "styled.png", "report.json"}
    report = json.loads((out / "report.json").read_text())
    assert {"engine", "stylizer", "seconds", "splats", "traits", "warnings"} <= set(report)
    assert set(report["seconds"]) == {*STAGES, "total"}
    assert "marble" in report["understood"].lower()
    avatar, meta = load_bundle(out / "avatar.snapmoji")
    assert len(avatar) == report["splats"] and avatar.shapes == SHAPES
    recipe = from_notes(meta)
    assert (recipe.prompt, recipe.seed, recipe.controls) == ("marble", 3, StyleControls())
    primary, styled = (np.asarray(Image.open(out / f"{name}.png")).astype(int) for name in ("primary", "styled"))
    assert primary.shape == styled.shape == (512, 512, 4)
    assert np.abs(primary - styled).mean() > 2
    first, *rest = run.stdout.splitlines()
    assert re.fullmatch(rf"{re.escape(str(out / 'avatar.snapmoji'))}: {len(avatar)} splats in \d+\.\d\d s", first)
    assert rest == [f"  {report['understood']}"]
    assert [line for line in run.stderr.splitlines() if not NATIVE_LOG.match(line)] == []


def test_several_photos_get_a_folder_each(snapmoji: Command, tmp_path: Path) -> None:
    status, output, errors = snapmoji("make", EXAMPLES["beard"], EXAMPLES[PERSON], "--out", tmp_path)
    assert (status, errors) == (0, []) and len(output) == 2
    assert (tmp_path / "beard" / "avatar.snapmoji").is_file() and (tmp_path / PERSON / "report.json").is_file()


def test_of_several_photos_the_good_ones_become_avatars(snapmoji: Command, tmp_path: Path) -> None:
    plain = picture(tmp_path / "plain.png", Image.new("RGB", (300, 300), (120, 140, 160)))
    status, output, errors = snapmoji("make", plain, EXAMPLES[PERSON], "--out", tmp_path / "out")
    assert (status, len(output)) == (2, 1) and (tmp_path / "out" / PERSON / "avatar.snapmoji").is_file()
    assert len(errors) == 1 and errors[0].startswith("snapmoji: plain.png: No face was found")
    assert not (tmp_path / "out" / "plain").exists()


def test_a_failed_export_leaves_no_folders(snapmoji: Command, bundle: Path, tmp_path: Path) -> None:
    status, _, errors = snapmoji("export", bundle, "--to", tmp_path / "new" / "folder" / "face.doc")
    assert status == 2 and "There is no format .doc" in errors[0]
    assert everything_under(tmp_path) == set()


def test_several_photos_of_one_person_give_one_avatar(snapmoji: Command, tmp_path: Path) -> None:
    out = tmp_path / "one"
    photos = EXAMPLES[PERSON], EXAMPLES[PERSON]
    status, output, errors = snapmoji("make", *photos, "--same-person", "--out", out)
    assert (status, errors, len(output)) == (0, [], 1) and output[0].startswith(f"{out / 'avatar.snapmoji'}: ")
    assert {path.name for path in out.iterdir()} == {"avatar.snapmoji", "primary.png", "styled.png", "report.json"}
    plain = picture(tmp_path / "plain.png", Image.new("RGB", (300, 300), (120, 140, 160)))
    status, _, errors = snapmoji("make", EXAMPLES[PERSON], plain, "--same-person", "--out", tmp_path / "other")
    assert status == 2 and len(errors) == 1 and "Photo 2 of 2: No face was found" in errors[0]
    assert not (tmp_path / "other").exists()


def test_a_face_can_be_chosen(snapmoji: Command, tmp_path: Path) -> None:
    photo = picture(tmp_path / "two.png", two_faces())
    status, _, errors = snapmoji("make", photo, "--out", tmp_path / "out", "--face", 0)
    assert (status, errors) == (0, [])
    traits = json.loads((tmp_path / "out" / "report.json").read_text())["traits"]
    assert traits["beard"]["chin"] > 0 and traits["hair"] == "short", "the left one"


def test_an_avatar_can_be_drawn(snapmoji: Command, bundle: Path, tmp_path: Path) -> None:
    sizes = {}
    for name, options in {
        "rest.png": (),
        "happy.png": ("--pose", "happy"),
        "jaw.png": ("--weights", "jawOpen=1, browUpLeft=.5"),
        "side.png": ("--yaw", "90", "--pitch", "-10"),
        "white.jpg": ("--background", "white", "--size", "200"),
    }.items():
        status, output, errors = snapmoji("render", bundle, "--out", tmp_path / name, *options)
        assert (status, output, errors) == (0, [str(tmp_path / name)], [])
        sizes[name] = np.asarray(Image.open(tmp_path / name)).astype(int)
    assert sizes["rest.png"].shape == (512, 512, 4) and sizes["white.jpg"].shape == (200, 200, 3)
    assert sizes["rest.png"][0, 0, 3] == 0 and sizes["white.jpg"][2, 2].min() > 250
    for name in ("happy.png", "jaw.png", "side.png"):
        assert np.abs(sizes[name] - sizes["rest.png"]).mean() > 0.2, name


def test_an_avatar_can_be_exported(snapmoji: Command, bundle: Path, tmp_path: Path) -> None:
    avatar, _ = load_bundle(bundle)
    status, output, errors = snapmoji("export", bundle, "--to", tmp_path / "sub" / "face.ply", "--pose", "happy")
    assert (status, output, errors) == (0, [str(tmp_path / "sub" / "face.ply")], [])
    head = (tmp_path / "sub" / "face.ply").read_bytes()[:400]
    assert head.startswith(b"ply") and f"element vertex {len(avatar)}".encode() in head
    assert snapmoji("export", bundle, "--to", tmp_path / "again.snapmoji")[0] == 0
    again, _ = load_bundle(tmp_path / "again.snapmoji")
    np.testing.assert_array_equal(again.rest, avatar.rest)


def test_an_export_keeps_the_notes(snapmoji: Command, editable: Path, tmp_path: Path) -> None:
    assert snapmoji("export", editable, "--to", tmp_path / "again.snapmoji")[0] == 0
    assert load_bundle(tmp_path / "again.snapmoji")[1] == load_bundle(editable)[1]


@pytest.fixture(scope="module")
def editable(creation: Creation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An avatar in marble that holds its character."""
    path = tmp_path_factory.mktemp("editable") / "avatar.snapmoji"
    save_bundle(creation.avatar, path, to_notes(Recipe(creation.character, creation.measured, "marble")) | {"by": "me"})
    return path


def test_the_options_of_edit_are_the_traits() -> None:
    assert sorted(edit.TRAITS) == sorted(trait.name for trait in TRAITS)
    kinds = {"color": edit.COLORS, "share": edit.SHARES, "switch": edit.SWITCHES}
    for kind, names in kinds.items():
        assert sorted(names) == sorted(trait.name for trait in TRAITS if trait.kind == kind)


def test_an_avatar_can_be_edited_without_its_photo(editable: Path, creation: Creation, tmp_path: Path) -> None:
    """In a process of its own, as at a terminal; it loads nothing that reads photos."""
    out = tmp_path / "new" / "edited.snapmoji"
    code = "import sys, launch; status = launch.main(); print(*sys.modules); sys.exit(status)"
    options = ["--hair", "afro", "--hair-color", "ginger", "--hat", "none", "--glasses", "round", "--no-bust"]
    run = subprocess.run(
        [sys.executable, "-c", code, "edit", editable, "--out", out, *options], cwd=ROOT, capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")
    line, modules = run.stdout.splitlines()
    avatar, notes = load_bundle(out)
    assert re.fullmatch(rf"{re.escape(str(out))}: {len(avatar)} splats in \d+\.\d\d s", line)
    assert not {"torch", "mediapipe", "core.pipeline"} & set(modules.split())
    recipe = from_notes(notes)
    changes = {"hair": "afro", "hair-color": "ginger", "hat": "none", "glasses": "round", "bust": False}
    assert same(recipe.character, edited(creation.character, changes, creation.measured))
    assert same(recipe.measured, creation.measured) and recipe.prompt == "marble" and notes["by"] == "me"
    assert avatar.shapes == SHAPES and not np.array_equal(avatar.rest, load_bundle(editable)[0].rest)


def test_edits_can_be_taken_back(snapmoji: Command, editable: Path, tmp_path: Path) -> None:
    one, back = tmp_path / "one.snapmoji", tmp_path / "back.snapmoji"
    assert snapmoji("edit", editable, "--out", one, "--eyes", "green", "--beard", "full", "--freckles", 0.4)[0] == 0
    assert not same(from_notes(load_bundle(one)[1]).character, from_notes(load_bundle(editable)[1]).character)
    status, _, errors = snapmoji(
        "edit", one, "--out", back, "--eyes", "photo", "--beard", "photo", "--freckles", "photo"
    )
    assert (status, errors) == (0, [])
    assert same(from_notes(load_bundle(back)[1]).character, from_notes(load_bundle(editable)[1]).character)


def test_an_edit_can_be_drawn(snapmoji: Command, editable: Path, tmp_path: Path) -> None:
    out, drawn = tmp_path / "e.snapmoji", tmp_path / "pictures" / "e.png"
    status, output, errors = snapmoji("edit", editable, "--out", out, "--hat", "beanie", "--picture", drawn)
    assert (status, errors, output[1:]) == (0, [], [str(drawn)])
    assert Image.open(drawn).size == (512, 512) and Image.open(drawn).mode == "RGBA"


def test_what_can_be_edited_is_listed(snapmoji: Command) -> None:
    status, output, errors = snapmoji("edit", "--list")
    assert (status, errors) == (0, []) and [line.split()[0] for line in output] == [trait.name for trait in TRAITS]
    assert "afro" in output[0] and "#rrggbb" in output[1]


def test_a_file_need_not_hold_the_character(snapmoji: Command, tmp_path: Path) -> None:
    assert snapmoji("make", EXAMPLES[PERSON], "--out", tmp_path, "--no-character")[0] == 0
    assert set(load_bundle(tmp_path / "avatar.snapmoji")[1]) == {"prompt", "seed", "controls"}
    status, _, errors = snapmoji("edit", tmp_path / "avatar.snapmoji", "--out", tmp_path / "e.snapmoji")
    assert status == 2 and "holds no character to edit" in errors[0]


def test_styles_are_listed(snapmoji: Command) -> None:
    status, output, _ = snapmoji("styles", "--json")
    names = [row["name"] for row in json.loads(output[0])]
    assert status == 0 and len(names) >= 10
    assert [line.split("  ")[0] for line in snapmoji("styles")[1]] == names


def test_styles_are_drawn_small(snapmoji: Command, tmp_path: Path) -> None:
    status, output, _ = snapmoji("styles", "--pictures", tmp_path / "new")
    names = [row["name"].replace(" ", "_") for row in json.loads(snapmoji("styles", "--json")[1][0])]
    assert status == 0 and output == [f"{tmp_path / 'new'}: {len(names) + 1} pictures"]
    assert {path.name for path in (tmp_path / "new").iterdir()} == {f"{name}.webp" for name in ["none", *names]}


def test_an_evaluation_leaves_out_what_shows_no_face(snapmoji: Command, tmp_path: Path) -> None:
    picture(tmp_path / "wall.jpg", Image.new("RGB", (200, 200), (90, 120, 150)))
    status, output, errors = snapmoji("evaluate", "expressions", "--faces", tmp_path, "--json")
    assert (status, errors) == (0, [])
    assert json.loads(output[-1])["people"] == 0


def test_a_sheet_is_drawn(snapmoji: Command, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(EXAMPLES[PERSON].read_bytes())
    sheet = tmp_path / "sheet.webp"
    status, output, errors = snapmoji("sheet", "--faces", tmp_path, "--out", sheet, "--size", 64)
    assert (status, output, errors) == (0, [str(sheet)], [])
    assert Image.open(sheet).size == (7 * 64, 64)


def test_options_reach_the_training(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple] = []
    monkeypatch.setattr("core.train.gda.train_gda", lambda *given: asked.append(given))
    monkeypatch.setattr("core.train.synthesize.synthesize", lambda *given, **sizes: asked.append((*given, sizes)) or 7)
    folders = ["--pairs", str(tmp_path / "pairs"), "--out", str(tmp_path / "run")]
    assert (
        launch.main(["train", "gda", *folders, "--minutes", "2.5", "--steps", "9", "--seed", "4", "--network", "paper"])
        == 0
    )
    assert launch.main(["train", "gda", *folders]) == 0
    chosen, usual = asked
    assert chosen[:2] == (tmp_path / "pairs", tmp_path / "run") and chosen[3:5] == (2.5, 4)
    assert (chosen[5].network.size, usual[5].network.size, usual[4]) == (512, 256, 0)
    assert chosen[5].loop.steps == 9 < usual[5].loop.steps
    made = ["--faces", str(tmp_path), "--out", str(tmp_path / "pairs"), "--limit", "9"]
    assert launch.main(["train", "pairs", *made]) == 0
    assert asked[-1][:2] == (tmp_path, tmp_path / "pairs")
    assert asked[-1][-1] == {"size": 256, "limit": 9, "workers": None}


def test_options_reach_the_training_of_the_generator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple] = []
    monkeypatch.setattr("core.train.generator.train_generator", lambda *given: asked.append(given))
    monkeypatch.setattr("core.train.characters.read_characters", lambda *given: asked.append(given) or 7)
    folders = ["--people", str(tmp_path / "people"), "--out", str(tmp_path / "run")]
    chosen = ["--minutes", "2.5", "--steps", "9", "--seed", "4", "--network", "paper", "--no-rig-maps"]
    assert launch.main(["train", "generator", *folders, *chosen]) == 0
    assert launch.main(["train", "generator", *folders]) == 0
    one, usual = asked
    assert one[:2] == (tmp_path / "people", tmp_path / "run") and one[4:6] == (2.5, 4)
    assert (one[6].network.size, one[6].network.rig_maps, one[6].loop.steps) == (512, False, 9)
    assert (usual[6].network.size, usual[6].network.rig_maps, usual[5]) == (256, True, 0)
    assert launch.main(["train", "characters", "--faces", str(tmp_path), "--out", "people", "--limit", "9"]) == 0
    assert asked[-1][:2] == (tmp_path, Path("people")) and asked[-1][3] == 9


def bad_photo(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.jpg"
    if kind == "plain":
        return picture(path, Image.new("RGB", (640, 480), (90, 120, 150)))
    if kind == "two faces":
        return picture(path, two_faces())
    if kind == "small face":
        return picture(path, small_face())
    if kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("Dear diary, today I was photographed.\n")
    elif kind == "huge":
        data = io.BytesIO()
        Image.new("1", (14000, 14000)).save(data, "PNG")
        path.write_bytes(data.getvalue())
    elif kind == "folder":
        path.mkdir()
    return path


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("plain", "No face was found"),
        ("two faces", "shows 2 faces"),
        ("small face", r"No face was found|only \d\d px tall"),
        ("empty", "is empty"),
        ("text", "not a picture we can read"),
        ("huge", "more than 50 megapixels"),
        ("missing", "missing.jpg cannot be read: No such file"),
        ("folder", "folder.jpg cannot be read"),
    ],
)
def test_a_bad_photo_is_explained_in_one_line(snapmoji: Command, tmp_path: Path, kind: str, says: str) -> None:
    photo = bad_photo(kind, tmp_path)
    before = everything_under(tmp_path)
    status, output, errors = snapmoji("make", photo, "--out", tmp_path / "out")
    assert (status, output) == (2, [])
    assert len(errors) == 1 and errors[0].startswith("snapmoji: ") and re.search(says, errors[0])
    assert everything_under(tmp_path) == before, "nothing is written"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("render", "AVATAR", "--out", "OUT.png", "--weights", "jawOpen"), "is no weight"),
        (("render", "AVATAR", "--out", "OUT.png", "--weights", "jawOpen=wide"), "is no weight"),
        (("render", "AVATAR", "--out", "OUT.png", "--weights", "earWiggle=1"), "no blendshape called 'earWiggle'"),
        (("render", "AVATAR", "--out", "OUT.png", "--weights", "jawOpen=1.5"), "between 0 and 1"),
        (("render", "AVATAR", "--out", "OUT.png", "--weights", "jawOpen=nan"), "between 0 and 1"),
        (("render", "AVATAR", "--out", "OUT.png", "--pose", "smug"), "no pose called 'smug'"),
        (("render", "AVATAR", "--out", "OUT.png", "--pose", "sad", "--weights", "jawOpen=1"), "not both"),
        (("render", "AVATAR", "--out", "OUT.png", "--size", "5"), "--size must lie between"),
        (("render", "AVATAR", "--out", "OUT.png", "--pitch", "90"), "--pitch must lie between"),
        (("render", "AVATAR", "--out", "OUT.png", "--yaw", "nan"), "--yaw must lie between"),
        (("render", "AVATAR", "--out", "OUT.png", "--background", "beautiful"), "is no colour"),
        (("render", "AVATAR", "--out", "OUT.abc"), "cannot be written"),
        (("render", "AVATAR", "--out", "OUT"), "cannot be written"),
        (("render", "OUT.snapmoji", "--out", "OUT.png"), "OUT.snapmoji|no avatar|There is no"),
        (("render", "PHOTO", "--out", "OUT.png"), rf"{PERSON}\.jpg is (not|neither) a \.snapmoji file"),
        (("edit", "AVATAR", "--out", "OUT.snapmoji"), "holds no character to edit"),
        (("edit", "EDITABLE"), "where to write it"),
        (("edit", "EDITABLE", "--out", "OUT.snapmoji", "--hair", "mullet"), "no hair 'mullet'; choose photo, bald"),
        (("edit", "EDITABLE", "--out", "OUT.snapmoji", "--eyes", "shiny"), "'shiny' is no colour"),
        (("edit", "EDITABLE", "--out", "OUT.snapmoji", "--age", "old"), "between 0 and 1"),
        (("edit", "EDITABLE", "--out", "TAKEN/a.snapmoji"), "cannot be written"),
        (("edit", "BROKEN", "--out", "OUT.snapmoji"), "damaged|not a"),
        (("edit", "PHOTO", "--out", "OUT.snapmoji"), "not a .snapmoji file"),
        (("export", "AVATAR", "--to", "OUT.docx"), "no format .docx"),
        (("export", "AVATAR", "--to", "OUT"), "without a suffix"),
        (("export", "AVATAR", "--to", "OUT.ply", "--weights", "jawOpen=-1"), "between 0 and 1"),
        (("export", "BROKEN", "--to", "OUT.ply"), "damaged|not a"),
        (("make", "PHOTO", "--out", "OUT", "--engine", "magic"), "no engine 'magic'"),
        (("make", "PHOTO", "--out", "OUT", "--stylizer", "paint"), "no stylizer 'paint'"),
        (("make", "PHOTO", "--out", "OUT", "--face", "3"), "no face number 3"),
        (("make", "PHOTO", "--out", "TAKEN"), "cannot be written"),
        (("make", "PHOTO", "PHOTO", "--out", "OUT"), "the same name"),
        (("evaluate", "expressions", "--faces", "EMPTY"), "no pictures in"),
        (("sheet", "--faces", "EMPTY", "--out", "OUT.webp"), "no pictures in"),
        (("train", "parser"), "needs --faces DIR, --labels DIR and --out DIR"),
        (("train", "pairs", "--faces", "EMPTY"), "train pairs needs --faces DIR and --out DIR"),
        (("train", "pairs", "--faces", "EMPTY", "--out", "OUT"), "holds no portraits"),
        (("train", "pairs", "--faces", "EMPTY", "--out", "OUT", "--size", "100"), "multiple of 32"),
        (("train", "pairs", "--faces", "EMPTY", "--out", "OUT", "--workers", "0"), "--workers must be at least 1"),
        (("train", "gda", "--pairs", "EMPTY"), "train gda needs --pairs DIR and --out DIR"),
        (("train", "gda", "--pairs", "EMPTY", "--out", "OUT"), "must hold more than 100 pairs, but holds 0"),
        (("train", "gda", "--pairs", "EMPTY", "--out", "OUT", "--minutes", "0"), "--minutes must be more than 0"),
        (("train", "gda", "--pairs", "EMPTY", "--out", "OUT", "--steps", "0"), "--steps must be more than 0"),
        (("train", "plain", "--pairs", "EMPTY", "--out", "OUT"), "must hold more than 100 pairs"),
        (("train", "characters", "--faces", "EMPTY", "--out", "OUT"), "must hold more than 100 portraits"),
        (("train", "characters", "--faces", "EMPTY", "--out", "OUT", "--limit", "0"), "--limit must be at least 1"),
        (("train", "generator", "--people", "EMPTY"), "train generator needs --people DIR and --out DIR"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_bad_request_is_explained_in_one_line(
    snapmoji: Command, bundle: Path, editable: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "broken.snapmoji").write_bytes(bundle.read_bytes()[:5000])
    (tmp_path / "taken").write_text("a file, not a folder")
    (tmp_path / "empty").mkdir()
    names = {
        "AVATAR": bundle,
        "EDITABLE": editable,
        "TAKEN/a.snapmoji": tmp_path / "taken" / "a.snapmoji",
        "PHOTO": EXAMPLES[PERSON],
        "BROKEN": tmp_path / "broken.snapmoji",
    }
    names |= {"TAKEN": tmp_path / "taken", "EMPTY": tmp_path / "empty"}
    filled = [
        names.get(argument, tmp_path / argument if argument.startswith("OUT") else argument) for argument in arguments
    ]
    before = everything_under(tmp_path)
    status, _, errors = snapmoji(*filled)
    assert status == 2
    assert len(errors) == 1 and errors[0].startswith("snapmoji: ") and re.search(says, errors[0]), errors
    assert everything_under(tmp_path) == before, "nothing is written"
