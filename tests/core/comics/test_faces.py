"""Balloons leave faces free, measured on the pixels of both."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from core.avatar.model import Avatar
from core.comics.layout import layout_pages
from core.comics.model import FEELINGS, Actor, Kind, Line, Panel, Script, Shot
from core.comics.page import compose_panels
from core.comics.panel import Composition, compose
from core.comics.players import Standing, draw_player, facing, take_posture
from core.comics.scenes import SCENES
from core.comics.stories import STORIES, story
from core.errors import InvalidRequest
from tests.core.comics.conftest import covered, face_box

KINDS: tuple[Kind, ...] = ("speech", "thought", "shout", "whisper", "caption", "sound")
SHOTS: tuple[Shot, ...] = ("close-up", "medium", "wide")


def check(composition: Composition, people: list[Avatar], width: int, height: int) -> None:
    cover = covered(composition.balloons, width, height)
    assert cover.any() == bool(composition.balloons)
    for standing in composition.standings:
        left, top, right, bottom = face_box(standing, people[standing.player.who % len(people)], width, height)
        assert right - left > 0.1 * height
        assert not cover[top:bottom, left:right].any()
        # The whole face is in the picture, but for a forehead close to the camera.
        assert left > 0 and right < width and bottom < height
    for one, other in itertools.combinations(composition.balloons, 2):
        both = covered([one], width, height) & covered([other], width, height)
        assert not both.any()
    for placed in composition.balloons:
        left, top, right, bottom = placed.area
        assert left >= 0 and top >= 0 and right <= width and bottom <= height


def players(panel: Panel, people: list[Avatar]):
    count = len(panel.actors)
    return [take_posture(people[a.who % len(people)], a, facing(count, k)) for k, a in enumerate(panel.actors)]


@pytest.mark.parametrize("name", STORIES)
def test_no_story_covers_a_face(name: str, people: list[Avatar]) -> None:
    script: Script = story(name)
    (layout,) = layout_pages(script.layout, len(script.panels), "screen", titled=True)
    cast = [players(panel, people) for panel in script.panels]
    numbered = list(enumerate(script.panels))
    for composition, box in zip(compose_panels(numbered, cast, layout, script.capitals), layout.panels, strict=True):
        check(composition, people, box.width, box.height)


def test_random_panels_cover_no_face(people: list[Avatar]) -> None:
    rng = np.random.default_rng(11)
    fitted = 0
    for _ in range(16):
        count = int(rng.integers(1, 4))
        feelings = rng.choice(list(FEELINGS), count)
        actors = tuple(Actor(k, str(feelings[k]), float(rng.uniform(-25, 25))) for k in range(count))
        lines = []
        for _ in range(int(rng.integers(1, 4))):
            kind = KINDS[rng.integers(len(KINDS))]
            words = ["".join(rng.choice(list("abcdeo"), rng.integers(1, 12))) for _ in range(rng.integers(1, 9))]
            # The last is somebody who is not in the picture.
            who = None if kind in ("caption", "sound") else int(rng.integers(count + 1))
            lines.append(Line(kind, " ".join(words), who))
        panel = Panel("yellow", SHOTS[rng.integers(3)], actors, tuple(lines))
        width, height = int(rng.integers(420, 1300)), int(rng.integers(480, 700))
        found = compose(panel, players(panel, people), width, height, float(rng.uniform(16, 30)), 1, False)
        if found is not None:
            fitted += 1
            check(found, people, width, height)
    # What finds no place is said, not squeezed in; most must find one.
    assert fitted >= 10


def test_too_many_words_are_refused_by_the_number_of_their_panel(people: list[Avatar]) -> None:
    words = tuple(Line("shout", "word " * 24, 0) for _ in range(4))
    panels = (Panel("park", actors=(Actor(0),)), Panel("park", actors=(Actor(0),), lines=words))
    (layout,) = layout_pages("strip-4", 2, "screen", titled=False)
    narrow = layout_pages("2x3", 6, "screen", titled=False)[0].panels[:2]
    assert len(narrow) == len(layout.panels)
    small = replace(layout, panels=tuple(replace(box, width=300, height=300) for box in narrow))
    with pytest.raises(InvalidRequest, match="Panel 2 has too many words"):
        compose_panels(list(enumerate(panels)), [players(panel, people) for panel in panels], small, False)


@pytest.mark.parametrize("turn", [-45.0, -20.0, 20.0, 45.0])
@pytest.mark.parametrize("feeling", ["cold", "confused", "idea"])
def test_what_floats_round_a_head_is_not_before_the_face(people: list[Avatar], feeling: str, turn: float) -> None:
    player = take_posture(people[0], Actor(0, feeling, turn_deg=turn), 0.0)
    floating = tuple(accent for accent in player.pose.accents if accent.at == "rim")
    assert floating
    pictures = []
    for accents in (floating, ()):
        canvas = np.zeros((400, 400, 4), np.float32)
        standing = Standing(replace(player, pose=replace(player.pose, accents=accents)), 12.0, 200.0, 200.0)
        draw_player(canvas, standing, SCENES["yellow"].light)
        pictures.append(canvas)
    left, top, right, bottom = (round(end) for end in standing.pixels(player.face))
    changed = np.abs(pictures[0] - pictures[1]).max(-1) > 0.05
    assert changed.any()
    inner = np.zeros_like(changed)
    inner[top + 30 : bottom - 30, left + 30 : right - 30] = True
    assert not (changed & inner).any()


def test_a_tail_points_to_who_speaks(people: list[Avatar]) -> None:
    panel = Panel("park", "medium", (Actor(0), Actor(1)), (Line("speech", "Left?", 0), Line("speech", "Right!", 1)))
    found = compose(panel, players(panel, people), 620, 620, 28.0, 1, False)
    assert found is not None
    for placed, standing in zip(found.balloons, found.standings, strict=True):
        assert placed.tip is not None
        to_tip = np.array(placed.tip) - (placed.x, placed.y)
        to_mouth = np.array(standing.mouth) - (placed.x, placed.y)
        cosine = to_tip @ to_mouth / np.linalg.norm(to_tip) / np.linalg.norm(to_mouth)
        assert cosine > 0.97
        assert np.linalg.norm(to_tip) < np.linalg.norm(to_mouth)
    first, second = found.balloons
    assert first.x < second.x


def test_arabic_is_read_from_the_right(people: list[Avatar]) -> None:
    panel = Panel("park", "wide", (Actor(0),), (Line("speech", "مرحبا", 0), Line("speech", "كيف الحال", 0)))
    found = compose(panel, players(panel, people), 1200, 500, 28.0, 1, False)
    assert found is not None
    first, second = found.balloons
    assert first.x > second.x or first.y < second.y - 10
