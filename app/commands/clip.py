"""``launch.py clip``: an avatar that acts."""

import argparse
from pathlib import Path

from app.commands.files import write
from app.commands.progress import progress_bar
from app.commands.values import background


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the files, the kind and how it is drawn."""
    parser.add_argument("avatar", type=Path)
    parser.add_argument("--kind", choices=["reel", "talk"], required=True, help="faces in turn, or talking to --audio")
    parser.add_argument("--out", type=Path, required=True, metavar="F.(gif|webp|mp4|webm)")
    parser.add_argument("--audio", type=Path, metavar="F", help="a recording: WAV, or with ffmpeg any other")
    parser.add_argument("--seconds", type=float, help="of the reel; a talk is as long as its recording")
    parser.add_argument("--fps", type=int, default=24, help="frames a second")
    parser.add_argument("--size", type=int, default=512, help="pixels")
    parser.add_argument("--background", default="white", help="transparent (not MP4) or a colour")


def run(options: argparse.Namespace) -> None:
    """Draws an avatar going through its faces or talking to a recording, as GIF, WebP, MP4 or WebM."""
    from core.errors import InvalidRequest
    from core.formats.export import load_avatar
    from core.media.film import Film
    from core.media.reel import REEL_SECONDS, save_reel
    from core.media.sound import load_sound
    from core.media.talk import save_talk

    plain = background(options.background)
    if options.kind == "reel":
        if options.audio is not None:
            raise InvalidRequest("A reel is silent; give --audio with --kind talk.")
        seconds = REEL_SECONDS if options.seconds is None else options.seconds
        film = Film(seconds, options.fps, options.size, plain)
        avatar = load_avatar(options.avatar)
        write(options.out, lambda path: save_reel(avatar, film, path, progress_bar()))
        return
    if options.audio is None:
        raise InvalidRequest("Give the recording to talk to with --audio.")
    if options.seconds is not None:
        raise InvalidRequest("A talk is as long as its recording; leave out --seconds.")
    recording = options.audio
    film = Film(load_sound(recording).seconds, options.fps, options.size, plain)
    avatar = load_avatar(options.avatar)
    write(options.out, lambda path: save_talk(avatar, recording, film, path, progress_bar()))
