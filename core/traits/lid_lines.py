"""The lines of the eyelids: a bold one with lashes along the upper lid, a fine one below, and the fold above."""

from dataclasses import fields, replace

import numpy as np
from jaxtyping import Float32
from scipy.interpolate import CubicSpline

from core.gaussians import quats_from_axes
from core.oklab import to_oklab, to_srgb
from core.rig.lids import LidRim
from core.rig.surface import Geometry
from core.smoothstep import smoothstep
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
# Away from the lid, and straight forward besides: of open eyes, and of closed ones, whose lid bulges over its edge.
_OUT_CM, _FORWARD_CM, _FORWARD_CLOSED_CM = 0.08, 0.12, 0.3
# Under this opening, over the width of the eye, an eye begins to count as closed.
_NARROW = 0.12
# A closed eye's line is one calm arc, this much bolder, and ends this share of its length before the inner corner.
_ARC_DEGREE, _BOLDER, _ENDS_BEFORE = 4, 0.4, 0.06
# So far behind it lies the lower one.
_TUCKED_CM = 0.06
_THINNEST_CM = 0.001
LID_SPLATS = _COLUMNS * _ROWS + _LOWER_COLUMNS
"""Of one eye."""


def lid_geometry(vertices: Float32[np.ndarray, "v 3"], rim: LidRim) -> Geometry:
    """The splats of one eye's lines on a posed and warped head; of a closed eye only the upper line shows.

    Args:
        vertices: posed and warped.
        rim: of the eye.
    """
    edge, skin = vertices[rim.edge], vertices[rim.skin]
    half = len(edge) // 2
    back = np.r_[0, len(edge) - 1 : half - 1 : -1]
    above, below, upper_skin = edge[: half + 1], edge[back], skin[: half + 1]
    closed = _closed(above, below)
    # Vertices of a shut lid lie unevenly, which a line along them would show.
    above = above + closed * (_arc(above) - above)
    upper = _band(above, upper_skin, _COLUMNS, _ROWS, (_WIDTH_AT, _WIDTH_CM), wing=_WING, closed=closed)
    thin = (_LOWER_COLUMNS, 1, (_LOWER_AT, _LOWER_CM))
    lower = _band(below, skin[back], *thin, wing=0.0, closed=0.0)
    tucked = _band(above, upper_skin, *thin, wing=0.0, closed=closed).means - np.array((0, 0, _TUCKED_CM), np.float32)
    lower = replace(lower, means=lower.means + np.float32(closed) * (tucked - lower.means))
    return Geometry(*(np.concatenate([getattr(p, f.name) for p in (upper, lower)]) for f in fields(Geometry)))


def lid_colors(brows: Float32[np.ndarray, "3"], skin: Float32[np.ndarray, "3"]) -> Float32[np.ndarray, "n 3"]:
    """Colours of one eye's splats: dark lashes with a touch of the brows' colour, and a line of shaded skin below."""
    lash = to_oklab(brows) * (0.22, 0.5, 0.5) + (0.1, 0.005, 0.005)
    line = to_oklab(skin) * (0.74, 1.25, 1.1)
    lab = np.concatenate([np.tile(lash, (_COLUMNS * _ROWS, 1)), np.tile(line, (_LOWER_COLUMNS, 1))])
    return to_srgb(lab).astype(np.float32)


def _closed(above: np.ndarray, below: np.ndarray) -> float:
    """How far an eye is closed, by the edges of its lids (k, 3): 0 if it is open, 1 if they meet."""
    order = np.argsort(below[:, 0])
    # Corners are narrow in open eyes, too.
    middle = above[len(above) // 3 : -(len(above) // 3)]
    opening = middle[:, 1] - np.interp(middle[:, 0], below[order, 0], below[order, 1])
    return float(1 - smoothstep(0.0, _NARROW, opening.mean() / np.ptp(above[:, 0])))


def _arc(edge: np.ndarray) -> np.ndarray:
    """The edge of a lid (k, 3) as one smooth curve."""
    x = edge[:, 0]
    smooth = [np.polynomial.Polynomial.fit(x, column, _ARC_DEGREE)(x) for column in edge[:, 1:].T]
    return np.stack([x, *smooth], axis=1)


def _band(
    edge: np.ndarray, skin: np.ndarray, columns: int, rows: int, widths: tuple, *, wing: float, closed: float
) -> Geometry:
    """A band along an edge from the outer corner to the inner one, which widens over the skin beside it."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(edge, axis=0), axis=1))])
    curve = CubicSpline(lengths / lengths[-1], np.concatenate([edge, skin - edge], axis=1))
    end = 1 - _ENDS_BEFORE * closed
    t = np.linspace(-wing, end, columns)
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
    width = np.interp(held / end, *widths) * (1 - beyond[:, 0] / max(wing, 1e-6)) * (1 + _BOLDER * closed)
    share = (np.arange(rows) + 0.5) / rows - _OVERLAP
    forward = _FORWARD_CM + (_FORWARD_CLOSED_CM - _FORWARD_CM) * closed
    means = (
        places[:, None]
        + (width[:, None] * share)[..., None] * aside[:, None]
        + (_OUT_CM * normals + (0, 0, forward))[:, None]
    )
    long = np.full_like(width, 0.8 * (1 + wing) * lengths[-1] / columns)
    scales = np.stack([long, np.maximum(0.55 * width / rows, _THINNEST_CM), np.full_like(width, 0.02)], axis=1)
    along, normals, scales = (np.repeat(a, rows, axis=0).astype(np.float32) for a in (along, normals, scales))
    return Geometry(means.reshape(-1, 3).astype(np.float32), quats_from_axes(along, normals), scales, normals)
