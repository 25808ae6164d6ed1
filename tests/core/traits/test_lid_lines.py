import numpy as np
import pytest
from scipy.spatial import KDTree

from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern, place
from core.rig.typical import typical_identity
from core.traits.lid_lines import lid_geometry

_UPPER = 192


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, typical_identity(rig), HouseStyle()))


@pytest.fixture(scope="module", params=[("eyeBlinkLeft", 0), ("eyeBlinkRight", 1)], ids=["left", "right"])
def closed(request: pytest.FixtureRequest, sculpt: Sculpt) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posed vertices, and places of the upper and the lower line's splats, of a closed eye."""
    shape, side = request.param
    vertices = sculpt.posed(shape)
    means = lid_geometry(vertices, sculpt.lids[side]).means
    return vertices, means[:_UPPER], means[_UPPER:]


def test_an_open_eye_has_two_lines(sculpt: Sculpt) -> None:
    means = lid_geometry(sculpt.rest, sculpt.lids[0]).means
    upper, lower = means[:_UPPER], means[_UPPER:]
    assert np.median(upper[:, 1]) > np.median(lower[:, 1]) + 0.7


def test_a_closed_eye_shows_one_line(closed: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    _, upper, lower = closed
    apart, nearest = KDTree(upper[:, :2]).query(lower[:, :2])
    assert apart.max() < 0.1
    assert (lower[:, 2] < upper[nearest, 2]).all()


def test_a_closed_lid_does_not_bury_its_line(sculpt: Sculpt, closed: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    vertices, upper, _ = closed
    skin = place(sculpt.pattern, sculpt.rig, vertices).means
    near = KDTree(skin[:, :2]).query_ball_point(upper[:, :2], 0.06)
    covered = [bool(skin[rows, 2].max() > z) for rows, z in zip(near, upper[:, 2], strict=True) if rows]
    assert len(covered) > 100
    assert np.mean(covered) < 0.02


def test_a_closed_line_is_a_calm_arc(closed: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    _, upper, _ = closed
    row = upper[1::3]
    # Without the flick beyond the corner and the taper before the other one.
    x, y = row[6:-6, :2].T
    slope = np.gradient(y, x)
    assert np.abs(np.diff(slope)).max() < 0.12
