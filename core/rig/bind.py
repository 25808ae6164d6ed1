"""A character to an avatar: Gaussians on the rig at rest, and their offsets for the 16 blendshapes, exactly."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from core.avatar.model import PARTS, Avatar, OffsetSet, offset_between
from core.expressions import SHAPES
from core.gaussians import LOG_SCALE, MEAN, QUAT, Gaussians, concatenate, to_columns
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.rig.brows import brow_geometry
from core.rig.character import Character
from core.rig.collar import collar_splats
from core.rig.eyes import BLINK_RETREAT_CM, EYE_SPLATS, eye_colors, eye_geometry
from core.rig.face_colors import surface_colors
from core.rig.glasses import glasses_splats
from core.rig.hair import hair_splats, without
from core.rig.head import HeadRig
from core.rig.shading import lit
from core.rig.style import CartoonHead, HouseStyle, cartoon_head
from core.rig.surface import Geometry, SurfacePattern, place

_OPAQUE = 0.985
# A vertex that a shape moves by less than this does not move its splats.
_STILL_CM = 0.002
_BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")


def build_avatar(rig: HeadRig, pattern: SurfacePattern, character: Character, style: HouseStyle) -> Avatar:
    """The avatar of a character in the primary style.

    Args:
        rig: the head.
        pattern: of the rig's splats.
        character: of the person.
        style: proportions of the primary style.
    """
    head = cartoon_head(rig, character.fit, style)
    rest = head.warp(head.vertices)
    surface = place(pattern, rig, rest)
    colors, surface_labels = surface_colors(rig, pattern, surface, character)
    pieces = [_piece(surface, colors, surface_labels)]
    brows = brow_geometry(rig, rest, character.brow_density)
    brow_colors = lit(np.tile(character.palette.brows, (len(brows.means), 1)), brows.normals, depth=0.6)
    pieces.append(_piece(brows, brow_colors, _labels("brow", len(brows.means))))
    for side in (0, 1):
        eye = eye_geometry(head, side)
        opening = rig.landmarks(rest)[list((LEFT_EYE, RIGHT_EYE)[side])]
        eye_color, iris = eye_colors(head, side, eye, opening, character.palette.iris)
        labels = np.where(iris, PARTS.index("iris"), PARTS.index("sclera")).astype(np.uint8)
        pieces.append(_piece(eye, eye_color, labels))
    collar = collar_splats(rig, rest, character.palette.clothes)
    pieces.append(_Piece(collar, _labels("clothes", len(collar))))
    if character.glasses is not None:
        glasses = glasses_splats(rig, rest, character.glasses)
        pieces.append(_Piece(glasses, _labels("glasses", len(glasses))))
    if character.hair is not None:
        hair = hair_splats(character.hair, character.palette)
        hair = without(hair, _over_eyes(rig, rest, hair.gaussians.means, character))
        labels = np.where(hair.is_headwear, PARTS.index("headwear"), PARTS.index("hair")).astype(np.uint8)
        pieces.append(_Piece(hair.gaussians, labels))
    gaussians = concatenate([piece.gaussians for piece in pieces])
    rows = to_columns(gaussians)
    labels = np.concatenate([piece.labels for piece in pieces])
    offsets = tuple(_offsets(rig, pattern, head, character, rows, shape) for shape in SHAPES)
    return Avatar(rows, offsets, labels)


def _over_eyes(rig: HeadRig, rest: np.ndarray, means: np.ndarray, character: Character) -> np.ndarray:
    """Which splats of hair hang over an eye that the photo shows: the cartoon's eyes reach higher than the measured."""
    landmarks = rig.landmarks(rest)
    over = np.zeros(len(means), bool)
    for rim, seen in zip((LEFT_EYE, RIGHT_EYE), character.eyes_seen, strict=True):
        low, high = landmarks[list(rim)].min(0), landmarks[list(rim)].max(0)
        away = (means[:, :2] - (low[:2] + high[:2]) / 2) / ((high[:2] - low[:2]) / 2 + (0.25, 0.5))
        over |= seen & (means[:, 2] > 3) & (np.hypot(*away.T) < 1)
    return over


@dataclass(frozen=True)
class _Piece:
    gaussians: Gaussians
    labels: UInt8[np.ndarray, " n"]


def _piece(geometry: Geometry, colors: np.ndarray, labels: np.ndarray) -> _Piece:
    count = len(geometry.means)
    opaque = np.full(count, _OPAQUE, np.float32)
    return _Piece(Gaussians(geometry.means, geometry.quats, geometry.scales, opaque, colors.astype(np.float32)), labels)


def _labels(part: str, count: int) -> np.ndarray:
    return np.full(count, PARTS.index(part), np.uint8)


def _offsets(
    rig: HeadRig,
    pattern: SurfacePattern,
    head: CartoonHead,
    character: Character,
    rest: Float32[np.ndarray, "n 14"],
    shape: str,
) -> OffsetSet:
    """What a shape at weight 1 does to the splats that follow the rig: the surface's and the brows'."""
    offset = rig.shape_offsets(shape)
    moved = np.linalg.norm(offset, axis=1) > _STILL_CM
    # Normals depend on all triangles round a vertex, so the neighbours of moved vertices count as well.
    moved[rig.triangles[moved[rig.triangles].any(1)]] = True
    posed = head.warp(head.vertices + offset)
    on_surface = np.flatnonzero(moved[pattern.corners].any(1)).astype(np.int32)
    count = len(pattern.corners)
    brows = brow_geometry(rig, posed, character.brow_density)
    index = np.concatenate([on_surface, np.arange(count, count + len(brows.means), dtype=np.int32)])
    rows = rest[index].copy()
    _overwrite(rows[: len(on_surface)], place(pattern, rig, posed, on_surface))
    _overwrite(rows[len(on_surface) :], brows)
    if shape in _BLINKS:
        first = count + len(brows.means) + _BLINKS.index(shape) * EYE_SPLATS
        eye = np.arange(first, first + EYE_SPLATS, dtype=np.int32)
        retreated = rest[eye] - np.float32(BLINK_RETREAT_CM) * np.eye(14, dtype=np.float32)[2]
        index, rows = np.concatenate([index, eye]), np.concatenate([rows, retreated])
    return offset_between(rest, rows, index)


def _overwrite(rows: np.ndarray, geometry: Geometry) -> None:
    opaque = np.full(len(rows), 0.5, np.float32)
    flat = Gaussians(geometry.means, geometry.quats, geometry.scales, opaque, np.zeros_like(geometry.means))
    fresh = to_columns(flat)
    for columns in (MEAN, LOG_SCALE, QUAT):
        rows[:, columns] = fresh[:, columns]
