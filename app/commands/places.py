"""Where the files are that commands use unless told otherwise."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent
CHECKPOINTS = _ROOT / "checkpoints"
"""Folder of the model files."""
EXAMPLES = _ROOT / "ui_assets" / "examples"
"""Folder of the example portraits."""
PROMPTS = _ROOT / "tests" / "data" / "prompts.json"
"""The prompts that ``evaluate prompts`` asks about."""
