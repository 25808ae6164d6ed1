"""The paper's Table 2: how well makers of the primary style do on portraits of people they have never seen."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from core.camera import orbit, project
from core.character.build import build_avatar
from core.character.measure import read_character
from core.errors import InvalidRequest, UserFacingError
from core.evaluate.distances import frechet_distance, kernel_distance
from core.evaluate.identity import FaceEmbedder, retrieval_ranks
from core.nets.efficientnet import EfficientNetLite0, picture_features
from core.pipeline import Studio, front_picture
from core.portrait import Portrait
from core.rig.sculpt import Sculpt
from core.rig.style import cartoon_head

logger = logging.getLogger(__name__)

Maker = Callable[[Portrait], UInt8[np.ndarray, "512 512 4"]]
"""From a portrait to the picture of the primary style: canonical front view (:func:`core.camera.orbit`), straight
alpha. May raise UserFacingError where the portrait cannot be used."""

FEATURES = "EfficientNet-Lite0 pooled (1280), ImageNet; not Inception: not comparable with published FID and KID"

_BACKGROUND = np.array((0.93, 0.94, 0.97), np.float32)
_PICTURE_PX = 512


def evaluate_stage_one(
    portraits: Mapping[str, Portrait],
    makers: Mapping[str, Maker],
    reference: Sequence[UInt8[np.ndarray, "512 512 4"]],
    studio: Studio,
    embedder: FaceEmbedder,
    network: EfficientNetLite0,
) -> dict[str, Any]:
    """Every maker's pictures of the same people, against the style and against the selfies.

    A portrait that one of the makers cannot use is left out for all of them.

    Args:
        portraits: held out, by name; at least two.
        makers: by the name of their row. Each is run once before its time is taken.
        reference: pictures in the primary style of other people, straight alpha; at least two. Where they come from
            the same engine as a row's pictures, that row's distances are what chance alone leaves.
        studio: fits the head whose landmarks say where the face is in every maker's picture.
        embedder: of faces.
        network: of features of pictures.

    Returns:
        ``people``; ``reference``: how many pictures; ``features``: which; ``rows``: name to

        - ``fid`` and ``kid`` (:mod:`core.evaluate.distances`) between the pictures and ``reference``;
        - ``id``: mean cosine of the embeddings of selfie and picture; ``id_others``: the same with the other
          people's selfies, which says how much of ``id`` is faces being faces;
        - ``top1``, ``top5``, ``mean_rank``: as of :func:`core.evaluate.identity.evaluate_identity`;
        - ``seconds``: median to make one picture, from the portrait on.

    Raises:
        InvalidRequest: if fewer than two portraits or reference pictures remain, or there is no maker.
    """
    if not makers:
        raise InvalidRequest("There is nothing to evaluate: name at least one maker.")
    if len(reference) < 2:
        raise InvalidRequest("At least two pictures of the primary style are needed to compare with.")
    selfies: list[np.ndarray] = []
    embedded: dict[str, list[np.ndarray]] = {name: [] for name in makers}
    pictures: dict[str, list[np.ndarray]] = {name: [] for name in makers}
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    warm = False
    for person, portrait in portraits.items():
        try:
            if not warm:
                for make in makers.values():
                    make(portrait)
                warm = True
            made = {name: _timed(make, portrait) for name, make in makers.items()}
            points = front_landmarks(studio, portrait)
        except UserFacingError as error:
            logger.warning("%s is left out: %s", person, error)
            continue
        selfies.append(embedder.embed(portrait.image, portrait.points))
        for name, (picture, taken) in made.items():
            opaque = _opaque(picture)
            pictures[name].append(opaque)
            embedded[name].append(embedder.embed(opaque, points))
            seconds[name].append(taken)
    if len(selfies) < 2:
        raise InvalidRequest("Fewer than two of the portraits can be used; give more.")
    style = picture_features(network, [_opaque(picture) for picture in reference])
    rows = {}
    for name in makers:
        features = picture_features(network, pictures[name])
        rows[name] = {
            "fid": round(frechet_distance(features, style), 2),
            "kid": round(kernel_distance(features, style), 5),
            **_likeness(np.stack(embedded[name]), np.stack(selfies)),
            "seconds": round(float(np.median(seconds[name])), 4),
        }
    return {"people": len(selfies), "reference": len(reference), "features": FEATURES, "rows": rows}


def template_maker(studio: Studio) -> Maker:
    """The avatar that is measured and built, without any network of style."""

    def make(portrait: Portrait) -> np.ndarray:
        character = read_character(studio.rig, studio.pattern, [portrait]).character
        return front_picture(build_avatar(studio.rig, studio.pattern, character, studio.style))

    return make


def front_landmarks(studio: Studio, portrait: Portrait) -> Float[np.ndarray, "478 c"]:
    """Where the template's landmarks of a person are in the canonical front view, in pixels."""
    character = read_character(studio.rig, studio.pattern, [portrait]).character
    head = cartoon_head(studio.rig, character.identity, studio.style)
    return project(Sculpt(studio.rig, studio.pattern, head).landmarks, orbit(size=_PICTURE_PX))


def _timed(make: Maker, portrait: Portrait) -> tuple[np.ndarray, float]:
    start = time.perf_counter()
    picture = make(portrait)
    return picture, time.perf_counter() - start


def _opaque(picture: UInt8[np.ndarray, "h w 4"]) -> UInt8[np.ndarray, "h w 3"]:
    """Over one background, the same for all, so that no maker is judged by it."""
    color, alpha = picture[..., :3] / np.float32(255), picture[..., 3:] / np.float32(255)
    return np.rint((color * alpha + _BACKGROUND * (1 - alpha)) * 255).astype(np.uint8)


def _likeness(embedded: Float[np.ndarray, "n d"], selfies: Float[np.ndarray, "n d"]) -> dict[str, float]:
    first, second = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (embedded, selfies))
    cosines = first @ second.T
    own = np.diag(cosines)
    count = len(own)
    ranks = retrieval_ranks(embedded, selfies)
    return {
        "id": round(float(own.mean()), 4),
        "id_others": round(float((cosines.sum() - own.sum()) / (count * (count - 1))), 4),
        "top1": round(float(np.mean(ranks <= 1)), 3),
        "top5": round(float(np.mean(ranks <= 5)), 3),
        "mean_rank": round(float(np.mean(ranks)), 2),
    }
