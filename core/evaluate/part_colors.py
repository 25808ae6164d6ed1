"""The colour that skin, hair and irises have in a photo, and that they have in a picture of the avatar."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32, Float64

from core.avatar.model import PARTS, Avatar
from core.camera import orbit, project
from core.evaluate.color_error import to_cielab
from core.landmarks import LEFT_IRIS, RIGHT_IRIS
from core.portrait import Portrait
from core.render.splats import render

PARTS_COMPARED = ("skin", "hair", "iris")
NOSE_BASE = 2
"""Landmark where the nose meets the upper lip: skin is compared above it, where beards do not grow."""

_PICTURE_PX = 512
_MARGIN_PX = 3
_FEWEST_PIXELS = {"skin": 400, "hair": 400, "iris": 24}
# Of the radius of an iris: between pupil and limbal ring, and below what the upper lid and its lashes shade.
_RING = (0.45, 0.85)
_SHADED_ABOVE = -0.2
# How much of a pixel's colour must come from a part's splats.
_MOSTLY = 0.9


def photo_colors(portrait: Portrait) -> dict[str, Float64[np.ndarray, "3"] | None]:
    """CIELAB median of each of :data:`PARTS_COMPARED` in a photo, None where it hardly shows.

    Skin is what the labels call so above the base of the nose, hair what they call hair, both without a margin of
    3 pixels; an iris is what lies between its pupil and its rim, below the shadow of the upper lid, and is labelled as
    eye.
    """
    rows = np.arange(512)[:, None]
    skin = _inner(portrait.mask("skin") & (rows < portrait.points[NOSE_BASE, 1]))
    ring = np.zeros((512, 512), bool)
    for iris in (LEFT_IRIS, RIGHT_IRIS):
        centre, rim = portrait.points[iris[0], :2], portrait.points[list(iris[1:]), :2]
        ring |= _ring(centre, float(np.linalg.norm(rim - centre, axis=1).mean()))
    regions = {"skin": skin, "hair": _inner(portrait.mask("hair")), "iris": ring & portrait.mask("eyes")}
    return _medians(portrait.image.astype(np.float32) / 255, regions)


def avatar_colors(avatar: Avatar, nose_base: Float32[np.ndarray, "3"]) -> dict[str, Float64[np.ndarray, "3"] | None]:
    """CIELAB median of each of :data:`PARTS_COMPARED` in the avatar's picture from the front, light and shade included.

    The regions are those of :func:`photo_colors`. A pixel belongs to a part if nine tenths of its colour come from
    splats of that label, which a second picture tells, in which every part has a primary colour of its own.

    Args:
        avatar: at rest.
        nose_base: landmark :data:`NOSE_BASE` of the avatar, head frame.
    """
    camera = orbit(size=_PICTURE_PX)
    gaussians = avatar.posed(np.zeros(len(avatar.shapes), np.float32))
    primaries = np.stack([avatar.labels == PARTS.index(name) for name in PARTS_COMPARED], axis=1).astype(np.float32)
    share = render(replace(gaussians, colors=primaries), camera).color > _MOSTLY
    skin, hair, iris = np.moveaxis(share, -1, 0)
    rows = np.arange(_PICTURE_PX)[:, None]
    ring = np.zeros_like(iris)
    for side in (1, -1):
        eye = (avatar.labels == PARTS.index("iris")) & (np.sign(gaussians.means[:, 0]) == side)
        places = project(gaussians.means[eye], camera)
        centre = places.mean(0)
        # The mean distance from the middle of a disc is two thirds of its radius.
        ring |= _ring(centre, 1.5 * float(np.linalg.norm(places - centre, axis=1).mean()))
    above = rows < project(nose_base[None], camera)[0, 1]
    regions = {"skin": _inner(skin & above), "hair": _inner(hair), "iris": iris & ring}
    return _medians(render(gaussians, camera).over((1.0, 1.0, 1.0)), regions)


def _inner(mask: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """The mask without a margin, in which a part mixes with its neighbours; thin parts are kept whole."""
    inner = mask.copy()
    for axis in (0, 1):
        for step in range(1, _MARGIN_PX + 1):
            inner &= np.roll(mask, step, axis) & np.roll(mask, -step, axis)
    return inner if inner.sum() >= mask.sum() / 4 else mask


def _ring(centre: np.ndarray, radius: float) -> Bool[np.ndarray, "512 512"]:
    rows, columns = np.mgrid[:_PICTURE_PX, :_PICTURE_PX]
    x, y = (columns + 0.5 - centre[0]) / max(radius, 1e-6), (rows + 0.5 - centre[1]) / max(radius, 1e-6)
    distance = np.hypot(x, y)
    return (distance > _RING[0]) & (distance < _RING[1]) & (y > _SHADED_ABOVE)


def _medians(image: np.ndarray, regions: dict[str, np.ndarray]) -> dict[str, np.ndarray | None]:
    return {
        name: np.median(to_cielab(image[mask]), axis=0) if mask.sum() >= _FEWEST_PIXELS[name] else None
        for name, mask in regions.items()
    }
