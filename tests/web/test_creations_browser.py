"""The Creations tab in a real browser: sketches follow the settings, things are made, stopped and taken home."""

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import pytest
from PIL import Image

from tests.web.conftest import CHROMIUM, PATIENCE_S, eventually
from tests.web.studio_page import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


class Part:
    """One accordion of the tab, open and alone."""

    def __init__(self, visit: Visit, title: str, kind: str, *, sketched: bool = True):
        self.visit, self.kind = visit, kind
        visit.page.get_by_role("tab", name="Creations").click()
        heads = visit.page.locator("#sm-creations .sm-group > button")
        for head in heads.all():
            if ("open" in (head.get_attribute("class") or "")) != (head.inner_text().strip().startswith(title)):
                head.click()
        self.box = visit.page.locator("#sm-creations .sm-group", has=visit.page.locator(f"#sm-sketch-{kind}"))
        self.place = visit.page.locator(f"#sm-sketch-{kind}")
        if sketched:
            self.sketch().wait_for()

    def sketch(self):
        return self.place.locator(".sm-sketch img")

    def shown(self) -> str:
        return self.sketch().get_attribute("src") if self.sketch().count() else ""

    def follows(self, before: str) -> bool:
        """Whether another sketch appears."""
        return eventually(lambda: self.shown() not in ("", before), PATIENCE_S)

    def start(self) -> None:
        self.visit.page.locator(f"#sm-make-{self.kind}").click()

    def made(self, name: str) -> bytes:
        """A file of what was made, once it is there."""
        link = self.visit.page.locator(f"#sm-made-{self.kind}").get_by_role("link", name=name, exact=True)
        link.wait_for()
        address = urljoin(self.visit.page.url, link.get_attribute("href") or "")
        return self.visit.context.request.get(address).body()


def test_a_sketch_follows_caption_outline_and_choice_and_the_pack_is_taken_home(visit):
    part = Part(visit, "Stickers", "stickers")
    before = part.shown()
    part.box.get_by_label("Caption").fill("Grazie")
    assert part.follows(before)
    before = part.shown()
    part.box.get_by_text("wide", exact=True).click()
    assert part.follows(before)
    part.start()
    with zipfile.ZipFile(io.BytesIO(part.made("stickers.zip"))) as archive:
        assert len([name for name in archive.namelist() if name.startswith("webp/")]) == 8
    picture = visit.page.locator("#sm-made-stickers .sm-made img")
    assert eventually(lambda: picture.evaluate("picture => picture.naturalWidth") == 480, PATIENCE_S)


def test_a_sketch_follows_the_avatar(visit):
    plain = Part(visit, "Stickers", "stickers").shown()
    visit.page.get_by_role("tab", name="Selfie and style").click()
    before = visit.styled_picture()
    visit.page.locator("#sm-prompt textarea").fill("gold")
    assert eventually(lambda: visit.styled_picture() != before, PATIENCE_S)
    part = Part(visit, "Stickers", "stickers")
    assert part.follows(plain)
    golden = part.shown()
    visit.page.locator("#sm-undo").click()
    assert part.follows(golden)


def test_a_clip_is_sketched_refused_and_made(visit):
    part = Part(visit, "Clip", "clip")
    before = part.shown()
    part.box.get_by_text("One turn", exact=True).click()
    assert part.follows(before)
    part.box.get_by_text("256", exact=True).click()
    part.box.get_by_text("MP4", exact=True).click()
    part.box.get_by_label("Transparent").check()
    part.place.get_by_text("An MP4 cannot be transparent").wait_for()
    part.box.get_by_text("GIF", exact=True).click()
    part.sketch().wait_for()
    part.start()
    with Image.open(io.BytesIO(part.made("turntable.gif"))) as clip:
        assert (clip.size, getattr(clip, "n_frames", 1), clip.info["transparency"]) == ((256, 256), 80, 255)
    part.box.get_by_text("Talking to a recording", exact=True).click()
    part.place.get_by_text("Choose a recording").wait_for()


def test_what_takes_long_shows_how_far_it_is_and_can_be_stopped(visit):
    # The part may still wait for a recording, of which there is no sketch.
    part = Part(visit, "Clip", "clip", sketched=False)
    part.box.get_by_text("Faces in turn", exact=True).click()
    part.sketch().wait_for()
    part.box.get_by_text("512", exact=True).click()
    part.start()
    place = visit.page.locator("#sm-made-clip")
    place.get_by_text(re.compile("Drawing")).wait_for()
    # At once: a click that first scrolls and waits for the button to rest may come when all is drawn.
    visit.page.locator("#sm-cancel-clip").dispatch_event("click")
    place.get_by_text("Stopped. Nothing was made.").wait_for()
    assert eventually(visit.page.locator("#sm-make-clip").is_enabled, PATIENCE_S)


def test_an_instant_comic_is_a_page_and_a_document(visit):
    part = Part(visit, "Comic", "comic")
    before = part.shown()
    visit.page.locator("#sm-instant").click()
    assert part.made("comic.pdf").startswith(b"%PDF")
    with Image.open(io.BytesIO(part.made("comic.png"))) as page:
        assert page.width >= 900
    part.box.get_by_label("Layout").click()
    visit.page.get_by_role("option", name="column", exact=True).click()
    assert part.follows(before)


def test_a_gallery_of_the_visit_is_one_page_that_turns(visit, tmp_path: Path):
    part = Part(visit, "Gallery", "gallery")
    part.box.get_by_label("Title").fill("Me, twice")
    part.start()
    (tmp_path / "gallery.html").write_bytes(part.made("gallery.html"))
    page = visit.context.browser.new_page()
    page.goto((tmp_path / "gallery.html").as_uri())
    assert page.title() == "Me, twice"
    tiles = page.locator("img[data-moving]")
    assert tiles.count() == 2 and tiles.first.evaluate("tile => tile.naturalWidth") == 256
    page.close()
