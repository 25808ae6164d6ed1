"""The head rig: a linear face model with parts, landmarks and a pattern of splats."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8
from safetensors import SafetensorError, safe_open

from core.errors import MissingWeights
from core.expressions import ARKIT_PARTS
from core.unit import unit

RIG_PARTS = (
    *("skin", "ear", "neck", "scalp", "lips", "mouth", "tongue"),
    *("teeth_upper", "teeth_lower", "eye_left", "eye_right", "lash_upper"),
)
"""What a triangle of the rig belongs to."""


@dataclass(frozen=True)
class HeadRig:
    """Vertices are ``neutral + identity^T a + actions^T w``, in centimetres, in the head frame."""

    neutral: Float32[np.ndarray, "v 3"]
    triangles: Int32[np.ndarray, "t 3"]
    """Vertex numbers, counter-clockwise from outside."""
    triangle_part: UInt8[np.ndarray, " t"]
    """Index into :data:`RIG_PARTS`; ears, neck, scalp and lips count as skin here."""
    mirror: Int32[np.ndarray, " v"]
    """The vertex that is each one's mirror image."""
    actions: Float32[np.ndarray, "e v 3"]
    """What each ARKit action adds at weight 1."""
    action_names: tuple[str, ...]
    identity: Float32[np.ndarray, "k v 3"]
    """What each shape direction adds at coefficient 1; all are mirror-symmetric."""
    identity_names: tuple[str, ...]
    landmark_triangle: Int32[np.ndarray, "478"]
    landmark_barycentric: Float32[np.ndarray, "478 3"]
    landmark_hit: Bool[np.ndarray, "478"]
    """Which of MediaPipe's landmarks lie on the skin; the place of the others means nothing."""
    splat_triangle: Int32[np.ndarray, " n"]
    """Where the splats of the surface sit: an even pattern, finer at eyes, brows and mouth."""
    splat_barycentric: Float32[np.ndarray, "n 3"]
    splat_spacing: Float32[np.ndarray, " n"]
    """Distance to the neighbours on the neutral head, in centimetres."""
    splat_part: UInt8[np.ndarray, " n"]
    """Index into :data:`RIG_PARTS`; divides the skin more finely than ``triangle_part``."""
    splat_lips: Float32[np.ndarray, " n"]
    """How far each splat of skin or lips belongs to the lips, in [0, 1]: their edge is soft."""
    splat_occlusion: Float32[np.ndarray, " n"]
    """How much of the sky the neutral head hides from each splat, in [0, 1]."""

    def landmarks(self, vertices: np.ndarray) -> np.ndarray:
        """MediaPipe's landmarks on vertices (..., v, 3), as (..., 478, 3)."""
        corners = vertices[..., self.triangles[self.landmark_triangle], :]
        return (corners * self.landmark_barycentric[..., None]).sum(-2)

    def shape_offsets(self, shape: str) -> Float32[np.ndarray, "v 3"]:
        """What one of the paper's 16 blendshapes adds at weight 1."""
        parts = ARKIT_PARTS[shape].items()
        return sum(
            (np.float32(weight) * self.actions[self.action_names.index(name)] for name, weight in parts),
            np.zeros_like(self.neutral),
        )

    def splats_of(self, *parts: str) -> Bool[np.ndarray, " n"]:
        """Which splats of the pattern belong to some parts."""
        return np.isin(self.splat_part, [RIG_PARTS.index(part) for part in parts])

    def vertices_of(self, *parts: str) -> Int32[np.ndarray, " m"]:
        """Numbers of the vertices of some parts, ascending."""
        chosen = np.isin(self.triangle_part, [RIG_PARTS.index(part) for part in parts])
        return np.unique(self.triangles[chosen]).astype(np.int32)


def load_head_rig(path: Path) -> HeadRig:
    """The rig in a file made by ``launch.py train head-rig``.

    Raises:
        MissingWeights: if the file is absent, damaged, or of another version.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no iterator)
    except (OSError, SafetensorError) as error:
        raise MissingWeights(f"The head rig {path} cannot be read; get it again with the source.") from error
    if metadata.get("version") != "1" or tuple(json.loads(metadata["parts"])) != RIG_PARTS:
        raise MissingWeights(f"The head rig {path} is of another version; run: python launch.py train head-rig")
    tensors["actions"] = tensors["actions"].astype(np.float32)
    tensors["identity"] = tensors["identity"].astype(np.float32)
    return HeadRig(
        **tensors,
        action_names=tuple(json.loads(metadata["actions"])),
        identity_names=tuple(json.loads(metadata["identity"])),
    )


def vertex_normals(
    vertices: Float32[np.ndarray, "v 3"], triangles: Int32[np.ndarray, "t 3"]
) -> Float32[np.ndarray, "v 3"]:
    """Unit normals, each the area-weighted mean of those of the triangles round it."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    faces = np.cross(b - a, c - a)
    # bincount adds up repeated indices many times faster than np.add.at.
    corners = triangles.T.ravel()
    sums = [np.bincount(corners, np.tile(faces[:, axis], 3), len(vertices)) for axis in range(3)]
    normals = np.stack(sums, axis=1)
    return unit(normals).astype(np.float32)
