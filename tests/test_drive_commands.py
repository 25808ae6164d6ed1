"""``drive`` and ``listen``, as a person would call them."""

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import launch
from core.drive.recordings import read_recording, save_recording
from core.drive.signal import Signal
from core.expressions import SHAPES, weights_vector
from core.formats.bundle import save_bundle
from tests.conftest import EXAMPLES, PERSON
from tests.core.drive.packets import APPLY, IFACIALMOCAP, blend, bundle

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def snapmoji(capfd: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: object) -> tuple[int, str]:
        capfd.readouterr()
        status = launch.main([str(argument) for argument in arguments])
        return status, capfd.readouterr().err

    return run


@pytest.fixture
def avatar(tmp_path: Path, tiny_avatar) -> Path:
    save_bundle(tiny_avatar, tmp_path / "a.snapmoji", {})
    return tmp_path / "a.snapmoji"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    weights = [weights_vector({"jawOpen": jaw}) for jaw in (0.0, 0.5, 1.0)]
    save_recording([Signal(number / 4, w) for number, w in enumerate(weights)], tmp_path / "r.csv")
    return tmp_path / "r.csv"


def test_a_recording_becomes_a_film_a_picture_and_another_recording(snapmoji, avatar, recording, tmp_path):
    assert snapmoji("drive", avatar, recording, "--out", tmp_path / "f.gif", "--size", 32, "--fps", 8)[0] == 0
    assert Image.open(tmp_path / "f.gif").n_frames == 5
    for name, at in (("rest", 0.0), ("open", 0.5)):
        assert snapmoji("drive", avatar, recording, "--out", tmp_path / f"{name}.png", "--size", 32, "--at", at)[0] == 0
    rest, opened = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in ("rest", "open"))
    assert rest.shape == (32, 32, 3) and (rest != opened).any()
    options = ("--smoothing", 0, "--gain", 0.5)
    assert snapmoji("drive", avatar, recording, "--out", tmp_path / "half.json", *options)[0] == 0
    jaw = [float(signal.weights[SHAPES.index("jawOpen")]) for signal in read_recording(tmp_path / "half.json")]
    assert jaw == pytest.approx([0, 0.25, 0.5])


def test_a_photo_drives(snapmoji, avatar, tmp_path):
    out = tmp_path / "p.png"
    options = ("--size", 32, "--background", "transparent")
    assert snapmoji("drive", avatar, EXAMPLES[PERSON], "--out", out, *options) == (0, "")
    assert Image.open(out).mode == "RGBA"
    # With itself as neutral, nothing is left of its expression.
    rested = ("--out", tmp_path / "n.json", "--neutral", EXAMPLES[PERSON])
    assert snapmoji("drive", avatar, EXAMPLES[PERSON], *rested)[0] == 0
    frames = json.loads((tmp_path / "n.json").read_text())["frames"]
    assert max(max(frame["weights"]) for frame in frames) < 0.5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--gain", 9), "gain"),
        (("--seconds", 0), "--seconds"),
        (("--size", 4), "size"),
        (("--fps", 0), "frames a second"),
        (("--out", "f.bmp"), "format"),
        (("--neutral", "absent.jpg"), "absent.jpg"),
        (("--background", "nocolour"), "colour"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(snapmoji, avatar, recording, tmp_path, change, words):
    status, errors = snapmoji("drive", avatar, recording, "--out", tmp_path / "f.gif", *change)
    assert status == 2 and words in errors.splitlines()[-1]


def test_an_absent_driver_is_said(snapmoji, avatar, tmp_path):
    status, errors = snapmoji("drive", avatar, tmp_path / "absent.mp4", "--out", tmp_path / "f.gif")
    assert status == 2 and "absent.mp4" in errors


@pytest.mark.parametrize(
    ("source", "packet", "jaw"),
    [("vmc", bundle(blend("JawOpen", 0.25), APPLY), 0.25), ("ifacialmocap", IFACIALMOCAP, 0.48)],
)
def test_what_is_heard_is_recorded(snapmoji, avatar, tmp_path, source, packet, jaw):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    over = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not over.is_set():
                sender.sendto(packet, ("127.0.0.1", port))
                time.sleep(0.02)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        options = ("--port", port, "--no-browser", "--seconds", 1.0, "--record", tmp_path / "heard.json")
        status, _ = snapmoji("listen", avatar, "--from", source, *options)
    finally:
        over.set()
        thread.join()
    assert status == 0
    heard = read_recording(tmp_path / "heard.json")
    assert len(heard) > 3 and heard[-1].weights[SHAPES.index("jawOpen")] == pytest.approx(jaw, abs=0.01)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "vmc", "--record", "heard.txt"), ".json or .csv"),
        (("--from", "ifacialmocap", "--phone", "192.168.1.20"), "--lan"),
        (("--from", "ifacialmocap", "--phone", "phone", "--lan"), "address"),
        (("--from", "vmc", "--phone", "192.168.1.20", "--lan"), "iFacialMocap"),
        (("--from", "vmc", "--port", "99999"), "99999"),
    ],
)
def test_what_cannot_be_listened_to_is_said_in_one_line(snapmoji, avatar, options, words):
    status, errors = snapmoji("listen", avatar, "--no-browser", "--seconds", 1.0, *options)
    assert status == 2 and words in errors.splitlines()[-1]


def test_the_booth_and_https_do_not_go_together(snapmoji):
    status, errors = snapmoji("--lan", "--booth", "--no-browser")
    assert status == 2 and "either" in errors
