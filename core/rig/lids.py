"""The rims of the eyelids, as closed rings of the rig's vertices."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from core.rig.head import RIG_PARTS, HeadRig
from core.smoothstep import smoothstep

BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")
"""The blendshapes that close the left and the right eye."""

# Rings of vertices between the inner edge of a lid, at the eyeball, and its outer edge, where lashes grow; and from
# there to skin that tells in which direction the lid goes on.
_THICKNESS_RINGS, _SKIN_RINGS = 3, 2
# How far above the edge, in cm, skin begins to stay behind a closing lid and where it stays by this share of its way.
_FOLD_CM, _FOLD_STAYS = (0.08, 0.55), 0.6
_LOWER_LID_CM = 0.55


@dataclass(frozen=True)
class LidRim:
    """The outer edge of one eye's lids: from the outer corner along the upper lid and back along the lower."""

    edge: Int32[np.ndarray, " k"]
    """Numbers of vertices on the edge."""
    skin: Int32[np.ndarray, " k"]
    """For each, the vertex next to it on the outside of the lid."""


def lid_rims(rig: HeadRig) -> tuple[LidRim, LidRim]:
    """The rims of the left and the right eye."""
    skin = rig.triangles[rig.triangle_part == RIG_PARTS.index("skin")]
    edges = np.sort(np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]]), axis=1)
    key, count = np.unique(edges[:, 0].astype(np.int64) * len(rig.neutral) + edges[:, 1], return_counts=True)
    # Skin ends at the opening of each eye: edges there have a triangle on one side only.
    border = np.stack(np.divmod(key[count == 1], len(rig.neutral)), axis=1)
    return _rim(rig, skin, border, "eye_left"), _rim(rig, skin, border, "eye_right")


def _rim(rig: HeadRig, skin: np.ndarray, border: np.ndarray, eye: str) -> LidRim:
    ball = rig.neutral[rig.vertices_of(eye)]
    middle, reach = ball.mean(0), np.ptp(ball[:, 0])
    ring = np.unique(border[np.linalg.norm(rig.neutral[border].mean(1) - middle, axis=1) < reach])
    near = skin[np.linalg.norm(rig.neutral[skin[:, 0]] - middle, axis=1) < 2 * reach]
    seen = ring
    rings = []
    for _ in range(_THICKNESS_RINGS + _SKIN_RINGS):
        around = np.unique(near[np.isin(near, ring).any(1)])
        ring = np.setdiff1d(around, seen)
        seen = np.union1d(seen, ring)
        rings.append(ring)
    edge, outside = rings[_THICKNESS_RINGS - 1], rings[-1]
    places = rig.neutral[edge]
    outward = np.sign(middle[0])
    across = outward * places[:, 0]
    inner, outer = places[across.argmin()], places[across.argmax()]
    x, y = (places - (inner + outer) / 2)[:, :2].T
    # Measured from the line between the corners, which leans a little.
    lean = np.arctan2(outer[1] - inner[1], outward * (outer[0] - inner[0]))
    edge = edge[np.argsort(np.mod(np.arctan2(y, outward * x) - lean + 1e-4, 2 * np.pi))]
    apart = np.linalg.norm(rig.neutral[edge][:, None] - rig.neutral[outside], axis=2)
    return LidRim(edge.astype(np.int32), outside[apart.argmin(1)].astype(np.int32))


def closing(
    rig: HeadRig, offset: Float32[np.ndarray, "v 3"], rim: LidRim, meeting: float
) -> Float32[np.ndarray, "v 3"]:
    """A blink whose lower lid comes to meet the upper one, and whose upper lid unrolls from under its fold.

    Args:
        rig: the head.
        offset: of the blink as the rig has it, where the upper lid does all.
        rim: of the eye that closes.
        meeting: where the lids meet, from the lower lid (0) to the upper one (1) at rest.
    """
    edge = rig.neutral[rim.edge]
    half = len(edge) // 2
    upper, lower = rim.edge[: half + 1], np.concatenate([rim.edge[half:], rim.edge[:1]])
    away = np.linalg.norm(rig.neutral[:, None] - edge, axis=2)
    nearest = rim.edge[away.argmin(1)]
    distance = away.min(1)
    # The skin above the lid stays more and more behind the edge, up to the fold.
    unrolled = 1 - _FOLD_STAYS * smoothstep(*_FOLD_CM, np.where(np.isin(nearest, upper), distance, 0))
    order = np.argsort(rig.neutral[upper, 0])
    drop = np.interp(rig.neutral[lower, 0], rig.neutral[upper, 0][order], offset[upper, 1][order])
    rise = np.zeros(len(rig.neutral))
    rise[lower] = np.clip(-meeting * drop, 0, None)
    # Only skin: the eyeball behind stays.
    skin = np.zeros(len(rig.neutral), bool)
    skin[rig.vertices_of("skin")] = True
    lifted = np.where(skin & np.isin(nearest, lower), rise[nearest] * np.exp(-((distance / _LOWER_LID_CM) ** 2)), 0)
    closed = offset * ((1 - meeting) * unrolled)[:, None]
    closed[:, 1] += lifted
    return closed.astype(np.float32)
