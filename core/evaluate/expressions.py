"""The closed loop: avatars are posed, drawn, and read back by the landmarker."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from core.avatar.model import Avatar
from core.camera import Camera, orbit, project
from core.errors import UserFacingError
from core.expressions import ARKIT_PARTS, READABLE_SHAPES, SHAPES, weights_vector
from core.face.landmarks import Detection, Landmarker
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.pipeline import Settings, Studio
from core.render.splats import render
from core.rig.sculpt import Sculpt
from core.rig.style import cartoon_head

logger = logging.getLogger(__name__)

_RISE = 0.1
_COSINE, _RATIO = 0.6, 2.0
_SIZE_PX = 512
_BACKGROUND = (0.93, 0.94, 0.97)


def evaluate_expressions(studio: Studio, photos: Sequence[Path], engine: str = "auto") -> dict[str, Any]:
    """How faithfully the avatars of some portraits show the 16 shapes.

    Every avatar is posed with each shape at weight 1 and drawn from the front; the landmarker reads the
    picture at rest and the posed one. *Scores*: by how much the shape's own score rises, for the ten shapes
    it can read. *Motion*: how its landmarks move in the picture, over the inter-ocular distance, against
    how the rig's own landmarks move on the posed head. These are bound to the mesh; the splats that happen to lie
    under a landmark in the picture are not, and at a closing lid some of them belong to the eye that stays behind.
    The ten landmarks of the irises are not compared: they lie on no skin, and a lid covers them.

    Args:
        studio: makes the avatars.
        photos: of the people.
        engine: that makes the primary style.

    Returns:
        ``people``; ``raised``: of the ten readable shapes, those whose mean score rises by 0.1 or more;
        ``mean_rise`` over the ten; ``motion_ok``: of 16, those whose mean motion agrees (cosine at least 0.6,
        size within a factor of 2); ``per_shape``: name to ``rest``, ``posed``, ``cosine``, ``ratio``.
    """
    readings = []
    for photo in photos:
        try:
            creation = studio.create(photo.read_bytes(), Settings(engine=engine))
        except UserFacingError as error:
            logger.warning("%s is left out: %s", photo.name, error)
            continue
        head = cartoon_head(studio.rig, creation.character.identity, studio.style)
        reading = _read(studio.landmarker, creation.base, Sculpt(studio.rig, studio.pattern, head))
        if reading is None:
            logger.warning("%s is left out: its avatar is not recognised as a face", photo.name)
        else:
            readings.append(reading)
    return _summary(readings)


def _read(landmarker: Landmarker, avatar: Avatar, sculpt: Sculpt) -> dict[str, dict[str, Any]] | None:
    """For each shape: score at rest and posed, and motion seen and true, each (n, 2) of the landmarks on skin."""
    camera = orbit(size=_SIZE_PX)
    rest = _detect(landmarker, avatar, np.zeros(len(SHAPES), np.float32), camera)
    if rest is None:
        return None
    eyes = [rest.points[list(rim), :2].mean(0) for rim in (LEFT_EYE, RIGHT_EYE)]
    unit_px = float(np.linalg.norm(eyes[0] - eyes[1]))
    on_skin = sculpt.rig.landmark_hit
    reading = {}
    for shape in SHAPES:
        posed = _detect(landmarker, avatar, weights_vector({shape: 1.0}), camera)
        seen = (posed.points - rest.points)[:, :2] if posed else np.zeros_like(rest.points[:, :2])
        name = next(iter(ARKIT_PARTS[shape]))
        reading[shape] = {
            "rest": rest.scores.get(name, 0.0),
            # A face that is no longer recognised has not shown its expression.
            "posed": posed.scores.get(name, 0.0) if posed else 0.0,
            "seen": seen[on_skin] / unit_px,
            "true": _true_motion(sculpt, shape, camera)[on_skin] / unit_px,
        }
    return reading


def _detect(landmarker: Landmarker, avatar: Avatar, weights: np.ndarray, camera: Camera) -> Detection | None:
    picture = render(avatar.posed(weights), camera).over(_BACKGROUND)
    found = landmarker.detect((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    return found[0] if found else None


def _true_motion(sculpt: Sculpt, shape: str, camera: Camera) -> Float[np.ndarray, "478 2"]:
    """How the rig's own landmarks move in the picture with a shape at weight 1, in pixels."""
    return project(sculpt.rig.landmarks(sculpt.posed(shape)), camera) - project(sculpt.landmarks, camera)


def _summary(readings: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    per_shape = {}
    for shape in SHAPES:
        rows = [reading[shape] for reading in readings]
        if not rows:
            break
        agreement = [_agreement(row["seen"], row["true"]) for row in rows]
        per_shape[shape] = {
            "rest": round(float(np.mean([row["rest"] for row in rows])), 3),
            "posed": round(float(np.mean([row["posed"] for row in rows])), 3),
            "cosine": round(float(np.mean([cosine for cosine, _ in agreement])), 3),
            "ratio": round(float(np.exp(np.mean([np.log(max(ratio, 1e-3)) for _, ratio in agreement]))), 3),
        }
    rises = [per_shape[name]["posed"] - per_shape[name]["rest"] for name in READABLE_SHAPES if per_shape]
    return {
        "people": len(readings),
        "raised": int(sum(rise >= _RISE for rise in rises)),
        "mean_rise": round(float(np.mean(rises)), 3) if rises else 0.0,
        "motion_ok": sum(
            row["cosine"] >= _COSINE and 1 / _RATIO <= row["ratio"] <= _RATIO for row in per_shape.values()
        ),
        "per_shape": per_shape,
    }


def _agreement(seen: np.ndarray, true: np.ndarray) -> tuple[float, float]:
    """Cosine between two motions, and the size of the first over that of the second."""
    product = np.linalg.norm(seen) * np.linalg.norm(true)
    cosine = float((seen * true).sum() / product) if product > 0 else 0.0
    return cosine, float(np.linalg.norm(seen) / max(np.linalg.norm(true), 1e-9))
