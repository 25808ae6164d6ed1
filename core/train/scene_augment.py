"""Scenes seen otherwise: in other colours and mirrored, which cost nothing to make."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from core.canonical.layers import Seats
from core.expressions import SHAPES
from core.gaussians import DC, MEAN, QUAT, SH_C0
from core.train.scenes import Scene

# The shape that is each one's mirror image.
_MIRRORED = [SHAPES.index(name.replace("Left", "?").replace("Right", "Left").replace("?", "Right")) for name in SHAPES]
_FLIP = np.array((-1, 1, 1), np.float32)
_RECOLORED, _FLIPPED = 0.6, 0.5
# Luminances, which a turn of all hues leaves alone.
_GREY = np.array((0.299, 0.587, 0.114), np.float32)


def augmented(scene: Scene, rng: np.random.Generator) -> Scene:
    """The scene, perhaps in other colours, perhaps mirrored."""
    if rng.random() < _RECOLORED:
        scene = recolored(scene, *random_colors(rng))
    return mirrored(scene) if rng.random() < _FLIPPED else scene


def random_colors(rng: np.random.Generator) -> tuple[Float32[np.ndarray, "3 3"], Float32[np.ndarray, "3"]]:
    """An affine map of colours: hues turned, more or less vivid, more or less contrast, another tint."""
    angle = rng.uniform(0, 2 * np.pi)
    cos, sin, third = np.cos(angle), np.sin(angle) / np.sqrt(3), (1 - np.cos(angle)) / 3
    turn = np.array(((0, -1, 1), (1, 0, -1), (-1, 1, 0))) * sin + third + cos * np.eye(3)
    grey = np.outer(np.ones(3), _GREY)
    matrix = rng.uniform(0.7, 1.1) * (grey + rng.uniform(0.4, 1.1) * (turn - grey @ turn))
    middle = np.full(3, 0.5)
    return matrix.astype(np.float32), (middle - matrix @ middle + rng.normal(0, 0.05, 3)).astype(np.float32)


def recolored(scene: Scene, matrix: Float32[np.ndarray, "3 3"], shift: Float32[np.ndarray, "3"]) -> Scene:
    """All colours of the picture and of the teacher mapped alike, and so what the template took of the picture.

    The template's own colours before that stay as they are: people do not change with the style.
    """

    def mapped(colors: np.ndarray) -> np.ndarray:
        return np.clip(colors @ matrix.T + shift, 0, 1).astype(np.float32)

    view, rows = scene.view, scene.rows.copy()
    colors = mapped(0.5 + SH_C0 * rows[:, DC])
    rows[:, DC] = (colors - 0.5) / np.float32(SH_C0)
    pictures = scene.pictures.copy()
    pictures[..., :3] = np.rint(255 * mapped(pictures[..., :3] / np.float32(255)))
    # At another expression splats have the colours they have at rest.
    before = (colors - shift) @ np.linalg.inv(matrix).T
    return replace(
        scene,
        view=replace(
            view,
            picture=np.concatenate([mapped(view.picture[..., :3]), view.picture[..., 3:]], 2),
            lifted=mapped(view.lifted),
        ),
        color=mapped(scene.color),
        compared_offset=mapped(before[scene.compared] + scene.compared_offset) - colors[scene.compared],
        rows=rows,
        pictures=pictures,
    )


def mirrored(scene: Scene) -> Scene:
    """The scene's mirror image; left and right shapes change places."""
    view, rows, seats = scene.view, scene.rows.copy(), scene.seats
    rows[:, MEAN] *= _FLIP
    rows[:, QUAT] *= np.array((1, 1, -1, -1), np.float32)
    side = view.alpha.shape[1]
    return replace(
        scene,
        view=replace(
            view,
            picture=view.picture[:, ::-1],
            primary=view.primary[:, :, ::-1],
            lifted=view.lifted[:, :, ::-1],
            parts=view.parts[:, :, ::-1],
            alpha=view.alpha[:, ::-1],
            depth=view.depth[:, :, ::-1],
            revolved=view.revolved[:, :, ::-1],
            normals=view.normals[:, ::-1] * _FLIP,
            positions=view.positions[:, ::-1] * _FLIP,
            motion=view.motion[_MIRRORED][:, :, ::-1] * _FLIP,
        ),
        color=scene.color[:, :, ::-1],
        depth=scene.depth[:, :, ::-1],
        alpha=scene.alpha[:, ::-1],
        motion=scene.motion[_MIRRORED][:, :, ::-1] * _FLIP,
        weights=scene.weights[_MIRRORED],
        rows=rows,
        seats=Seats(np.stack([side - seats.pixel[:, 0], seats.pixel[:, 1]], 1), seats.between),
        views=tuple((-yaw, pitch) for yaw, pitch in scene.views),
        pictures=scene.pictures[:, :, ::-1],
    )
