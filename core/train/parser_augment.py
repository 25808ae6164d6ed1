"""Portraits as another camera, light, alignment and place might have given them, for training the face parser."""

import math
from io import BytesIO

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image, ImageFilter

from core.face.parts import FACE_PARTS

_BARE = [FACE_PARTS.index(name) for name in ("skin", "ears", "neck", "lips")]


def augment(
    image: UInt8[np.ndarray, "s s 3"],
    label: UInt8[np.ndarray, "s s"],
    other: UInt8[np.ndarray, "s s 3"],
    rng: np.random.Generator,
) -> tuple[UInt8[np.ndarray, "s s 3"], UInt8[np.ndarray, "s s"]]:
    """A picture as another camera, light, alignment and place might have given it, and its labels.

    Args:
        image: sRGB portrait.
        label: indices into :data:`core.face.parts.FACE_PARTS`.
        other: any other portrait; upside down, it stands in for a busy background now and then.
        rng: source of chance.
    """
    if rng.random() < 0.3:
        image = _with_background(image, label, other, rng)
    # Most of the portraits are of light-skinned people; darker skin and darker pictures even that out a little.
    if rng.random() < 0.3:
        image = _with_skin_tone(image, label, rng)
    if rng.random() < 0.5:
        image, label = image[:, ::-1], label[:, ::-1]
    image, label = _moved(image, label, rng)
    if rng.random() < 0.25:
        image = _covered(image, label, rng)
    return photographed(image, rng), label


def _soft(mask: np.ndarray, radius: float) -> Float32[np.ndarray, "s s 1"]:
    picture = Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(picture, np.float32)[..., None] / 255


def _with_background(image: np.ndarray, label: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    alpha = _soft(label == 0, 1.0)
    if rng.random() < 0.4:
        behind = np.broadcast_to(rng.uniform(0, 255, 3).astype(np.float32), image.shape)
    else:
        behind = np.roll(other[::-1], int(rng.integers(other.shape[1])), axis=1).astype(np.float32)
    return (image + alpha * (behind - image)).astype(np.uint8)


def _with_skin_tone(image: np.ndarray, label: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    alpha = _soft(np.isin(label, _BARE), 1.5)
    toned = 255 * (image / np.float32(255)) ** rng.uniform(0.8, 2.6)
    toned *= 1 + rng.uniform(-0.1, 0.1, 3).astype(np.float32)
    return np.clip(image + alpha * (toned - image), 0, 255).astype(np.uint8)


def _moved(image: np.ndarray, label: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Shifted, scaled and turned; beyond the border the picture is mirrored, smeared or black."""
    size = len(label)
    pad = size // 3
    mode = rng.choice(["reflect", "edge", "constant"])
    margins = ((pad, pad), (pad, pad))
    image, label = np.pad(image, (*margins, (0, 0)), mode=mode), np.pad(label, margins, mode=mode)
    angle, scale = np.radians(rng.normal(0, 6)), 1 / rng.uniform(0.85, 1.2)
    shift = rng.uniform(-0.06, 0.06, 2) * size
    cos, sin, middle = scale * math.cos(angle), scale * math.sin(angle), size / 2
    # PIL wants the map from the new picture to the old one.
    origin = pad + middle + shift - np.array([cos * middle - sin * middle, sin * middle + cos * middle])
    matrix = (cos, -sin, origin[0], sin, cos, origin[1])
    turned = Image.fromarray(image).transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    parts = Image.fromarray(label).transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.NEAREST)
    return np.asarray(turned), np.asarray(parts)


def _covered(image: np.ndarray, label: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A patch of noise over up to a fifth of each side; the labels stay, so the network learns to bridge gaps."""
    size = len(label)
    (h, w), (y, x) = rng.integers(size // 16, size // 5, 2), rng.integers(0, size, 2)
    image = image.copy()
    patch = image[y : y + h, x : x + w]
    patch[:] = np.clip(rng.uniform(0, 255, 3) + rng.normal(0, 20, patch.shape), 0, 255)
    return image


def photographed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other light, white balance, focus, noise and compression."""
    x = (image / np.float32(255)) ** math.exp(rng.normal(0, 0.3))
    x = x * (1 + rng.normal(0, 0.07, 3).astype(np.float32)) * math.exp(rng.normal(0, 0.12))
    x = (x - 0.5) * math.exp(rng.normal(0, 0.15)) + 0.5
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * (0.0 if rng.random() < 0.05 else rng.uniform(0.6, 1.4))
    if rng.random() < 0.3:
        # Light from one side.
        ramp = np.linspace(-1, 1, len(x), dtype=np.float32) * np.float32(rng.uniform(-0.4, 0.4))
        x = x * (1 + (ramp[None, :, None] if rng.random() < 0.7 else ramp[:, None, None]))
    if rng.random() < 0.3:
        x = x + rng.normal(0, rng.uniform(0.01, 0.05), x.shape)
    picture = Image.fromarray((np.clip(x, 0, 1) * 255).astype(np.uint8))
    if rng.random() < 0.25:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 2.0)))
    if rng.random() < 0.3:
        packed = BytesIO()
        picture.save(packed, "jpeg", quality=int(rng.integers(15, 80)))
        picture = Image.open(packed)
    return np.asarray(picture.convert("RGB"))
