"""Puts a style's accents on an avatar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.gaussians import LOGIT, MEAN, Gaussians, quats_from_axes, to_columns
from core.oklab import hex_to_oklab, to_srgb
from core.stylize.accents import back, bust, crest, ears, face, hats, props
from core.stylize.accents.bind import follow
from core.stylize.accents.model import Accent, Dressed, Piece, Wearer
from core.stylize.accents.places import Places
from core.stylize.materials import Material, shade
from core.stylize.surface import bare_surface

KINDS: Mapping[str, Callable[[Wearer], Dressed]] = {
    "pointed ears": ears.pointed_ears,
    "animal ears": ears.animal_ears,
    "antennae": ears.antennae,
    "horns": ears.horns,
    "halo": crest.halo,
    "crown": crest.crown,
    "wreath": crest.wreath,
    "shards": props.shards,
    "pencil": props.stick,
    "brush": props.brush,
    "splashes": props.splashes,
    "needles": props.needles,
    "loop tool": props.loop_tool,
    "crossbones": props.crossbones,
    "bow": crest.bow,
    "wizard hat": hats.wizard_hat,
    "bicorne": hats.bicorne,
    "space helmet": hats.space_helmet,
    "eye patch": face.eye_patch,
    "fangs": face.fangs,
    "bolts": face.bolts,
    "key": back.key,
    "wings": back.wings,
    "bat wings": back.bat_wings,
    "high collar": back.high_collar,
    "cape": back.cape,
    "ruff": bust.ruff,
    "stand": bust.stand,
    "projector": bust.projector,
    "sparkles": props.sparkles,
    "earring": face.earring,
    "goggles": face.goggles,
    "emblem": bust.emblem,
    "tail": back.tail,
    "leaf collar": bust.leaf_collar,
    "gears": face.gears,
}
"""What every kind of accent is made by."""

# Hidden splats fade to this logit: nothing of them is seen.
_GONE = -9.0
# Below this size an accent is not there at all.
_SMALLEST = 0.02


@dataclass(frozen=True)
class Wanted:
    """An accent of one style in a mixture."""

    accent: Accent
    finish: Material
    """What it is made of."""
    grown: float
    """How much of it there is, in [0, 1]: its size."""
    colour: Callable[[str], Float[np.ndarray, "3"]]
    """OKLab of a group in its style."""


def dress(avatar: Avatar, before: Avatar, wanted: Sequence[Wanted], seed: int) -> Avatar:
    """The avatar with accents added behind its own splats.

    Args:
        avatar: already recoloured.
        before: the same in its primary style, which places are measured on.
        wanted: the accents.
        seed: of the patterns in them.
    """
    wanted = [w for w in wanted if w.grown > _SMALLEST]
    if not wanted:
        return avatar
    places = Places(before.rest[:, MEAN].astype(float), before.labels)
    rest = avatar.rest.copy()
    pieces: list[Piece] = []
    added: list[np.ndarray] = []
    for w in wanted:
        dressed = KINDS[w.accent.kind](Wearer(places, w.accent, _named(w.colour)))
        if dressed.hidden is not None:
            fade = np.minimum(rest[dressed.hidden, LOGIT], _GONE)
            rest[dressed.hidden, LOGIT] += np.float32(w.grown) * (fade - rest[dressed.hidden, LOGIT])
        for piece in dressed.pieces:
            pieces.append(piece)
            added.append(_rows(piece, w, seed))
    rows = np.concatenate(added).astype(np.float32)
    first = len(rest)
    blocks = follow(before, pieces, rows, first)
    offsets = tuple(
        OffsetSet(
            np.concatenate([offset.index, *(index for index, _ in more)]).astype(np.int32),
            np.concatenate([offset.delta, *(delta for _, delta in more)]).astype(np.float32),
        )
        for offset, more in zip(avatar.offsets, blocks, strict=True)
    )
    labels = [np.full(len(piece.patch), PARTS.index(piece.label), np.uint8) for piece in pieces]
    return Avatar(np.concatenate([rest, rows]), offsets, np.concatenate([avatar.labels, *labels]), avatar.shapes)


def _named(colour: Callable[[str], np.ndarray]) -> Callable[[str], np.ndarray]:
    return lambda name: hex_to_oklab(name) if name.startswith("#") else colour(name)


def _rows(piece: Piece, wanted: Wanted, seed: int) -> Float[np.ndarray, "n 14"]:
    """A piece's splats at the size it has grown to; headwear, which would shrink into the head, fades in instead."""
    patch, fades = piece.patch, piece.label == "headwear"
    grown, shown = (1.0, wanted.grown) if fades else (wanted.grown, 1.0)
    means = (piece.base + grown * (patch.points - piece.base)).astype(np.float32)
    normals = patch.normals.astype(np.float32)
    lab = piece.lab.astype(np.float32)
    if not piece.plain:
        label = PARTS.index(piece.label)
        lab = shade(lab, bare_surface(patch.points.astype(np.float32), normals, lab, label), wanted.finish, seed)
    return to_columns(
        Gaussians(
            means,
            quats_from_axes(patch.along.astype(np.float32), normals),
            (patch.sizes * grown * piece.soft).astype(np.float32),
            np.full(len(patch), piece.opacity * shown, np.float32),
            np.clip(to_srgb(lab), 0, 1).astype(np.float32),
        )
    )
