"""The paper's 16 blendshapes (A.2), their relation to ARKit / MediaPipe names, and named poses.

Left and right are the subject's. Weights lie in [0, 1].
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from core.errors import InvalidRequest

SHAPES = (
    "browDownLeft",
    "browDownRight",
    "browUpLeft",
    "browUpRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "jawOpen",
    "jawLeft",
    "jawRight",
    "lipsPucker",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
)
"""The 16 names, in the order in which every vector of weights lists them."""

READABLE_SHAPES = (
    *("browDownLeft", "browDownRight", "browUpLeft", "browUpRight", "eyeBlinkLeft", "eyeBlinkRight"),
    *("jawOpen", "lipsPucker", "mouthSmileLeft", "mouthSmileRight"),
)
"""The ten that MediaPipe's blendshape scores can tell from a picture; it is all but blind to the rest."""

ARKIT_PARTS: Mapping[str, Mapping[str, float]] = {
    **{name: {name: 1.0} for name in SHAPES if name not in ("browUpLeft", "browUpRight", "lipsPucker")},
    "browUpLeft": {"browOuterUpLeft": 1.0, "browInnerUp": 0.5},
    "browUpRight": {"browOuterUpRight": 1.0, "browInnerUp": 0.5},
    "lipsPucker": {"mouthPucker": 1.0},
}
"""How far each ARKit shape is raised by weight 1 of ours. Both brows up give browInnerUp 1."""

POSES: Mapping[str, Mapping[str, float]] = {
    "neutral": {},
    "happy": {"mouthSmileLeft": 0.85, "mouthSmileRight": 0.85, "browUpLeft": 0.2, "browUpRight": 0.2, "jawOpen": 0.15},
    "sad": {
        "mouthFrownLeft": 0.8,
        "mouthFrownRight": 0.8,
        "browUpLeft": 0.35,
        "browUpRight": 0.35,
        "eyeBlinkLeft": 0.25,
        "eyeBlinkRight": 0.25,
    },
    "angry": {
        "browDownLeft": 1.0,
        "browDownRight": 1.0,
        "mouthFrownLeft": 0.5,
        "mouthFrownRight": 0.5,
        "mouthStretchLeft": 0.3,
        "mouthStretchRight": 0.3,
    },
    "surprised": {"browUpLeft": 1.0, "browUpRight": 1.0, "jawOpen": 0.65, "lipsPucker": 0.2},
    "playful": {
        "eyeBlinkLeft": 1.0,
        "mouthSmileLeft": 0.9,
        "mouthSmileRight": 0.35,
        "browUpRight": 0.5,
        "jawLeft": 0.2,
    },
}
"""Named emotions, as sparse weights."""


def weights_vector(weights: Mapping[str, float]) -> Float[np.ndarray, "16"]:
    """Sparse weights by name as a vector in the order of :data:`SHAPES`.

    Raises:
        InvalidRequest: if a name is unknown or a weight lies outside [0, 1].
    """
    vector = np.zeros(len(SHAPES), np.float32)
    for name, value in weights.items():
        if name not in SHAPES:
            raise InvalidRequest(f"There is no blendshape called {name!r}; the 16 names are {', '.join(SHAPES)}.")
        if not 0 <= value <= 1:
            raise InvalidRequest(f"The weight of {name} must lie between 0 and 1, not {value}.")
        vector[SHAPES.index(name)] = value
    return vector


def from_arkit(scores: Mapping[str, float]) -> Float[np.ndarray, "16"]:
    """The 16 weights that explain a tracker's ARKit / MediaPipe scores; absent scores count as 0.

    A brow is up when its outer part is, or when the shared inner part is: the larger of the two.
    """
    vector = np.array([scores.get(next(iter(ARKIT_PARTS[name])), 0.0) for name in SHAPES], np.float32)
    inner = scores.get("browInnerUp", 0.0)
    for name in ("browUpLeft", "browUpRight"):
        index = SHAPES.index(name)
        vector[index] = max(vector[index], inner)
    return np.clip(vector, 0, 1)


def pose_weights(pose: str) -> Float[np.ndarray, "16"]:
    """Weights of a named pose.

    Raises:
        InvalidRequest: if there is no such pose.
    """
    if pose not in POSES:
        raise InvalidRequest(f"There is no pose called {pose!r}; choose one of {', '.join(POSES)}.")
    return weights_vector(POSES[pose])
