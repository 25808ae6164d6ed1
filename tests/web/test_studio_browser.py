"""The real app in a real browser: from a portrait to a face that moves. Software GL takes seconds a frame."""

import io
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import numpy as np
import pytest
from PIL import Image

from app.dice import roll
from core.stylize.recipes import RECIPES

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
)
PATIENCE_S = 120

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def portrait() -> Path:
    portraits = sorted((ROOT / "ui_assets" / "examples").glob("*.jpg"))
    if not portraits:
        pytest.skip("there are no example portraits in ui_assets/examples")
    return portraits[0]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "launch.py", "--port", str(port), "--no-browser"]
    app = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert eventually(lambda: app.poll() is not None or answers(port), 60), "the app did not come up in a minute"
        assert app.poll() is None, app.stdout.read()
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


class Visit:
    """A visitor's tab, which notes every host it talks to."""

    def __init__(self, browser: "playwright.Browser", url: str):
        self.context = browser.new_context(viewport={"width": 1100, "height": 720})
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.hosts: set[str | None] = set()
        self.context.on("request", lambda request: self._note(request.url))
        self.page = self.context.new_page()
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.goto(url)
        self.status = self.page.locator("#sm-status")
        self.viewer = self.page.frame_locator("#sm-viewer iframe")

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(urlsplit(url).hostname)

    def wait_for_viewer(self) -> None:
        try:
            self.viewer.get_by_text("Jaw open", exact=True).wait_for()
        except playwright.Error:
            said = "\n".join(self.complaints)
            pytest.fail(f"no viewer appeared; the page says {self.status.inner_text()!r}, the console:\n{said}")

    def upload(self, photo: Path | dict) -> None:
        # Another photo can only be chosen once the box is empty.
        clear = self.page.locator("#sm-photo").get_by_role("button", name=re.compile("clear|remove", re.I))
        if clear.count():
            clear.first.click()
        with self.page.expect_response(lambda response: "/upload" in response.url):
            self.page.locator("#sm-photo input[type=file]").first.set_input_files(photo)

    def generate(self) -> None:
        self.page.get_by_role("button", name="Generate").click()

    def slider(self, label: str):
        target = self.viewer.get_by_text(label, exact=True).get_attribute("for")
        return self.viewer.locator(f'[id="{target}"] [role=slider]')

    def styled_picture(self) -> bytes:
        """The picture of the present avatar from the front, as a file."""
        address = self.page.locator(".sm-stages img").last.get_attribute("src")
        return self.context.request.get(urljoin(self.page.url, address)).body()

    def tile(self, style: str):
        """The tile of a style in the gallery."""
        return self.page.locator(f'.sm-style[data-style="{style}"]')

    def styles(self) -> list[str]:
        """Those of the gallery, in its order."""
        return self.page.locator(".sm-style").evaluate_all("tiles => tiles.map((tile) => tile.dataset.style)")

    def face(self) -> np.ndarray:
        """The middle of the canvas, where the lower half of the face is, as (h, w, 3) of float."""
        picture = self.viewer.locator("canvas").first.screenshot()
        pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), float)
        h, w, _ = pixels.shape
        return pixels[int(0.35 * h) : int(0.8 * h), int(0.3 * w) : int(0.7 * w)]

    def settled_face(self) -> np.ndarray:
        """The face once it is there and no longer fades in."""
        seen = [self.face()]

        def settled() -> bool:
            time.sleep(1.5)
            seen.append(self.face())
            return seen[-1].std() > 15 and changed(seen[-1], seen[-2]) < 0.002

        assert eventually(settled, PATIENCE_S), "no steady face appeared in the viewer"
        return seen[-1]


@pytest.fixture(scope="module")
def visit(browser, url, portrait) -> Iterator[Visit]:
    """A visitor whose avatar has been made."""
    visit = Visit(browser, url)
    visit.upload(portrait)
    visit.generate()
    visit.wait_for_viewer()
    yield visit
    visit.context.close()


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def changed(one: np.ndarray, other: np.ndarray) -> float:
    """Share of pixels that differ plainly."""
    return float((np.abs(one - other).max(-1) > 40).mean())


def test_a_portrait_becomes_a_face_that_opens_its_mouth(visit):
    closed = visit.settled_face()
    visit.slider("Jaw open").press("End")
    assert eventually(lambda: changed(visit.face(), closed) > 0.02, PATIENCE_S), "the slider changed nothing"
    opened = visit.settled_face()
    visit.viewer.get_by_role("button", name="Reset").click()
    assert eventually(lambda: changed(visit.face(), closed) < changed(opened, closed) / 4, PATIENCE_S)


def test_the_steps_and_the_files_are_there(visit):
    pictures = visit.page.locator(".sm-stages img")
    assert eventually(lambda: pictures.count() == 3, 20)
    assert eventually(lambda: all(p.evaluate("p => p.naturalWidth") == 512 for p in pictures.all()), 20)
    for label in ("Avatar (.snapmoji)", "Gaussians (.ply)", "Picture (.png)"):
        with visit.page.expect_download() as download:
            visit.page.get_by_role("link", name=label).click()
        assert Path(download.value.path()).stat().st_size > 10_000


def test_a_prompt_restyles_without_pressing_anything(visit):
    before = visit.page.locator(".sm-stages img").last.get_attribute("src")
    visit.page.locator("#sm-prompt textarea").fill("marble")
    visit.status.get_by_text(re.compile("Restyled.*marble", re.I)).wait_for()
    assert eventually(lambda: visit.page.locator(".sm-stages img").last.get_attribute("src") != before, 20)


@pytest.fixture
def editor(visit) -> Iterator["playwright.Locator"]:
    """The Edit panel, open."""
    visit.page.get_by_role("tab", name="Edit").click()
    yield visit.page.locator("#sm-edit")
    visit.page.get_by_role("tab", name="Selfie").click()


def test_an_edit_shows_at_once_and_is_undone_and_redone(visit, editor):
    measured = visit.styled_picture()
    visit.slider("Jaw open").press("End")
    editor.get_by_text("Afro", exact=True).click()
    assert eventually(lambda: visit.styled_picture() != measured, 20)
    afro = visit.styled_picture()
    editor.get_by_role("group", name="Hair colour").get_by_role("button", name="pink").click()
    assert eventually(lambda: visit.styled_picture() != afro, 20)
    pink = visit.styled_picture()
    for key, expected in (("Control+z", afro), ("Control+z", measured), ("Control+Shift+z", afro), ("Control+y", pink)):
        visit.page.keyboard.press(key)
        assert eventually(lambda expected=expected: visit.styled_picture() == expected, 20), key
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == afro, 20)
    assert eventually(lambda: editor.get_by_role("radio", name="Afro", exact=True).is_checked(), 20)
    assert visit.slider("Jaw open").get_attribute("aria-valuenow") == "1", "the expression stays"
    visit.page.locator("#sm-reset").click()
    assert eventually(lambda: visit.styled_picture() == measured, 20)
    assert eventually(lambda: editor.get_by_role("radio", name="As in the photo", exact=True).first.is_checked(), 20)
    visit.viewer.get_by_role("button", name="Reset").click()


def test_undo_goes_back_over_styles_and_the_controls_follow(visit):
    prompt = visit.page.locator("#sm-prompt textarea")
    before, words = visit.styled_picture(), prompt.input_value()
    prompt.fill("gold")
    assert eventually(lambda: visit.styled_picture() != before, 20)
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and prompt.input_value() == words, 20)


def test_the_gallery_shows_the_visitors_own_avatar_in_every_style(visit):
    own = visit.page.locator(".sm-style img[src*='/viewer/']")
    assert eventually(lambda: own.count() == len(RECIPES) + 1, PATIENCE_S)
    assert visit.styles() == ["", *(recipe.name for recipe in RECIPES)]
    assert eventually(lambda: all(own.evaluate_all("pictures => pictures.map((p) => p.naturalWidth === 96)")), 20)
    assert "Your avatar, gold" in own.evaluate_all("pictures => pictures.map((p) => p.alt)")


def test_a_click_on_a_tile_restyles_and_marks_it_and_undo_takes_it_back(visit):
    prompt = visit.page.locator("#sm-prompt textarea")
    before, words = visit.styled_picture(), prompt.input_value()
    visit.tile("robot").click()
    assert eventually(lambda: visit.styled_picture() != before and prompt.input_value() == "robot", 20)
    assert eventually(lambda: visit.tile("robot").get_attribute("aria-pressed") == "true", 20)
    assert visit.page.locator(".sm-style[aria-pressed=true]").count() == 1
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and prompt.input_value() == words, 20)
    assert eventually(lambda: visit.tile("robot").get_attribute("aria-pressed") == "false", 20)


def test_the_gallery_is_one_stop_of_the_keyboard_with_arrows_inside(visit):
    def focused() -> str:
        return visit.page.evaluate("document.activeElement.dataset.style")

    visit.tile("").focus()
    first, second = visit.styles()[1:3]
    for key, expected in (("ArrowRight", first), ("ArrowRight", second), ("ArrowLeft", first)):
        visit.page.keyboard.press(key)
        assert eventually(lambda expected=expected: focused() == expected, 20), key
    assert visit.page.locator(".sm-style[tabindex='0']").count() == 1
    before = visit.styled_picture()
    visit.page.keyboard.press("Enter")
    assert eventually(lambda: visit.styled_picture() != before, 20)


def test_dice_choose_a_style_that_its_seed_gives_again_and_undo_takes_back(visit):
    prompt, seed = visit.page.locator("#sm-prompt textarea"), visit.page.locator("#sm-seed input")
    before, words = visit.styled_picture(), prompt.input_value()
    visit.page.locator("#sm-roll").click()
    assert eventually(lambda: visit.styled_picture() != before and seed.input_value() != "0", 20)
    rolled, drawn, number = prompt.input_value(), visit.styled_picture(), seed.input_value()
    assert rolled == roll(int(number), [recipe.name for recipe in RECIPES])
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and prompt.input_value() == words, 20)
    assert eventually(lambda: seed.input_value() == "0", 20)
    seed.fill(number)
    visit.page.locator("#sm-repeat").click()
    assert eventually(lambda: prompt.input_value() == rolled and visit.styled_picture() == drawn, 20)


def test_a_picture_gives_its_style_and_undo_takes_it_back(visit):
    before = visit.styled_picture()
    visit.page.get_by_text("Or a picture whose style to take").click()
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::8] = (250, 120, 10)
    file = io.BytesIO()
    Image.fromarray(stripes).save(file, "PNG")
    box = visit.page.locator("#sm-reference")
    picture = {"name": "stripes.png", "mimeType": "image/png", "buffer": file.getvalue()}
    box.locator("input[type=file]").first.set_input_files(picture)
    visit.status.get_by_text("Colours and texture are the picture's").wait_for()
    assert visit.styled_picture() != before
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and box.locator("img").count() == 0, 20)
    visit.page.locator("#sm-redo").click()
    assert eventually(lambda: visit.styled_picture() != before and box.locator("img").count() == 1, 20)
    visit.page.wait_for_timeout(1500)
    assert not visit.page.locator("#sm-undo").is_disabled(), "showing the picture again is no new step"
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before, 20)


def test_a_favourite_comes_first_also_after_a_reload(visit):
    visit.tile("gold").hover()
    star = visit.page.get_by_role("button", name="Favourite: gold")
    star.click()
    assert eventually(lambda: visit.styles()[:2] == ["", "gold"], 20)
    assert star.get_attribute("aria-pressed") == "true"
    visit.page.reload()
    visit.wait_for_viewer()
    assert eventually(lambda: visit.styles()[:2] == ["", "gold"], 20)
    star.click()
    assert eventually(lambda: visit.styles() == ["", *(recipe.name for recipe in RECIPES)], 20)


def test_a_reload_finds_the_avatar_and_its_expression_again(visit):
    visit.viewer.get_by_role("button", name="Surprised").click()
    visit.page.wait_for_timeout(1000)
    visit.page.reload()
    visit.wait_for_viewer()
    assert eventually(lambda: visit.slider("Jaw open").get_attribute("aria-valuenow") == "0.65", 20)


def test_a_file_that_is_no_picture_is_explained_and_the_avatar_stays(visit):
    visit.upload({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"these are words, not a picture"})
    visit.generate()
    visit.status.get_by_text("not a picture we can read").wait_for()
    visit.wait_for_viewer()
    # The button comes back with an event of its own, after the explanation.
    assert eventually(visit.page.get_by_role("button", name="Generate").is_enabled, 20)


def test_another_visitor_sees_nothing_of_it(visit, browser, url):
    other = Visit(browser, url)
    other.page.get_by_text("Your avatar will appear here").wait_for()
    assert other.page.locator("iframe").count() == 0
    other.tile("gold").wait_for()
    assert other.page.locator(".sm-style img[src*='/viewer/']").count() == 0
    other.tile("gold").click()
    assert eventually(lambda: other.page.locator("#sm-prompt textarea").input_value() == "gold", 20)
    other.context.close()


def test_nothing_is_asked_of_any_other_host(visit):
    assert visit.hosts == {"127.0.0.1"}
