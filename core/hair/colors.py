"""Colours of strands: darker at the root and in the grooves, lighter at the tip, with a sheen across the flow."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from core.oklab import to_oklab, to_srgb
from core.rig.shading import lit
from core.smoothstep import smoothstep

# Strengths and bisectors of light and view: the key light seen from ahead, a softer one from behind.
_SHEENS = ((0.2, np.array((0.17, 0.5, 0.85))), (0.13, np.array((-0.25, 0.55, -0.8))))


@dataclass(frozen=True)
class HairColors:
    """Unlit display sRGB colours."""

    middle: Float32[np.ndarray, "3"]
    light: Float32[np.ndarray, "3"]
    """Of the lightest strands."""
    roots: Float32[np.ndarray, "3"]


def strand_colors(
    colors: HairColors,
    tone: Float[np.ndarray, " n"],
    share: Float[np.ndarray, " n"],
    along: Float[np.ndarray, "n 3"],
    normals: Float[np.ndarray, "n 3"],
) -> Float32[np.ndarray, "n 3"]:
    """Lit colours of splats of strands.

    Args:
        colors: of the hair.
        tone: how light each strand is among the others, about -0.25 to 0.25.
        share: 0 at the roots of the hair, 1 from where its own colour shows.
        along: unit directions of the strands.
        normals: unit normals.
    """
    middle, light, roots = (to_oklab(c) for c in (colors.middle, colors.light, colors.roots))
    grown = share[:, None]
    lab = roots * (1 - grown) + middle * grown
    highlit = smoothstep(0.05, 0.22, tone)[:, None] * grown
    lab = lab * (1 - 0.45 * highlit) + light * 0.45 * highlit
    lab[:, 0] *= 1.02 + tone
    lab[:, 1:] *= (1 + 0.8 * tone)[:, None]
    shown = lit(to_srgb(lab), normals, 0.06, depth=1.25)
    # Light on a strand is brightest where the strand lies across the bisector of light and view.
    sheen = np.zeros(len(tone))
    for strength, bisector in _SHEENS:
        across = np.clip(1 - (along @ bisector) ** 2, 0, 1)
        sheen += strength * across**14 * np.clip(normals @ bisector, 0, 1)
    # Light hair shines less, or it would lose its colour.
    sheen *= (0.9 + 3 * tone) * (1 - 0.6 * smoothstep(0.6, 0.9, middle[0]))
    return np.clip(shown + sheen[:, None] * (0.2 + 0.9 * shown), 0, 1).astype(np.float32)
