"""The lines of the eyelids: a bold one with lashes along the upper lid, a fine one below, and the fold above."""

from dataclasses import fields

import numpy as np
from jaxtyping import Float32
from scipy.interpolate import CubicSpline

from core.gaussians import quats_from_axes
from core.oklab import to_oklab, to_srgb
from core.rig.lids import LidRim
from core.rig.surface import Geometry
from core.unit import unit

_COLUMNS, _ROWS = 64, 3
# Along the upper lid, from the outer corner (0) to the inner one (1): how wide the line is, in cm.
_WIDTH_AT, _WIDTH_CM = (0.0, 0.15, 0.4, 0.75, 0.92, 1.0), (0.13, 0.18, 0.17, 0.12, 0.05, 0.0)
# How far the line runs on beyond the outer corner, over the length of the lid, and how much it rises there.
_WING, _WING_RISE_CM = 0.03, 0.04
# The width begins this share of it below the edge of the lid, whose thickness it so shades.
_OVERLAP = 0.2
_LOWER_COLUMNS = 40
_LOWER_AT, _LOWER_CM = (0.0, 0.3, 0.6, 0.8, 1.0), (0.08, 0.07, 0.03, 0.0, 0.0)
# Away from the lid, and straight forward besides: a closed lid bulges over its edge.
_OUT_CM, _FORWARD_CM = 0.08, 0.12
_THINNEST_CM = 0.001
LID_SPLATS = _COLUMNS * _ROWS + _LOWER_COLUMNS
"""Of one eye."""


def lid_geometry(vertices: Float32[np.ndarray, "v 3"], rim: LidRim) -> Geometry:
    """The splats of one eye's lines on a posed and warped head.

    Args:
        vertices: posed and warped.
        rim: of the eye.
    """
    edge, skin = vertices[rim.edge], vertices[rim.skin]
    half = len(edge) // 2
    back = np.r_[0, len(edge) - 1 : half - 1 : -1]
    upper = _band(edge[: half + 1], skin[: half + 1], _COLUMNS, _ROWS, (_WIDTH_AT, _WIDTH_CM), wing=_WING)
    lower = _band(edge[back], skin[back], _LOWER_COLUMNS, 1, (_LOWER_AT, _LOWER_CM), wing=0.0)
    return Geometry(*(np.concatenate([getattr(p, f.name) for p in (upper, lower)]) for f in fields(Geometry)))


def lid_colors(brows: Float32[np.ndarray, "3"], skin: Float32[np.ndarray, "3"]) -> Float32[np.ndarray, "n 3"]:
    """Colours of one eye's splats: dark lashes with a touch of the brows' colour, and a line of shaded skin below."""
    lash = to_oklab(brows) * (0.22, 0.5, 0.5) + (0.1, 0.005, 0.005)
    line = to_oklab(skin) * (0.74, 1.25, 1.1)
    lab = np.concatenate([np.tile(lash, (_COLUMNS * _ROWS, 1)), np.tile(line, (_LOWER_COLUMNS, 1))])
    return to_srgb(lab).astype(np.float32)


def _band(edge: np.ndarray, skin: np.ndarray, columns: int, rows: int, widths: tuple, *, wing: float) -> Geometry:
    """A band along an edge from the outer corner to the inner one, which widens over the skin beside it."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(edge, axis=0), axis=1))])
    curve = CubicSpline(lengths / lengths[-1], np.concatenate([edge, skin - edge], axis=1))
    t = np.linspace(-wing, 1, columns)
    held, beyond = np.clip(t, 0, 1), np.clip(-t, 0, None)[:, None]
    places, aside = np.split(curve(held), 2, axis=1)
    along = curve(held, 1)[:, :3]
    if wing > 0:
        # Beyond the corner the line goes straight on: outwards, up, and back round the ball.
        outward = np.sign(edge[0, 0] - edge[-1, 0])
        flick = np.array((0.8 * outward * lengths[-1], _WING_RISE_CM / wing, -0.45 * lengths[-1]))
        places, along = places + beyond * flick, np.where(beyond > 0, -flick, along)
    along = unit(along)
    aside = unit(aside - (aside * along).sum(1, keepdims=True) * along)
    normals = np.cross(along, aside)
    normals *= np.sign(normals[:, 2:])
    width = np.interp(held, *widths) * (1 - beyond[:, 0] / max(wing, 1e-6))
    share = (np.arange(rows) + 0.5) / rows - _OVERLAP
    means = (
        places[:, None]
        + (width[:, None] * share)[..., None] * aside[:, None]
        + (_OUT_CM * normals + (0, 0, _FORWARD_CM))[:, None]
    )
    long = np.full_like(width, 0.8 * (1 + wing) * lengths[-1] / columns)
    scales = np.stack([long, np.maximum(0.55 * width / rows, _THINNEST_CM), np.full_like(width, 0.02)], axis=1)
    along, normals, scales = (np.repeat(a, rows, axis=0).astype(np.float32) for a in (along, normals, scales))
    return Geometry(means.reshape(-1, 3).astype(np.float32), quats_from_axes(along, normals), scales, normals)
