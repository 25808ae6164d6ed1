"""``launch.py`` without a command: the app."""

import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares where the page is served, and whether it is opened."""
    parser.add_argument("--host", default="127.0.0.1", help="address to serve the app at (default: this computer only)")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")


def run(options: argparse.Namespace) -> None:
    """Serves the page and opens it."""
    from app.server import serve
    from app.settings import AppSettings
    from core.render.cache import compiled_before

    compiles = not compiled_before(options.compile_cache)
    serve(AppSettings(host=options.host, port=options.port, open_browser=not options.no_browser, compiles=compiles))
