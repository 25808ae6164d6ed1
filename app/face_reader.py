"""Reads faces for pages that cannot do it themselves: one picture at a time, nothing is kept."""

import io
import threading
from typing import Any

import numpy as np
from PIL import Image

from core.face.landmarks import Landmarker, load_landmarker

_MAX_SIDE_PX = 1280


class FaceReader:
    """A landmarker of its own, loaded when it is first needed, for all visitors in turn. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._landmarker: Landmarker | None = None

    def read(self, picture: bytes) -> dict[str, Any]:
        """What the page's own tracker would have read of the largest face.

        Args:
            picture: a JPEG of at most 1280 pixels a side.

        Returns:
            ``landmarks``: 478 times x right, y down, z away from the camera, in pixels, in one list; ``scores``:
            ARKit's by name. Empty if there is no face, or no picture.
        """
        try:
            image = Image.open(io.BytesIO(picture), formats=("JPEG",))
            if max(image.size) > _MAX_SIDE_PX:
                return {}
            pixels = np.asarray(image.convert("RGB"))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return {}
        with self._lock:
            self._landmarker = self._landmarker or load_landmarker()
            found = self._landmarker.detect(pixels)
        if not found:
            return {}
        points = [round(float(number), 2) for number in found[0].points.ravel()]
        return {"landmarks": points, "scores": {name: round(score, 4) for name, score in found[0].scores.items()}}
