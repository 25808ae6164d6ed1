"""``launch.py listen``: a tracker moves an avatar in a viewer and on the live page."""

import argparse
import time
import webbrowser
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.files import writing
from app.commands.models import face_reader
from core.errors import InvalidRequest

if TYPE_CHECKING:
    from core.drive.signal import Signal

_RESTING_S = 0.5
_LONGEST_RECORDING = 200_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares where signals come from, and how they are understood."""
    parser.add_argument("avatar", type=Path)
    parser.add_argument("--from", dest="source", required=True, choices=["ifacialmocap", "vmc", "webcam"])
    parser.add_argument("--port", type=int, help="UDP (default: iFacialMocap 49983, VMC 39539)")
    parser.add_argument("--lan", action="store_true", help="hear the network, and serve it the web page over HTTPS")
    parser.add_argument("--phone", metavar="ADDRESS", help="iFacialMocap's phone: asked first, and nobody else heard")
    parser.add_argument("--camera", type=int, default=0, help="which webcam")
    parser.add_argument("--record", type=Path, metavar="F.(json|csv)", help="write what was heard when it ends")
    parser.add_argument("--seconds", type=float, help="end after so long; otherwise with Ctrl+C")
    parser.add_argument("--gain", type=float, default=1.0, help="of all shapes, 0 to 3")
    parser.add_argument("--smoothing", type=float, default=1.0, help="0 none, 1 as usual, 2 much")
    parser.add_argument("--rest", action="store_true", help="take the first half second as the face at rest")
    parser.add_argument("--mirror", action="store_true", help="left and right change places")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")


def run(options: argparse.Namespace) -> None:
    """Moves an avatar with a phone's tracker, a program for VTubers, or a webcam."""
    from app.listening import open_pages
    from core.drive.recordings import SUFFIXES, save_recording
    from core.formats.export import load_avatar

    if options.record is not None and options.record.suffix.lower() not in SUFFIXES:
        raise InvalidRequest(f"{options.record.name} must end in .json or .csv.")
    avatar = load_avatar(options.avatar)
    taken: list[Signal] = []
    with closing(_source(options)) as source, open_pages(avatar, options.lan) as pages:
        print(f"3D viewer: {pages.viewer_url}\nWeb page:  {pages.page_url}")
        print(f"{pages.network}Stop it with Ctrl+C.", flush=True)
        if not options.no_browser:
            webbrowser.open(pages.viewer_url)
        try:
            for signal in _understood(source, options):
                pages.viewer.set_weights(signal.weights)
                pages.feed.push(signal)
                if signal.posture is not None:
                    pages.viewer.set_turn(signal.posture.yaw_deg, signal.posture.pitch_deg, signal.posture.roll_deg)
                if options.record is not None and len(taken) < _LONGEST_RECORDING:
                    taken.append(signal)
        except KeyboardInterrupt:
            print()
    if options.record is None:
        return
    if not taken:
        raise InvalidRequest("Nothing was heard, so there is nothing to record.")
    with writing(options.record):
        options.record.parent.mkdir(parents=True, exist_ok=True)
        save_recording(taken, options.record)
    print(options.record)


def _understood(source: "Generator[Signal | None]", options: argparse.Namespace) -> "Generator[Signal]":
    """What the avatar is to do, until the time is over."""
    from dataclasses import replace

    from core.drive.calibration import Calibration, for_pictures
    from core.drive.smoothing import Smoother

    calibration = (for_pictures() if options.source == "webcam" else Calibration()).times(options.gain)
    calibration = replace(calibration, mirror=options.mirror)
    smoother = Smoother(options.smoothing)
    resting: list[Signal] | None = [] if options.rest else None
    heard, start = False, time.monotonic()
    for signal in source:
        if options.seconds is not None and time.monotonic() - start > options.seconds:
            return
        if signal is None:
            continue
        if not heard:
            heard = True
            print("Listening: the face is there.", flush=True)
        if resting is not None:
            if signal.time_s < _RESTING_S:
                resting.append(signal)
                continue
            calibration = calibration.with_neutral(resting or [signal])
            resting = None
        yield smoother.take(calibration.apply(signal))


def _source(options: argparse.Namespace) -> "Generator[Signal | None]":
    from core.drive import ifacialmocap, vmc
    from core.drive.udp import checked_address, open_port, signals_from

    if options.source == "webcam":
        return _webcam(options.camera)
    greet = None
    if options.phone is not None:
        if options.source != "ifacialmocap":
            raise InvalidRequest("--phone is for iFacialMocap; other programs send by themselves.")
        if not options.lan:
            raise InvalidRequest("A phone is on the network: add --lan, so that its packets are let in.")
        greet = (ifacialmocap.GREETING, (checked_address(options.phone), ifacialmocap.PORT))
    protocol = ifacialmocap if options.source == "ifacialmocap" else vmc
    receiver = ifacialmocap.IFacialMocap() if protocol is ifacialmocap else vmc.Vmc()
    port = protocol.PORT if options.port is None else options.port
    opened = open_port(port, options.lan)
    where = "the network" if options.lan else "this computer only; --lan lets the network in"
    print(f"Waiting for packets on UDP port {port}, from {where}.", flush=True)
    return signals_from(opened, receiver, greet)


def _webcam(number: int) -> "Generator[Signal | None]":
    from core.drive.video import webcam_frames

    reader = face_reader()
    start = time.monotonic()
    for frame in webcam_frames(number):
        yield reader.read(frame, time.monotonic() - start)
