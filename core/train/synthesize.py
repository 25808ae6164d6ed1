"""Makes GDA's training pairs: portraits of people who do not exist against the front views of their avatars.

The paper inverts avatars into a GAN to get the selfie; here the avatar is fitted to the portrait.
"""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image

from core.canonical.frame import canonical_frame, front_camera, template_view
from core.canonical.template_parts import template_parts
from core.canonical.unpose import unpose
from core.character.build import build_avatar
from core.character.measure import read_character
from core.errors import InvalidRequest, UserFacingError
from core.face.detect import find_face
from core.face.landmarks import Landmarker, load_landmarker
from core.face.parts import FaceParser, load_parser, parse_face
from core.face.photo import decode_photo
from core.portrait import FACE_PARTS, Portrait
from core.rig.head import HeadRig, load_head_rig
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern, surface_pattern
from core.train.pairs import PackedView, Pair, pack_places, save_pair
from core.train.teacher import teach
from core.train.weaken import weakened

logger = logging.getLogger(__name__)

_SEEN_AS_FACE = ("skin", "hair", "glasses", "brows", "ears", "eyes", "mouth", "lips")


@dataclass(frozen=True)
class Maker:
    """What making pairs needs, loaded once a process."""

    rig: HeadRig
    pattern: SurfacePattern
    landmarker: Landmarker
    parser: FaceParser
    size: int

    @staticmethod
    def load(checkpoints: Path, size: int) -> "Maker":
        """Reads the files in ``checkpoints``.

        Raises:
            MissingWeights: if one is absent or damaged.
        """
        rig = load_head_rig(checkpoints / "head_rig.safetensors")
        parser = load_parser(checkpoints / "face_parser.safetensors")
        return Maker(rig, surface_pattern(rig), load_landmarker(), parser, size)

    def pair(self, photo: bytes, seed: int) -> Pair:
        """The pair of one portrait.

        Raises:
            UserFacingError: if it shows no usable face.
        """
        image, face = find_face(self.landmarker, decode_photo(photo))
        portrait = Portrait(image, face.points, face.scores, parse_face(self.parser, image))
        reading = read_character(self.rig, self.pattern, [portrait])
        style, camera = HouseStyle(), front_camera(self.size)
        head = cartoon_head(self.rig, reading.character.identity, style)
        unposing = unpose(self.rig, reading.fit, head.rest, camera)
        avatar = build_avatar(self.rig, self.pattern, reading.character, style)
        poor = weakened(reading.character, np.random.default_rng(seed))
        view = template_view(avatar, camera)
        weak = template_view(build_avatar(self.rig, self.pattern, poor, style), camera)
        frame, parts = canonical_frame(portrait, unposing, view), template_parts(avatar, camera)
        skin = frame.visible & frame.surface & (parts == FACE_PARTS.index("skin"))
        shown = np.isin(frame.labels, [FACE_PARTS.index(name) for name in _SEEN_AS_FACE])
        return Pair(
            np.asarray(Image.fromarray(image).resize((self.size, self.size), Image.Resampling.BOX)),
            np.asarray(Image.fromarray(portrait.labels).resize((self.size, self.size), Image.Resampling.NEAREST)),
            pack_places(unposing.places),
            unposing.surface,
            unposing.visible,
            PackedView.pack(view),
            PackedView.pack(weak),
            np.rint(teach(frame, parts) * 255).astype(np.uint8),
            reading.fit.residual_mm,
            reading.fit.yaw_deg,
            float((skin & ~shown).sum() / max(skin.sum(), 1)),
        )


def synthesize(
    faces: Path, out: Path, checkpoints: Path, *, size: int = 256, limit: int | None = None, workers: int | None = None
) -> int:
    """Writes one file a portrait to ``out``; portraits that have theirs are passed over, so that it can be resumed.

    Args:
        faces: folder of portraits, ``*.jpg``.
        out: folder of the pairs.
        checkpoints: folder of the rig and the face parser.
        size: side of the canonical front view in pixels; a multiple of 32.
        limit: make pairs of so many portraits, spread evenly over the folder.
        workers: processes; as many as the machine has cores unless given.

    Returns:
        How many pairs there are now.

    Raises:
        InvalidRequest: if there are no portraits.
    """
    photos = sorted(faces.glob("*.jpg"))
    if not photos:
        raise InvalidRequest(f"{faces} holds no portraits (*.jpg).")
    if limit is not None and limit < len(photos):
        photos = [photos[k * len(photos) // limit] for k in range(limit)]
    out.mkdir(parents=True, exist_ok=True)
    missing = [photo for photo in photos if not (out / f"{photo.stem}.npz").is_file()]
    workers = max(1, min(workers or os.cpu_count() or 1, len(missing)))
    shares = [missing[k::workers] for k in range(workers)]
    logger.info("%d pairs to make with %d processes", len(missing), workers)
    # Forked processes would share the parent's threads of numba and torch, half of them locked.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_make, shares, [out] * workers, [checkpoints] * workers, [size] * workers))
    return len(list(out.glob("*.npz")))


def _make(photos: Sequence[Path], out: Path, checkpoints: Path, size: int) -> None:
    maker = Maker.load(checkpoints, size)
    for photo in photos:
        try:
            save_pair(
                maker.pair(photo.read_bytes(), seed=int.from_bytes(photo.stem.encode()[-4:])), out / f"{photo.stem}.npz"
            )
        except UserFacingError as error:
            logger.warning("%s is left out: %s", photo.name, error)
