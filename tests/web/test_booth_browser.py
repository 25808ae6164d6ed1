"""The booth in a real browser: from the camera to the code for the phone, and back to the beginning."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from app.settings import AppSettings
from core.pipeline import Studio
from tests.web.conftest import CHROMIUM, PATIENCE_S, eventually
from tests.web.studio_page import ServedStudio, Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


@pytest.fixture(scope="module")
def served(studio: Studio) -> Iterator[ServedStudio]:
    settings = AppSettings(booth=True, booth_idle_s=20.0, public_host="127.0.0.1")
    with ServedStudio(studio, settings) as served:
        yield served


def test_a_passer_by_takes_an_avatar_home_and_leaves_nothing(camera_browser, served):
    visit = Visit(camera_browser, served.url, path="/booth")
    page = visit.page
    page.get_by_role("button", name="Start").click()
    shoot = page.get_by_role("button", name="Take the photo")
    assert eventually(lambda: shoot.is_enabled() and page.evaluate("video.videoWidth") > 0, PATIENCE_S)
    shoot.click()
    page.locator("#count", has_text="3").wait_for()
    page.get_by_role("button", name="Take it home").wait_for()
    page.locator("#moods button", has_text="surprised").click()
    visitor = next(iter(served.sessions._visitors.values()))
    assert eventually(lambda: visitor.weights.max() > 0.6, PATIENCE_S)
    page.locator("#styles button", has_text="gold").click()
    assert eventually(lambda: visitor.settings.prompt == "gold", PATIENCE_S)
    page.get_by_role("button", name="Take it home").click()
    page.locator("#code svg").wait_for()
    address = page.locator("#home-words").inner_text().rsplit(" ", 1)[1]
    page.get_by_role("button", name="Close").click()

    folder = visitor.directory
    page.get_by_role("button", name="I am done").click()
    page.get_by_role("button", name="Start").wait_for()
    assert eventually(lambda: not folder.exists() and len(served.sessions) == 0, PATIENCE_S)

    phone = camera_browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    phone.goto(address)
    # The page asks again by itself until everything is packed.
    assert eventually(lambda: phone.get_by_role("link").count() >= 4, PATIENCE_S)
    file = phone.context.request.get(address + "avatar.png").body()
    assert Image.open(io.BytesIO(file)).mode == "RGBA"
    assert visit.hosts == {"127.0.0.1"} and not visit.complaints
    phone.context.close()
    visit.context.close()


def test_an_abandoned_booth_starts_over(camera_browser, served):
    visit = Visit(camera_browser, served.url, path="/booth")
    visit.page.get_by_role("button", name="Start").click()
    visit.page.get_by_role("button", name="Take the photo").wait_for()
    assert eventually(lambda: len(served.sessions) == 1, PATIENCE_S)
    visit.page.get_by_role("dialog").get_by_text("Starting over").wait_for()
    visit.page.get_by_role("button", name="Start").wait_for()
    assert eventually(lambda: len(served.sessions) == 0, PATIENCE_S)
    visit.context.close()
