"""The pose of an avatar, by its name or by the weights of its shapes."""

import argparse
from typing import TYPE_CHECKING

from core.errors import InvalidRequest

if TYPE_CHECKING:
    import numpy as np


def add_pose_options(parser: argparse.ArgumentParser) -> None:
    """Declares --pose and --weights."""
    parser.add_argument("--pose", help="neutral, happy, sad, angry, surprised or playful")
    parser.add_argument("--weights", help="for example jawOpen=0.5,browUpLeft=1")


def chosen_weights(options: argparse.Namespace) -> "np.ndarray":
    """The weights of all shapes, 0 to 1, that --pose or --weights say; neutral if neither does.

    Raises:
        InvalidRequest: if both are given, or one cannot be understood.
    """
    from core.expressions import pose_weights, weights_vector

    if options.pose and options.weights:
        raise InvalidRequest("Give either --pose or --weights, not both.")
    if not options.weights:
        return pose_weights(options.pose or "neutral")
    weights = {}
    for item in options.weights.split(","):
        name, _, value = item.partition("=")
        try:
            weights[name.strip()] = float(value)
        except ValueError:
            raise InvalidRequest(f"{item!r} is no weight; write for example jawOpen=0.5,browUpLeft=1.") from None
    return weights_vector(weights)
