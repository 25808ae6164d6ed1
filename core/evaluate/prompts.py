"""Whether prompts are understood: a list of them with what a sensible reading must hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from core.oklab import hex_to_oklab, to_oklab
from core.stylize.meaning import Meaning
from core.stylize.prompts import Understanding, describe, understand
from core.stylize.vocabulary import COLOURS

# OKLab distance at which a colour still has the name: dark green is green, turquoise is not blue.
_SAME_COLOUR = 0.17
# A style of less weight than this may be there unasked.
_ASIDE = 0.26


def evaluate_prompts(
    rows: Sequence[Mapping[str, Any]], meaning: Callable[[], Meaning | None] = lambda: None
) -> dict[str, Any]:
    """How many prompts are read sensibly.

    Args:
        rows: each with ``prompt`` and ``wants``, a list of which all must hold. One is a part of a style's name, or
            ``group:colour``; ``|`` stands between alternatives. A style that no want names must not weigh much.
        meaning: see :func:`core.stylize.prompts.understand`.

    Returns:
        ``prompts``, ``sensible``, ``by_meaning`` (whether meanings could be compared), and ``rows`` with ``prompt``,
        ``understood`` and ``sensible``.
    """
    read = [(row, understand(row["prompt"], meaning)) for row in rows]
    judged = [(row, understanding, is_sensible(understanding, row["wants"])) for row, understanding in read]
    return {
        "prompts": len(judged),
        "sensible": sum(sensible for *_, sensible in judged),
        "by_meaning": meaning() is not None,
        "rows": [
            {"prompt": row["prompt"], "understood": describe(understanding), "sensible": sensible}
            for row, understanding, sensible in judged
        ],
    }


def is_sensible(understanding: Understanding, wants: Sequence[str]) -> bool:
    """Whether all wants are met and no style weighs much that none of them names."""
    names = [alternative for want in wants for alternative in want.split("|")]
    stray = [
        name
        for name, weight in understanding.recipes
        if weight > _ASIDE and not any(part in name for part in names if ":" not in part)
    ]
    return not stray and all(any(_holds(understanding, part) for part in want.split("|")) for want in wants)


def _holds(understanding: Understanding, want: str) -> bool:
    group, _, colour = want.rpartition(":")
    if not group:
        return any(want in name for name, _ in understanding.recipes)
    if group not in understanding.colours:
        return False
    away = to_oklab(np.array(understanding.colours[group], np.float32)) - hex_to_oklab(COLOURS[colour])
    return float(np.linalg.norm(away)) < _SAME_COLOUR
