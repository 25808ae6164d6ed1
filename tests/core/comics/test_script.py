import pytest

from core.comics.layout import LAYOUTS
from core.comics.model import FEELINGS
from core.comics.scenes import SCENES
from core.comics.script import MAX_BYTES, decode_script, read_script
from core.comics.stories import STORIES, stories_for, story
from core.errors import InvalidRequest
from tests.conftest import ROOT

WHOLE = """
title = "A walk"
layout = "strip-2"
paper = "a4"
cast = ["Ann", "Bo"]
[[panel]]
scene = "park"
shot = "close-up"
effect = "dots"
actors = { Bo = { feeling = "laugh", tilt = -8, turn = 20, weights = { jawOpen = 0.5 } }, Ann = "happy" }
lines = ["Caption: One morning", "ann: Where to?", "Bo (shouts): There: up!", "Sound: Crack"]
[[panel]]
"""


def test_a_script_says_all() -> None:
    script = read_script(WHOLE)
    assert (script.title, script.layout, script.paper, script.cast) == ("A walk", "strip-2", "a4", ("Ann", "Bo"))
    first, second = script.panels
    assert (first.scene, first.shot, first.effect) == ("park", "close-up", "dots")
    assert [actor.who for actor in first.actors] == [1, 0]
    bo = first.actors[0]
    assert (bo.feeling, bo.tilt_deg, bo.turn_deg, bo.weights) == ("laugh", -8.0, 20.0, {"jawOpen": 0.5})
    assert [(line.kind, line.who, line.text) for line in first.lines] == [
        ("caption", None, "One morning"),
        ("speech", 0, "Where to?"),
        ("shout", 1, "There: up!"),
        ("sound", None, "Crack"),
    ]
    assert (second.shot, second.actors, second.lines) == ("medium", (), ())


PANEL = 'cast = ["Ann"]\n[[panel]]\nscene = "park"\n[[panel]]\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = ", "end of document"),
        ('title = "x"\n\nlayout = = 3', "line 3"),
        ("a = " + "[" * 5000, "TOML"),
        ("a = " + "9" * 5000, "TOML"),
        ("", "no panels"),
        ("panel = 3", "no panels"),
        ('[[panel]]\ncolour = "red"', "Panel 1"),
        ('sound = "x"\n[[panel]]', "'sound'"),
        (PANEL + 'scene = "moon"', "Panel 2: there is no scene called 'moon'; choose one of room"),
        (PANEL + "scene = 3", "Panel 2"),
        (PANEL + 'shot = "far"', "Panel 2"),
        (PANEL + "actors = 3", "Panel 2"),
        (PANEL + 'actors = { Bo = "happy" }', "nobody in the cast is called 'Bo'"),
        (PANEL + 'actors = { Ann = "happy", ann = "sad" }', "twice"),
        (PANEL + 'actors = { Ann = "hungry" }', "Panel 2, Ann: there is no feeling"),
        (PANEL + "actors = { Ann = { tilt = 90 } }", "tilt"),
        (PANEL + "actors = { Ann = { tilt = nan } }", "tilt"),
        (PANEL + "actors = { Ann = { tilt = true } }", "tilt"),
        (PANEL + "actors = { Ann = { weights = { jawOpen = 2 } } }", "jawOpen"),
        (PANEL + "actors = { Ann = { weights = { ears = 1 } } }", "ears"),
        (PANEL + 'lines = "Ann: hi"', "Panel 2"),
        (PANEL + 'lines = ["Ann: a", "hello"]', "Panel 2, line 2"),
        (PANEL + 'lines = ["Ann: "]', "no words"),
        (PANEL + 'lines = ["Ann (sings): la"]', "sings"),
        (PANEL + 'lines = ["Ann: \\u0007"]', "control"),
        (PANEL + f'lines = ["Ann: {"x" * 200}"]', "too long"),
        (PANEL + f'lines = ["Ann{" " * 30000}"]', "too long"),
        (PANEL + f"lines = ['Ann: {'x' * 100}', 'Ann: {'x' * 100}', 'Ann: {'x' * 100}']", "Panel 2 has too many words"),
        (PANEL + "lines = ['Ann: a', 'Ann: a', 'Ann: a', 'Ann: a', 'Ann: a']", "at most 4"),
        ("[[panel]]\n" * 25, "at most 24"),
        ("cast = []\n[[panel]]", "cast"),
        ('cast = ["A", "a"]\n[[panel]]', "differ"),
        ('cast = ["Sound"]\n[[panel]]', "caption or sound"),
        ('cast = ["A: b"]\n[[panel]]', "colons"),
        ('layout = "spiral"\n[[panel]]', "spiral"),
        ('paper = "a0"\n[[panel]]', "a0"),
        (f'title = "{"x" * 61}"\n[[panel]]', "title"),
        ("#" * (MAX_BYTES + 1), "64 kB"),
    ],
)
def test_a_bad_script_gives_one_sentence(text: str, told: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        read_script(text)
    sentence = str(error.value)
    assert told in sentence and "\n" not in sentence and sentence.endswith(".") and len(sentence) < 600


def test_a_file_must_be_text_of_modest_size() -> None:
    assert decode_script("\ufefftitle = 'ä'\r\n".encode()) == "title = 'ä'\n"
    for data in (b"\xff\xfe\x00", b"#" * (MAX_BYTES + 1)):
        with pytest.raises(InvalidRequest):
            decode_script(data)


def test_all_stories_can_be_read_and_found_by_their_casts() -> None:
    assert set(stories_for(1)) < set(stories_for(2)) == set(STORIES)
    assert len(stories_for(1)) >= 3
    assert len(story(stories_for(2)[0]).cast) == 2
    with pytest.raises(InvalidRequest, match="no story called"):
        story("war and peace")


def test_the_documented_example_is_a_script_and_all_names_are_documented() -> None:
    page = (ROOT / "docs" / "comics.md").read_text()
    script = read_script(page.split("```toml\n")[1].split("```")[0])
    assert script.cast == ("Ann", "Bo") and len(script.panels) == 3
    for names in (SCENES, FEELINGS, LAYOUTS):
        assert all(f"`{name}`" in page for name in names)
    assert all(f"| {name} | {len(story(name).cast)} |" in page for name in STORIES)
