"""Expression transfer (Fig. 7(b) of the paper): what a portrait shows is read back from the avatar that it drives."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from core.avatar.model import Avatar
from core.drive.calibration import for_pictures
from core.drive.faces import FaceReader
from core.drive.film import Stage, draw_signal
from core.drive.photos import photo_signal
from core.drive.signal import Signal
from core.errors import UserFacingError
from core.evaluate.expressions import evaluate_expressions
from core.expressions import READABLE_SHAPES, SHAPES, from_arkit
from core.pipeline import Settings, Studio

logger = logging.getLogger(__name__)

_STAGE = Stage(background=(237, 240, 247), turn=0.0)
_READABLE = [SHAPES.index(shape) for shape in READABLE_SHAPES]
_MOTION_PEOPLE = 5


def evaluate_transfer(studio: Studio, photos: Sequence[Path], count: int = 30) -> dict[str, Any]:
    """How well the expressions of portraits arrive on avatars.

    Of the photos, those with the strongest expressions are taken: in turns, for each of the ten shapes that the
    landmarker can read, the portrait in which it is strongest. Each portrait drives the avatar of the next one
    (``other``) and its own (``own``), and what its own shows at rest is read, too (``still``): as far as that agrees
    already, the expression went into the avatar's features, not into its motion. The landmarker reads the avatar's
    picture from the front, and its scores are compared with those of the portrait by Pearson's correlation over the
    portraits. For the other six shapes, which it cannot read, the landmarks' motion is compared with the rig's own on
    some of the avatars, as :func:`core.evaluate.expressions.evaluate_expressions` does.

    Returns:
        ``people``; ``other``, ``own`` and ``still``: the mean correlation over the ten; ``per_shape``: of the ten,
        name to the same three, and ``spread``, the standard deviation in the portraits; ``motion``: of the six, name
        to ``cosine`` and ``ratio``; ``unseen``: pictures in which no face was found, whose scores count as 0.
    """
    reader = FaceReader(studio.landmarker, studio.rig)
    read = [(photo, signal) for photo in photos if (signal := _read(reader, photo)) is not None]
    chosen = [read[i] for i in strongest(np.array([signal.weights for _, signal in read]).reshape(-1, 16), count)]
    made = [(photo, signal, avatar) for photo, signal in chosen if (avatar := _avatar(studio, photo)) is not None]
    calibration = for_pictures()
    still = Signal(0.0, np.zeros(len(SHAPES), np.float32))
    shown, unseen = [], 0
    results: dict[str, list[np.ndarray]] = {"other": [], "own": [], "still": []}
    for number, (_, signal, avatar) in enumerate(made):
        driven = calibration.apply(signal)
        shown.append(signal.weights)
        another = made[(number + 1) % len(made)][2]
        for key, puppet, doing in (("other", another, driven), ("own", avatar, driven), ("still", avatar, still)):
            scores = _read_back(studio, puppet, doing)
            unseen += scores is None
            results[key].append(np.zeros(len(SHAPES), np.float32) if scores is None else scores)
    motion = evaluate_expressions(studio, [photo for photo, _, _ in made[:_MOTION_PEOPLE]])["per_shape"]
    return _summary(np.array(shown), {key: np.array(rows) for key, rows in results.items()}) | {
        "motion": {
            name: {key: motion[name][key] for key in ("cosine", "ratio")}
            for name in SHAPES
            if name not in READABLE_SHAPES and name in motion
        },
        "unseen": unseen,
    }


def strongest(scores: Float[np.ndarray, "n 16"], count: int) -> list[int]:
    """Which portraits show the ten readable shapes most: for one shape after another the strongest not yet taken."""
    left, chosen = set(range(len(scores))), []
    while left and len(chosen) < count:
        shape = _READABLE[len(chosen) % len(_READABLE)]
        best = max(sorted(left), key=lambda i: scores[i, shape])
        chosen.append(best)
        left.remove(best)
    return chosen


def correlation(one: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]) -> float:
    """Pearson's; 0 where one of the two does not vary."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / size if size > 1e-9 else 0.0


def _read(reader: FaceReader, photo: Path) -> Signal | None:
    try:
        return photo_signal(reader, photo.read_bytes())
    except UserFacingError as error:
        logger.warning("%s is left out: %s", photo.name, error)
        return None


def _avatar(studio: Studio, photo: Path) -> Avatar | None:
    try:
        return studio.create(photo.read_bytes(), Settings()).avatar
    except UserFacingError as error:
        logger.warning("%s is left out: %s", photo.name, error)
        return None


def _read_back(studio: Studio, avatar: Avatar, signal: Signal) -> Float[np.ndarray, "16"] | None:
    found = studio.landmarker.detect(draw_signal(avatar, signal, _STAGE))
    return from_arkit(found[0].scores) if found else None


def _summary(shown: np.ndarray, results: dict[str, np.ndarray]) -> dict[str, Any]:
    if not len(shown):
        return {"people": 0, **dict.fromkeys(results, 0.0), "per_shape": {}}
    per_shape = {
        SHAPES[k]: {key: round(correlation(shown[:, k], rows[:, k]), 3) for key, rows in results.items()}
        | {"spread": round(float(shown[:, k].std()), 3)}
        for k in _READABLE
    }
    means = {key: round(float(np.mean([row[key] for row in per_shape.values()])), 3) for key in results}
    return {"people": len(shown), **means, "per_shape": per_shape}
