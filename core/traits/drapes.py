"""Headscarves and hoods as splats."""

import numpy as np

from core.gaussians import Gaussians, concatenate
from core.smoothstep import smoothstep
from core.traits.cloth import Surface, cloth_splats, cover, tube
from core.traits.drape_shapes import DrapeShape

_SPACING_CM = 0.6
_RIM_CM = {"headscarf": 0.3, "hood": 0.5}
_LINING_CM = 0.3
# Half the thickness of the lower border.
_HEM_CM = 0.16


def drape_splats(shape: DrapeShape) -> Gaussians:
    """The splats of headwear that hangs to the shoulders round an opening for the face."""
    worn = shape.worn
    outer = cover(shape.surface(0.0), _SPACING_CM)
    outer = outer.where(~shape.open_at(outer.points))
    parts = [cloth_splats(outer, worn.color[None], _folds(shape, outer.points), _creases(shape, outer.points))]
    if worn.kind == "hood":
        lining = cover(shape.surface(-_LINING_CM), _SPACING_CM * 1.4, flip=True)
        lining = lining.where(~shape.open_at(lining.points))
        parts.append(cloth_splats(lining, worn.second[None], np.array([0.8]), np.array([0.4])))
    rim = cover(tube(shape.rim, _RIM_CM[worn.kind], closed=True), 0.3, flip=True)
    parts.append(cloth_splats(rim, worn.color[None], np.array([1.02]), np.array([0.06])))
    hem = cover(_hem(shape), _SPACING_CM, flip=True)
    border = shape.surface(0.0)(np.arange(120) / 120, np.zeros(120))
    cord = cover(tube(border, _HEM_CM, closed=True), 0.3, flip=True)
    parts.append(cloth_splats(cord, worn.color[None], np.array([0.95]), np.array([0.12])))
    parts.append(cloth_splats(hem, worn.color[None], np.array([0.7]), np.array([0.4])))
    return concatenate(parts)


def _hem(shape: DrapeShape) -> Surface:
    """The underside, from the lower edge inwards."""
    outer = shape.surface(0.0)

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        rim = outer(u, np.zeros(len(u)))
        return rim * np.stack([1 - 0.6 * v, np.ones(len(v)), 1 - 0.6 * v], axis=1)

    return surface


def _folds(shape: DrapeShape, points: np.ndarray) -> np.ndarray:
    """Factor on the lightness: its folds, and a hood's seam."""
    seam = np.exp(-((points[:, 0] / 0.16) ** 2)) * (points[:, 1] > 2) * (shape.worn.kind == "hood")
    return 1 - 0.12 * seam + 0.1 * shape.folds(points)


def _creases(shape: DrapeShape, points: np.ndarray) -> np.ndarray:
    """Occlusion: under the chin, and in the angle over the shoulders."""
    x, y, z = points.T
    under = np.exp(-(((y - shape.chin[1] + 1.4) / 1.3) ** 2)) * np.exp(-((x / 4.5) ** 2)) * (z > 0)
    return 0.35 * under + 0.12 * smoothstep(-10.0, -13.0, y)
