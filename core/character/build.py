"""A character to an avatar: Gaussians on the rig at rest, and their offsets for the 16 blendshapes, exactly."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Int32, UInt8

from core.avatar.model import PARTS, Avatar, OffsetSet, offset_between, without
from core.character.model import Character
from core.expressions import SHAPES
from core.gaussians import LOG_SCALE, MEAN, QUAT, Gaussians, concatenate, to_columns
from core.hair.colors import HairColors
from core.hair.drape import draped
from core.hair.envelope import Envelope, envelope_of
from core.hair.strands import hair_splats
from core.oklab import to_oklab, to_srgb
from core.rig.head import HeadRig
from core.rig.lids import BLINKS, LidRim
from core.rig.riding import riding
from core.rig.sculpt import Sculpt
from core.rig.skull import CENTRE
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import Geometry, SurfacePattern, place
from core.traits.beard_hairs import beard_colors, beard_geometry, grow_beard
from core.traits.brows import brow_geometry, brow_looks
from core.traits.bust import bust_splats
from core.traits.collar import collar_splats
from core.traits.earrings import earring_splats
from core.traits.eyes import BLINK_RETREAT_CM, EYE_SPLATS, eye_colors, eye_geometry
from core.traits.face_colors import surface_colors
from core.traits.glasses_splats import glasses_splats
from core.traits.headwear_fit import dimmed, headwear_shade, headwear_splats, hides, over_hair, pressed
from core.traits.lid_lines import lid_colors, lid_geometry
from core.traits.lip_line import lip_line, lip_line_colors, lip_line_geometry
from core.traits.mark_strokes import draw_marks, stroke_colors, stroke_geometry
from core.unit import unit

_OPAQUE = 0.985
_CLEAR = 0.01
# Under so much hair no skin is ever seen.
_BURIED_CM = 0.6
# Headwear without an opening that looks onto the scalp.
_CLOSED = ("cap", "beanie", "hat", "turban")
# A vertex that a shape moves by less than this does not move its splats.
_STILL_CM = 0.002

Follow = Callable[[Float32[np.ndarray, "v 3"]], Geometry]
"""Where a piece's splats are on a posed and warped head; always as many, in the same order."""


@dataclass(frozen=True)
class _Piece:
    """Splats of one trait."""

    gaussians: Gaussians
    labels: UInt8[np.ndarray, " n"]
    follow: Follow | None = None
    """None for what no shape moves."""
    roots: Int32[np.ndarray, " k"] | None = None
    """Vertices of the rig that they follow; None if that is not known."""


def build_avatar(rig: HeadRig, pattern: SurfacePattern, character: Character, style: HouseStyle) -> Avatar:
    """The avatar of a character in the primary style.

    Args:
        rig: the head.
        pattern: of the rig's splats.
        character: of the person.
        style: proportions of the primary style.
    """
    sculpt = Sculpt(rig, pattern, cartoon_head(rig, character.identity, style))
    envelope = None if character.hair is None else envelope_of(sculpt, character.hair)
    if character.headwear is not None and envelope is not None:
        character = replace(character, headwear=over_hair(sculpt, character.headwear, envelope.thickness))
    surface = _surface(sculpt, character, envelope)
    pieces = [surface, *(_eye(sculpt, character, side, rim) for side, rim in enumerate(sculpt.lids))]
    pieces += [
        *(_lids(sculpt, character, rim) for rim in sculpt.lids),
        _brows(sculpt, character),
        _lip_line(sculpt, character),
        *_marks(sculpt, character),
        *_beard(sculpt, character),
        *_still(sculpt, character, surface, envelope),
    ]
    rows = to_columns(concatenate([piece.gaussians for piece in pieces]))
    offsets = tuple(_offsets(sculpt, pieces, rows, shape) for shape in SHAPES)
    avatar = Avatar(rows, offsets, np.concatenate([piece.labels for piece in pieces]))
    unseen = np.zeros(len(avatar), bool)
    unseen[: len(surface.labels)] = _unseen(sculpt, character, surface, envelope)
    return without(avatar, unseen)


def _unseen(sculpt: Sculpt, character: Character, surface: _Piece, envelope: Envelope | None) -> np.ndarray:
    """Which splats of the surface nothing ever shows: tucked away, or scalp deep under a hat or hair."""
    unseen = surface.gaussians.opacities < _CLEAR
    if character.headwear is not None and character.headwear.kind in _CLOSED:
        below = surface.gaussians.means - np.array((0, 1.2, 0), np.float32)
        unseen |= sculpt.bare & hides(sculpt, character.headwear, below)
    if envelope is None or envelope.shape.is_buzzed:
        return unseen
    scalp = np.flatnonzero(sculpt.bare & (surface.labels == PARTS.index("hair")))
    means = surface.gaussians.means[scalp]
    deep = envelope.thickness(unit(means - CENTRE)) > _BURIED_CM
    deep &= envelope.covers(means - np.array((0, 1.0, 0), np.float32))
    unseen[scalp[deep & ~(envelope.bare(means, 1.2) & (means[:, 2] > -1.0))]] = True
    return unseen


def _surface(sculpt: Sculpt, character: Character, envelope: Envelope | None) -> _Piece:
    under_hair = np.zeros(len(sculpt.surface.means), bool)
    if envelope is not None:
        _, y, z = sculpt.surface.means.T
        under_hair = sculpt.bare & envelope.covers(sculpt.surface.means) & ((y > 0.5) | (z < -1.0))
    colors, labels = surface_colors(sculpt, character.palette, character.beard, character.marks, under_hair)
    gaussians = _opaque(sculpt.surface, colors)
    if character.headwear is not None:
        ears = np.flatnonzero(sculpt.rig.splats_of("ear"))
        tucked = ears[hides(sculpt, character.headwear, gaussians.means[ears])]
        # They stay in their places, which offsets and other traits count on.
        gaussians.opacities[tucked] = 0.0
        gaussians.colors[:] = dimmed(gaussians.colors, headwear_shade(sculpt, character.headwear, gaussians.means))
    return _Piece(gaussians, labels)


def _eye(sculpt: Sculpt, character: Character, side: int, rim: LidRim) -> _Piece:
    eye = eye_geometry(sculpt.head, side)
    colors, iris = eye_colors(sculpt.head, side, eye, sculpt.rest[rim.edge], character.palette.iris)
    return _Piece(_opaque(eye, colors), np.where(iris, PARTS.index("iris"), PARTS.index("sclera")).astype(np.uint8))


def _lids(sculpt: Sculpt, character: Character, rim: LidRim) -> _Piece:
    lines = lid_geometry(sculpt.rest, rim)
    return _Piece(
        _opaque(lines, lid_colors(character.palette.brows, character.palette.skin)),
        _labels("lash", len(lines.means)),
        lambda vertices: lid_geometry(vertices, rim),
        np.concatenate([rim.edge, rim.skin]),
    )


def _brows(sculpt: Sculpt, character: Character) -> _Piece:
    brows = brow_geometry(sculpt.rig, sculpt.rest, character.brows)
    riders = riding(sculpt, brows)
    colors, opacities = brow_looks(character.brows, brows, character.palette.brows)
    return _Piece(
        Gaussians(brows.means, brows.quats, brows.scales, opacities, colors),
        _labels("brow", len(brows.means)),
        riders.posed,
        riders.roots,
    )


def _lip_line(sculpt: Sculpt, character: Character) -> _Piece:
    line = lip_line(sculpt.rig, sculpt.pattern)
    geometry = lip_line_geometry(sculpt.rig, sculpt.rest, line)
    return _Piece(
        _opaque(geometry, lip_line_colors(character.palette.lips, line, geometry)),
        _labels("lips", len(geometry.means)),
        lambda vertices: lip_line_geometry(sculpt.rig, vertices, line),
        line.pattern.corners.ravel(),
    )


def _marks(sculpt: Sculpt, character: Character) -> list[_Piece]:
    strokes = draw_marks(sculpt.rig, sculpt.pattern, character.marks)
    if not len(strokes):
        return []
    geometry = stroke_geometry(sculpt.rig, sculpt.rest, strokes)
    colors = stroke_colors(character.palette.skin, strokes, geometry)
    return [
        _Piece(
            Gaussians(geometry.means, geometry.quats, geometry.scales, strokes.opacities, colors),
            _labels("skin", len(strokes)),
            lambda vertices: stroke_geometry(sculpt.rig, vertices, strokes),
            strokes.pattern.corners.ravel(),
        )
    ]


def _beard(sculpt: Sculpt, character: Character) -> list[_Piece]:
    hairs = grow_beard(sculpt.rig, sculpt.pattern, character.beard)
    if not len(hairs):
        return []
    geometry = beard_geometry(sculpt.rig, sculpt.rest, hairs)
    colors = beard_colors(sculpt, character.beard, hairs, geometry)
    return [
        _Piece(
            Gaussians(geometry.means, geometry.quats, geometry.scales, hairs.opacities, colors),
            _labels("beard", len(hairs)),
            lambda vertices: beard_geometry(sculpt.rig, vertices, hairs),
            hairs.pattern.corners.ravel(),
        )
    ]


def _still(sculpt: Sculpt, character: Character, surface: _Piece, envelope: Envelope | None) -> list[_Piece]:
    """What no shape moves."""
    pieces = []

    def add(part: str, gaussians: Gaussians) -> None:
        if character.headwear is not None and part in ("clothes", "hair", "accessory"):
            gaussians = gaussians.select(~hides(sculpt, character.headwear, gaussians.means))
            if part == "hair":
                gaussians = replace(gaussians, means=pressed(sculpt, character.headwear, gaussians.means))
        pieces.append(_Piece(gaussians, _labels(part, len(gaussians))))

    cloth = character.palette.clothes
    if character.headwear is not None and character.headwear.kind == "hood":
        cloth = character.headwear.color
    shirt = None
    if character.bust:
        bust, labels = bust_splats(sculpt, cloth, surface.gaussians.colors)
        shirt = bust.select(labels == PARTS.index("clothes"))
        pieces.append(_Piece(bust, labels))
    else:
        add("clothes", collar_splats(sculpt, cloth))
    if character.glasses is not None:
        glasses = glasses_splats(sculpt, character.glasses)
        if character.headwear is not None:
            # Temples go under cloth; lenses stay before the face.
            beside = glasses.means[:, 2] < glasses.means[:, 2].max() - 3.5
            glasses = glasses.select(~(beside & hides(sculpt, character.headwear, glasses.means)))
        add("glasses", glasses)
    if character.headwear is not None:
        add("headwear", headwear_splats(sculpt, character.headwear))
    if character.earrings is not None:
        add("accessory", earring_splats(sculpt, character.earrings))
    if envelope is not None and character.hair is not None:
        hair = hair_splats(envelope, _hair_colors(character))
        add("hair", draped(hair, shirt) if shirt is not None and character.hair.is_long else hair)
    return pieces


def _hair_colors(character: Character) -> HairColors:
    palette = character.palette
    # Skin shines through at the roots: how dark they are tells, not their hue.
    lab = to_oklab(palette.hair)
    lab[0] = to_oklab(palette.hair_roots)[0]
    return HairColors(palette.hair, palette.hair_light, to_srgb(lab).astype(np.float32))


def _opaque(geometry: Geometry, colors: np.ndarray) -> Gaussians:
    opacities = np.full(len(geometry.means), _OPAQUE, np.float32)
    return Gaussians(geometry.means, geometry.quats, geometry.scales, opacities, colors.astype(np.float32))


def _labels(part: str, count: int) -> np.ndarray:
    return np.full(count, PARTS.index(part), np.uint8)


def _offsets(sculpt: Sculpt, pieces: list[_Piece], rest: Float32[np.ndarray, "n 14"], shape: str) -> OffsetSet:
    """What a shape at weight 1 does to the splats that follow the rig.

    The pieces begin with the surface and the two eyes.
    """
    rig = sculpt.rig
    moved = np.linalg.norm(sculpt.shape_offset(shape), axis=1) > _STILL_CM
    # Normals depend on all triangles round a vertex, so the neighbours of moved vertices count as well.
    moved[rig.triangles[moved[rig.triangles].any(1)]] = True
    posed = sculpt.posed(shape)
    on_surface = np.flatnonzero(moved[sculpt.pattern.corners].any(1)).astype(np.int32)
    index = [on_surface]
    rows = [_placed(rest[on_surface], place(sculpt.pattern, rig, posed, on_surface))]
    first = len(pieces[0].labels)
    for piece in pieces[1:]:
        here = np.arange(first, first + len(piece.labels), dtype=np.int32)
        first += len(piece.labels)
        if piece.follow is not None and (piece.roots is None or moved[piece.roots].any()):
            index.append(here)
            rows.append(_placed(rest[here], piece.follow(posed)))
    if shape in BLINKS:
        first = len(pieces[0].labels) + BLINKS.index(shape) * EYE_SPLATS
        eye = np.arange(first, first + EYE_SPLATS, dtype=np.int32)
        index.insert(1, eye)
        rows.insert(1, rest[eye] - np.float32(BLINK_RETREAT_CM) * np.eye(14, dtype=np.float32)[2])
    return offset_between(rest, np.concatenate(rows), np.concatenate(index))


def _placed(rows: np.ndarray, geometry: Geometry) -> np.ndarray:
    """The rows with the places, sizes and directions of a geometry."""
    unused = np.full(len(rows), 0.5, np.float32)
    fresh = to_columns(
        Gaussians(geometry.means, geometry.quats, geometry.scales, unused, np.zeros_like(geometry.means))
    )
    placed = rows.copy()
    for columns in (MEAN, LOG_SCALE, QUAT):
        placed[:, columns] = fresh[:, columns]
    return placed
