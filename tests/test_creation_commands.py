"""Stickers, clips and galleries from the command line."""

import io
import json
import wave
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import launch
from core.avatar.model import Avatar
from core.formats.bundle import save_bundle
from core.stickers.poses import POSES


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Half a second of a tone."""
    path = tmp_path / "hello.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((8000 * np.sin(np.arange(4000) / 5)).astype("<i2").tobytes())
    return path


@pytest.fixture
def tiny_file(tiny_avatar: Avatar, tmp_path: Path) -> Path:
    path = tmp_path / "people" / "ann_b.snapmoji"
    path.parent.mkdir()
    save_bundle(tiny_avatar, path)
    return path


def frames_of(path: Path) -> tuple[int, tuple[int, int], int]:
    """Number of frames, size, and milliseconds altogether."""
    with Image.open(path) as image:
        count, shown = getattr(image, "n_frames", 1), 0
        for number in range(count):
            image.seek(number)
            image.load()
            shown += image.info["duration"]
        return count, image.size, shown


def test_a_pack_is_a_zip_within_the_limits(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "pack.zip"
    chosen = ["--only", "laugh, love", "--caption", "Grazie", "--animated"]
    assert launch.main(["stickers", str(bundle), "--out", str(out), *chosen]) == 0
    assert capsys.readouterr().out.strip() == f"{out}: 2 stickers, 2 of them animated"
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert json.loads(files["pack.json"])["caption"] == "Grazie"
    limits = {"webp/": 100_000, "png/": 512 << 10, "animated/": 500_000}
    for folder, limit in limits.items():
        inside = [content for name, content in files.items() if name.startswith(folder)]
        assert len(inside) == 2 and all(len(content) <= limit for content in inside)
        for content in inside:
            with Image.open(io.BytesIO(content)) as image:
                assert image.size == (512, 512) and np.asarray(image.convert("RGBA"))[0, 0, 3] == 0
                assert getattr(image, "n_frames", 1) == (20 if folder == "animated/" else 1)
    with Image.open(io.BytesIO(files["tray.png"])) as tray:
        assert tray.size == (96, 96)


def test_a_pack_may_be_a_folder_and_its_outline_chosen(bundle: Path, tmp_path: Path) -> None:
    shares = {}
    for outline in ("none", "thin", "usual", "wide"):
        out = tmp_path / outline
        command = ["stickers", str(bundle), "--out", str(out), "--only", "smirk", "--outline", outline]
        assert launch.main(command) == 0
        picture = np.asarray(Image.open(out / "png" / "01-smirk.png").convert("RGBA"))
        shares[outline] = float((picture[..., :3].min(-1) > 250)[picture[..., 3] > 250].mean())
    assert shares["none"] < 0.02 < shares["thin"] < shares["usual"] < shares["wide"]


def test_every_sticker_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(["stickers", "--list"]) == 0
    listed = [line.split()[-1] for line in capsys.readouterr().out.splitlines()]
    assert listed == [pose.name for pose in POSES] and len(listed) >= 24


def test_clips_have_the_promised_length(tiny_file: Path, recording: Path, tmp_path: Path) -> None:
    clear = ["--background", "transparent", "--fps", "10", "--size", "64"]
    for name, options in (
        ("reel.webp", ["clip", str(tiny_file), "--kind", "reel", "--seconds", "0.8"]),
        ("talk.gif", ["clip", str(tiny_file), "--kind", "talk", "--audio", str(recording)]),
        ("turn.webp", ["turntable", str(tiny_file), "--seconds", "0.6"]),
    ):
        assert launch.main([*options, "--out", str(tmp_path / name), *clear]) == 0
    assert frames_of(tmp_path / "reel.webp") == (8, (64, 64), 800)
    assert frames_of(tmp_path / "talk.gif") == (5, (64, 64), 500)
    assert frames_of(tmp_path / "turn.webp") == (6, (64, 64), 600)
    for name in ("reel.webp", "talk.gif", "turn.webp"):
        with Image.open(tmp_path / name) as image:
            assert np.asarray(image.convert("RGBA"))[..., 3].min() == 0


def test_a_gallery_is_one_page_of_all(tiny_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    (tiny_file.parent / "bo").mkdir()
    (tiny_file.parent / "bo" / "avatar.snapmoji").write_bytes(tiny_file.read_bytes())
    assert launch.main(["gallery", str(tiny_file.parent), "--out", str(out), "--title", "A & B"]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    page = out.read_text(encoding="utf-8")
    assert page.count("data-moving=") == 2 and "A &amp; B" in page and ">ann b<" in page and ">bo<" in page


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["stickers"], "Say of which avatar"),
        (["stickers", "AVATAR"], "Say of which avatar"),
        (["stickers", "AVATAR", "--out", "p.zip", "--only", "yawn"], "no sticker called 'yawn'"),
        (["stickers", "AVATAR", "--out", "p.zip", "--caption", 61 * "a"], "at most 60 letters"),
        (["stickers", "AVATAR", "--out", "p.zip", "--outline", "gold"], "no outline called 'gold'"),
        (["stickers", "BROKEN", "--out", "p.zip"], "not a .snapmoji file"),
        (["clip", "AVATAR", "--kind", "reel", "--out", "c.webp", "--audio", "x.wav"], "A reel is silent"),
        (["clip", "AVATAR", "--kind", "talk", "--out", "c.webp"], "--audio"),
        (["clip", "AVATAR", "--kind", "talk", "--out", "c.webp", "--audio", "BROKEN"], "broken.snapmoji"),
        (["clip", "AVATAR", "--kind", "reel", "--out", "c.avi"], "no animation format .avi"),
        (["clip", "AVATAR", "--kind", "reel", "--out", "c.webp", "--seconds", "61"], "at most 60 seconds"),
        (
            ["clip", "AVATAR", "--kind", "reel", "--out", "c.mp4", "--background", "transparent"],
            "cannot be transparent",
        ),
        (["gallery", "EMPTY", "--out", "g.html"], "There are no avatars"),
        (["gallery", "PEOPLE", "--out", "g.png"], "must end in .html"),
        (["gallery", "FOLDER", "--out", "g.html"], "broken.snapmoji: This is not a .snapmoji file."),
    ],
)
def test_bad_input_gets_one_line_and_no_file(
    arguments: list[str], told: str, tiny_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "folder" / "broken.snapmoji"
    for folder in (broken.parent, tmp_path / "empty"):
        folder.mkdir()
    broken.write_bytes(b"no avatar")
    places = {"AVATAR": tiny_file, "PEOPLE": tiny_file.parent, "BROKEN": broken, "FOLDER": broken.parent}
    places["EMPTY"] = tmp_path / "empty"
    before = set(tmp_path.rglob("*"))
    named = [str(places.get(word, tmp_path / word if "." in word else word)) for word in arguments]
    assert launch.main(named) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert set(tmp_path.rglob("*")) == before
