"""Snapmoji's one door: the app, and every command. ``python launch.py --help`` lists them."""

import argparse
import os
import sys

# Two OpenMP runtimes (torch's and numba's) that spin while they wait would slow each other down.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# Our linear systems are small: threads of the BLAS would cost more than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from app.commands import COMMANDS, serve
from core.errors import UserFacingError
from core.render.cache import use_compile_cache


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit status: 2 for a problem the user can fix."""
    options = _parser().parse_args(arguments)
    try:
        options.compile_cache = use_compile_cache()
        return options.command(options) or 0
    except UserFacingError as error:
        print(f"snapmoji: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("launch.py", description="Snapmoji: a selfie becomes a 3D cartoon of Gaussians.")
    serve.add_options(parser)
    parser.set_defaults(command=serve.run)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        summary = (command.run.__doc__ or "").splitlines()[0]
        sub = subparsers.add_parser(name, help=summary, description=summary)
        sub.set_defaults(command=command.run)
        command.add_options(sub)
    return parser


if __name__ == "__main__":
    sys.exit(main())
