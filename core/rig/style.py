"""The primary style: how a measured head becomes a cartoon one. All numbers of its shape are here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Float32
from scipy.spatial import KDTree

from core.rig.head import HeadRig
from core.rig.soften import softened
from core.rig.typical import typical_identity
from core.smoothstep import smoothstep

# What is in the mouth: which end stays where it is (1 the upper), how it shrinks, and by how much it moves, in cm.
# Upper teeth show below the lip and lower ones hardly; both are short, so that nothing comes through a slim chin.
_TUCKED = {
    "teeth_upper": (0, (0.86, 0.9, 1.0), (0.0, -0.42, -0.25)),
    "teeth_lower": (1, (0.84, 0.62, 1.0), (0.0, -0.32, -0.55)),
    "tongue": (0, (0.84, 0.6, 0.85), (0.0, -0.35, 0.5)),
}
_IN_MOUTH = ("mouth", "tongue", "teeth_upper", "teeth_lower")
# The front of the face, and how far behind it what is in the mouth has to stay.
_FACE_Z_CM, _BEHIND_CM = 5.5, 0.3


@dataclass(frozen=True)
class Emphasis:
    """A place of the neutral head where what is characteristic of a person is exaggerated in its own measure."""

    place: tuple[float, float, float]
    """In cm, on the avatar's left; the right is alike."""
    reach_cm: float
    factor: float


@dataclass(frozen=True)
class HouseStyle:
    """Proportions of the primary style."""

    exaggeration: float = 1.5
    """Factor on what sets the person apart from the usual one, where no emphasis says otherwise."""
    emphases: Sequence[Emphasis] = (
        Emphasis((3.0, 1.7, 8.6), 2.0, 1.9),
        Emphasis((0.0, -1.6, 10.2), 1.9, 2.8),
        Emphasis((0.0, -4.9, 9.8), 1.9, 2.2),
        Emphasis((1.8, -8.2, 7.0), 2.4, 3.0),
        Emphasis((5.6, -5.2, 3.8), 2.8, 2.6),
        Emphasis((6.3, 4.4, 5.2), 2.8, 4.0),
    )
    """Eyes, nose, mouth, chin, jaw and temples."""
    singled_out: Mapping[str, float] = field(default_factory=lambda: {"eye-corner1-up": 2.5, "eye-corner2-up": 2.5})
    """Factors on single shape directions besides, which the fit is too timid with: the tilt of the eyes."""
    depth_share: float = 0.6
    """How far what sets the person apart in depth counts: a photo from the front tells little of it."""
    most_cm: float = 1.1
    """No place moves further than this from where it is on the usual head, however unusual the person."""
    pushes: Mapping[str, float] = field(
        default_factory=lambda: {
            "eye-scale-incr": 0.55,
            "eye-height2-incr": 0.5,
            "eye-height1-incr": 0.3,
            "nose-scale-vert-incr": -0.35,
            "nose-scale-horiz-incr": -0.3,
            "nose-scale-depth-incr": -0.2,
            "nose-point-up": 0.3,
            "nose-hump-incr": -0.3,
            "head-fat-incr": 0.2,
            "cheek-volume-incr": 0.35,
            "chin-height-incr": -0.05,
            "chin-width-incr": 0.25,
            "chin-bones-incr": 0.2,
            "mouth-scale-horiz-incr": 0.35,
            "mouth-angles-up": 0.35,
            "ear-scale-incr": 0.25,
            "eye-bag-incr": -0.6,
            "eye-bag-out": -0.3,
            "eyebrows-trans-up": -0.75,
            "mouth-scale-vert-incr": -0.3,
        }
    )
    """Added to shape coefficients of the rig, for everybody."""
    friendliness: Mapping[str, float] = field(
        default_factory=lambda: {
            "mouthSmileLeft": 0.16,
            "mouthSmileRight": 0.16,
            "cheekSquintLeft": 0.1,
            "cheekSquintRight": 0.1,
        }
    )
    """Weights of the rig's actions that everybody's face has at rest: relaxed, with the corners of the mouth up."""
    liveliness: Mapping[str, float] = field(
        default_factory=lambda: {
            "browDownLeft": 1.45,
            "browDownRight": 1.45,
            "browUpLeft": 1.5,
            "browUpRight": 1.5,
            "lipsPucker": 1.3,
        }
    )
    """Factors on what blendshapes move, where a person's own expression would be lost among large features."""
    softness: tuple[float, float, int] = (0.45, 0.85, 8)
    """Of the face and of the ears, and in how many rounds: see :func:`core.rig.soften.softened`."""
    eye_growth: tuple[float, float, float] = (0.5, 0.62, 0.25)
    """How much larger everything at the middle of an eye becomes along x, y and z."""
    eye_shift: tuple[float, float, float] = (0.22, -0.08, 0.0)
    """By how much, in cm, the middle of an eye moves outwards, up and forward."""
    eye_reach_cm: float = 2.3
    """How far from an eye's middle the growth reaches."""
    lids_meet: float = 0.12
    """Where a closed eye's lids meet, from the lower lid (0) to the upper one (1) at rest."""
    nose_growth: tuple[float, float, float] = (-0.16, -0.12, -0.14)
    """The same of the nose, as seen from where it meets the face."""
    nose_root: tuple[float, float, float] = (0.0, -1.6, 8.8)
    nose_reach_cm: float = 2.0
    jaw_slimming: float = -0.02
    """How much narrower the face becomes from the cheeks down to the chin."""
    neck_slimming: float = 0.18
    """How much thinner the neck becomes under the jaw."""


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

    @property
    def rest(self) -> Float32[np.ndarray, "v 3"]:
        """Vertices at rest, warped, head frame."""
        return self.warp(self.vertices)

    def warp(self, points: Float[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
        """Where points of the measured head come to lie: eyes with lids and lashes grow, nose, jaw and neck slim."""
        style = self.style
        moved = np.array(points, np.float32)
        growth = np.array(style.eye_growth, np.float32)
        for centre in self.eye_centres:
            away = points - centre
            shift = np.array(style.eye_shift, np.float32) * (np.sign(centre[0]), 1, 1)
            # Depth counts less, so that lids, eyeball and lashes grow alike.
            near = np.exp(-((np.linalg.norm(away * (1, 1, 0.6), axis=1) / style.eye_reach_cm) ** 2))
            moved += (away * growth + shift) * near[:, None]
        away = points - np.array(style.nose_root, np.float32)
        near = np.exp(-((np.linalg.norm(away * (1, 0.85, 0.6), axis=1) / style.nose_reach_cm) ** 2))
        moved += away * np.array(style.nose_growth, np.float32) * near[:, None]
        _, y, z = points.T
        moved[:, 0] *= 1 - style.jaw_slimming * smoothstep(0.0, 7.0, -y)
        slim = (style.neck_slimming * smoothstep(6.5, 11.0, -y) * smoothstep(-6.0, -2.5, -z))[:, None]
        moved[:, ::2] *= 1 - slim
        return moved.astype(np.float32)


def cartoon_head(rig: HeadRig, identity: Float32[np.ndarray, " k"], style: HouseStyle) -> CartoonHead:
    """The head of measured shape coefficients with the proportions of ``style``."""
    singled_out = np.array([style.singled_out.get(name, 1.0) for name in rig.identity_names], np.float32)
    own = np.tensordot((identity - typical_identity(rig)) * singled_out, rig.identity, 1)
    pushes = np.array([style.pushes.get(name, 0.0) for name in rig.identity_names], np.float32)
    usual = rig.neutral + np.tensordot(pushes, rig.identity, 1)
    calm = np.array([style.friendliness.get(name, 0.0) for name in rig.action_names], np.float32)
    usual += np.tensordot(calm, rig.actions, 1)
    vertices = softened(rig, usual + _exaggerated(rig, own, style), *style.softness)
    for part, (end, shrunk, move) in _TUCKED.items():
        inner = rig.vertices_of(part)
        y, z = vertices[inner, 1], vertices[inner, 2]
        kept = np.array((0, y.max() if end else y.min(), z.min()), np.float32)
        vertices[inner] = (vertices[inner] - kept) * shrunk + kept + move
    vertices = _kept_inside(rig, vertices)
    left, right = (vertices[rig.vertices_of(name)] for name in ("eye_left", "eye_right"))
    centres = np.stack([_middle(left), _middle(right)])
    radius = float(np.linalg.norm(left - centres[0], axis=1).mean())
    return CartoonHead(vertices, centres, radius, style)


def _kept_inside(rig: HeadRig, vertices: Float32[np.ndarray, "v 3"]) -> Float32[np.ndarray, "v 3"]:
    """The head with all that is in the mouth behind the skin: a slim chin would let it through."""
    skin = rig.vertices_of("skin")
    front = skin[vertices[skin, 2] > _FACE_Z_CM]
    inner = np.setdiff1d(rig.vertices_of(*_IN_MOUTH), skin)
    _, near = KDTree(vertices[front, :2]).query(vertices[inner, :2], k=4)
    limit = vertices[front[np.asarray(near)], 2].min(1) - _BEHIND_CM
    kept = vertices.copy()
    kept[inner, 2] = np.minimum(kept[inner, 2], limit)
    return kept


def _exaggerated(rig: HeadRig, own: Float32[np.ndarray, "v 3"], style: HouseStyle) -> Float32[np.ndarray, "v 3"]:
    """What sets a person apart, as offsets of vertices, made more of, place by place, within bounds."""
    # That the whole face sits higher or deeper is a matter of the pose, and not the person's.
    face = rig.landmark_hit
    own = own - rig.landmarks(own)[face].mean(0) * (0, 1, 1)
    places = rig.neutral * (1, 1, 1)
    weights, factors = [np.full(len(places), 0.25)], [style.exaggeration]
    for emphasis in style.emphases:
        away = np.abs(places) * (1, 0, 0) + places * (0, 1, 1) - emphasis.place
        weights.append(np.exp(-((np.linalg.norm(away * (1, 1, 0.7), axis=1) / emphasis.reach_cm) ** 2)))
        factors.append(emphasis.factor)
    factor = np.average(np.broadcast_to(np.array(factors)[:, None], (len(factors), len(places))), 0, np.stack(weights))
    own = own * factor[:, None] * (1, 1, style.depth_share)
    length = np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-6)
    return (own * (style.most_cm * np.tanh(length / style.most_cm) / length)).astype(np.float32)


def _middle(eyeball: np.ndarray) -> np.ndarray:
    # The helper mesh is denser at the cornea, so the mean of its vertices lies too far in front.
    return (eyeball.min(0) + eyeball.max(0)) / 2
