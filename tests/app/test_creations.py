import io
import json
import threading
import wave
import zipfile
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
from fastapi import APIRouter
from PIL import Image

from app.creations import creation_routes, make, same_look, sketched
from app.creations_form import add_creations, stories_with
from app.creations_panel import made_html, wire_creations
from app.making import Wish, create, restyle
from app.session import Visitor
from app.wishes import Clip, Comic, Gallery, Made, Stickers
from core.comics.stories import stories_for, story_text
from core.errors import Cancelled, InvalidRequest
from core.pipeline import Settings, Studio
from tests.app.conftest import make_creation
from tests.conftest import EXAMPLES, PERSON

SCRIPT = """
cast = ["A"]
[[panel]]
scene = "room"
actors = { A = "happy" }
lines = ["A: Hello!"]
"""


@pytest.fixture
def visitors(sessions) -> list[Visitor]:
    both = [sessions.open(), sessions.open()]
    for visitor, red in zip(both, (0.9, 0.1), strict=True):
        visitor.show(make_creation(red), Settings())
    return both


@pytest.fixture
def router(sessions) -> APIRouter:
    return creation_routes(sessions)


def ignore(words: str, share: float) -> None:
    pass


def files_of(visitor: Visitor) -> list[str]:
    return sorted(str(path.relative_to(visitor.directory)) for path in visitor.directory.rglob("*") if path.is_file())


def fetch(browser, visitor: Visitor, made: Made, name: str) -> bytes:
    answer = browser.get(f"/viewer/{visitor.secret}/made/{made.kind}/{name}")
    assert answer.status_code == 200
    return answer.content


def test_stickers_are_a_zip_with_a_preview(models, visitors, browser):
    told = []
    visitor = visitors[0]
    made = make(models, visitor, Stickers(("laugh", "love"), "Hi"), lambda words, share: told.append(share))
    archive = zipfile.ZipFile(io.BytesIO(fetch(browser, visitor, made, "stickers.zip")))
    listed = json.loads(archive.read("pack.json"))
    assert listed["caption"] == "Hi" and [item["file"] for item in listed["stickers"]] == ["01-laugh", "02-love"]
    assert Image.open(io.BytesIO(fetch(browser, visitor, made, made.shown))).size == (320, 160)
    assert told == sorted(told) and told[-1] == 1 and len(set(told)) >= 2
    for place in ("stickers.zip", made.shown):
        assert f"/made/stickers/{place}" in made_html(visitor, made)


def test_what_two_visitors_make_stays_apart(models, visitors, browser):
    one, other = visitors
    clip = Clip("turntable", "webp", 64)
    made = [make(models, visitor, clip, ignore) for visitor in visitors]
    pictures = [fetch(browser, visitor, made[0], "turntable.webp") for visitor in visitors]
    assert made[0] == made[1] and pictures[0] != pictures[1]
    reds = [np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), float)[..., 0].mean() for picture in pictures]
    assert reds[0] > reds[1] + 5
    one.close()
    assert files_of(one) == [] and files_of(other) == ["made-clip/turntable.webp"]


def test_only_what_was_made_can_be_fetched(models, visitors, browser):
    visitor = visitors[0]
    make(models, visitor, Clip("turntable", "webp", 64), ignore)
    (visitor.directory / "photo-1").write_bytes(b"private")
    base = f"/viewer/{visitor.secret}/made"
    for wrong in ("clip/other.webp", "clip/..%2fphoto-1", "comic/comic.pdf", "../photo-1", "%2e%2e/photo-1"):
        assert browser.get(f"{base}/{wrong}").status_code == 404
    assert browser.get("/viewer/nobody/made/clip/turntable.webp").status_code == 404


def test_cancelling_leaves_no_file_and_keeps_what_was_made_before(models, visitors):
    visitor = visitors[0]

    def press_cancel(words: str, share: float) -> None:
        visitor.workbench.stop()

    with pytest.raises(Cancelled):
        make(models, visitor, Clip("reel", "webp", 64), press_cancel)
    assert files_of(visitor) == []
    make(models, visitor, Clip("turntable", "webp", 64), ignore)
    with pytest.raises(Cancelled):
        make(models, visitor, Clip("reel", "webp", 64), press_cancel)
    assert files_of(visitor) == ["made-clip/turntable.webp"]
    assert [path.name for path in visitor.directory.iterdir()] == ["made-clip"]


def test_the_newest_replaces_the_files_of_its_kind(models, visitors):
    visitor = visitors[0]
    make(models, visitor, Clip("turntable", "webp", 64), ignore)
    make(models, visitor, Clip("turntable", "gif", 64, transparent=True), ignore)
    assert files_of(visitor) == ["made-clip/turntable.gif"]
    assert Image.open(visitor.directory / "made-clip" / "turntable.gif").info["transparency"] == 255


def test_a_second_piece_of_work_stops_the_first(models, visitors):
    visitor = visitors[0]
    begun, go_on, caught = threading.Event(), threading.Event(), []

    def hold(words: str, share: float) -> None:
        begun.set()
        assert go_on.wait(20)

    def first() -> None:
        try:
            make(models, visitor, Clip("reel", "webp", 64), hold)
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(20)
    # The first one has given the machine back: others can work while it looks up.
    make(models, visitor, Clip("turntable", "webp", 64), ignore)
    go_on.set()
    thread.join(20)
    assert caught and files_of(visitor) == ["made-clip/turntable.webp"]


def test_a_visitor_who_leaves_ends_the_work(models, visitors):
    visitor = visitors[0]
    with pytest.raises(Cancelled):
        make(models, visitor, Clip("reel", "webp", 64), lambda words, share: visitor.close())
    assert not visitor.directory.exists()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Comic("title = "), "not valid TOML"),
        (Comic(SCRIPT.replace('["A"]', '["A", "B"]')), "needs 2 avatars"),
        (Comic(SCRIPT.replace("room", "Mars")), "Mars"),
        (Stickers(("nonsense",)), "nonsense"),
        (Clip("reel", "mp4", 64, transparent=True), "cannot be transparent"),
        (Clip("reel", "../../up.gif", 64), "no animation format"),
        (Clip("dance"), "no clip called"),
        (Clip("talk"), "Choose a recording"),
        (Clip("talk", recording="/gone.wav"), "no longer here"),
    ],
)
def test_what_cannot_be_made_gets_a_sentence_and_no_file(models, visitors, wish, sentence):
    with pytest.raises(InvalidRequest, match=sentence):
        make(models, visitors[0], wish, ignore)
    assert files_of(visitors[0]) == []


def test_without_an_avatar_there_is_a_sentence(models, sessions):
    with pytest.raises(InvalidRequest, match="avatar first"):
        make(models, sessions.open(), Comic(SCRIPT), ignore)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Stickers(("smirk",)), Stickers(("smirk",), "Hi")),
        (Stickers(("smirk",)), Stickers(("smirk",), outline="wide")),
        (Stickers(("smirk",)), Stickers(("smirk", "love"))),
        (Clip("reel"), Clip("turntable")),
        (Clip("reel"), Clip("reel", transparent=True)),
    ],
)
def test_a_sketch_follows_the_settings_and_is_small(models, visitors, one, other):
    sketches = [sketched(models, visitors[0], wish) for wish in (one, other, one)]
    assert sketches[0] == sketches[2] != sketches[1]
    for sketch in sketches:
        picture = Image.open(io.BytesIO(sketch))
        assert picture.format == "WEBP" and picture.width <= 640 and len(sketch) < 200_000
    assert files_of(visitors[0]) == []


def test_a_sketch_shows_the_stickers_chosen_last(models, visitors):
    many = Stickers(("laugh", "smirk", "love", "kiss", "wink", "cool", "party"))
    assert sketched(models, visitors[0], many) == sketched(models, visitors[0], Stickers(many.poses[1:]))


def test_the_sketch_of_a_clip_moves(models, visitors):
    for wish in (Clip("reel"), Clip("turntable")):
        picture = Image.open(io.BytesIO(sketched(models, visitors[0], wish)))
        # A face that is held is one long frame.
        assert 6 <= getattr(picture, "n_frames", 1) <= 16


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (Stickers(("nonsense",)), "nonsense"),
        (Stickers((), outline="golden"), "no outline"),
        (Comic("title = "), "not valid TOML"),
        (Clip("reel", "mp4", 64, transparent=True), "cannot be transparent"),
        (Clip("talk"), "Choose a recording"),
        (Gallery(), "history is empty"),
        (Gallery(("gone",)), "no longer in the history"),
    ],
)
def test_what_cannot_be_made_is_said_in_place_of_the_sketch(models, visitors, wish, sentence):
    with pytest.raises(InvalidRequest, match=sentence):
        sketched(models, visitors[0], wish)


@pytest.fixture
def host(models, visitor, tmp_path) -> Visitor:
    """A visitor with two results: without a style, then in gold."""
    photo = tmp_path / "me.jpg"
    photo.write_bytes(EXAMPLES[PERSON].read_bytes())
    plain = Wish(str(photo), "", 0.5, 0.5, 0.5, 0, None)
    create(models, visitor, plain, lambda stage, done: None)
    assert restyle(models, visitor, replace(plain, prompt="gold"), step=True)
    return visitor


def test_a_gallery_holds_the_whole_history_or_some_of_it(models, host, browser):
    names = [item.name for item in host.results.items]
    for chosen, count in (((), 2), ((names[0],), 1)):
        made = make(models, host, Gallery(chosen, "Mine & more"), ignore)
        page = fetch(browser, host, made, "gallery.html").decode()
        assert page.count("data-moving=") == count and "Mine &amp; more" in page and ">no style<" in page
        assert (">gold<" in page) == (count == 2)
    answer = browser.get(f"/viewer/{host.secret}/made/gallery/gallery.html")
    assert "attachment" in answer.headers["content-disposition"]


class Measured:
    """A character as real ones are: with arrays, of which nobody can ask whether they are the same."""

    def __eq__(self, other):
        raise ValueError("The truth value of an array is ambiguous.")

    __hash__ = object.__hash__


def test_people_of_several_photos_are_told_apart(host):
    look = host.results.items[0].look
    one, other = (replace(look, character=Measured()) for _ in range(2))
    assert same_look(one, one) and same_look(one, replace(one, weights=(1.0,)))
    assert not same_look(one, other) and not same_look(one, None)
    assert not same_look(one, replace(one, settings=Settings(prompt="something else")))


def test_others_of_the_history_play_in_a_comic(models, host, studio, monkeypatch):
    casts = []
    monkeypatch.setattr(
        "app.wishes.sketch_comic", lambda script, cast, width: casts.append(cast) or Image.new("RGB", (9, 9))
    )
    two = SCRIPT.replace('["A"]', '["A", "B"]').replace('A = "happy"', 'A = "happy", B = "sad"')
    first, now = host.results.items
    edits = studio.edited
    sketched(models, host, Comic(two, (first.name,)))
    assert studio.edited == edits + 1 and len(casts[-1]) == 2 and casts[-1][0] is host.creation.avatar
    sketched(models, host, Comic(two, (now.name,)))
    assert studio.edited == edits + 1 and casts[-1][1] is host.creation.avatar, "the present one is not made again"
    sketched(models, host, Comic(SCRIPT, (first.name,)))
    assert len(casts[-1]) == 1, "a story for one needs nobody else"


def test_the_story_follows_the_cast_and_what_was_written_stays():
    alone, pair = stories_for(1)[0], stories_for(2)[0]
    menu, script = stories_with(["other"], alone, story_text(alone))
    assert (menu.value, script) == (pair, story_text(pair)), "nobody who was chosen is left out"
    menu, script = stories_with([], pair, story_text(pair))
    assert (menu.value, script) == (alone, story_text(alone))
    other = stories_for(2)[1]
    assert stories_with(["other"], other, story_text(other))[0].value == other
    for others, name in ((["other"], alone), ([], pair)):
        assert stories_with(others, name, SCRIPT)[1] == SCRIPT


def test_a_talk_lasts_as_long_as_its_recording_and_a_playlist_is_refused(models, visitors, tmp_path):
    recording, playlist = tmp_path / "hello.wav", tmp_path / "list.mp3"
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((8000 * np.sin(np.arange(4000) / 5)).astype("<i2").tobytes())
    make(models, visitors[0], Clip("talk", "webp", 64, recording=str(recording)), ignore)
    assert getattr(Image.open(visitors[0].directory / "made-clip" / "talk.webp"), "n_frames", 0) == 10
    playlist.write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    with pytest.raises(InvalidRequest, match="no recording"):
        make(models, visitors[0], Clip("talk", "webp", 64, recording=str(playlist)), ignore)


def test_a_comic_is_a_picture_and_a_document(models, visitors, rig, pattern, landmarker, parser, browser):
    visitor = visitors[0]
    # A comic looks for the face, which fifty splats on a wall have not.
    studio = Studio(rig, pattern, landmarker, parser)
    visitor.show(studio.create(EXAMPLES[PERSON].read_bytes(), Settings()), Settings())
    made = make(models, visitor, Comic(SCRIPT), ignore)
    assert made.files == ("comic.png", "comic.pdf")
    assert fetch(browser, visitor, made, "comic.pdf").startswith(b"%PDF")
    page = Image.open(io.BytesIO(fetch(browser, visitor, made, "comic.png")))
    small = Image.open(io.BytesIO(fetch(browser, visitor, made, made.shown)))
    assert small.width <= 1000 and small.width / small.height == pytest.approx(page.width / page.height, rel=0.02)
    sketch = Image.open(io.BytesIO(sketched(models, visitor, Comic(SCRIPT))))
    strip = Image.open(io.BytesIO(sketched(models, visitor, Comic(SCRIPT, layout="strip-3"))))
    assert sketch.width == 640 and sketch.width / sketch.height == pytest.approx(page.width / page.height, rel=0.02)
    assert strip.size != sketch.size, "another layout"


def test_the_tab_asks_gradio_for_progress_and_none_of_its_events_is_public(models, sessions):
    with gr.Blocks() as blocks:
        secret = gr.State(None)
        wire_creations(add_creations(), sessions, models, secret, [blocks.load])
    events = list(blocks.fns.values())
    assert sum(bool(event.tracks_progress) for event in events) == 5, "four kinds of things, and the instant comic"
    assert all(event.api_visibility == "private" for event in events)
