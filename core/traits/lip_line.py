"""The border of the lips: a fine line over their edge, which the skin's splats alone would leave ragged."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.oklab import to_srgb
from core.rig.head import HeadRig
from core.rig.shading import lit
from core.rig.surface import Geometry, SurfacePattern, place
from core.smoothstep import smoothstep
from core.traits.face_colors import lip_edge, lip_tones
from core.traits.rooted import on_face, rooted

_COUNT = 120
_INSIDE_CM = 0.03
_ACROSS_CM = 0.052
_LIFT = 0.6


@dataclass(frozen=True)
class LipLine:
    """Where on the rig the line runs; the same for everybody."""

    pattern: SurfacePattern
    places: Float32[np.ndarray, "n 3"]
    """On the neutral head, in cm; depth is not told."""
    lift: Float32[np.ndarray, " n"]
    along: Float32[np.ndarray, " n"]
    """Standard deviation along the line, in cm."""


def lip_line(rig: HeadRig, pattern: SurfacePattern) -> LipLine:
    """The line round the lips of a rig."""
    edge = lip_edge(_COUNT)
    following = np.roll(edge, -1, axis=0) - np.roll(edge, 1, axis=0)
    length = np.linalg.norm(following, axis=1)
    inward = np.stack([following[:, 1], -following[:, 0]], axis=1) / length[:, None]
    inward *= np.sign(((edge.mean(0) - edge) * inward).sum(1))[:, None]
    xy = edge + _INSIDE_CM * inward
    source, barycentric, _ = on_face(rig, pattern, xy, ("skin", "lips"))
    directions = np.concatenate([following, np.zeros((_COUNT, 1))], axis=1)
    return LipLine(
        pattern=rooted(rig, pattern.corners[source], barycentric, directions),
        places=np.concatenate([xy, np.full((_COUNT, 1), 9.0)], axis=1).astype(np.float32),
        lift=(_LIFT * pattern.spacing[source]).astype(np.float32),
        along=(0.55 * length).astype(np.float32),
    )


def lip_line_geometry(rig: HeadRig, vertices: Float32[np.ndarray, "v 3"], line: LipLine) -> Geometry:
    """The line on a posed and warped head; it stretches with the lips."""
    roots = place(line.pattern, rig, vertices)
    stretch = np.clip(roots.scales[:, 0], 0.6, 3.0)
    # Slim at the corners of the mouth, where both borders meet.
    across = _ACROSS_CM * (1 - 0.65 * smoothstep(1.7, 2.25, np.abs(line.places[:, 0])))
    scales = np.stack([line.along * stretch, across, np.full(_COUNT, 0.01)], axis=1)
    means = roots.means + line.lift[:, None] * roots.normals
    return Geometry(means.astype(np.float32), roots.quats, scales.astype(np.float32), roots.normals)


def lip_line_colors(lips: Float32[np.ndarray, "3"], line: LipLine, geometry: Geometry) -> Float32[np.ndarray, "n 3"]:
    """Lit colours: those of the lips beside, a trace darker.

    Args:
        lips: unlit display sRGB.
        line: where it runs.
        geometry: of the line at rest.
    """
    lab = lip_tones(line.places, lips) - np.array((0.012, 0, 0))
    return lit(to_srgb(lab).astype(np.float32), geometry.normals, warmth=0.55)
