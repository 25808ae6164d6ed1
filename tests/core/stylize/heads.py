"""A small head for the tests: an ellipsoid with the parts painted on, and two blendshapes."""

import numpy as np

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.gaussians import DC, MEAN, SH_C0, Gaussians, quats_from_axes, to_columns

COLOURS = {
    "skin": (0.86, 0.66, 0.55),
    "hair": (0.3, 0.18, 0.1),
    "lips": (0.72, 0.36, 0.36),
    "brow": (0.22, 0.14, 0.09),
    "sclera": (0.94, 0.94, 0.94),
    "iris": (0.3, 0.42, 0.55),
    "teeth": (0.95, 0.92, 0.86),
    "mouth": (0.25, 0.08, 0.09),
}
CATCHLIGHT = (1.0, 1.0, 1.0)


def head(n: int = 6000) -> Avatar:
    """A head of ``n`` splats whose last row is an eye's catchlight."""
    turn = np.pi * (1 + 5**0.5) * (np.arange(n) + 0.5)
    up = 1 - 2 * (np.arange(n) + 0.5) / n
    flat = np.sqrt(1 - up * up)
    normals = np.stack([np.sin(turn) * flat, up, np.cos(turn) * flat], 1).astype(np.float32)
    means = normals * np.float32((7.5, 10.0, 8.5))
    x, y, front = np.abs(means[:, 0]), means[:, 1], means[:, 2] > 0
    label = np.full(n, PARTS.index("skin"), np.uint8)

    def paint(part: str, where: np.ndarray) -> None:
        label[where] = PARTS.index(part)

    paint("hair", (y > 6) | (~front & (y > -3)))
    paint("brow", front & (np.abs(y - 3.6) < 0.4) & (np.abs(x - 3) < 1.5))
    paint("sclera", front & (np.hypot((x - 3) / 1.4, y - 1.8) < 1))
    paint("iris", front & (np.hypot(x - 3, y - 1.8) < 0.6))
    paint("lips", front & (np.abs(y + 4.3) < 0.7) & (x < 2))
    paint("mouth", front & (np.abs(y + 4.3) < 0.35) & (x < 1.6))
    paint("teeth", front & (np.abs(y + 4.2) < 0.15) & (x < 1.3))
    colours = np.array([COLOURS.get(part, (0.5, 0.5, 0.5)) for part in PARTS], np.float32)[label]
    # A little light, and strands.
    colours *= (0.85 + 0.15 * normals[:, 2:]) * (1 + 0.15 * np.sin(9 * x) * (label == PARTS.index("hair")))[:, None]
    label[-1], colours[-1] = PARTS.index("iris"), CATCHLIGHT
    means[-1] = (3.2, 2.0, 7.7)

    scales = np.tile(np.float32((0.25, 0.25, 0.05)), (n, 1))
    quats = quats_from_axes(np.tile(np.float32((0.1, 1, 0)), (n, 1)), normals)
    rest = to_columns(Gaussians(means, quats, scales, np.full(n, 0.95, np.float32), np.clip(colours, 0, 1)))
    jaw = np.flatnonzero(y < -3).astype(np.int32)
    moved, darkened = np.zeros((len(jaw), 14), np.float32), np.zeros((len(jaw), 14), np.float32)
    moved[:, MEAN] = (0, -1, 0)
    darkened[:, DC] = -0.4 * colours[jaw] / SH_C0
    return Avatar(rest, (OffsetSet(jaw, moved), OffsetSet(jaw, darkened)), label, ("jawOpen", "shadow"))
