"""Pairs for GDA on disk: a selfie, what relates it to the canonical front view, templates, and the picture to make."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Bool, Float16, Float32, UInt8, UInt16

from core.canonical.frame import TemplateView
from core.canonical.unpose import PHOTO_PX, Unposing
from core.errors import InvalidRequest

# Places are kept in steps of 1/64 pixel with room for what lies outside the photo.
_STEP_PX, _ROOM_PX = 1 / 64, 256.0
_MIDDLE_CM = 100.0


@dataclass(frozen=True)
class PackedView:
    """A :class:`core.canonical.frame.TemplateView`, small."""

    rgba: UInt8[np.ndarray, "s s 4"]
    depth: Float16[np.ndarray, "s s"]
    """In centimetres beyond 100 from the camera."""
    normals: UInt8[np.ndarray, "s s 3"]

    @staticmethod
    def pack(view: TemplateView) -> "PackedView":
        """The view, rounded: colours to 1/255, depth to 0.2 mm, normals to half a degree."""
        return PackedView(
            np.rint(np.clip(view.rgba, 0, 1) * 255).astype(np.uint8),
            np.clip(view.depth - _MIDDLE_CM, -60, 60).astype(np.float16),
            np.rint((view.normals + 1) * 127.5).astype(np.uint8),
        )

    def unpack(self) -> TemplateView:
        """The view again."""
        normals = self.normals.astype(np.float32) / 127.5 - 1
        normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
        return TemplateView(self.rgba.astype(np.float32) / 255, self.depth.astype(np.float32) + _MIDDLE_CM, normals)


@dataclass(frozen=True)
class Pair:
    """One person of the training data, at the network's size."""

    photo: UInt8[np.ndarray, "s s 3"]
    """The aligned selfie."""
    labels: UInt8[np.ndarray, "s s"]
    """Of the selfie, indices into :data:`core.portrait.FACE_PARTS`."""
    places: UInt16[np.ndarray, "s s 2"]
    surface: Bool[np.ndarray, "s s"]
    visible: Bool[np.ndarray, "s s"]
    template: PackedView
    """As well as the traits could be read."""
    weak: PackedView
    """With something missing or wrong."""
    target: UInt8[np.ndarray, "s s 4"]
    """The picture to make: see :func:`core.train.teacher.teach`."""
    residual_mm: float
    """Of the fit."""
    yaw_deg: float
    """Of the head in the photo."""
    occluded: float
    """Share of the template's visible skin where the photo shows neither skin nor hair nor glasses."""

    @property
    def unposing(self) -> Unposing:
        """The map to the photo."""
        return Unposing(self.places.astype(np.float32) * _STEP_PX - _ROOM_PX, self.surface, self.visible)


def pack_places(places: Float32[np.ndarray, "s s 2"]) -> UInt16[np.ndarray, "s s 2"]:
    """Places in the photo as a :class:`Pair` keeps them."""
    inside = np.clip(places, -_ROOM_PX, PHOTO_PX + _ROOM_PX - 1)
    return np.rint((inside + _ROOM_PX) / _STEP_PX).astype(np.uint16)


def save_pair(pair: Pair, path: Path) -> None:
    """Writes a pair as a compressed NumPy archive."""
    arrays = {name: value for name, value in vars(pair).items() if not isinstance(value, PackedView)}
    for name in ("template", "weak"):
        arrays |= {f"{name}.{part}": value for part, value in vars(getattr(pair, name)).items()}
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez_compressed(file, **arrays)
    partial.replace(path)


def load_pair(path: Path) -> Pair:
    """A pair from a file of :func:`save_pair`.

    Raises:
        InvalidRequest: if it is not such a file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: file[name] for name in file.files}
        arrays |= {
            name: PackedView(**{part: arrays.pop(f"{name}.{part}") for part in ("rgba", "depth", "normals")})
            for name in ("template", "weak")
        }
        arrays |= {name: float(arrays[name]) for name in ("residual_mm", "yaw_deg", "occluded")}
        return Pair(**arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error) as error:
        raise InvalidRequest(f"{path.name} is not a training pair; make it anew with launch.py train pairs.") from error


@dataclass(frozen=True)
class PairRule:
    """Which pairs are too weak to learn from."""

    most_residual_mm: float = 1.8
    most_yaw_deg: float = 22.0
    most_occluded: float = 0.1

    def allows(self, pair: Pair) -> bool:
        """Whether the fit is good, the face seen from the front, and nothing before it."""
        return (
            pair.residual_mm <= self.most_residual_mm
            and abs(pair.yaw_deg) <= self.most_yaw_deg
            and pair.occluded <= self.most_occluded
        )
