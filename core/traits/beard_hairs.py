"""The hairs of a beard: short strands in layers that stand off the skin and move with it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from core.oklab import to_oklab, to_srgb
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.shading import lit
from core.rig.surface import Geometry, SurfacePattern, neutral_places, place
from core.smoothstep import smoothstep
from core.spread import scattered
from core.traits.beard import Beard, beard_cover
from core.traits.rooted import rooted

_LEAST = 0.08
"""Where a beard is thinner than this no hair stands."""
_STEP_CM = 0.27
# Full hair is laid in layers, from the skin outwards.
_LAYERS = 3


@dataclass(frozen=True)
class BeardHairs:
    """Where on the rig hairs grow, and how they stand; the same in every pose."""

    pattern: SurfacePattern
    """Roots; the first tangent is the direction of growth."""
    source: Int32[np.ndarray, " n"]
    """The surface's splat beside each root."""
    outward: Float32[np.ndarray, " n"]
    """How far each hair's middle lies along the skin's normal, in cm."""
    hanging: Float32[np.ndarray, "n 3"]
    """How far it lies off that, towards where hair hangs, in cm, head frame."""
    sizes: Float32[np.ndarray, "n 3"]
    """Standard deviations along, across and through, in cm."""
    opacities: Float32[np.ndarray, " n"]
    tone: Float32[np.ndarray, " n"]
    """Added to the colour's lightness in OKLab."""

    def __len__(self) -> int:
        return len(self.outward)


def grow_beard(rig: HeadRig, pattern: SurfacePattern, beard: Beard) -> BeardHairs:
    """The hairs of a beard; none for a clean shave. Their number depends on the densities only."""
    places = neutral_places(rig, pattern)
    cover = beard_cover(places, beard) * (rig.splats_of("skin", "neck") & (rig.splat_lips < 0.3))
    candidates = np.flatnonzero(cover > _LEAST)
    # As many hairs to the square centimetre where the pattern is fine as where it is coarse.
    per_layer = np.minimum((pattern.spacing[candidates] / _STEP_CM) ** 2, 1.6)
    layer = np.repeat(np.arange(_LAYERS), len(candidates))
    source = np.tile(candidates, _LAYERS)
    chance = np.tile(per_layer, _LAYERS)
    number = np.arange(len(source))
    a, b, c, d = (scattered(number, seed) for seed in range(4))
    thick = cover[source]
    # Outer layers need a denser beard: stubble is one layer only.
    kept = a < chance * np.clip((1.5 * thick - 0.42 * layer) / 0.6, 0, 1)
    source, layer, thick, b, c, d = (values[kept] for values in (source, layer, thick, b, c, d))
    height = (layer + 0.5 + 0.5 * (d - 0.5)) / _LAYERS

    at = places[source]
    x, y, z = at.T
    wide = np.abs(x)
    full = smoothstep(0.35, 0.8, thick)
    length = min(beard.length_cm, 0.6) * (0.55 + 0.45 * full)
    depth = (0.03 + 0.62 * np.minimum(length, 0.42)) * (0.3 + 0.7 * full)
    upper_lip = (y > -5.2) & (wide < 3.2)
    depth[upper_lip] *= 0.75
    # Below the chin hair hangs as long as it is; at the sides it is trimmed.
    chin = smoothstep(6.6, 9.0, -y) * smoothstep(-5.6, -1.2, -wide) * full
    reach = max(beard.length_cm - 0.25, 0.0) * chin
    hanging = np.stack([-0.1 * x * reach * height, -reach * height, 0.18 * reach * height], axis=1)

    growth = np.stack(
        [np.where(upper_lip, 1.1 * np.clip(x / 0.5, -1, 1), -0.08 * x), -np.ones(len(x)), 0.2 * (z > 0)], 1
    )
    growth[:, 0] += 0.5 * (b - 0.5)
    move = (np.stack([b, c], axis=1) - 0.5) * pattern.spacing[source, None]
    shift = (pattern.tangents[source] @ move[:, :, None])[..., 0]
    barycentric = pattern.barycentric[source] + np.stack([-shift.sum(1), shift[:, 0], shift[:, 1]], axis=1)
    along = (0.36 + 0.16 * (c - 0.5)) * np.clip(length, 0.11, 0.6) * (1 + 0.8 * reach)
    across = np.clip(0.028 + 0.16 * length, 0.036, 0.09) * (0.9 + 0.3 * (d - 0.5))
    tone = 0.09 * (b - 0.5) + 0.1 * (height - 0.55) * full
    return BeardHairs(
        pattern=rooted(rig, pattern.corners[source], barycentric, growth),
        source=source.astype(np.int32),
        outward=(depth * height + 0.01).astype(np.float32),
        hanging=hanging.astype(np.float32),
        sizes=np.stack([along, across, 0.7 * across], axis=1).astype(np.float32),
        # Single short hairs are finer than a splat: they let the skin through.
        opacities=np.interp(thick, (0.1, 0.45, 0.8), (0.3, 0.6, 0.985)).astype(np.float32),
        tone=tone.astype(np.float32),
    )


def beard_geometry(rig: HeadRig, vertices: Float32[np.ndarray, "v 3"], hairs: BeardHairs) -> Geometry:
    """The hairs on a posed and warped head."""
    roots = place(hairs.pattern, rig, vertices)
    means = roots.means + roots.normals * hairs.outward[:, None] + hairs.hanging
    return Geometry(means.astype(np.float32), roots.quats, hairs.sizes, roots.normals)


def beard_colors(sculpt: Sculpt, beard: Beard, hairs: BeardHairs, geometry: Geometry) -> Float32[np.ndarray, "n 3"]:
    """Lit colours of the hairs: dark at the skin, light outside, never quite even."""
    lab = np.tile(to_oklab(beard.color), (len(hairs), 1))
    lab[:, 0] = np.clip(lab[:, 0] + hairs.tone, 0.08, 0.97)
    occlusion = 0.55 * sculpt.rig.splat_occlusion[hairs.source]
    return lit(to_srgb(lab).astype(np.float32), geometry.normals, occlusion, depth=1.2)
