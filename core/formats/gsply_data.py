"""Our Gaussians as gsply's, and back."""

import gsply
import numpy as np

from core.formats.checks import drawable
from core.gaussians import COLUMNS, DC, LOG_SCALE, LOGIT, MEAN, QUAT, Gaussians, to_columns


def to_gsply(gaussians: Gaussians) -> gsply.GSData:
    """The splats in the spaces of a 3DGS PLY."""
    rows = to_columns(gaussians)
    return gsply.GSData(
        means=rows[:, MEAN],
        scales=rows[:, LOG_SCALE],
        quats=rows[:, QUAT],
        opacities=rows[:, LOGIT],
        sh0=rows[:, DC],
        shN=np.zeros((len(rows), 0, 3), np.float32),
        # Told, not guessed: gsply takes large scales and faint splats for linear values.
        _format=gsply.create_ply_format(0),
        _base=rows,
    )


def from_gsply(data: gsply.GSData) -> Gaussians:
    """The splats that gsply read, without higher spherical harmonics.

    Raises:
        UnreadableAvatar: if they cannot be drawn.
    """
    rows = np.empty((len(data), len(COLUMNS)), np.float32)
    rows[:, MEAN], rows[:, DC], rows[:, LOGIT] = data.means, data.sh0, data.opacities
    rows[:, LOG_SCALE], rows[:, QUAT] = data.scales, data.quats
    return drawable(rows)
