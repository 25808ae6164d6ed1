"""Expressions to start from, and expressions by chance."""

from collections.abc import Mapping

import numpy as np

from core.expressions import POSES, SHAPES


def _even(**weights: float) -> dict[str, float]:
    """The same on both sides."""
    return {f"{name}{side}": weight for name, weight in weights.items() for side in ("Left", "Right")}


PRESETS: Mapping[str, Mapping[str, float]] = {
    **POSES,
    "laughing": {"jawOpen": 0.55} | _even(mouthSmile=1.0, eyeBlink=0.45, browUp=0.3),
    "kiss": {"lipsPucker": 1.0} | _even(eyeBlink=1.0, browUp=0.2),
    "doubtful": {"browUpLeft": 0.9, "browDownRight": 0.7, "mouthFrownRight": 0.5, "jawRight": 0.3},
    "grumpy": _even(browDown=0.8, mouthFrown=0.9, eyeBlink=0.25),
    "scared": {"jawOpen": 0.2} | _even(browUp=0.9, mouthStretch=0.9),
    "sleepy": {"jawOpen": 0.12} | _even(eyeBlink=0.75, browUp=0.25),
}
"""Sparse weights by name, in the order of the page's buttons."""


def random_pose(generator: np.random.Generator) -> dict[str, float]:
    """A random but possible expression: a few shapes, mostly the same on both sides."""
    drawn = generator.uniform(0.2, 0.9, len(SHAPES)) * (generator.random(len(SHAPES)) < 0.4)
    weights: dict[str, float] = {shape: float(w) for shape, w in zip(SHAPES, drawn, strict=True)}
    for shape in SHAPES:
        if shape.endswith("Left") and shape != "jawLeft" and generator.random() < 0.75:
            weights[shape.removesuffix("Left") + "Right"] = weights[shape]
    for side in ("Left", "Right"):
        _keep_larger(weights, f"browDown{side}", f"browUp{side}")
        _keep_larger(weights, f"mouthSmile{side}", f"mouthFrown{side}")
    _keep_larger(weights, "jawLeft", "jawRight")
    return weights


def _keep_larger(weights: dict[str, float], one: str, other: str) -> None:
    """Set the smaller of two shapes that work against each other to zero."""
    weights[one if weights[one] < weights[other] else other] = 0.0
