"""What is known of a person from one photo: the input of everything that makes an avatar."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, UInt8

from core.oklab import to_oklab

FACE_PARTS = (
    *("background", "skin", "brows", "eyes", "glasses", "ears"),
    *("mouth", "lips", "neck", "clothes", "hair", "headwear"),
)
"""What a pixel can show; labels are indices into this tuple.

``skin`` includes the nose, ``ears`` earrings, ``neck`` necklaces; ``mouth`` is what open lips show; ``headwear`` is
hats, hoods and scarves. Left and right are not told apart.
"""


@dataclass(frozen=True)
class Portrait:
    """A face in FFHQ framing: 512 px, upright, eyes and mouth always at about the same places."""

    image: UInt8[np.ndarray, "512 512 3"]
    """Display sRGB."""
    points: Float32[np.ndarray, "478 3"]
    """MediaPipe's landmarks in pixels of ``image``; z on the scale of x, away from the camera."""
    scores: dict[str, float]
    """MediaPipe's expression scores by ARKit name."""
    labels: UInt8[np.ndarray, "512 512"]
    """Index into :data:`FACE_PARTS` of every pixel."""

    @cached_property
    def lab(self) -> np.ndarray:
        """``image`` in OKLab, (512, 512, 3); worked out once, however many traits are measured from it."""
        return to_oklab(self.image.astype(np.float32) / 255)

    def mask(self, *parts: str) -> np.ndarray:
        """Where the picture shows one of ``parts``, as booleans (512, 512)."""
        return np.isin(self.labels, [FACE_PARTS.index(part) for part in parts])
