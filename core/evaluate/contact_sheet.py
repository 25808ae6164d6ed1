"""A sheet of many people beside their avatars: the main tool for judging looks."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from core.avatar.model import Avatar
from core.camera import orbit
from core.errors import InvalidRequest, UserFacingError
from core.expressions import weights_vector
from core.pipeline import Settings, Studio
from core.render.splats import render

logger = logging.getLogger(__name__)

BACKGROUND = (0.93, 0.94, 0.97)
VIEWS: dict[str, tuple[float, float, dict[str, float]]] = {
    "front": (0.0, 0.0, {}),
    "turned": (35.0, 4.0, {}),
    "side": (90.0, 0.0, {}),
    "back": (180.0, 8.0, {}),
    "smile": (0.0, 0.0, {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}),
    "open": (0.0, 0.0, {"jawOpen": 1.0}),
}
"""Yaw and pitch in degrees, and the pose, by name."""


def contact_sheet(
    studio: Studio,
    photos: Sequence[Path],
    prompt: str = "",
    size: int = 220,
    pairs: int = 1,
    views: Sequence[str] = tuple(VIEWS),
    engines: Sequence[str] = ("auto",),
) -> Image.Image:
    """One strip a person: the aligned selfie, then the avatar in some of :data:`VIEWS`.

    Args:
        studio: makes the avatars.
        photos: portraits; those that cannot be used are left out, with a warning in the log.
        prompt: second style for all of them.
        size: of a cell, in pixels.
        pairs: how many strips stand side by side.
        views: names of :data:`VIEWS`, in the order in which they are drawn.
        engines: whose avatars are drawn, one beside the other; see :attr:`core.pipeline.Settings.engine`.

    Raises:
        InvalidRequest: if none of the photos gives an avatar, or there is no such view.
    """
    unknown = [name for name in views if name not in VIEWS]
    if unknown:
        raise InvalidRequest(f"There is no view {unknown[0]!r}; choose from {', '.join(VIEWS)}.")
    strips = []
    for photo in photos:
        try:
            made = [studio.create(photo.read_bytes(), Settings(prompt=prompt, engine=engine)) for engine in engines]
        except UserFacingError as error:
            logger.warning("%s is left out: %s", photo.name, error)
            continue
        selfie = np.asarray(Image.fromarray(made[0].aligned).resize((size, size), Image.Resampling.LANCZOS))
        pictures = [draw(creation.avatar, *VIEWS[name], size) for creation in made for name in views]
        strips.append(np.concatenate([selfie, *pictures], axis=1))
    if not strips:
        raise InvalidRequest("None of the photos gave an avatar.")
    blank = np.full_like(strips[0], 255)
    strips += [blank] * (-len(strips) % pairs)
    rows = [np.concatenate(strips[k : k + pairs], axis=1) for k in range(0, len(strips), pairs)]
    return Image.fromarray(np.concatenate(rows, axis=0))


def cell_size(width: int, pairs: int, views: int) -> int:
    """Size of the cells, in pixels, with which a sheet becomes as wide as ``width`` or a little less."""
    return max(width // (pairs * (1 + views)), 1)


def draw(avatar: Avatar, yaw_deg: float, pitch_deg: float, pose: dict[str, float], size: int) -> np.ndarray:
    """The posed avatar on :data:`BACKGROUND`, uint8 (size, size, 3)."""
    picture = render(avatar.posed(weights_vector(pose)), orbit(yaw_deg, pitch_deg, size=size)).over(BACKGROUND)
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)
