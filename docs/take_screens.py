"""Takes the pictures in docs/screens anew, from the page as it is: ``python -m docs.take_screens``.

Needs what the browser tests need, and takes some minutes. ``--only done,phone`` takes some of them; ``--full DIR`` also
writes every screen in its own size, to be looked at.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from app.settings import AppSettings
from core.pipeline import Studio
from tests.conftest import CHECKPOINTS, EXAMPLES, ROOT
from tests.web.conftest import ARGUMENTS, CHROMIUM, PATIENCE_S, eventually, filmed
from tests.web.studio_page import ServedStudio, Visit, changed
from tests.web.test_studio_panels import pictured

DESK = (1440, 900)
PHONE = (390, 844)
WIDE, HALF = 1200, 800
"""Widths in pixels of what fills a page, and of what stands beside another picture."""
QUALITY = 80


@dataclass(frozen=True)
class Screens:
    """Where pictures go."""

    folder: Path
    full: Path | None

    def keep(self, name: str, *pngs: bytes, width: int = HALF) -> None:
        """Screens side by side as one picture."""
        screens = [Image.open(io.BytesIO(png)).convert("RGB") for png in pngs]
        gap = 16
        size = sum(screen.width + gap for screen in screens) - gap, max(screen.height for screen in screens)
        picture = Image.new("RGB", size, "white")
        left = 0
        for screen in screens:
            picture.paste(screen, (left, 0))
            left += screen.width + gap
        if self.full is not None:
            picture.save(self.full / f"{name}.png")
        picture.thumbnail((width, 4 * width), Image.Resampling.LANCZOS)
        picture.save(self.folder / f"{name}.webp", quality=QUALITY, method=6)
        sys.stdout.write(f"{name}\n")


@dataclass(frozen=True)
class Desk:
    """A browser, the app, and where the pictures go."""

    browser: Browser
    served: ServedStudio
    screens: Screens

    def visit(self, size: tuple[int, int] = DESK, path: str = "/") -> Visit:
        """A new visitor, whose page is ready."""
        visit = Visit(self.browser, self.served.url, *size, path=path)
        if path == "/":
            visit.status.get_by_text("Ready when you are.").wait_for()
        return visit

    def made(self, person: str, prompt: str, size: tuple[int, int] = DESK) -> Visit:
        """A visitor with an avatar in a style, and at a desk with every picture of it."""
        visit = self.visit(size)
        visit.upload(EXAMPLES[person])
        visit.generate()
        visit.wait_for_viewer()
        visit.tile(prompt).click()
        visit.status.get_by_text("Restyled").wait_for()
        own = visit.page.locator(".sm-style img[src*='/viewer/']")
        assert size == PHONE or eventually(
            lambda: own.count() == visit.page.locator(".sm-style").count(), 3 * PATIENCE_S
        )
        return visit


def settled(visit: Visit) -> bytes:
    """The screen once nothing on it changes any more: the avatar, its pictures and notices are there."""
    visit.page.mouse.move(2, 2)
    seen = [visit.page.screenshot()]

    def still() -> bool:
        visit.page.wait_for_timeout(2000)
        seen.append(visit.page.screenshot())
        before, now = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), float) for png in seen[-2:])
        return changed(now, before) < 0.0005

    visit.page.wait_for_timeout(2000)
    assert eventually(still, 3 * PATIENCE_S)
    return seen[-1]


def take_empty(desk: Desk) -> None:
    """Before the first avatar."""
    visit = desk.visit()
    visit.page.wait_for_timeout(1500)
    desk.screens.keep("empty", visit.page.screenshot())
    visit.context.close()


def take_working(desk: Desk) -> None:
    """Two of three pictures are there."""
    visit = desk.visit()
    visit.page.locator("#sm-prompt textarea").fill("steampunk")
    visit.upload(EXAMPLES["beard"])
    desk.served.studio.holds_at = "styled picture"
    desk.served.studio.held.set()
    try:
        visit.generate()
        pictures = visit.page.locator("snapmoji-making img")
        assert eventually(lambda: pictures.count() == 2, PATIENCE_S)
        visit.page.wait_for_timeout(2500)
        desk.screens.keep("working", visit.page.screenshot())
    finally:
        desk.served.studio.held.clear()
    visit.context.close()


def take_errors(desk: Desk) -> None:
    """A file that is no picture, several faces, none."""
    visit = desk.visit()
    page = visit.page
    visit.upload({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"these are words, not a picture"})
    visit.generate()
    visit.status.get_by_text("not a picture we can read").wait_for()
    page.wait_for_timeout(1500)
    desk.screens.keep("error", page.screenshot())

    visit.upload(pictured({"beard": (20, 60), "blue_hair": (480, 60)}, (900, 520)))
    visit.generate()
    page.get_by_role("dialog", name="Which face is it?").wait_for()
    page.wait_for_timeout(1500)
    desk.screens.keep("several", page.screenshot())
    page.get_by_role("button", name="Close").last.click()

    desk.served.studio.blind_above_px = 590
    visit.upload(pictured({"glasses": (260, 40)}, (900, 520)))
    visit.generate()
    page.get_by_role("dialog", name="Show where the face is").wait_for()
    page.wait_for_timeout(1500)
    desk.screens.keep("noface", page.screenshot())
    desk.served.studio.blind_above_px = None
    visit.context.close()


def take_done(desk: Desk) -> None:
    """An avatar and all panels beside it."""
    visit = desk.made("bob", "plastic toy")
    page = visit.page
    visit.preset("happy").click()
    desk.screens.keep("done", settled(visit), width=WIDE)

    for name in ("happy", "surprised", "kiss", "doubtful"):
        visit.tab("Face").click()
        visit.preset(name).click()
        visit.tab("Motion").click()
        page.get_by_role("button", name="Add keyframe").click()
    desk.screens.keep("motion", settled(visit))

    for style in ("marble statue", "watercolour", "superhero"):
        before = visit.styled_picture()
        visit.tile(style).click()
        assert eventually(lambda before=before: visit.styled_picture() != before, PATIENCE_S)
    visit.tab("History").click()
    marks = page.locator(".sm-results-list input")
    marks.nth(0).check()
    marks.nth(2).check()
    desk.screens.keep("history", settled(visit))
    page.get_by_role("button", name="Compare two").click()
    page.wait_for_timeout(1500)
    desk.screens.keep("compare", page.screenshot())
    page.get_by_role("button", name="Close").last.click()

    visit.tab("Face").click()
    page.get_by_role("tab", name="Creations").click()
    page.locator("#sm-sketch-stickers .sm-sketch img").wait_for(timeout=5000 * PATIENCE_S)
    page.wait_for_timeout(1500)
    desk.screens.keep("creations", settled(visit))
    page.get_by_role("tab", name="Edit").click()
    page.get_by_text("Afro", exact=True).click()
    visit.status.get_by_text("Changed").wait_for(state="attached")
    desk.screens.keep("edit", settled(visit))
    page.get_by_role("button", name="Delete my data").click()
    page.wait_for_timeout(800)
    desk.screens.keep("farewell", page.screenshot())
    visit.context.close()


def take_dark(desk: Desk) -> None:
    """An avatar in the dark."""
    visit = desk.made("short_hair", "robot")
    visit.page.locator("#sm-look").click()
    visit.preset("playful").click()
    desk.screens.keep("dark", settled(visit), width=1000)
    visit.context.close()


def take_phone(desk: Desk) -> None:
    """The way down the page of a phone."""
    visit = desk.visit(PHONE)
    page = visit.page
    page.wait_for_timeout(1500)
    first = page.screenshot()
    visit.context.close()
    visit = desk.made("blue_hair", "watercolour", PHONE)
    page = visit.page
    visit.preset("happy").click()
    page.locator("#sm-viewer").evaluate("(it) => it.scrollIntoView()")
    second = settled(visit)
    page.locator(".sm-shapes").evaluate("(it) => it.scrollIntoView({block: 'end'})")
    third = settled(visit)
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("tab", name="Edit").click()
    page.wait_for_timeout(1500)
    fourth = page.screenshot()
    desk.screens.keep("phone", first, second, third, fourth, width=4 * PHONE[0])
    visit.context.close()


def take_booth(desk: Desk) -> None:
    """A booth, from the welcome to the code."""
    visit = desk.visit((1280, 800), "/booth")
    page = visit.page

    def keep(name: str) -> None:
        page.wait_for_timeout(1200)
        desk.screens.keep(f"booth-{name}", page.screenshot())

    start = page.get_by_role("button", name="Start")
    assert eventually(start.is_enabled, PATIENCE_S)
    keep("welcome")
    start.click()
    shoot = page.get_by_role("button", name="Take the photo")
    assert eventually(lambda: shoot.is_enabled() and page.evaluate("video.videoWidth") > 0, PATIENCE_S)
    page.wait_for_timeout(1500)
    shoot.click()
    page.locator("#count", has_text="2").wait_for()
    desk.screens.keep("booth-photo", page.screenshot())
    desk.served.studio.holds_at = "styled picture"
    desk.served.studio.held.set()
    try:
        assert eventually(lambda: page.locator("snapmoji-making img").count() == 2, PATIENCE_S)
        keep("working")
    finally:
        desk.served.studio.held.clear()
    page.get_by_role("button", name="Take it home").wait_for()
    own = page.locator("#styles img[src*='/viewer/']")
    assert eventually(lambda: own.count() == page.locator("#styles img").count(), 3 * PATIENCE_S)
    page.locator("#moods button", has_text="laughing").click()
    page.wait_for_timeout(6000)
    keep("avatar")
    page.get_by_role("button", name="Take it home").click()
    page.locator("#code svg").wait_for()
    keep("code")
    visit.context.close()


STUDIO: dict[str, Callable[[Desk], None]] = {
    "empty": take_empty,
    "working": take_working,
    "errors": take_errors,
    "done": take_done,
    "dark": take_dark,
    "phone": take_phone,
}
BOOTH: dict[str, Callable[[Desk], None]] = {"booth": take_booth}


def main() -> None:
    """Takes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join((*STUDIO, *BOOTH)), help="which, with commas between")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screens", help="folder of the pictures")
    parser.add_argument("--full", type=Path, help="folder of the same in their own size")
    options = parser.parse_args()
    for folder in filter(None, (options.out, options.full)):
        folder.mkdir(parents=True, exist_ok=True)
    wanted, screens = options.only.split(","), Screens(options.out, options.full)
    studio = Studio.load(CHECKPOINTS)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        clip = filmed(EXAMPLES["fringe"], Path(folder) / "camera.mjpeg")
        film = f"--use-file-for-fake-video-capture={clip}"
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, film])
        booth = AppSettings(booth=True, booth_idle_s=600.0, public_host="192.168.1.20")
        for settings, takers in ((AppSettings(), STUDIO), (booth, BOOTH)):
            chosen = [take for name, take in takers.items() if name in wanted]
            if chosen:
                with ServedStudio(studio, settings, one_in=1) as served:
                    for take in chosen:
                        take(Desk(browser, served, screens))
        browser.close()


if __name__ == "__main__":
    main()
