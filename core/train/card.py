"""Model cards: what a trained network is, what it learnt from, and how well it does."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torch import nn


def write_card(
    path: Path,
    network: nn.Module,
    training: Any,
    told: Mapping[str, Any],
    scores: Mapping[str, float],
    *,
    seed: int,
    minutes: float,
) -> None:
    """Writes a card as JSON.

    Args:
        path: of the card; the network's name is its stem.
        network: trained.
        training: the dataclass it was trained by.
        told: what only its maker knows: data, licence, limits.
        scores: on what was held out.
        seed: of the run.
        minutes: that the run took.
    """
    card = {
        "name": path.stem,
        "parameters": sum(p.numel() for p in network.parameters()),
        "made": datetime.now(UTC).date().isoformat(),
        "training": asdict(training) | {"seed": seed, "minutes": round(minutes, 1), "machine": platform.machine()},
        **told,
        "held_out": {name: round(value, 4) for name, value in scores.items()},
    }
    path.write_text(json.dumps(card, indent=2) + "\n")
