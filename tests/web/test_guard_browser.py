"""Privacy and faults in a real browser: two visitors, the farewell, consent, no WebGL, a camera that is unplugged."""

import re
from collections.abc import Iterator

import pytest

from app.consent import ConsentText
from app.settings import AppSettings
from core.pipeline import Studio
from tests.conftest import EXAMPLES
from tests.web.conftest import ARGUMENTS, CHROMIUM, PATIENCE_S, eventually
from tests.web.studio_page import ServedStudio, Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


@pytest.fixture
def other(browser, served) -> Iterator[Visit]:
    """Another visitor, in a browser of their own."""
    visit = Visit(browser, served.url)
    visit.page.get_by_text("Your avatar will appear here").wait_for()
    yield visit
    visit.context.close()


def visitor_of(served: ServedStudio, visit: Visit):
    return served.sessions.get(visit.page.evaluate("sessionStorage.getItem('snapmoji')"))


def test_all_files_of_a_visitor_lie_in_one_folder(visit, served):
    visitor = visitor_of(served, visit)
    uploads = [path for path in served.sessions.folder.rglob("upload-*/*") if path.is_file()]
    assert uploads and all(visitor.directory in path.parents for path in uploads)
    assert list(served.sessions.unowned.iterdir()) == []


def test_after_a_reload_photo_and_style_are_there_and_make_works(visit, served):
    visit.page.locator("#sm-prompt textarea").fill("gold")
    visit.status.get_by_text(re.compile("Restyled")).wait_for()
    visit.page.reload()
    visit.wait_for_viewer()
    photo = visit.page.locator("#sm-photo img").first
    photo.wait_for()
    assert eventually(lambda: photo.evaluate("picture => picture.naturalWidth") > 100, PATIENCE_S)
    assert visit.page.locator("#sm-prompt textarea").input_value() == "gold"
    version = visitor_of(served, visit).version
    visit.generate()
    assert eventually(lambda: visitor_of(served, visit).version > version, PATIENCE_S)
    visit.status.get_by_text(re.compile("Done")).wait_for()


def test_a_visitor_can_use_nothing_of_anothers_browser(visit, other, served):
    """The other has read everything over a shoulder but the secret: addresses without it, and the tab's name."""
    visitor = visitor_of(served, visit)
    tab = next(iter(visitor._tabs))
    asked = f"fetch('/gradio_api/queue/data?session_hash={tab}').then((answer) => answer.status)"
    assert other.page.evaluate(asked) == 404
    body = f"JSON.stringify({{data: [], fn_index: 0, session_hash: '{tab}'}})"
    options = f"{{method: 'POST', headers: {{'Content-Type': 'application/json'}}, body: {body}}}"
    for path in ("queue/join", "run/predict"):
        assert other.page.evaluate(f"fetch('/gradio_api/{path}', {options}).then((answer) => answer.status)") == 404
    opened = """(address) => new Promise((done) => { const socket = new WebSocket(address.replace('http', 'ws'));
                socket.onopen = () => done(true); socket.onerror = () => done(false); })"""
    own = visitor_of(served, other)
    assert other.page.evaluate(opened, f"{served.url}/viewer/{own.secret}/live")
    for path in (f"viewer/{own.secret}", f"viewer/{visitor.secret[:-1]}/live", "viewer/undefined/live"):
        assert not other.page.evaluate(opened, f"{served.url}/{path}")
    assert "snapmoji" not in other.page.evaluate("document.cookie"), "no script can read the cookie"


def test_delete_my_data_deletes_it_and_only_mine(visit, other, served):
    visitor = visitor_of(served, visit)
    leaving = Visit(visit.context.browser, served.url)
    leaving.upload(EXAMPLES["fringe"])
    leaving.generate()
    leaving.wait_for_viewer()
    gone = visitor_of(served, leaving)
    folder, secret = gone.directory, gone.secret
    leaving.page.get_by_role("button", name="Delete my data").click()
    box = leaving.page.get_by_role("dialog", name="Delete my data")
    box.get_by_role("button", name="Keep it").click()
    assert folder.exists()
    leaving.page.get_by_role("button", name="Delete my data").click()
    box.get_by_role("button", name="Delete now").click()
    box.get_by_text("Everything of yours has been deleted.").wait_for()
    assert not folder.exists() and served.sessions.get(secret) is None and gone.creation is None
    assert leaving.page.evaluate("[sessionStorage.length, Object.keys(localStorage).length]") == [0, 0]
    assert leaving.context.request.get(f"{served.url}/viewer/{secret}/stage/aligned.png").status == 404
    box.get_by_role("button", name="Start over").click()
    leaving.page.get_by_text("Your avatar will appear here").wait_for()
    assert leaving.page.locator("#sm-photo img").count() == 0
    leaving.context.close()
    assert visitor.directory.exists() and visitor.creation is not None
    assert served.sessions.get(visitor.secret) is visitor


def test_a_tab_that_is_closed_takes_its_files_along_after_a_while(visit, served):
    closing = Visit(visit.context.browser, served.url)
    closing.upload(EXAMPLES["fringe"])
    assert eventually(lambda: visitor_of(served, closing) is not None, PATIENCE_S)
    visitor = visitor_of(served, closing)
    assert any(path.is_file() for path in visitor.directory.rglob("*"))
    closing.context.close()
    assert eventually(lambda: visitor.left_at is not None, PATIENCE_S)
    visitor.left_at -= AppSettings().leave_grace_s + 1
    served.sessions.sweep()
    assert not visitor.directory.exists() and visitor_of(served, visit) is not None


def test_a_browser_without_webgl_shows_the_avatar_from_the_front(driver, served):
    old = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--disable-3d-apis", *ARGUMENTS])
    visit = Visit(old, served.url)
    visit.upload(EXAMPLES["bob"])
    visit.generate()
    flat = visit.page.locator("snapmoji-flat")
    flat.get_by_text("cannot draw in 3D").wait_for()
    picture = flat.locator("img")
    assert eventually(lambda: picture.evaluate("picture => picture.naturalWidth") == 512, PATIENCE_S)
    before = picture.get_attribute("src")
    visit.slider("jawOpen").press("End")
    assert eventually(lambda: picture.get_attribute("src") != before, PATIENCE_S)
    assert all("WebGL" in complaint for complaint in visit.complaints), "but for the 3D viewer, all is well"
    old.close()


def test_the_live_page_says_that_a_browser_lacks_webgl(driver, live_page):
    old = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--disable-3d-apis", *ARGUMENTS])
    page = old.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_page.url)
    page.get_by_text("This browser has no WebGL2, which drawing the avatar needs.").wait_for()
    assert complaints == []
    old.close()


def test_the_live_page_goes_on_without_a_camera_that_is_unplugged(camera_browser, live_page):
    page = camera_browser.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_page.url)
    page.locator("body[data-ready]").wait_for()
    page.get_by_text("Puppet", exact=True).click()
    page.get_by_role("button", name="Turn the camera on").click()
    page.get_by_role("button", name="This is my neutral face").wait_for()
    page.evaluate("document.getElementById('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    page.get_by_text("The camera is gone").wait_for()
    assert page.get_by_role("button", name="Turn the camera on").is_enabled(), "it can be turned on again"
    frames = "Number(document.getElementById('avatar').dataset.frames)"
    before = page.evaluate(frames)
    page.get_by_text("Studio", exact=True).click()
    page.locator("#sliders").get_by_label("Jaw open").press("End")
    assert eventually(lambda: page.evaluate(frames) > before, PATIENCE_S)
    assert complaints == []
    page.close()


@pytest.fixture(scope="module")
def asking(studio: Studio) -> Iterator[ServedStudio]:
    text = ConsentText("May we draw you?", ("We take one photo of you.", "It is deleted when you leave.") * 4)
    with ServedStudio(studio, AppSettings(consent=text, booth=True, public_host="127.0.0.1")) as served:
        yield served


def test_consent_comes_first_and_is_given_or_refused_with_the_keyboard(camera_browser, asking):
    visit = Visit(camera_browser, asking.url, 390, 800, path="/booth")
    page = visit.page
    page.get_by_role("heading", name="May we draw you?").wait_for()
    assert page.get_by_role("button", name="Start").count() == 0 and len(asking.sessions) == 0

    def press(name: str) -> None:
        for _ in range(6):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == name:
                return page.keyboard.press("Enter")
        raise AssertionError(f"the keyboard does not reach {name!r}")

    press("No, thank you")
    page.get_by_text("Nothing was recorded").wait_for()
    press("Read it again")
    page.get_by_role("heading", name="May we draw you?").wait_for()
    press("I agree")
    page.get_by_role("button", name="Start").wait_for()
    page.reload()
    page.get_by_role("heading", name="May we draw you?").wait_for()
    assert visit.hosts == {"127.0.0.1"} and not visit.complaints
    visit.context.close()


def test_a_camera_that_is_unplugged_is_told_and_a_picture_can_be_chosen(camera_browser, asking):
    visit = Visit(camera_browser, asking.url, path="/booth")
    page = visit.page
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Start").wait_for()
    page.wait_for_load_state()
    page.get_by_role("button", name="Start").click()
    shoot = page.get_by_role("button", name="Take the photo")
    assert eventually(lambda: shoot.is_enabled() and page.evaluate("video.videoWidth") > 0, PATIENCE_S)
    page.evaluate("video.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    page.get_by_text("The camera is gone").wait_for()
    assert shoot.is_disabled()
    page.locator("#pick").set_input_files(EXAMPLES["bob"])
    page.get_by_role("button", name="Take it home").wait_for()
    visit.context.close()
