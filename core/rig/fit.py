"""Fits the head rig to landmarks: who it is, apart from what the face does and where it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32
from scipy.spatial.transform import Rotation

from core.rig.head import HeadRig

# MediaPipe guesses depth from a single picture: it counts, but less.
_DEPTH_WEIGHT = 0.3
# Standard deviations: of a landmark in cm, of a shape coefficient, and of an action round its score.
_LANDMARK_CM = 0.12
_IDENTITY = 0.38
_ACTION = 0.3
_IDENTITY_LIMIT = 1.3
_ROUNDS = 5
_TURNS = 5
# Where gaze and tongue stand cannot be told from the skin.
_UNSEEN_ACTIONS = ("eyeLook", "tongueOut")


@dataclass(frozen=True)
class HeadFit:
    """A head like the one in a picture, in weak perspective: ``pixel = scale * rotation @ point + translation``."""

    identity: Float32[np.ndarray, " k"]
    """Coefficients of the rig's shape directions, each within +-1.3."""
    actions: Float32[np.ndarray, " e"]
    """Weights of the rig's ARKit actions in the picture, each in [0, 1]."""
    scale: float
    """Pixels per centimetre."""
    rotation: Float32[np.ndarray, "3 3"]
    """From the head frame to x right, y up, z to the camera."""
    translation: Float32[np.ndarray, "3"]
    """In pixels, y up."""
    residual_mm: float
    """Mean distance in the picture plane between the landmarks and the fit's."""

    def vertices(self, rig: HeadRig) -> Float32[np.ndarray, "v 3"]:
        """The person's head with all actions at 0, in the head frame."""
        return rig.neutral + np.tensordot(self.identity, rig.identity, 1)

    def photo_vertices(self, rig: HeadRig) -> Float32[np.ndarray, "v 3"]:
        """The head with the expression it has in the picture, in the head frame."""
        return self.vertices(rig) + np.tensordot(self.actions, rig.actions, 1)

    def to_pixels(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Where points of the head frame fall in the picture: x right, y down, z away from the camera, in pixels."""
        turned = self.scale * points @ self.rotation.T + self.translation
        return turned * np.array([1, -1, -1], np.float32)

    @property
    def yaw_deg(self) -> float:
        """How far the head is turned to its own left, in degrees."""
        return float(np.degrees(np.arctan2(self.rotation[0, 2], self.rotation[2, 2])))


def fit_head(rig: HeadRig, points: Float32[np.ndarray, "478 3"], scores: Mapping[str, float]) -> HeadFit:
    """The head that explains the landmarks of one picture best; see :func:`fit_heads`.

    Args:
        rig: the head.
        points: MediaPipe's landmarks; x right, y down, z away from the camera, in pixels.
        scores: the tracker's scores by ARKit name.
    """
    return fit_heads(rig, [(points, scores)])[0]


def fit_heads(rig: HeadRig, pictures: Sequence[tuple[np.ndarray, Mapping[str, float]]]) -> tuple[HeadFit, ...]:
    """The one head that explains the landmarks of all pictures of a person best, by bounded, regularised least squares.

    In turns: each picture's similarity (closed form), then the shape they share and each one's expression together
    (ridge regression with bounds), whose priors are the neutral head and the tracker's scores.

    Args:
        rig: the head.
        pictures: landmarks (478, 3) and scores of each, as in :func:`fit_head`; at least one.

    Returns:
        The fit of each picture; all have the same identity.
    """
    hit = rig.landmark_hit
    targets = [points[hit] * np.array([1, -1, -1], np.float32) for points, _ in pictures]
    mean = rig.landmarks(rig.neutral)[hit]
    basis = rig.landmarks(np.concatenate([rig.identity, rig.actions]))[:, hit]
    shapes, actions = len(rig.identity), len(rig.actions)
    # Unknowns are the shape, then the actions of each picture; a picture sees the shape and its own actions.
    rows = [np.r_[:shapes, shapes + k * actions : shapes + (k + 1) * actions] for k in range(len(pictures))]
    seen = np.array([not name.startswith(_UNSEEN_ACTIONS) for name in rig.action_names])
    scored = [np.where(seen, [scores.get(name, 0.0) for name in rig.action_names], 0) for _, scores in pictures]
    prior = np.concatenate([np.zeros(shapes), *scored])
    # What the tracker gets wrong about a person it gets wrong in every picture: n tell less than n times as much.
    boldness = _IDENTITY / len(pictures) ** 0.25
    deviation = np.concatenate([np.full(shapes, boldness), np.tile(np.where(seen, _ACTION, 1e-4), len(pictures))])
    low = np.where(np.arange(len(prior)) < shapes, -_IDENTITY_LIMIT, 0.0)
    high = np.where(np.arange(len(prior)) < shapes, _IDENTITY_LIMIT, 1.0)
    coefficients = prior.copy()
    for _ in range(_ROUNDS):
        gram, right = np.zeros((len(prior), len(prior))), np.zeros(len(prior))
        for own, target in zip(rows, targets, strict=True):
            points_now = mean + np.tensordot(coefficients[own], basis, 1)
            scale, rotation, translation = _similarity(points_now, target)
            # The residual is weighted in the camera's axes, where depth is the third.
            axes = rotation.T * np.array([1, 1, _DEPTH_WEIGHT]) / _LANDMARK_CM / np.sqrt(len(mean) / 60)
            wanted = ((target - translation) @ rotation / scale - mean) @ axes
            weighted = (basis @ axes).reshape(len(basis), -1)
            gram[np.ix_(own, own)] += weighted @ weighted.T
            right[own] += weighted @ wanted.ravel()
        coefficients = _bounded_ridge(gram, right, prior, deviation, low, high)
    return tuple(
        _placed(mean + np.tensordot(coefficients[own], basis, 1), target, coefficients[own], shapes)
        for own, target in zip(rows, targets, strict=True)
    )


def _placed(points: np.ndarray, target: np.ndarray, coefficients: np.ndarray, shapes: int) -> HeadFit:
    """The fit whose landmarks are ``points``, placed where they lie nearest to ``target``."""
    scale, rotation, translation = _similarity(points, target)
    missed = (scale * points @ rotation.T + translation - target)[:, :2]
    return HeadFit(
        identity=coefficients[:shapes].astype(np.float32),
        actions=coefficients[shapes:].astype(np.float32),
        scale=float(scale),
        rotation=rotation.astype(np.float32),
        translation=translation.astype(np.float32),
        residual_mm=float(np.hypot(*missed.T).mean() / scale * 10),
    )


def _similarity(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The scale, rotation and translation that take ``source`` nearest to ``target``, depth counting less.

    With equal weights the rotation has a closed form (Umeyama). With less weight on depth it has none: to weight
    the closed form would turn every head towards the camera. So that is where Gauss-Newton steps begin.
    """
    source_mean, target_mean = source.mean(0), target.mean(0)
    centred, wanted = source - source_mean, target - target_mean
    weight = np.array([1, 1, _DEPTH_WEIGHT])
    u, _, vt = np.linalg.svd(wanted.T @ centred)
    rotation = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
    for _ in range(_TURNS):
        turned = centred @ rotation.T
        # Scale from the picture plane alone, where the landmarks are sure.
        missed = (wanted / _flat_scale(turned, wanted) - turned) * weight
        # A small turn about an axis moves each point across that axis.
        moves = np.cross(np.eye(3)[:, None], turned) * weight
        turn = np.linalg.lstsq(moves.reshape(3, -1).T, missed.ravel())[0]
        rotation = Rotation.from_rotvec(turn).as_matrix() @ rotation
    scale = _flat_scale(centred @ rotation.T, wanted)
    return scale, rotation, target_mean - scale * rotation @ source_mean


def _flat_scale(turned: np.ndarray, wanted: np.ndarray) -> float:
    return float((wanted[:, :2] * turned[:, :2]).sum() / (turned[:, :2] ** 2).sum())


def _bounded_ridge(
    gram: np.ndarray, right: np.ndarray, prior: np.ndarray, deviation: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Minimises x gram x - 2 right x + |(x - prior) / deviation|^2; what would pass a bound is fixed at it."""
    gram = gram + np.diag(deviation**-2.0)
    right = right + prior * deviation**-2.0
    free = np.ones(len(prior), bool)
    x = np.zeros(len(prior))
    for _ in range(4):
        x[free] = np.linalg.solve(gram[np.ix_(free, free)], right[free] - gram[np.ix_(free, ~free)] @ x[~free])
        outside = free & ((x < low) | (x > high))
        x = np.clip(x, low, high)
        if not outside.any():
            break
        free &= ~outside
    return x
