"""``launch.py drive``: an avatar does what a face does in a photo, a film or a recording."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.files import pictures_in, read, write
from app.commands.models import face_reader, native_log_silenced
from app.commands.progress import progress_bar
from app.commands.values import background, share
from core.errors import InvalidRequest, UserFacingError

if TYPE_CHECKING:
    from core.drive.faces import FaceReader
    from core.drive.signal import Signal

_LONGEST_S = 600.0
_RESTING_S = 0.5


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the files, how the face is understood, and how the avatar is shown."""
    parser.add_argument("avatar", type=Path)
    parser.add_argument("driver", type=Path, help="a photo, a folder of photos, a film, or a recording (JSON, CSV)")
    parser.add_argument("--out", type=Path, required=True, metavar="F.(png|gif|webp|mp4|json|csv)")
    parser.add_argument("--neutral", metavar="PHOTO|first", help="the face at rest; 'first': as the driver begins")
    parser.add_argument("--face", type=int, help="which of several in a photo, from 0 from the left")
    parser.add_argument("--gain", type=float, default=1.0, help="of all shapes, 0 to 3")
    parser.add_argument("--smoothing", type=float, default=1.0, help="0 none, 1 as usual, 2 much")
    parser.add_argument("--turn", type=share, default=1.0, help="how far the avatar turns with the head, 0 to 1")
    parser.add_argument("--mirror", action="store_true", help="left and right change places")
    parser.add_argument("--at", type=float, default=0.0, metavar="SECONDS", help="for a PNG: which moment")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the driver at most")
    parser.add_argument("--fps", type=int, default=24, help="frames a second of the film")
    parser.add_argument("--size", type=int, default=512, help="pixels")
    parser.add_argument("--background", default="white", help="transparent or a colour")


def run(options: argparse.Namespace) -> None:
    """Transfers the expressions of a photo, a film or a recording to an avatar."""
    from core.drive.film import Stage, draw_signal, film
    from core.drive.recordings import SUFFIXES, save_recording
    from core.formats.export import load_avatar
    from core.media.animation import save_animation

    suffix = options.out.suffix.lower()
    stage = Stage(options.size, background(options.background), options.turn)
    avatar = load_avatar(options.avatar)
    signals = _signals(options)
    if suffix in SUFFIXES:
        write(options.out, lambda path: save_recording(signals, path))
    elif suffix == ".png":
        from PIL import Image

        moment = min(signals, key=lambda signal: abs(signal.time_s - options.at))
        write(options.out, Image.fromarray(draw_signal(avatar, moment, stage)).save)
    else:
        animation = film(avatar, signals, stage, options.fps)
        write(options.out, lambda path: save_animation(animation, path, progress_bar()))


def _signals(options: argparse.Namespace) -> "list[Signal]":
    """What the driver says, understood and smoothed."""
    from core.drive.calibration import Calibration, for_pictures
    from core.drive.photos import one_after_another
    from core.drive.smoothing import Smoother

    if not 0 < options.seconds <= _LONGEST_S:
        raise InvalidRequest(f"--seconds must lie between 0 and {_LONGEST_S:g}, not {options.seconds:g}.")
    kind = _kind(options.driver)
    photo_at_rest = options.neutral not in (None, "first")
    reader = face_reader() if kind != "recording" or photo_at_rest else None
    raw = _read(options, kind, reader)
    calibration = (Calibration() if kind == "recording" else for_pictures()).times(options.gain)
    if photo_at_rest and reader is not None:
        calibration = calibration.with_neutral([_photo(reader, Path(options.neutral), None)])
    elif options.neutral == "first":
        calibration = calibration.with_neutral([signal for signal in raw if signal.time_s <= _RESTING_S])
    calibration = replace(calibration, mirror=options.mirror)
    understood = [calibration.apply(signal) for signal in raw]
    if kind == "photos":
        # Photos stand still, so there is nothing to smooth; a film leads evenly from one to the next.
        return understood if options.out.suffix.lower() == ".png" else one_after_another(understood)
    smoother = Smoother(options.smoothing)
    return [smoother.take(signal) for signal in understood]


def _kind(driver: Path) -> str:
    from core.drive.recordings import SUFFIXES as RECORDINGS
    from core.drive.video import SUFFIXES as FILMS

    if not driver.exists():
        raise InvalidRequest(f"There is no photo, film or recording at {driver}.")
    suffix = driver.suffix.lower()
    return "recording" if suffix in RECORDINGS else "film" if suffix in FILMS else "photos"


def _read(options: argparse.Namespace, kind: str, reader: "FaceReader | None") -> "list[Signal]":
    """The driver's signals as they are; those of several photos are all at time 0."""
    from core.drive.recordings import read_recording
    from core.drive.video import video_signals

    if reader is None or kind == "recording":
        return [signal for signal in read_recording(options.driver) if signal.time_s <= options.seconds]
    if kind == "film":
        with native_log_silenced():
            return list(video_signals(reader, options.driver, options.seconds))
    photos = pictures_in(options.driver) if options.driver.is_dir() else [options.driver]
    return [_photo(reader, photo, options.face) for photo in photos]


def _photo(reader: "FaceReader", photo: Path, face: int | None) -> "Signal":
    from core.drive.photos import photo_signal

    try:
        return photo_signal(reader, read(photo), face)
    except UserFacingError as error:
        raise type(error)(f"{photo.name}: {error}") from error
