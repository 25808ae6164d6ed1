"""Light baked into the splats' colours: a soft key, the sky, warm shadows; pleasant from every side."""

import numpy as np
from jaxtyping import Float, Float32

from core.oklab import to_oklab, to_srgb

_KEY_LIGHT = np.array((0.32, 0.58, 0.75), np.float32) / np.linalg.norm((0.32, 0.58, 0.75))
# Between the light and a viewer in front.
_HALFWAY = np.array((0.17, 0.31, 0.935), np.float32) / np.linalg.norm((0.17, 0.31, 0.935))
# The key light is large: it reaches round to where the cosine is this far below 0.
_WRAP = 0.4
# Together they leave the front of a face, on the whole, as light as it is unlit.
_AMBIENT, _KEY, _SKY, _HIDDEN = 0.835, 0.24, 0.05, 0.5
_BRIGHTEST, _DARKEST = 1.07, 0.3
# Shadows of skin turn red and yellow, in Oklab's a and b, most where light fades into them.
_WARM = (0.15, 0.05)
_EDGE_WARM, _EDGE_WIDTH = 0.014, 0.16


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
    key = np.clip((normals @ _KEY_LIGHT + _WRAP) / (1 + _WRAP), 0, 1)
    light = _AMBIENT + _KEY * key + _SKY * normals[:, 1] - _HIDDEN * np.asarray(occlusion)
    shade = np.clip(1 + depth * (light - 1), _DARKEST if depth > 0 else 0, _BRIGHTEST)
    lab = to_oklab(colors)
    # What is dark has little red to show.
    tinted = warmth * depth * np.clip(lab[:, 0], 0, 1)
    shadow = np.clip(1 - shade, 0, 0.5) * tinted
    edge = np.exp(-(((key - 0.2) / _EDGE_WIDTH) ** 2)) * tinted
    lab[:, 0] *= shade
    lab[:, 1] += _WARM[0] * shadow + _EDGE_WARM * edge
    lab[:, 2] += _WARM[1] * shadow + 0.4 * _EDGE_WARM * edge
    return to_srgb(lab).astype(np.float32)


def highlight(normals: Float[np.ndarray, "n 3"], sharpness: float) -> Float32[np.ndarray, " n"]:
    """Strength of the key light's reflection, in [0, 1], as seen from the front."""
    return (np.clip(normals @ _HALFWAY, 0, 1) ** sharpness).astype(np.float32)
