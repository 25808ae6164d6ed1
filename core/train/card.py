"""Model cards: what a trained network is, what it learnt from, and how well it does."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.train.loop import Trained


def write_card(
    path: Path,
    trained: Trained,
    training: Any,
    told: Mapping[str, Any],
    scores: Mapping[str, float],
    *,
    seed: int,
) -> None:
    """Writes a card as JSON.

    Args:
        path: of the card; the network's name is its stem.
        trained: what :func:`core.train.loop.train` made.
        training: the dataclass it was trained by.
        told: what only its maker knows: data, licence, limits.
        scores: on what was held out.
        seed: of the run.
    """
    run = {
        "seed": seed,
        "steps": trained.steps,
        "minutes": round(trained.minutes, 1),
        "machine": platform.machine(),
    }
    card = {
        "name": path.stem,
        "parameters": sum(p.numel() for p in trained.network.parameters()),
        "made": datetime.now(UTC).date().isoformat(),
        "training": asdict(training) | run,
        **told,
        "held_out": {name: round(value, 4) for name, value in scores.items()},
    }
    path.write_text(json.dumps(card, indent=2) + "\n")
