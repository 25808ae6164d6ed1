import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.server import build_app
from app.settings import AppSettings
from app.thumbnails import address, draw_album
from core.media.thumbnails import file_name
from core.pipeline import Settings
from core.stylize.recipes import RECIPES
from tests.app.conftest import make_creation

STYLES = ("gold", "ice")


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """Names of the styles drawn, instead of the drawing, which needs a real head."""
    names = []

    def draw(base, style):
        names.append(style)
        return np.full((4, 4, 4), 200, np.uint8)

    monkeypatch.setattr("core.media.thumbnails.style_thumbnail", draw)
    return names


def test_every_style_is_drawn_once_for_an_avatar(models, visitor, drawn):
    assert draw_album(models, visitor, STYLES) is None and address(visitor) == "", "there is no avatar yet"
    visitor.show(make_creation(), Settings())
    draw_album(models, visitor, STYLES).join(10)
    assert drawn == ["", "gold", "ice"]
    assert visitor.album.progress() == {"version": 1, "ready": ["none", "gold", "ice"], "done": True}
    assert draw_album(models, visitor, STYLES) is None, "a restyle keeps the pictures"
    assert address(visitor) == f"/viewer/{visitor.secret}/styles?v=1"


def test_all_other_work_goes_first(models, visitor, drawn):
    visitor.show(make_creation(), Settings())
    with models.borrow(threading.Event(), lambda stage, done: None):
        thread = draw_album(models, visitor, STYLES)
        time.sleep(0.5)
        assert drawn == []
    thread.join(10)
    assert len(drawn) == 3


def test_nothing_more_is_drawn_for_one_who_left(models, visitor, drawn):
    visitor.show(make_creation(), Settings())
    with models.borrow(threading.Event(), lambda stage, done: None):
        thread = draw_album(models, visitor, STYLES)
        visitor.close()
        thread.join(5)
    assert not thread.is_alive() and drawn == []


def test_a_new_avatar_takes_over(models, visitor, drawn, monkeypatch):
    monkeypatch.setattr("app.thumbnails._REST_S", 0.0)
    with models.borrow(threading.Event(), lambda stage, done: None):
        visitor.show(make_creation(), Settings())
        first = draw_album(models, visitor, STYLES)
        visitor.show(make_creation(0.9), Settings())
        second = draw_album(models, visitor, STYLES)
        first.join(5)
        assert not first.is_alive() and drawn == []
    second.join(10)
    assert visitor.album.progress() == {"version": 2, "ready": ["none", "gold", "ice"], "done": True}


def test_a_style_that_cannot_be_drawn_is_left_out(models, visitor, monkeypatch):
    def draw(base, style):
        if style == "gold":
            raise ValueError("no gold")
        return np.full((4, 4, 4), 200, np.uint8)

    monkeypatch.setattr("core.media.thumbnails.style_thumbnail", draw)
    visitor.show(make_creation(), Settings())
    draw_album(models, visitor, STYLES).join(10)
    assert visitor.album.progress() == {"version": 1, "ready": ["none", "ice"], "done": True}


def test_pictures_need_the_secret_and_the_shipped_ones_do_not(studio):
    app = build_app(AppSettings(), lambda: studio)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        visitor = app.state.sessions.open()
        base = f"/viewer/{visitor.secret}/styles"
        assert client.get(base).status_code == 404, "there is no avatar yet"
        visitor.album.add(visitor.album.begin("avatar", 1), "gold", b"a picture")
        assert client.get(base).json() == {"version": 1, "ready": ["gold"], "done": True}
        assert client.get(f"{base}/gold.webp").content == b"a picture"
        for wrong in (f"{base}/ice.webp", "/viewer/guess/styles", "/viewer/guess/styles/gold.webp"):
            assert client.get(wrong).status_code == 404
        assert client.get("/styles/none.webp").headers["content-type"] == "image/webp"
        for wrong in ("/styles/nothing.webp", "/styles/..%2Flogo.svg", "/styles/../theme.css"):
            assert client.get(wrong).headers.get("content-type") != "image/webp"


def test_every_style_has_a_small_shipped_picture():
    folder = AppSettings().assets / "styles"
    wanted = {f"{file_name(style)}.webp" for style in ("", *(recipe.name for recipe in RECIPES))}
    assert {path.name for path in folder.iterdir()} == wanted, "run: python launch.py styles --pictures " + str(folder)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 200_000
    assert all(Image.open(path).size == (96, 96) for path in folder.iterdir())


def test_names_of_files_differ_and_are_plain():
    names = [file_name(recipe.name) for recipe in RECIPES]
    assert len({"none", *names}) == len(names) + 1
    assert all(name.replace("_", "").isalnum() and name.isascii() for name in names)
