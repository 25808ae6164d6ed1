"""Importing the core, or asking for help, does not wait for large libraries."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = {"torch", "gradio", "viser", "mediapipe", "anny", "numba"}


def loaded_by(statement: str) -> set[str]:
    """Which of the heavy libraries a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*sorted(set(sys.modules) & {HEAVY!r}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "statement",
    ["import core, core.avatar.model, core.formats.export, core.expressions", "import launch; launch._parser()"],
)
def test_nothing_heavy_is_loaded(statement: str) -> None:
    assert loaded_by(statement) == set()


def test_something_heavy_would_be_noticed() -> None:
    assert loaded_by("import core.avatar.blend") == {"numba"}
