"""The real app in a real browser: from a portrait to a face that moves, is edited, restyled and taken home."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.dice import roll
from core.stylize.recipes import RECIPES
from tests.conftest import EXAMPLES
from tests.web.conftest import CHROMIUM, PATIENCE_S, eventually
from tests.web.studio_page import Visit, changed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


def test_a_portrait_becomes_a_face_that_opens_its_mouth(visit):
    closed = visit.settled_face()
    visit.slider("jawOpen").press("End")
    assert eventually(lambda: changed(visit.face(), closed) > 0.02, PATIENCE_S), "the slider changed nothing"
    opened = visit.settled_face()
    visit.page.get_by_role("button", name="Reset", exact=True).click()
    assert eventually(lambda: changed(visit.face(), closed) < changed(opened, closed) / 4, PATIENCE_S)


def test_the_steps_and_the_files_are_there(visit):
    pictures = visit.page.locator(".sm-stages img")
    assert eventually(lambda: pictures.count() == 3, PATIENCE_S)
    assert eventually(lambda: all(p.evaluate("p => p.naturalWidth") == 512 for p in pictures.all()), PATIENCE_S)
    for label in ("Avatar (.snapmoji)", "Gaussians (.ply)", "Picture (.png)"):
        with visit.page.expect_download() as download:
            visit.page.get_by_role("link", name=label).click()
        assert Path(download.value.path()).stat().st_size > 10_000


def test_a_prompt_restyles_without_pressing_anything(visit):
    before = visit.page.locator(".sm-stages img").last.get_attribute("src")
    visit.page.locator("#sm-prompt textarea").fill("marble")
    visit.status.get_by_text(re.compile("Restyled.*marble", re.I)).wait_for()
    assert eventually(lambda: visit.page.locator(".sm-stages img").last.get_attribute("src") != before, PATIENCE_S)


@pytest.fixture
def editor(visit) -> Iterator:
    """The Edit panel, open."""
    visit.page.get_by_role("tab", name="Edit").click()
    yield visit.page.locator("#sm-edit")
    visit.page.get_by_role("tab", name="Selfie").click()


def test_an_edit_shows_at_once_and_is_undone_and_redone(visit, editor):
    measured = visit.styled_picture()
    editor.get_by_text("Afro", exact=True).click()
    assert eventually(lambda: visit.styled_picture() != measured, PATIENCE_S)
    afro = visit.styled_picture()
    editor.get_by_role("group", name="Hair colour").get_by_role("button", name="pink").click()
    assert eventually(lambda: visit.styled_picture() != afro, PATIENCE_S)
    pink = visit.styled_picture()
    for key, expected in (("Control+z", afro), ("Control+z", measured), ("Control+Shift+z", afro), ("Control+y", pink)):
        visit.page.keyboard.press(key)
        assert eventually(lambda expected=expected: visit.styled_picture() == expected, PATIENCE_S), key
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == afro, PATIENCE_S)
    assert eventually(lambda: editor.get_by_role("radio", name="Afro", exact=True).is_checked(), PATIENCE_S)
    visit.page.locator("#sm-reset").click()
    assert eventually(lambda: visit.styled_picture() == measured, PATIENCE_S)
    assert eventually(
        lambda: editor.get_by_role("radio", name="As in the photo", exact=True).first.is_checked(), PATIENCE_S
    )


def test_undo_goes_back_over_styles_and_the_controls_follow(visit):
    prompt = visit.page.locator("#sm-prompt textarea")
    before, words = visit.styled_picture(), prompt.input_value()
    prompt.fill("gold")
    assert eventually(lambda: visit.styled_picture() != before, PATIENCE_S)
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and prompt.input_value() == words, PATIENCE_S)


def test_the_gallery_shows_the_visitors_own_avatar_in_every_style(visit):
    own = visit.page.locator(".sm-style img[src*='/viewer/']")
    assert eventually(lambda: own.count() == len(RECIPES) + 1, PATIENCE_S)
    assert visit.styles() == ["", *(recipe.name for recipe in RECIPES)]
    assert eventually(
        lambda: all(own.evaluate_all("pictures => pictures.map((p) => p.naturalWidth === 96)")), PATIENCE_S
    )
    assert "Your avatar, gold" in own.evaluate_all("pictures => pictures.map((p) => p.alt)")


def test_a_click_on_a_tile_restyles_and_marks_it_and_undo_takes_it_back(visit):
    prompt = visit.page.locator("#sm-prompt textarea")
    before, words = visit.styled_picture(), prompt.input_value()
    visit.tile("robot").click()
    assert eventually(lambda: visit.styled_picture() != before and prompt.input_value() == "robot", PATIENCE_S)
    assert eventually(lambda: visit.tile("robot").get_attribute("aria-pressed") == "true", PATIENCE_S)
    assert visit.page.locator(".sm-style[aria-pressed=true]").count() == 1
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and prompt.input_value() == words, PATIENCE_S)
    assert eventually(lambda: visit.tile("robot").get_attribute("aria-pressed") == "false", PATIENCE_S)


def test_only_what_the_visitor_moves_asks_for_a_restyle(visit):
    # What a tile or undo sets would be asked for again when somebody quick has gone on, and would take that back.
    prompt = visit.page.locator("#sm-prompt textarea")
    before, words = visit.styled_picture(), prompt.input_value()
    visit.page.evaluate("document.querySelector('#sm-restyle').addEventListener('click', () => { window.asked += 1; })")
    visit.page.evaluate("window.asked = 0")
    visit.tile("robot").click()
    assert eventually(lambda: visit.styled_picture() != before and prompt.input_value() == "robot", PATIENCE_S)
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and prompt.input_value() == words, PATIENCE_S)
    visit.page.wait_for_timeout(1000)
    assert visit.page.evaluate("window.asked") == 0
    strength = visit.page.get_by_role("slider", name="Style transition strength")
    for move in (lambda: prompt.fill("gold"), lambda: strength.press("End")):
        shown = visit.styled_picture()
        visit.page.evaluate("window.asked = 0")
        move()
        assert eventually(lambda shown=shown: visit.styled_picture() != shown, PATIENCE_S)
        assert visit.page.evaluate("window.asked") == 1


def test_the_gallery_is_one_stop_of_the_keyboard_with_arrows_inside(visit):
    def focused() -> str:
        return visit.page.evaluate("document.activeElement.dataset.style")

    visit.tile("").focus()
    first, second = visit.styles()[1:3]
    for key, expected in (("ArrowRight", first), ("ArrowRight", second), ("ArrowLeft", first)):
        visit.page.keyboard.press(key)
        assert eventually(lambda expected=expected: focused() == expected, PATIENCE_S), key
    assert visit.page.locator(".sm-style[tabindex='0']").count() == 1
    before = visit.styled_picture()
    visit.page.keyboard.press("Enter")
    assert eventually(lambda: visit.styled_picture() != before, PATIENCE_S)


def test_dice_choose_a_style_that_its_seed_gives_again_and_undo_takes_back(visit):
    prompt, seed = visit.page.locator("#sm-prompt textarea"), visit.page.locator("#sm-seed input")
    before, words = visit.styled_picture(), prompt.input_value()
    visit.page.locator("#sm-roll").click()
    assert eventually(lambda: visit.styled_picture() != before and seed.input_value() != "0", PATIENCE_S)
    rolled, drawn, number = prompt.input_value(), visit.styled_picture(), seed.input_value()
    assert rolled == roll(int(number), [recipe.name for recipe in RECIPES])
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before and prompt.input_value() == words, PATIENCE_S)
    assert eventually(lambda: seed.input_value() == "0", PATIENCE_S)
    seed.fill(number)
    visit.page.locator("#sm-repeat").click()
    assert eventually(lambda: prompt.input_value() == rolled and visit.styled_picture() == drawn, PATIENCE_S)


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
    assert eventually(lambda: visit.styled_picture() == before and box.locator("img").count() == 0, PATIENCE_S)
    visit.page.locator("#sm-redo").click()
    assert eventually(lambda: visit.styled_picture() != before and box.locator("img").count() == 1, PATIENCE_S)
    visit.page.wait_for_timeout(1500)
    assert not visit.page.locator("#sm-undo").is_disabled(), "showing the picture again is no new step"
    visit.page.locator("#sm-undo").click()
    assert eventually(lambda: visit.styled_picture() == before, PATIENCE_S)


def test_a_favourite_comes_first_also_after_a_reload(visit):
    visit.tile("gold").hover()
    star = visit.page.get_by_role("button", name="Favourite: gold")
    star.click()
    assert eventually(lambda: visit.styles()[:2] == ["", "gold"], PATIENCE_S)
    assert star.get_attribute("aria-pressed") == "true"
    visit.page.reload()
    visit.wait_for_viewer()
    assert eventually(lambda: visit.styles()[:2] == ["", "gold"], PATIENCE_S)
    star.click()
    assert eventually(lambda: visit.styles() == ["", *(recipe.name for recipe in RECIPES)], PATIENCE_S)


def test_a_reload_finds_the_avatar_and_its_expression_again(visit):
    visit.preset("surprised").click()
    visit.page.wait_for_timeout(1000)
    visit.page.reload()
    visit.wait_for_viewer()
    assert eventually(lambda: visit.weight("jawOpen") == 0.65, PATIENCE_S)
    assert visit.preset("surprised").get_attribute("aria-pressed") == "true"


def test_a_file_that_is_no_picture_is_explained_and_the_avatar_stays(visit):
    visit.upload({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"these are words, not a picture"})
    visit.generate()
    visit.status.get_by_text("not a picture we can read").wait_for()
    visit.wait_for_viewer()
    # The button comes back with an event of its own, after the explanation.
    assert eventually(visit.page.get_by_role("button", name="Generate").is_enabled, PATIENCE_S)


def test_a_new_visitors_first_file_that_is_no_picture_is_explained(browser, served):
    other = Visit(browser, served.url)
    other.upload({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"these are words, not a picture"})
    other.generate()
    other.status.get_by_text("not a picture we can read").wait_for()
    assert eventually(other.page.get_by_role("button", name="Generate").is_enabled, PATIENCE_S)
    other.context.close()


def test_another_visitor_sees_nothing_of_it(visit, browser, served):
    other = Visit(browser, served.url)
    other.page.get_by_text("Your avatar will appear here").wait_for()
    assert other.page.locator("iframe").count() == 0
    assert other.page.locator(".sm-preset").count() == other.page.locator(".sm-result").count() == 0
    other.tile("gold").wait_for()
    assert other.page.locator(".sm-style img[src*='/viewer/']").count() == 0
    other.tile("gold").click()
    assert eventually(lambda: other.page.locator("#sm-prompt textarea").input_value() == "gold", PATIENCE_S)
    mine, face = visit.styled_picture(), visit.weight("jawOpen")
    other.upload(EXAMPLES["beard"])
    other.generate()
    other.wait_for_viewer()
    other.slider("jawOpen").press("End")
    assert eventually(lambda: other.weight("jawOpen") == 1 and other.styled_picture() != mine, PATIENCE_S)
    assert visit.styled_picture() == mine and visit.weight("jawOpen") == face
    stolen = visit.page.locator(".sm-stages img").last.get_attribute("src").split("/")[2]
    assert stolen not in other.page.content()
    other.context.close()


def test_nothing_is_asked_of_any_other_host(visit):
    assert visit.hosts == {"127.0.0.1"}
