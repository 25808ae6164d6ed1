"""The panels beside the viewer, in a real browser: the face, its motion, the history, and help with photos."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from app.poses import PRESETS
from core.expressions import SHAPES
from tests.conftest import EXAMPLES
from tests.web.conftest import CHROMIUM, PATIENCE_S, eventually
from tests.web.studio_page import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


@pytest.fixture
def face(visit) -> Visit:
    """The face panel, with the face at rest."""
    visit.tab("Face").click()
    visit.page.get_by_role("button", name="Reset", exact=True).click()
    assert eventually(lambda: visit.weight("jawOpen") == 0, PATIENCE_S)
    return visit


def pictured(photos: dict[str, tuple[int, int]], size: tuple[int, int]) -> dict:
    """A photo file with example people pasted at places."""
    canvas = Image.new("RGB", size, (120, 140, 160))
    for name, place in photos.items():
        canvas.paste(Image.open(EXAMPLES[name]).resize((400, 400)), place)
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", quality=92)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def test_every_preset_has_a_picture_of_its_own(visit):
    pictures = visit.page.locator(".sm-preset img")
    assert eventually(lambda: pictures.count() == len(PRESETS), PATIENCE_S)
    assert eventually(lambda: all(pictures.evaluate_all("all => all.map((p) => p.naturalWidth === 96)")), PATIENCE_S)
    sources = pictures.evaluate_all("all => all.map((p) => p.src)")
    files = {visit.context.request.get(source).body() for source in sources}
    assert len(files) == len(PRESETS)


def test_sides_move_together_until_they_are_unlinked(face):
    face.slider("mouthSmileLeft").press("End")
    assert face.weight("mouthSmileRight") == 1
    face.slider("jawLeft").press("End")
    assert face.weight("jawRight") == 0, "the jaw cannot go both ways"
    face.page.keyboard.press("l")
    face.slider("browUpRight").press("End")
    assert face.weight("browUpLeft") == 0
    face.page.keyboard.press("l")


def test_the_keyboard_poses_and_undo_reaches_into_the_viewers_frame(face):
    face.page.locator("h1").click()
    face.page.keyboard.press("5")
    assert eventually(lambda: face.weight("jawOpen") == 0.65, PATIENCE_S)
    assert eventually(lambda: face.page.locator("#sm-undo").is_enabled(), PATIENCE_S)
    face.viewer.locator("canvas").last.click()
    face.page.keyboard.press("Control+z")
    assert eventually(lambda: face.weight("jawOpen") == 0, PATIENCE_S)
    face.page.keyboard.press("Control+Shift+z")
    assert eventually(lambda: face.weight("jawOpen") == 0.65, PATIENCE_S)
    face.page.keyboard.press("n")
    assert eventually(lambda: face.weight("jawOpen") == 0, PATIENCE_S)
    face.page.keyboard.press("r")
    assert eventually(lambda: any(face.weight(shape) for shape in SHAPES), PATIENCE_S)
    face.page.keyboard.press("?")
    face.page.get_by_role("dialog", name="Keyboard").get_by_role("button", name="Close").click()


def test_a_pose_goes_out_and_in_as_text_and_nonsense_is_explained(face):
    face.preset("doubtful").click()
    face.page.get_by_role("button", name="JSON").click()
    box = face.page.get_by_role("dialog", name="The expression as text")
    assert json.loads(box.locator("textarea").input_value()) == PRESETS["doubtful"]
    box.locator("textarea").fill('{"noseWiggle": 1}')
    box.get_by_role("button", name="Use this").click()
    box.get_by_text("There is no blendshape called noseWiggle.").wait_for()
    box.locator("textarea").fill('{"lipsPucker": 0.5}')
    box.get_by_role("button", name="Use this").click()
    assert eventually(lambda: (face.weight("lipsPucker"), face.weight("jawRight")) == (0.5, 0), PATIENCE_S)


def test_own_poses_are_kept_over_a_reload_and_forgotten_on_request(face):
    face.slider("jawOpen").press("End")
    face.page.get_by_role("button", name="Save", exact=True).click()
    box = face.page.get_by_role("dialog", name="Save the expression")
    box.get_by_role("textbox").fill("yawn")
    box.get_by_role("button", name="Save").click()
    face.preset("yawn").wait_for()
    face.page.reload()
    face.wait_for_viewer()
    face.preset("neutral").click()
    face.preset("yawn").click()
    assert eventually(lambda: face.weight("jawOpen") == 1, PATIENCE_S)
    face.preset("yawn").hover()
    face.page.get_by_role("button", name="Forget yawn").click()
    assert eventually(lambda: face.preset("yawn").count() == 0, PATIENCE_S)


def test_idle_life_is_off_where_motion_is_reduced_and_can_be_switched_on(face, served):
    visitor = next(iter(served.sessions._visitors.values()))
    switch = face.page.get_by_role("button", name="Blink and sway by itself")
    assert switch.get_attribute("aria-pressed") == "false" and not visitor.lively
    switch.click()
    assert eventually(lambda: visitor.lively, PATIENCE_S)
    switch.click()
    assert eventually(lambda: not visitor.lively, PATIENCE_S)


def test_results_come_back_are_compared_and_dropped(face):
    before = face.styled_picture()
    face.tile("gold").click()
    assert eventually(lambda: face.styled_picture() != before, PATIENCE_S)
    face.tab("History").click()
    items = face.page.locator(".sm-results-list li")
    assert eventually(lambda: items.count() == 2, PATIENCE_S)
    items.last.locator(".sm-result").click()
    prompt = face.page.locator("#sm-prompt textarea")
    assert eventually(lambda: face.styled_picture() == before and prompt.input_value() == "", PATIENCE_S)
    face.page.locator("#sm-undo").click()
    assert eventually(lambda: prompt.input_value() == "gold", PATIENCE_S)
    for item in items.all():
        item.get_by_role("checkbox").check()
    face.page.get_by_role("button", name="Compare two").click()
    box = face.page.get_by_role("dialog", name="Compare")
    box.get_by_role("slider").press("Home")
    assert box.locator(".sm-compare").evaluate("stage => stage.style.getPropertyValue('--split')") == "0%"
    box.get_by_role("button", name="Close").click()
    items.last.hover()
    items.last.get_by_role("button", name=re.compile("Delete")).click()
    assert eventually(lambda: items.count() == 1, PATIENCE_S)


def test_keyframes_play_and_become_a_film(face):
    face.tab("Motion").click()
    add = face.page.get_by_role("button", name="Add keyframe")
    add.click()
    face.page.keyboard.press("5")
    assert eventually(lambda: face.weight("jawOpen") == 0.65, PATIENCE_S)
    add.click()
    assert face.page.locator(".sm-key").count() == 2
    face.page.locator(".sm-play").click()
    seen = set()
    assert eventually(lambda: seen.add(round(face.weight("jawOpen"), 1)) or len(seen) > 2, PATIENCE_S)
    face.page.locator(".sm-play").click()
    face.page.locator("#sm-seconds").fill("1")
    face.page.locator("#sm-seconds").press("Enter")
    face.page.locator("#sm-size").select_option("256")
    with face.page.expect_download() as download:
        face.page.get_by_role("button", name="Export", exact=True).click()
    with Image.open(download.value.path()) as film:
        assert film.n_frames == 20 and film.size == (256, 256)
    face.tab("Face").click()


@pytest.mark.parametrize("where", ["snapmoji-making", "#sm-panel"])
def test_making_shows_pictures_on_the_way_and_can_be_stopped(visit, served, where):
    before = visit.styled_picture()
    # A test before this one reloads the page, which then shows the avatar but asks for a photo anew.
    visit.upload(EXAMPLES["bob"])
    served.studio.held.set()
    try:
        visit.generate()
        making = visit.page.locator("snapmoji-making")
        making.get_by_text("Measuring the head").wait_for()
        assert eventually(
            lambda: making.locator("img").first.evaluate("picture => picture.naturalWidth") == 512, PATIENCE_S
        )
        visit.page.locator(where).get_by_role("button", name="Cancel").click()
        visit.status.get_by_text("Stopped. Nothing was changed.").wait_for()
    finally:
        served.studio.held.clear()
    assert visit.styled_picture() == before
    assert eventually(lambda: not making.is_visible(), PATIENCE_S)


def test_of_several_faces_the_visitor_clicks_one(visit):
    before = visit.styled_picture()
    visit.upload(pictured({"beard": (20, 60), "blue_hair": (480, 60)}, (900, 520)))
    visit.generate()
    box = visit.page.get_by_role("dialog", name="Which face is it?")
    box.get_by_role("button", name="Face 2 from the left").click()
    assert eventually(lambda: visit.styled_picture() != before, PATIENCE_S)
    aligned = visit.page.locator(".sm-stages img").first.get_attribute("src")
    pixels = np.asarray(Image.open(io.BytesIO(visit.context.request.get(visit.page.url.rstrip("/") + aligned).body())))
    blue = np.asarray(Image.open(EXAMPLES["blue_hair"]).convert("RGB").resize((512, 512)), float)
    assert np.abs(pixels[150:400, 150:350] - blue[150:400, 150:350]).mean() < 40


def test_where_no_face_is_found_the_visitor_shows_it(visit, served):
    upside_down = io.BytesIO()
    Image.open(EXAMPLES["beard"]).resize((600, 600)).transpose(Image.Transpose.ROTATE_180).save(upside_down, "PNG")
    before = visit.styled_picture()
    served.studio.blind_above_px = 590
    visit.upload({"name": "photo.png", "mimeType": "image/png", "buffer": upside_down.getvalue()})
    visit.generate()
    box = visit.page.get_by_role("dialog", name="Show where the face is")
    for _ in range(2):
        box.get_by_role("button", name="Turn").click()
    for _ in range(20):
        box.locator(".sm-mend-crop").press("+")
    box.get_by_role("button", name="Use this part").click()
    assert eventually(lambda: visit.styled_picture() != before, PATIENCE_S)
    address = visit.page.url.rstrip("/") + visit.page.locator(".sm-stages img").first.get_attribute("src")
    aligned = np.asarray(Image.open(io.BytesIO(visit.context.request.get(address).body())), float)
    upright = np.asarray(Image.open(EXAMPLES["beard"]).convert("RGB").resize((512, 512)), float)
    assert np.abs(aligned - upright)[150:400, 150:350].mean() < 45, "it was turned upright"
