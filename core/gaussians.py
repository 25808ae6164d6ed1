"""3D Gaussians, and the conventions every other module relies on.

Conventions (said once, here):

- **Names** are gsplat's: ``means, quats, scales, opacities, colors``. Quaternions are ``wxyz``.
- **Head frame**, in centimetres: origin midway between the ear holes, ``+x`` to the avatar's left
  (the viewer's right), ``+y`` up, ``+z`` out of the face. Left and right are always the subject's.
- **Colours** are display sRGB in [0, 1] and do not depend on the view (spherical harmonics degree 0).
- **Surface splats** are flat: their third axis (the smallest scale) is the surface normal.
- **Columns**: one row of 14 numbers per splat, in the order and the spaces of the standard 3DGS PLY
  (:data:`COLUMNS`). The paper's Eq. 7 adds offsets in *this* space: means, SH-DC colours, logit
  opacities and log scales add linearly; quaternions of an offset set are sign-aligned to rest, added,
  then normalised. Python, the exporters and the web client all follow this one rule.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.unit import unit

SH_C0 = 0.28209479177387814
"""Value of the degree-0 spherical harmonic; ``color = 0.5 + SH_C0 * f_dc``."""

COLUMNS = (
    *("x", "y", "z"),
    *("f_dc_0", "f_dc_1", "f_dc_2"),
    "opacity",
    *("scale_0", "scale_1", "scale_2"),
    *("rot_0", "rot_1", "rot_2", "rot_3"),
)
"""Names of the 14 columns, as in a 3DGS PLY (which has unused normals and higher SH besides)."""

MEAN, DC, LOGIT, LOG_SCALE, QUAT = slice(0, 3), slice(3, 6), 6, slice(7, 10), slice(10, 14)
"""Where each attribute stands in a row of columns."""

_MIN_OPACITY = 1e-6
_MIN_SCALE_CM = 1e-6


@dataclass(frozen=True)
class Gaussians:
    """A set of ``n`` 3D Gaussians, float32."""

    means: Float[np.ndarray, "n 3"]
    """Centres in centimetres, head frame."""
    quats: Float[np.ndarray, "n 4"]
    """Rotations, wxyz, unit length."""
    scales: Float[np.ndarray, "n 3"]
    """Standard deviations along the rotated axes, in centimetres, > 0."""
    opacities: Float[np.ndarray, " n"]
    """In [0, 1]."""
    colors: Float[np.ndarray, "n 3"]
    """Display sRGB in [0, 1]."""

    def __len__(self) -> int:
        return len(self.means)

    def select(self, index: np.ndarray) -> "Gaussians":
        """The splats named by ``index`` (integers, or one boolean a splat), in that order."""
        return Gaussians(
            self.means[index],
            self.quats[index],
            self.scales[index],
            self.opacities[index],
            self.colors[index],
        )


def concatenate(parts: list[Gaussians]) -> Gaussians:
    """One set holding the splats of all ``parts``, in order.

    Raises:
        ValueError: if ``parts`` is empty.
    """
    if not parts:
        raise ValueError("parts must hold at least one set of Gaussians")
    return Gaussians(
        np.concatenate([p.means for p in parts]),
        np.concatenate([p.quats for p in parts]),
        np.concatenate([p.scales for p in parts]),
        np.concatenate([p.opacities for p in parts]),
        np.concatenate([p.colors for p in parts]),
    )


def to_columns(gaussians: Gaussians) -> Float[np.ndarray, "n 14"]:
    """The splats as rows of :data:`COLUMNS`, float32."""
    opacities = np.clip(gaussians.opacities, _MIN_OPACITY, 1 - _MIN_OPACITY)
    rows = np.empty((len(gaussians), len(COLUMNS)), np.float32)
    rows[:, MEAN] = gaussians.means
    rows[:, DC] = (gaussians.colors - 0.5) / SH_C0
    rows[:, LOGIT] = np.log(opacities / (1 - opacities))
    rows[:, LOG_SCALE] = np.log(np.maximum(gaussians.scales, _MIN_SCALE_CM))
    rows[:, QUAT] = gaussians.quats
    return rows


def from_columns(rows: Float[np.ndarray, "n 14"]) -> Gaussians:
    """The splats that rows of :data:`COLUMNS` describe; colours are clipped, quaternions normalised."""
    quats = rows[:, QUAT]
    norms = np.linalg.norm(quats, axis=1, keepdims=True)
    return Gaussians(
        means=np.ascontiguousarray(rows[:, MEAN], np.float32),
        quats=(quats / np.maximum(norms, 1e-12)).astype(np.float32),
        scales=np.exp(rows[:, LOG_SCALE]).astype(np.float32),
        opacities=(1 / (1 + np.exp(-rows[:, LOGIT]))).astype(np.float32),
        colors=np.clip(rows[:, DC] * SH_C0 + 0.5, 0, 1).astype(np.float32),
    )


def covariances(gaussians: Gaussians) -> Float[np.ndarray, "n 3 3"]:
    """Covariance matrices R S S^T R^T, in square centimetres."""
    axes = rotation_matrices(gaussians.quats) * gaussians.scales[:, None, :]
    return axes @ axes.transpose(0, 2, 1)


def rotation_matrices(quats: Float[np.ndarray, "n 4"]) -> Float[np.ndarray, "n 3 3"]:
    """Rotation matrices of unit quaternions (wxyz); column k is the k-th axis of the splat."""
    w, x, y, z = quats.T
    return np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], -1),
            np.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], -1),
            np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], -1),
        ],
        axis=-2,
    )


def quats_from_axes(tangents: Float[np.ndarray, "n 3"], normals: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 4"]:
    """Quaternions (wxyz) whose first axis is ``tangents`` and third axis ``normals``.

    Args:
        tangents: directions of the first axis; the part along the normal is removed.
        normals: unit directions of the third axis.
    """
    along = (tangents * normals).sum(1, keepdims=True)
    t = unit(tangents - along * normals)
    b = np.cross(normals, t)
    # Shepperd's method: of four equivalent formulas take the best conditioned one, row by row.
    m00, m11, m22 = t[:, 0], b[:, 1], normals[:, 2]
    candidates = np.stack([1 + m00 + m11 + m22, 1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22], 1)
    yz, zx, xy = b[:, 2] - normals[:, 1], normals[:, 0] - t[:, 2], t[:, 1] - b[:, 0]
    syz, szx, sxy = b[:, 2] + normals[:, 1], normals[:, 0] + t[:, 2], t[:, 1] + b[:, 0]
    rows = np.stack(
        [
            np.stack([candidates[:, 0], yz, zx, xy], 1),
            np.stack([yz, candidates[:, 1], sxy, szx], 1),
            np.stack([zx, sxy, candidates[:, 2], syz], 1),
            np.stack([xy, szx, syz, candidates[:, 3]], 1),
        ],
        axis=1,
    )
    best = rows[np.arange(len(rows)), candidates.argmax(1)]
    return unit(best).astype(np.float32)
