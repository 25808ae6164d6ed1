"""Animations open elsewhere, with the frames, the times and the colours they were given."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import Cancelled, InvalidRequest
from core.media import video
from core.media.animation import Animation, save_animation

SIZE, COUNT = 64, 6
WHITE, BLUE = (255, 255, 255), (30, 80, 200)
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffmpeg is not installed")


def disc(number: int, background: tuple[int, int, int] | None) -> np.ndarray:
    """A disc of smooth colours, lower in every frame, with a soft edge and a small white dot."""
    rows, columns = np.mgrid[:SIZE, :SIZE] + 0.5
    away = np.hypot(rows - 22 - 4 * number, columns - 32)
    alpha = np.clip(18.5 - away, 0, 1)[..., None]
    color = np.stack([150 + rows, 90 + columns, np.full_like(rows, 60)], -1)
    color = np.where((away < 2)[..., None], 255, color)
    if background is None:
        return np.concatenate([color, 255 * alpha], -1).round().astype(np.uint8)
    return (alpha * color + (1 - alpha) * np.array(background)).round().astype(np.uint8)


def moving(background: tuple[int, int, int] | None = WHITE, fps: int = 24, count: int = COUNT) -> Animation:
    return Animation(lambda number: disc(number, background), count, fps, SIZE, background)


def read(path: Path) -> tuple[list[np.ndarray], list[int]]:
    """All frames as RGBA, and how many milliseconds each is shown."""
    frames, times = [], []
    with Image.open(path) as image:
        assert image.size == (SIZE, SIZE)
        assert image.info["loop"] == 0
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.array(image.convert("RGBA")))
            times.append(int(image.info["duration"]))
    return frames, times


@pytest.mark.parametrize("background", [WHITE, BLUE, None])
@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_pillow_reads_back_every_frame(tmp_path: Path, suffix: str, background: tuple[int, int, int] | None):
    save_animation(moving(background), tmp_path / f"a{suffix}")
    frames, _ = read(tmp_path / f"a{suffix}")
    assert len(frames) == COUNT
    for number, frame in enumerate(frames):
        wanted = disc(number, background)
        solid = slice(None) if background else wanted[..., 3] == 255
        error = np.abs(frame[solid][..., :3].astype(int) - wanted[solid][..., :3])
        assert error.mean() < 5
        assert np.quantile(error, 0.95) < 25
        # The dot is a thousandth of the picture and still white.
        assert frame[22 + 4 * number, 32, :3].min() > 225


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_nothing_is_transparent_before_a_colour_and_all_around_is_without(tmp_path: Path, suffix: str):
    save_animation(moving(BLUE), tmp_path / f"a{suffix}")
    assert all((frame[..., 3] == 255).all() for frame in read(tmp_path / f"a{suffix}")[0])
    save_animation(moving(None), tmp_path / f"b{suffix}")
    for number, frame in enumerate(read(tmp_path / f"b{suffix}")[0]):
        wanted = disc(number, None)[..., 3]
        if suffix == ".gif":
            # Each frame replaces the one before: no trail of the disc stays behind.
            np.testing.assert_array_equal(frame[..., 3] == 255, wanted >= 128)
            assert set(np.unique(frame[..., 3])) == {0, 255}
        else:
            np.testing.assert_allclose(frame[..., 3].astype(int), wanted, atol=8)


@pytest.mark.parametrize("background", [WHITE, BLUE])
def test_the_background_of_a_gif_is_exact(tmp_path: Path, background: tuple[int, int, int]):
    save_animation(moving(background), tmp_path / "a.gif")
    for frame in read(tmp_path / "a.gif")[0]:
        assert (frame[:3, :3, :3] == background).all()


@pytest.mark.parametrize(("suffix", "step_ms"), [(".gif", 10), (".webp", 1)])
@pytest.mark.parametrize("fps", [7, 24, 50])
def test_frames_together_take_their_time(tmp_path: Path, suffix: str, step_ms: int, fps: int):
    """24 frames a second do not fit a GIF's clock, and 40 ms for each would be 4 % too fast."""
    save_animation(moving(fps=fps), tmp_path / f"a{suffix}")
    _, times = read(tmp_path / f"a{suffix}")
    assert abs(sum(times) - 1000 * COUNT / fps) <= step_ms / 2
    assert max(times) - min(times) <= step_ms


def test_a_frame_without_anything_to_see_is_no_problem(tmp_path: Path):
    empty = np.zeros((SIZE, SIZE, 4), np.uint8)
    blink = Animation(lambda number: disc(0, None) if number == 1 else empty, 3, 10, SIZE, None)
    save_animation(blink, tmp_path / "a.gif")
    assert [(frame[..., 3] > 0).any() for frame in read(tmp_path / "a.gif")[0]] == [False, True, False]
    save_animation(Animation(lambda number: empty, 3, 10, SIZE, None), tmp_path / "b.gif")
    assert sum(read(tmp_path / "b.gif")[1]) == 300


@needs_ffmpeg
@pytest.mark.parametrize("background", [WHITE, BLUE])
def test_an_mp4_has_its_frames_size_and_colours(tmp_path: Path, background: tuple[int, int, int]):
    path = tmp_path / "a.mp4"
    save_animation(moving(background), path)
    entries = "stream=width,height,nb_read_frames,avg_frame_rate,pix_fmt,color_space:format=duration"
    probe = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", entries, "-of", "default=nw=1", str(path)]
    told = dict(line.split("=") for line in subprocess.check_output(probe, text=True).split())
    assert float(told["duration"]) == pytest.approx(COUNT / 24, abs=0.002)
    assert (told["width"], told["height"], told["nb_read_frames"]) == ("64", "64", str(COUNT))
    assert (told["avg_frame_rate"], told["pix_fmt"], told["color_space"]) == ("24/1", "yuv420p", "bt709")
    raw = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    frames = np.frombuffer(subprocess.check_output(raw), np.uint8).reshape(COUNT, SIZE, SIZE, 3)
    for number, frame in enumerate(frames):
        assert np.abs(frame.astype(int) - disc(number, background)).mean() < 5
        np.testing.assert_allclose(frame[1, 1].astype(int), background, atol=6)


@pytest.mark.parametrize("suffix", [".gif", ".webp", pytest.param(".mp4", marks=needs_ffmpeg)])
def test_progress_is_told_and_a_stop_leaves_the_old_file(tmp_path: Path, suffix: str):
    path, shares = tmp_path / f"a{suffix}", []
    save_animation(moving(), path, shares.append)
    assert shares == [(number + 1) / COUNT for number in range(COUNT)]
    before = path.read_bytes()

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        save_animation(moving(), path, stop)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@needs_ffmpeg
def test_what_ffmpeg_complains_of_is_passed_on(tmp_path: Path):
    with pytest.raises(OSError, match=r"ffmpeg failed: .*No such file"):
        save_animation(moving(count=200), tmp_path / "nowhere" / "a.mp4")


def test_what_cannot_be_written_is_refused_before_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(name: str, background: tuple[int, int, int] | None = WHITE, count=COUNT, fps=24, size=SIZE) -> str:
        def draw(number: int) -> np.ndarray:
            raise AssertionError("drawn in vain")

        with pytest.raises(InvalidRequest) as caught:
            save_animation(Animation(draw, count, fps, size, background), tmp_path / name)
        return str(caught.value)

    assert refused("a.avi") == "There is no animation format .avi; choose .gif, .webp, .mp4 or .webm."
    assert "format without a suffix" in refused("a")
    assert "cannot be transparent" in refused("a.mp4", background=None)
    assert "even number" in refused("a.mp4", size=65)
    assert "at most 50 frames a second" in refused("a.gif", fps=60)
    assert "too much for a WebP" in refused("a.webp", count=500, size=1024)
    monkeypatch.setattr(video.shutil, "which", lambda name: None)
    assert "ffmpeg, which is not installed" in refused("a.mp4")
    assert list(tmp_path.iterdir()) == []
