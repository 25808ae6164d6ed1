"""The primary style: how a measured head becomes a cartoon one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Float32

from core.rig.head import HeadRig

_TUCKED_CM = {"teeth_upper": (0.0, -0.3, -0.2), "teeth_lower": (0.0, -0.12, -0.45), "tongue": (0.0, -0.15, -0.6)}


@dataclass(frozen=True)
class HouseStyle:
    """Proportions of the primary style."""

    exaggeration: float = 1.3
    """Factor on what sets the person apart from the neutral head."""
    pushes: Mapping[str, float] = field(
        default_factory=lambda: {
            "eye-scale-incr": 0.7,
            "eye-height2-incr": 0.42,
            "eye-height1-incr": 0.35,
            "nose-scale-vert-incr": -0.25,
            "nose-scale-horiz-incr": -0.15,
            "head-fat-incr": 0.12,
            "chin-height-incr": -0.2,
            "mouth-angles-up": 0.45,
        }
    )
    """Added to shape coefficients of the rig, for everybody."""
    eye_growth: tuple[float, float, float] = (0.36, 0.44, 0.2)
    """How much larger everything at the middle of an eye becomes along x, y and z."""
    eye_reach_cm: float = 2.15
    """How far from an eye's middle the growth reaches."""


@dataclass(frozen=True)
class CartoonHead:
    """One person's head in the primary style."""

    vertices: Float32[np.ndarray, "v 3"]
    """At rest, before the warp: actions of the rig may be added to these."""
    eye_centres: Float32[np.ndarray, "2 3"]
    """Middles of the left and the right eyeball, before the warp."""
    eye_radius: float
    """Of the eyeballs, in cm, before the warp."""
    style: HouseStyle

    def warp(self, points: Float[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
        """Where points of the measured head come to lie: the eyes, with lids and lashes, grow smoothly."""
        moved = np.array(points, np.float32)
        growth = np.array(self.style.eye_growth, np.float32)
        for centre in self.eye_centres:
            away = points - centre
            # Depth counts less, so that lids, eyeball and lashes grow alike.
            distance = np.linalg.norm(away * (1, 1, 0.6), axis=1) / self.style.eye_reach_cm
            moved += away * growth * np.exp(-(distance**2))[:, None]
        return moved


def cartoon_head(rig: HeadRig, identity: Float32[np.ndarray, " k"], style: HouseStyle) -> CartoonHead:
    """The head of measured shape coefficients with the proportions of ``style``."""
    identity = identity * np.float32(style.exaggeration)
    for name, push in style.pushes.items():
        identity[rig.identity_names.index(name)] += push
    vertices = rig.neutral + np.tensordot(identity, rig.identity, 1)
    # The identity directions move skin further than teeth, which could then come through a slim chin.
    for part, move in _TUCKED_CM.items():
        inner = rig.vertices_of(part)
        vertices[inner] = vertices[inner] * (0.86, 1, 1) + move
    left, right = (vertices[rig.vertices_of(name)] for name in ("eye_left", "eye_right"))
    centres = np.stack([_middle(left), _middle(right)])
    radius = float(np.linalg.norm(left - centres[0], axis=1).mean())
    return CartoonHead(vertices, centres, radius, style)


def _middle(eyeball: np.ndarray) -> np.ndarray:
    # The helper mesh is denser at the cornea, so the mean of its vertices lies too far in front.
    return (eyeball.min(0) + eyeball.max(0)) / 2
