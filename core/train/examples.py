"""Training examples of GDA, drawn from pairs as another camera, pose and fit might have given them."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from core.canonical.frame import Frame, TemplateView, unposed
from core.canonical.unpose import PHOTO_PX, Unposing
from core.train.pairs import Pair
from core.train.parser_augment import photographed

# How often the template lacks something, and how often a photo is taken anew, cropped, or turned.
_WEAK, _PHOTOGRAPHED, _CROPPED, _TURNED = 0.5, 0.6, 0.3, 0.3
# By how much a fit errs: a shift in pixels, a turn in radians, a share of the size.
_SHIFT_PX, _SPIN, _SIZE = 2.0, 0.01, 0.01


@dataclass(frozen=True)
class Example:
    """What goes in and what is to come out."""

    frame: Frame
    target: Float32[np.ndarray, "s s 4"]
    """Display sRGB, straight alpha."""
    depth: Float32[np.ndarray, "s s"]
    """Of the full template."""


def plain_example(pair: Pair, *, weak: bool = False) -> Example:
    """The pair as it is."""
    return _example(pair, pair.photo, pair.unposing, (pair.weak if weak else pair.template).unpack())


def random_example(pair: Pair, rng: np.random.Generator) -> Example:
    """The pair in other light, from another side, with another fit, mirrored or not, on a full or a weak template."""
    photo = photographed(pair.photo, rng) if rng.random() < _PHOTOGRAPHED else pair.photo
    template = (pair.weak if rng.random() < _WEAK else pair.template).unpack()
    unposing = _misfit(pair.unposing, rng)
    if rng.random() < _CROPPED:
        unposing = replace(unposing, visible=unposing.visible & _within_crop(unposing, rng))
    if rng.random() < _TURNED:
        side = template.normals[..., 0] * rng.choice((-1, 1)) > rng.uniform(0.2, 0.7)
        unposing = replace(unposing, visible=unposing.visible & ~(side & unposing.surface))
    example = _example(pair, photo, unposing, template)
    return _mirrored(example) if rng.random() < 0.5 else example


def _example(pair: Pair, photo: np.ndarray, unposing: Unposing, template: TemplateView) -> Example:
    selfie, labels, visible = unposed(photo, pair.labels, unposing)
    frame = Frame(selfie, labels, visible, unposing.surface, template)
    return Example(frame, pair.target.astype(np.float32) / 255, pair.template.unpack().depth)


def _misfit(unposing: Unposing, rng: np.random.Generator) -> Unposing:
    spin, size = rng.normal(0, _SPIN), 1 + rng.normal(0, _SIZE)
    turn = size * np.array([[np.cos(spin), -np.sin(spin)], [np.sin(spin), np.cos(spin)]])
    middle = PHOTO_PX / 2
    places = (unposing.places - middle) @ turn.T + middle + rng.normal(0, _SHIFT_PX, 2)
    return replace(unposing, places=places.astype(np.float32))


def _within_crop(unposing: Unposing, rng: np.random.Generator) -> np.ndarray:
    low = rng.uniform(-0.1, 0.25, 2) * PHOTO_PX
    high = (1 - rng.uniform(-0.1, 0.25, 2)) * PHOTO_PX
    return np.asarray(((unposing.places > low) & (unposing.places < high)).all(-1))


def _mirrored(example: Example) -> Example:
    frame, template = example.frame, example.frame.template
    normals = template.normals[:, ::-1] * np.array((-1, 1, 1), np.float32)
    flipped = TemplateView(template.rgba[:, ::-1], template.depth[:, ::-1], normals)
    selfie, labels, visible, surface = (
        grid[:, ::-1] for grid in (frame.selfie, frame.labels, frame.visible, frame.surface)
    )
    return Example(Frame(selfie, labels, visible, surface, flipped), example.target[:, ::-1], example.depth[:, ::-1])
