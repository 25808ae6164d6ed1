"""The live page in a real browser: its pictures are Python's, a face moves it, and what it records can be played."""

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from core.camera import orbit
from core.expressions import SHAPES, pose_weights
from core.formats.standalone import save_standalone
from core.render.splats import render
from tests.conftest import ROOT
from tests.web.conftest import CHROMIUM, PATIENCE_S, LivePage, Served, eventually

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
    pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed"),
]

DRAW = """async ([weights, yaw, pitch, size]) => {
  const { decode } = await import("/client/bundle.js");
  const { createStage } = await import("/client/ar/stage.js");
  const { framed, orbit } = await import("/client/ar/matrices.js");
  const bytes = new Uint8Array(await (await fetch("avatar.snapmoji")).arrayBuffer());
  const stage = createStage(document.createElement("canvas"), await decode(bytes));
  const behind = { kind: "none" };
  await stage.measure({ weights, camera: framed(orbit(yaw, pitch), size, size), behind });
  stage.renderer.draw(behind);
  return stage.canvas.toDataURL("image/png");
}"""
CAMERA_PICTURE = """([width, height]) => {
  const video = document.getElementById("video"), sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [width, height];
  const context = sheet.getContext("2d");
  context.setTransform(-1, 0, 0, 1, width, 0);
  context.drawImage(video, 0, 0, width, height);
  return sheet.toDataURL("image/png");
}"""


class Visit:
    """A tab with the live page, which notes where it connects to and what it complains about."""

    def __init__(self, browser, url: str, **screen):
        self.context = browser.new_context(viewport={"width": 760, "height": 520}, **screen)
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.page = self.context.new_page()
        self.asked: set[str] = set()
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.page.on("websocket", lambda socket: self.asked.add(socket.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        self.page.locator("body[data-ready]").wait_for()
        assert eventually(lambda: self.frames > 0, PATIENCE_S), f"nothing is drawn; errors: {self.errors}"

    @property
    def frames(self) -> int:
        return int(self.page.locator("#avatar").get_attribute("data-frames") or 0)

    def wait_for_frames(self, count: int, act: Callable[[], object] = lambda: None) -> None:
        """Do something, and wait until so many frames were drawn since."""
        until = self.frames + count
        act()
        assert eventually(lambda: self.frames >= until, PATIENCE_S), f"too few frames; errors: {self.errors}"

    def slider(self, name: str):
        return self.page.locator("#sliders").get_by_label(name)

    def choose(self, mode: str) -> None:
        self.page.get_by_text(mode, exact=True).click()

    def picture(self) -> np.ndarray:
        """The snapshot, as (h, w, 4) of float."""
        return pixels_of(Path(self.save("Snapshot")).read_bytes())

    def save(self, button: str) -> Path:
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=button).click()
        return Path(download.value.path())

    def film(self, name: str, frames: int = 4) -> Path:
        """What was recorded while some frames were drawn."""
        self.page.get_by_label("Format").select_option(name)
        self.page.get_by_role("button", name="Record").click()
        self.wait_for_frames(frames)
        return self.save("Stop")

    def turn_camera_on(self) -> None:
        self.page.get_by_role("button", name="Turn the camera on").click()
        self.page.get_by_role("button", name="This is my neutral face").wait_for()


@pytest.fixture(scope="module")
def visit(camera_browser, live_page: LivePage) -> Iterator[Visit]:
    visit = Visit(camera_browser, live_page.url)
    visit.page.get_by_label("Fineness").select_option("1")
    yield visit
    assert visit.errors == []
    hosts = {urlsplit(url).hostname for url in visit.asked if urlsplit(url).scheme in ("http", "https", "ws", "wss")}
    assert hosts == {"127.0.0.1"}, "the page talks to its own host only"
    visit.context.close()


def pixels_of(png: bytes | str) -> np.ndarray:
    data = base64.b64decode(png.partition(",")[2]) if isinstance(png, str) else png
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"), float)


def changed(one: np.ndarray, other: np.ndarray) -> float:
    """Share of pixels that differ plainly."""
    return float((np.abs(one - other).max(-1) > 25).mean())


def probe(file: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(file)]
    answer = subprocess.run(command, check=True, capture_output=True, timeout=60)
    return json.loads(answer.stdout)["streams"][0]


@pytest.mark.parametrize(
    ("pose", "yaw", "pitch"), [("neutral", 0.0, 0.0), ("surprised", 35.0, 10.0), ("playful", -120.0, -20.0)]
)
def test_the_picture_is_pythons(visit: Visit, live_page: LivePage, pose: str, yaw: float, pitch: float):
    weights = pose_weights(pose)
    # A PNG with straight alpha, and so black where it is empty.
    drawn = pixels_of(visit.page.evaluate(DRAW, [weights.tolist(), yaw, pitch, 512])) / 255
    expected = render(live_page.avatar.posed(weights), orbit(yaw, pitch, size=512))
    premultiplied = np.concatenate([drawn[..., :3] * drawn[..., 3:], drawn[..., 3:]], -1)
    error = premultiplied - np.concatenate([expected.color, expected.alpha[..., None]], -1)
    psnr_db = float(-10 * np.log10((error**2).mean()))
    assert psnr_db >= 35


def test_moods_and_sliders_move_the_face_and_arrows_turn_it(visit: Visit):
    rest = visit.picture()
    assert rest[..., 3].min() == 255, "a background leaves nothing open"
    visit.wait_for_frames(1, visit.page.get_by_role("button", name="Surprised").click)
    surprised = visit.picture()
    assert changed(surprised, rest) > 0.01
    visit.page.get_by_role("button", name="Neutral").click()
    assert eventually(lambda: changed(visit.picture(), rest) == 0, PATIENCE_S)
    visit.wait_for_frames(1, lambda: visit.slider("Jaw open").press("End"))
    assert 0.002 < changed(visit.picture(), rest) < changed(surprised, rest) + 0.05
    visit.page.get_by_role("button", name="Neutral").click()
    for _ in range(4):
        visit.page.locator("#avatar").press("ArrowRight")
    assert eventually(lambda: changed(visit.picture(), rest) > 0.01, PATIENCE_S)
    visit.page.locator("#avatar").press("0")
    assert eventually(lambda: changed(visit.picture(), rest) == 0, PATIENCE_S)


@pytest.mark.parametrize(
    ("name", "codec"), [("WebM", ("vp9", "vp8")), ("MP4", ("h264", "vp9", "av1")), ("GIF", ("gif",))]
)
def test_what_was_recorded_can_be_played(visit: Visit, name: str, codec: tuple[str, ...]):
    if name not in visit.page.get_by_label("Format").inner_text():
        pytest.skip(f"this browser does not record {name}")
    stream = probe(visit.film(name))
    assert stream["codec_name"] in codec
    assert int(stream["nb_read_frames"]) >= 2
    assert stream["width"] >= 100 and stream["height"] >= 100


def test_without_a_background_pictures_and_films_are_see_through(visit: Visit):
    nothing = visit.page.get_by_label("Nothing (see-through)")
    visit.wait_for_frames(1, lambda: nothing.check(force=True))
    picture = visit.picture()
    assert picture[0, 0, 3] == 0
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    assert middle[3] >= 250
    gif = Image.open(visit.film("GIF"))
    assert gif.convert("RGBA").getpixel((0, 0))[3] == 0
    assert probe(visit.film("WebM")).get("tags", {}).get("alpha_mode") == "1"
    visit.page.get_by_label("Lavender").check(force=True)


def test_over_the_camera_every_pixel_is_avatar_and_camera_by_coverage(visit: Visit):
    visit.choose("Over camera")
    visit.turn_camera_on()
    assert "npm ci" in visit.page.locator("#camera-note").inner_text()
    visit.page.get_by_label("Smoothing").press("Home")
    visit.wait_for_frames(4)
    both = visit.picture()
    height, width = both.shape[:2]
    camera = pixels_of(visit.page.evaluate(CAMERA_PICTURE, [width, height]))[..., :3]
    visit.wait_for_frames(3, visit.page.get_by_label("Without the camera's picture").check)
    alone = visit.picture()
    visit.page.get_by_label("Without the camera's picture").uncheck()
    coverage = alone[..., 3:] / 255
    assert 0.1 < coverage.mean() < 0.7
    assert both[..., 3].min() == 255
    expected = coverage * alone[..., :3] + (1 - coverage) * camera
    # The person sits still, but the film flickers a little, and with it the pose.
    open_, covered, rim = (
        coverage[..., 0] == 0,
        coverage[..., 0] > 0.98,
        (coverage[..., 0] > 0.1) & (coverage[..., 0] < 0.9),
    )
    error = np.abs(both[..., :3] - expected).mean(-1)
    assert error[open_].mean() < 3 and error[covered].mean() < 6 and error[rim].mean() < 20
    wrong = np.abs(both[..., :3] - camera).mean(-1)
    assert wrong[covered].mean() > 10, "where the avatar is, the camera's picture is not"
    # The face in the clip is in the middle: there the avatar has to be.
    assert coverage[int(0.5 * height), width // 2] > 0.95 and coverage[5, 5] == 0


def test_as_a_puppet_the_avatar_takes_on_the_expression_in_the_camera(visit: Visit):
    visit.choose("Puppet")
    if visit.page.get_by_role("button", name="Turn the camera on").is_visible():
        visit.turn_camera_on()
    visit.wait_for_frames(3)
    smiling = visit.picture()
    visit.page.get_by_role("button", name="This is my neutral face").click()
    visit.wait_for_frames(4)
    assert changed(visit.picture(), smiling) > 0.002, "the face that was a smile now counts as resting"
    visit.page.get_by_role("button", name="Turn the camera off").click()
    visit.choose("Studio")


def test_the_page_reads_the_face_itself_where_mediapipe_is_installed(camera_browser, creation):
    if not (ROOT / "ui_assets/ar/node_modules/@mediapipe/tasks-vision").exists():
        pytest.skip("npm ci --prefix ui_assets/ar was not run")
    with Served(creation, ROOT / "ui_assets") as page:
        visit = Visit(camera_browser, page.url)
        visit.page.get_by_label("Fineness").select_option("1")
        visit.choose("Puppet")
        rest = visit.picture()
        visit.turn_camera_on()
        visit.wait_for_frames(4)
        assert changed(visit.picture(), rest) > 0.01
        assert not any(urlsplit(url).scheme == "ws" for url in visit.asked), "no picture goes to the app"
        assert all(urlsplit(url).hostname in ("127.0.0.1", None) for url in visit.asked)
        assert visit.errors == []
        visit.context.close()


def test_the_exported_page_opens_offline_and_has_the_sliders(camera_browser, creation, tmp_path: Path):
    save_standalone(creation.avatar, tmp_path / "me.html")
    visit = Visit(camera_browser, (tmp_path / "me.html").as_uri(), offline=True)
    rest = visit.picture()
    visit.wait_for_frames(1, lambda: visit.slider("Jaw open").press("End"))
    assert changed(visit.picture(), rest) > 0.002
    assert visit.page.locator("#sliders input").count() == len(SHAPES)
    assert not visit.page.get_by_text("Over camera").is_visible()
    assert {urlsplit(url).scheme for url in visit.asked} <= {"file", "blob", "data"}
    assert visit.errors == []
    visit.context.close()


def test_the_bench_times_every_step_and_leaves_a_page_that_works(camera_browser, creation, tmp_path: Path):
    save_standalone(creation.avatar, tmp_path / "me.html")
    visit = Visit(camera_browser, (tmp_path / "me.html").as_uri() + "?bench", offline=True)
    rows = visit.page.locator("#bench tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["512 × 512", "1024 × 1024"]
    assert all(float(cell) > 0 for row in rows for cell in row.split("\t")[1:4])
    visit.wait_for_frames(1, lambda: visit.slider("Jaw open").press("End"))
    assert visit.errors == []
    visit.context.close()
