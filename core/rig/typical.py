"""What the fit finds in people on average: what sets one apart is measured from there."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float32

from core.rig.fit import HeadFit
from core.rig.head import HeadRig

# By shape direction: the mean over some three hundred portraits with a calm face, and what a full smile and a wide
# open jaw add to it (least squares). The landmarker's idea of a face differs from the rig's, and a smile is never
# explained by the rig's smile alone; neither belongs to the person.
_TYPICAL: Mapping[str, tuple[float, float, float]] = {
    "gender": (0.05, 0.17, -0.13),
    "age": (-0.05, -0.01, -0.07),
    "african": (-0.00, -0.17, 0.27),
    "asian": (-0.05, 0.26, -0.26),
    "caucasian": (0.06, -0.08, -0.01),
    "cheek-trans-up": (-0.04, 0.22, 0.06),
    "cheek-volume-incr": (-0.03, 0.34, -0.08),
    "cheek-inner-incr": (-0.01, -0.01, 0.24),
    "cheek-bones-incr": (-0.06, 0.12, 0.11),
    "chin-jaw-drop-incr": (-0.02, 0.03, -0.28),
    "chin-height-incr": (0.04, -0.19, 0.32),
    "chin-prominent-incr": (0.06, 0.02, -0.02),
    "chin-bones-incr": (0.04, -0.12, -0.59),
    "chin-width-incr": (0.04, -0.38, 0.61),
    "chin-cleft-incr": (-0.02, 0.00, -0.04),
    "chin-prognathism-incr": (-0.12, 0.06, -0.16),
    "ear-scale-vert-incr": (-0.08, 0.03, -0.24),
    "ear-scale-incr": (0.15, 0.03, 0.01),
    "ear-scale-depth-incr": (0.09, 0.02, 0.06),
    "eyebrows-angle-up": (-0.12, 0.04, -0.14),
    "eyebrows-trans-up": (-0.07, 0.41, -0.80),
    "eyebrows-trans-forward": (0.31, 0.04, -0.24),
    "eye-corner1-up": (-0.11, 0.04, -0.06),
    "eye-height1-incr": (0.04, -0.03, 0.00),
    "eye-scale-incr": (0.00, -0.22, 0.40),
    "eye-push1-out": (-0.11, 0.12, -0.26),
    "eye-eyefold-up": (0.07, -0.04, 0.09),
    "eye-height3-incr": (0.19, -0.16, 0.28),
    "eye-height2-incr": (0.14, -0.12, 0.23),
    "eye-push2-out": (0.01, -0.12, 0.08),
    "eye-trans-up": (0.16, 0.00, 0.15),
    "eye-bag-height-incr": (-0.02, -0.12, 0.17),
    "eye-epicanthus-out": (-0.05, 0.05, -0.03),
    "eye-bag-out": (0.01, 0.12, -0.11),
    "eye-corner2-up": (0.03, -0.08, -0.04),
    "eye-trans-out": (-0.03, -0.12, 0.23),
    "forehead-temple-incr": (-0.14, -0.09, 0.01),
    "forehead-trans-forward": (0.08, 0.07, -0.35),
    "head-angle-out": (-0.05, -0.11, 0.37),
    "head-scale-vert-incr": (0.06, 0.16, -0.39),
    "head-trans-forward": (0.17, 0.11, 0.05),
    "head-trans-up": (0.06, 0.04, 0.07),
    "head-fat-incr": (0.27, 0.08, -0.49),
    "head-age-incr": (0.13, -0.06, 0.04),
    "head-scale-depth-incr": (-0.31, -0.03, -0.09),
    "head-scale-horiz-incr": (-0.07, -0.09, 0.02),
    "mouth-lowerlip-height-incr": (-0.05, -0.11, -0.10),
    "mouth-scale-horiz-incr": (-0.01, 0.36, 0.40),
    "mouth-scale-depth-incr": (0.06, 0.12, 0.21),
    "mouth-lowerlip-volume-incr": (-0.04, 0.04, 0.09),
    "mouth-angles-up": (-0.00, 0.26, 0.55),
    "mouth-upperlip-ext-up": (-0.01, 0.02, 0.44),
    "mouth-lowerlip-width-incr": (-0.02, 0.26, 0.01),
    "mouth-trans-forward": (-0.47, -0.30, -0.05),
    "mouth-upperlip-width-incr": (-0.01, 0.94, -0.30),
    "mouth-scale-vert-incr": (-0.03, 0.47, 0.80),
    "mouth-dimples-out": (0.00, -0.15, 0.14),
    "mouth-upperlip-height-incr": (-0.04, 0.03, 0.62),
    "mouth-upperlip-volume-incr": (0.04, -0.18, -0.61),
    "mouth-lowerlip-ext-up": (-0.04, 0.17, 0.37),
    "mouth-upperlip-middle-up": (-0.04, 0.03, 0.39),
    "mouth-trans-up": (0.03, 0.26, -0.80),
    "mouth-lowerlip-middle-up": (-0.00, -0.05, -0.23),
    "nose-nostrils-angle-up": (0.02, 0.17, 0.06),
    "nose-flaring-incr": (-0.02, -0.06, -0.02),
    "nose-curve-convex": (0.04, 0.05, -0.03),
    "nose-scale-depth-incr": (0.36, 0.17, -0.14),
    "nose-scale-horiz-incr": (0.03, -0.16, 0.03),
    "nose-trans-forward": (0.50, 0.15, 0.41),
    "nose-trans-up": (0.06, 0.22, 0.12),
    "nose-hump-incr": (0.03, -0.07, -0.06),
    "nose-nostrils-width-incr": (0.07, 0.05, -0.29),
    "nose-greek-incr": (0.03, -0.00, -0.01),
    "nose-width2-incr": (-0.00, -0.08, 0.09),
    "nose-width3-incr": (0.05, -0.03, -0.21),
    "nose-septumangle-incr": (0.08, 0.21, -0.04),
    "nose-base-up": (0.06, -0.20, 0.19),
    "nose-compression-uncompress": (-0.02, 0.04, 0.09),
}
# Mean weights of what closes eyes, over the same portraits, and by how much weight 1 closes them, in cm.
_CLOSING: Mapping[str, tuple[float, float]] = {"eyeBlink": (0.14, 1.23), "eyeSquint": (0.42, 0.32)}
# By how much coefficient 1 opens them, in cm.
_OPENING_CM: Mapping[str, float] = {"eye-height2-incr": 0.26, "eye-height3-incr": 0.24}
_MOST_OPENED_CM = 0.22


def typical_identity(rig: HeadRig) -> Float32[np.ndarray, " k"]:
    """Coefficients of the rig's shape directions that a calm portrait has on average."""
    return _column(rig, 0)


def calm_identity(rig: HeadRig, fit: HeadFit) -> Float32[np.ndarray, " k"]:
    """Coefficients of a fit without what a smile or an open jaw leaves in them, and with how open the eyes are."""
    weights = dict(zip(rig.action_names, fit.actions.tolist(), strict=True))
    smile = (weights["mouthSmileLeft"] + weights["mouthSmileRight"]) / 2
    identity = fit.identity - np.float32(smile) * _column(rig, 1) - np.float32(weights["jawOpen"]) * _column(rig, 2)
    wider = np.float32(np.clip(_opened_cm(weights), -_MOST_OPENED_CM, _MOST_OPENED_CM))
    for name, cm in _OPENING_CM.items():
        identity[rig.identity_names.index(name)] += wider / (cm * len(_OPENING_CM))
    return identity


def _opened_cm(weights: Mapping[str, float]) -> float:
    """How much wider than usual the eyes are open: narrow ones are fitted as half closed, which they never are."""
    return -sum(
        cm * ((weights[f"{name}Left"] + weights[f"{name}Right"]) / 2 - usual) for name, (usual, cm) in _CLOSING.items()
    )


def _column(rig: HeadRig, column: int) -> Float32[np.ndarray, " k"]:
    return np.array([_TYPICAL.get(name, (0.0, 0.0, 0.0))[column] for name in rig.identity_names], np.float32)
