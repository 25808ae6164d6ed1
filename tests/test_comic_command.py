from pathlib import Path

import pytest
from PIL import Image

import launch
from core.comics.script import read_script


def test_a_script_becomes_a_file(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, out = tmp_path / "s.toml", tmp_path / "new" / "comic.webp"
    script.write_text('cast = ["Ann"]\n[[panel]]\nscene = "mint"\nactors = { Ann = "happy" }\nlines = ["Ann: Hi"]\n')
    assert launch.main(["comic", str(bundle), "--script", str(script), "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    with Image.open(out) as image:
        assert (image.format, image.size) == ("WEBP", (1080, 1080))


def test_a_shown_story_is_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(["comic", "--show", "knock knock"]) == 0
    assert read_script(capsys.readouterr().out).title == "Knock, knock"
    assert launch.main(["comic", "--list"]) == 0
    assert "knock knock" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Say who plays what"),
        (["--story", "monday"], "Say who plays what"),
        (["--story", "monday", "--script", "x.toml", "--out", "a.png"], "Say who plays what"),
        (["--story", "war", "--out", "a.png"], "no story called 'war'"),
        (["--script", "absent.toml", "--out", "a.png"], "absent.toml cannot be read"),
        (["--story", "monday", "--out", "a.gif"], "no comic format .gif"),
        (["--story", "beach day", "--out", "a.png"], "needs 2 avatars"),
        (["--story", "monday", "--paper", "a0", "--out", "a.png"], "no paper called 'a0'"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str], told: str, bundle: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = [str(tmp_path / word) if word.endswith((".png", ".gif", ".toml")) else word for word in arguments]
    assert launch.main(["comic", str(bundle), *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())
