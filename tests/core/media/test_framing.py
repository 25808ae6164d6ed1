"""Nothing of an avatar is cut off, whatever it wears."""

from dataclasses import replace

import numpy as np
import pytest

from core.camera import orbit
from core.gaussians import from_columns, to_columns
from core.media.framing import whole_fov_deg
from core.render.splats import render


@pytest.mark.parametrize("stretch", [(1.0, 1.0, 1.0), (1.0, 1.25, 1.0), (1.5, 1.1, 1.4)])
def test_all_of_it_shows_from_every_side_and_little_else(creation, stretch: tuple[float, float, float]):
    avatar = creation.avatar
    rest = from_columns(avatar.rest)
    grown = replace(avatar, rest=to_columns(replace(rest, means=rest.means * np.array(stretch, np.float32))))
    fov = whole_fov_deg(grown, 5.0)
    gap = 1.0
    for yaw in np.arange(0.0, 360.0, 45.0).tolist():
        alpha = render(from_columns(grown.rest), orbit(yaw, 3.0, size=128, fov_deg=fov)).alpha
        rows, columns = np.nonzero(alpha > 0.5)
        free = min(rows.min(), columns.min(), 127 - rows.max(), 127 - columns.max())
        assert free >= 1
        gap = min(gap, free / 128)
    assert gap < 0.08


def test_a_head_is_shown_as_large_as_ever(creation):
    assert whole_fov_deg(creation.avatar) == 20.0
