"""Light baked into the splats' colours: soft, warm in the shadows, pleasant from every side."""

import numpy as np
from jaxtyping import Float, Float32

from core.oklab import to_oklab, to_srgb

_KEY_LIGHT = np.array((0.32, 0.58, 0.75), np.float32) / np.linalg.norm((0.32, 0.58, 0.75))
# Between the light and a viewer in front.
_HALFWAY = np.array((0.17, 0.31, 0.935), np.float32) / np.linalg.norm((0.17, 0.31, 0.935))


def lit(
    colors: Float[np.ndarray, "n 3"],
    normals: Float[np.ndarray, "n 3"],
    occlusion: Float[np.ndarray, " n"] | float = 0.0,
    *,
    depth: float = 1.0,
    warmth: float = 0.0,
) -> Float32[np.ndarray, "n 3"]:
    """Colours under the key light and a bright sky.

    Args:
        colors: display sRGB in [0, 1], unlit.
        normals: unit length.
        occlusion: how much of the sky is hidden, in [0, 1].
        depth: 0 leaves the colours flat, 1 is the usual contrast.
        warmth: how far shadows turn red, as light does that has passed through skin; 0 to 1.
    """
    key = normals @ _KEY_LIGHT
    light = 0.86 + 0.13 * np.clip(key, -0.6, 1) + 0.05 * normals[:, 1] - 0.34 * np.asarray(occlusion)
    shade = 1 + depth * (light - 0.97)
    lab = to_oklab(colors)
    lab[:, 0] *= np.clip(shade, 0, 1.08)
    shadow = np.clip(1 - shade, 0, 0.5) * warmth
    lab[:, 1] += 0.16 * shadow
    lab[:, 2] += 0.06 * shadow
    return to_srgb(lab).astype(np.float32)


def highlight(normals: Float[np.ndarray, "n 3"], sharpness: float) -> Float32[np.ndarray, " n"]:
    """Strength of the key light's reflection, in [0, 1], as seen from the front."""
    return (np.clip(normals @ _HALFWAY, 0, 1) ** sharpness).astype(np.float32)
