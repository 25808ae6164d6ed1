"""``launch.py`` without a command: the app."""

import argparse
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares where the page is served, and whether it is opened."""
    parser.add_argument("--host", help="address to serve the app at (default: this computer only; booth: the network)")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument(
        "--lan", action="store_true", help="serve the network over HTTPS, so that phones may use cameras"
    )
    parser.add_argument("--booth", action="store_true", help="for passers-by, who take avatars home by phone")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds until an untouched booth starts over")
    parser.add_argument(
        "--consent", type=Path, metavar="FILE", help="ask everybody first: plain text, whose first line is the heading"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")


def run(options: argparse.Namespace) -> None:
    """Serves the page and opens it."""
    from app.consent import read_consent
    from app.server import serve
    from app.settings import AppSettings
    from core.errors import InvalidRequest
    from core.render.cache import compiled_before

    if options.lan and options.booth:
        raise InvalidRequest("Give either --lan or --booth: the booth hands avatars to phones without HTTPS.")
    compiles = not compiled_before(options.compile_cache)
    settings = AppSettings(
        host=options.host or ("0.0.0.0" if options.booth or options.lan else "127.0.0.1"),
        port=options.port,
        open_browser=not options.no_browser,
        compiles=compiles,
        https=options.lan,
        booth=options.booth,
        booth_idle_s=options.idle,
        consent=read_consent(options.consent) if options.consent is not None else None,
    )
    serve(settings)
