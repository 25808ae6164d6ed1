"""Reels come round, mouths follow the sound, films open elsewhere, and the gallery needs nobody."""

import base64
import io
import re
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import Cancelled, InvalidRequest
from core.expressions import SHAPES
from core.formats.bundle import save_bundle
from core.formats.export import load_avatar
from core.media import sound as sound_module
from core.media.film import Film
from core.media.gallery import avatar_files, gallery_page, gallery_state, save_gallery, shown_name
from core.media.reel import reel_state, save_reel
from core.media.sound import Sound, load_sound
from core.media.talk import loudness, mouth_weights, save_talk, talk_shots

RATE = 16_000
JAW, PUCKER, STRETCH = (SHAPES.index(name) for name in ("jawOpen", "lipsPucker", "mouthStretchLeft"))
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffmpeg is not installed")


def tone(hz: float, seconds: float, volume: float = 0.5) -> np.ndarray:
    return (volume * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def write_wav(path: Path, samples: np.ndarray, width: int = 2, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(RATE)
        whole = np.repeat((samples * (2 ** (8 * width - 1) - 1)).astype("<i4"), channels)
        if width == 1:
            file.writeframes((whole + 128).astype(np.uint8).tobytes())
        else:
            file.writeframes(whole.view(np.uint8).reshape(-1, 4)[:, :width].tobytes())
    return path


def probed(path: Path) -> dict[str, str]:
    entries = "stream=codec_name,width,pix_fmt,nb_read_frames:stream_tags=alpha_mode:format=duration"
    probe = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", entries, "-of", "default=nw=1", str(path)]
    return dict(line.split("=") for line in subprocess.check_output(probe, text=True).split())


def test_a_reel_comes_round_without_a_jolt():
    shares = np.linspace(0, 1, 400, endpoint=False)
    states = [reel_state(float(share))[0] for share in shares]
    assert all(weights.min() >= 0 and weights.max() <= 1 for weights in states)
    steps = [np.abs(a - b).max() for a, b in zip(states, states[1:] + states[:1], strict=True)]
    assert max(steps) < 0.15
    assert len({tuple(weights.round(3)) for weights in states[::57]}) >= 6, "many faces"


@pytest.mark.parametrize(("width", "channels"), [(1, 1), (2, 2), (3, 1), (4, 1)])
def test_wavs_of_every_width_sound_alike(tmp_path: Path, width: int, channels: int):
    samples = tone(440, 0.2)
    read = load_sound(write_wav(tmp_path / "a.wav", samples, width, channels))
    assert read.rate == RATE and read.seconds == pytest.approx(0.2)
    np.testing.assert_allclose(read.samples, samples, atol=0.02)


def test_the_jaw_opens_with_the_sound_and_shuts_with_silence():
    quiet = np.zeros(RATE, np.float32)
    sound = Sound(np.concatenate([quiet, tone(800, 1.0), quiet]), RATE)
    weights = mouth_weights(sound, 24, 72)
    assert weights[:20, JAW].max() < 0.02 and weights[60:, JAW].max() < 0.05
    assert weights[30:46, JAW].min() > 0.4
    assert loudness(sound, 24, 72)[36] == pytest.approx(1, abs=0.05)
    assert not mouth_weights(Sound(np.zeros(RATE, np.float32), RATE), 24, 24)[:, JAW].any()


def test_low_sounds_are_round_and_high_ones_wide():
    low, high, hiss = (mouth_weights(Sound(tone(hz, 1.0), RATE), 24, 24)[12] for hz in (250, 2500, 6000))
    assert low[PUCKER] > 0.5 > high[PUCKER] + 0.3 and high[STRETCH] > 0.4 > low[STRETCH] + 0.2
    assert hiss[JAW] < 0.15 < low[JAW]


def test_talkers_blink_and_move_but_the_same_each_time():
    film = Film(6.0, 12, 64)
    sound = Sound(tone(500, 6.0), RATE)
    shots, again = talk_shots(sound, film, 3), talk_shots(sound, film, 3)
    lids = np.array([weights[SHAPES.index("eyeBlinkLeft")] for weights, _ in shots])
    assert 1 <= ((lids[1:] > 0.4) & (lids[:-1] <= 0.4)).sum() <= 4
    assert np.std([posture.yaw_deg for _, posture in shots]) > 0.5
    assert all((a[0] == b[0]).all() and a[1] == b[1] for a, b in zip(shots, again, strict=True))


@needs_ffmpeg
@pytest.mark.parametrize(("suffix", "clear"), [(".webm", True), (".webm", False), (".mp4", False)])
def test_films_open_in_ffprobe_with_their_sound(tmp_path: Path, tiny_avatar, suffix: str, clear: bool):
    recording = write_wav(tmp_path / "voice.wav", tone(500, 1.0))
    path = tmp_path / f"talk{suffix}"
    film = Film(1.0, 12, 64, None if clear else (255, 255, 255))
    save_talk(tiny_avatar, recording, film, path)
    run = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", str(path)]
    assert sorted(subprocess.check_output(run, text=True).split()) == ["audio", "video"]
    told = probed(path)
    assert float(told["duration"]) == pytest.approx(1.0, abs=0.12)
    assert (told.get("TAG:alpha_mode") == "1") == clear
    if clear:
        raw = [
            "ffmpeg",
            "-v",
            "error",
            "-c:v",
            "libvpx-vp9",
            "-i",
            str(path),
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgba",
            "-",
        ]
        frames = np.frombuffer(subprocess.check_output(raw), np.uint8).reshape(-1, 64, 64, 4)
        assert len(frames) == 12 and frames[:, 0, 0, 3].max() < 10 and frames[..., 3].max((1, 2)).min() > 200


@needs_ffmpeg
def test_other_sounds_go_through_ffmpeg(tmp_path: Path):
    plain = write_wav(tmp_path / "a.wav", tone(500, 0.5))
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(plain), str(tmp_path / "a.flac")], check=True)
    assert load_sound(tmp_path / "a.flac").seconds == pytest.approx(0.5, abs=0.01)
    (tmp_path / "b.ogg").write_bytes(b"no sound at all")
    with pytest.raises(InvalidRequest, match="no sound that ffmpeg can read"):
        load_sound(tmp_path / "b.ogg")


def test_what_cannot_be_heard_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InvalidRequest, match="no sound file at"):
        load_sound(tmp_path / "none.wav")
    with pytest.raises(InvalidRequest, match="holds no sound"):
        load_sound(write_wav(tmp_path / "e.wav", np.zeros(0, np.float32)))
    with pytest.raises(InvalidRequest, match="at most 60 s"):
        load_sound(write_wav(tmp_path / "long.wav", np.zeros(61 * RATE, np.float32)))
    (tmp_path / "a.mp3").write_bytes(b"ID3")
    monkeypatch.setattr(sound_module.shutil, "which", lambda name: None)
    with pytest.raises(InvalidRequest, match="needs the program ffmpeg"):
        load_sound(tmp_path / "a.mp3")


def test_a_reel_is_transparent_where_the_format_is(tmp_path: Path, tiny_avatar):
    save_reel(tiny_avatar, Film(1.0, 8, 64, None), tmp_path / "r.webp")
    with Image.open(tmp_path / "r.webp") as image:
        assert (image.n_frames, image.size) == (8, (64, 64))
        assert np.asarray(image.convert("RGBA"))[0, 0, 3] == 0
    with pytest.raises(InvalidRequest, match="cannot be transparent"):
        save_reel(tiny_avatar, Film(1.0, 8, 64, None), tmp_path / "r.mp4")
    with pytest.raises(InvalidRequest, match="at most 60 seconds"):
        Film(61.0)


def test_the_turn_is_whole_and_slow_in_front():
    yaws = np.array([gallery_state(k / 100)[0] for k in range(100)] + [360.0])
    steps = np.diff(yaws)
    assert yaws[0] == 0 and (steps > 0).all() and steps[0] < steps[50] / 3
    faces = {int(gallery_state(k / 100)[1].argmax()) for k in range(100) if gallery_state(k / 100)[1].max() > 0.3}
    assert len(faces) >= 3
    jolts = [np.abs(gallery_state(k / 100)[1] - gallery_state((k + 1) % 100 / 100)[1]).max() for k in range(100)]
    assert max(jolts) < 0.15


def test_the_page_holds_all_and_asks_for_nothing(tmp_path: Path, tiny_avatar):
    (tmp_path / "someone").mkdir()
    save_bundle(tiny_avatar, tmp_path / "someone" / "avatar.snapmoji", {})
    save_bundle(tiny_avatar, tmp_path / "a<b>&c.snapmoji", {})
    files = avatar_files(tmp_path)
    assert [shown_name(file) for file in files] == ["a<b>&c", "someone"]
    shares: list[float] = []
    save_gallery(files, load_avatar, tmp_path / "g.html", "All & sundry", shares.append)
    page = (tmp_path / "g.html").read_text()
    assert shares == sorted(shares) and shares[-1] == 1
    assert (
        "a&lt;b&gt;&amp;c" in page
        and "<b>" not in page.replace("<body>", "")
        and "All &amp; sundry" in page
        and "2 avatars" in page
    )
    rest = re.sub(r'data:image/webp;base64,[^"]+', "", page)
    assert not re.search(r"(https?:)?//[a-z]", rest) and "url(" not in page and "@import" not in page
    assert "default-src 'none'" in page and "prefers-reduced-motion" in page and "prefers-color-scheme: dark" in page
    moving = [base64.b64decode(data) for data in re.findall(r'data-moving="data:image/webp;base64,([^"]+)"', page)]
    assert len(moving) == 2
    with Image.open(io.BytesIO(moving[0])) as image:
        assert (image.size, image.n_frames, image.info["loop"]) == ((256, 256), 48, 0)
        assert np.asarray(image.convert("RGBA"))[0, 0, 3] == 0


def test_a_stopped_gallery_leaves_no_page(tmp_path: Path, tiny_avatar):
    save_bundle(tiny_avatar, tmp_path / "a.snapmoji", {})

    def stop(share: float) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        save_gallery(avatar_files(tmp_path), load_avatar, tmp_path / "g.html", progress=stop)
    assert not (tmp_path / "g.html").exists()
    assert "0 avatars" in gallery_page([], "none")
    with pytest.raises(InvalidRequest, match="no avatars"):
        (tmp_path / "empty").mkdir()
        avatar_files(tmp_path / "empty")
