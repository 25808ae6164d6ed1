"""A repainted front picture becomes an avatar: the splats that it shows take its colours, the others follow them."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from scipy import ndimage

from core.avatar.model import Avatar
from core.camera import Camera
from core.gaussians import DC, SH_C0, Gaussians
from core.oklab import to_oklab, to_srgb
from core.render.drawing import Drawing, draw, gradients
from core.smoothstep import smoothstep
from core.stylize.diffusion.spread import spread

# What lies nearer to the outline than this may show the picture's background.
_BORDER_PX_OF_512 = 3.0
# Share of its own footprint that a splat contributes to the picture: surfaces overlap about fivefold.
_HIDDEN, _SHOWN = 0.01, 0.06
# Cosines between a splat's normal and the line of sight: on steep surfaces a pixel becomes a streak.
_STEEP = (0.1, 0.45)
# More rounds fit the picture more closely, but let neighbouring splats drift apart, which shows from the side.
_ROUNDS, _LAST_ROUNDS = 5, 3


def lift(
    avatar: Avatar,
    picture: UInt8[np.ndarray, "h w 3"],
    camera: Camera,
    rounds: tuple[int, int] = (_ROUNDS, _LAST_ROUNDS),
) -> Avatar:
    """The avatar with the colours of a picture of it; places, sizes, labels and offsets stay as they are.

    Splats that the picture shows are fitted to it. The sides and the back are recoloured to match: each part takes
    over the middle and the contrast (OKLab) that it got in front, and what its seen neighbours, or those on the other
    half of the face, have beyond that.

    Args:
        avatar: at rest it is what ``picture`` was made from.
        picture: display sRGB, of the size of ``camera``'s picture. Pixels off the avatar are not looked at.
        camera: that took it.
        rounds: of fitting, before and after the hidden splats are recoloured; fewer are quicker and less exact.

    Raises:
        ValueError: if picture and camera differ in size.
    """
    if picture.shape[:2] != (camera.height, camera.width):
        raise ValueError(f"the picture is {picture.shape[:2]}, the camera's {(camera.height, camera.width)}")
    wanted = picture.astype(np.float32) / 255
    gaussians = avatar.posed(np.zeros(len(avatar.shapes), np.float32))
    drawing = draw(gaussians, camera, "ellipsoid", normals=False)
    inside = _inside(drawing.alpha)
    share, shown = _visibility(drawing, inside)
    seen = shown * smoothstep(*_STEEP, _facing(gaussians, camera)).astype(np.float32)
    fitted = _fitted(gaussians, drawing, wanted, inside, share, np.ones_like(seen), rounds[0])
    own = to_oklab(gaussians.colors)
    lab = spread(gaussians.means, avatar.labels, own, to_oklab(fitted), seen)
    filled = dataclasses.replace(gaussians, colors=to_srgb(lab).astype(np.float32))
    drawing = draw(filled, camera, "ellipsoid", normals=False)
    colors = _fitted(filled, drawing, wanted, inside, share, seen, rounds[1])
    rest = avatar.rest.copy()
    rest[:, DC] = (colors - 0.5) / np.float32(SH_C0)
    return dataclasses.replace(avatar, rest=rest)


def tinted(avatar: Avatar, change: Float32[np.ndarray, "h w 3"], camera: Camera) -> Avatar:
    """The avatar with a change of its picture laid onto the splats that show; all others keep their colours.

    Unlike :func:`lift` it is for small changes: sides and back still match.

    Args:
        avatar: at rest it is what the picture was made from.
        change: of premultiplied display sRGB; pixels near the outline are not looked at.
        camera: of the picture.

    Raises:
        ValueError: if picture and camera differ in size.
    """
    if change.shape[:2] != (camera.height, camera.width):
        raise ValueError(f"the change is {change.shape[:2]}, the camera's picture {(camera.height, camera.width)}")
    gaussians = avatar.posed(np.zeros(len(avatar.shapes), np.float32))
    drawing = draw(gaussians, camera, "ellipsoid", normals=False)
    inside = _inside(drawing.alpha)
    share, shown = _visibility(drawing, inside)
    seen = shown * smoothstep(*_STEEP, _facing(gaussians, camera)).astype(np.float32)
    wanted = np.clip(drawing.color + change, 0, 1).astype(np.float32)
    colors = _fitted(gaussians, drawing, wanted, inside, share, seen, _LAST_ROUNDS)
    rest = avatar.rest.copy()
    rest[:, DC] = (colors - 0.5) / np.float32(SH_C0)
    return dataclasses.replace(avatar, rest=rest)


def _inside(alpha: Float32[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Pixels that show the avatar and nothing behind it."""
    distance = np.asarray(ndimage.distance_transform_edt(alpha > 0.98))
    return distance > _BORDER_PX_OF_512 * len(alpha) / 512


def _visibility(
    drawing: Drawing, inside: Bool[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, " n"], Float32[np.ndarray, " n"]]:
    """How many pixels each splat fills, and how far it is seen, in [0, 1]."""
    ones = np.repeat(inside[..., None], 3, axis=2).astype(np.float32)
    share = _backproject(drawing, ones)[:, 0]
    footprint = np.full(len(share), np.inf, np.float32)
    splats = drawing.splats
    # The exponent is half_a x² + ... + half_c y² along the splat's own slant: its area is 2 pi / sqrt(4 half_a half_c).
    area = 4 * splats["half_a"] * splats["half_c"]
    shown = area > 0
    footprint[drawing.order[shown]] = 2 * np.pi * splats["opacity"][shown] / np.sqrt(area[shown])
    return share, smoothstep(_HIDDEN, _SHOWN, share / footprint).astype(np.float32)


def _facing(gaussians: Gaussians, camera: Camera) -> Float[np.ndarray, " n"]:
    """Cosine between each splat's normal and the line of sight, without its sign."""
    w, x, y, z = gaussians.quats.T
    normals = np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], 1)
    rotation, shift = camera.world_to_camera[:3, :3], camera.world_to_camera[:3, 3]
    sight = gaussians.means + shift @ rotation
    return np.abs((normals * sight).sum(1)) / np.linalg.norm(sight, axis=1)


def _fitted(
    gaussians: Gaussians,
    drawing: Drawing,
    wanted: Float32[np.ndarray, "h w 3"],
    inside: Bool[np.ndarray, "h w"],
    share: Float32[np.ndarray, " n"],
    trust: Float32[np.ndarray, " n"],
    rounds: int,
) -> Float[np.ndarray, "n 3"]:
    """Colours whose picture is nearer to ``wanted``: each splat moves by the mean error where it shows (SIRT)."""
    colors = gaussians.colors
    step = (trust / np.maximum(share, 0.05))[:, None]
    for number in range(rounds):
        if number:
            drawing = draw(dataclasses.replace(gaussians, colors=colors), drawing.camera, drawing.kind, normals=False)
        error = (wanted - drawing.color) * inside[..., None]
        colors = np.clip(colors + step * _backproject(drawing, error), 0, 1).astype(np.float32)
    return colors


def _backproject(drawing: Drawing, picture: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "n 3"]:
    """Sum over the picture, weighted by what each splat contributes to a pixel: the gradient by its colour."""
    nothing = np.zeros_like(drawing.alpha)
    return gradients(drawing, np.ascontiguousarray(picture, np.float32), nothing, nothing, None)[4]
