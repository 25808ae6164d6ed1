import io
import json
import threading
import wave
import zipfile

import gradio as gr
import numpy as np
import pytest
from fastapi import APIRouter
from PIL import Image

from app.creations import Clip, Comic, Made, Stickers, creation_routes, make
from app.creations_panel import add_creations, made_html, wire_creations
from app.session import Visitor
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


def test_the_tab_asks_gradio_for_progress_and_none_of_its_events_is_public(models, sessions):
    with gr.Blocks() as blocks:
        secret = gr.State(None)
        wire_creations(add_creations(), sessions, models, secret, [blocks.load])
    events = list(blocks.fns.values())
    assert sum(bool(event.tracks_progress) for event in events) == 3
    assert all(event.api_visibility == "private" for event in events)
