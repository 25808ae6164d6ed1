import numpy as np
import pytest

from core.oklab import to_oklab
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import Geometry, SurfacePattern
from core.rig.typical import typical_identity
from core.traits.eyes import EYE_SPLATS, eye_colors, eye_geometry
from core.traits.lid_lines import LID_SPLATS, lid_colors, lid_geometry

BLUE = np.array((0.3, 0.5, 0.75), np.float32)


@pytest.fixture(scope="module")
def sculpt(rig: HeadRig, pattern: SurfacePattern) -> Sculpt:
    return Sculpt(rig, pattern, cartoon_head(rig, typical_identity(rig), HouseStyle()))


@pytest.fixture(scope="module")
def left(sculpt: Sculpt) -> tuple[Geometry, np.ndarray, np.ndarray]:
    """Splats, colours and iris of the left eye."""
    geometry = eye_geometry(sculpt.head, 0)
    return geometry, *eye_colors(sculpt.head, 0, geometry, sculpt.rest[sculpt.lids[0].edge], BLUE)


def opening(sculpt: Sculpt) -> np.ndarray:
    return sculpt.rest[sculpt.lids[0].edge]


def test_an_eye_is_a_dome_that_faces_forward(left: tuple[Geometry, np.ndarray, np.ndarray]) -> None:
    geometry = left[0]
    assert len(geometry.means) == EYE_SPLATS
    np.testing.assert_allclose(np.linalg.norm(geometry.normals, axis=1), 1, atol=1e-5)
    assert geometry.normals[:, 2].min() > 0
    assert (geometry.scales[:, 2] < geometry.scales[:, :2].min(1)).all(), "flat"
    middle = np.hypot(*(geometry.means - geometry.means.mean(0))[:, :2].T)
    near, far = middle < 0.5, middle > 1.5
    assert geometry.scales[near, 0].mean() < 0.93 * geometry.scales[far, 0].mean(), "finer where the iris is"


def test_the_iris_has_the_persons_colour_a_pupil_a_ring_and_light(
    sculpt: Sculpt, left: tuple[Geometry, np.ndarray, np.ndarray]
) -> None:
    geometry, colors, iris = left
    lab, wanted = to_oklab(colors), to_oklab(BLUE)
    rim = opening(sculpt)
    centre = geometry.means[iris].mean(0)
    assert abs(centre[1] - (rim[:, 1].max() + rim[:, 1].min()) / 2) < 0.15, "the gaze is level"
    away = np.hypot(*(geometry.means - centre)[:, :2].T)
    radius = away[iris].max()
    band = iris & (away > 0.55 * radius) & (away < 0.75 * radius)
    assert np.linalg.norm(np.median(lab[band], axis=0) - wanted) < 0.12
    ring = iris & (away > 0.9 * radius)
    assert np.median(lab[ring, 0]) < np.median(lab[band, 0]) - 0.08, "a dark limbal ring"
    below, above = band & (geometry.means[:, 1] < centre[1]), band & (geometry.means[:, 1] > centre[1])
    assert np.median(lab[below, 0]) > np.median(lab[above, 0]) + 0.03, "it glows at the bottom"
    assert lab[iris, 0].max() > 0.97 and lab[iris, 0].min() < 0.2, "a catchlight and a pupil"


def test_the_upper_lid_shades_the_ball(sculpt: Sculpt, left: tuple[Geometry, np.ndarray, np.ndarray]) -> None:
    geometry, colors, iris = left
    rim = opening(sculpt)
    x, y = geometry.means[:, 0], geometry.means[:, 1]
    inside = ~iris & (x > rim[:, 0].min() + 0.6) & (x < rim[:, 0].max() - 0.6)
    low, high = rim[:, 1].min(), rim[:, 1].max()
    lightness = to_oklab(colors)[:, 0]
    under = inside & (y > high - 0.35 * (high - low)) & (y < high)
    clear = inside & (y > low) & (y < low + 0.4 * (high - low))
    assert lightness[under].mean() < lightness[clear].mean() - 0.04


def test_lines_follow_the_lids(sculpt: Sculpt) -> None:
    rim = sculpt.lids[0]
    lines = lid_geometry(sculpt.rest, rim)
    assert len(lines.means) == LID_SPLATS == len(lid_colors(BLUE, BLUE))
    apart = np.linalg.norm(lines.means[:, None] - sculpt.rest[rim.edge], axis=2).min(1)
    assert np.quantile(apart, 0.9) < 0.4
    assert np.linalg.norm(lines.quats, axis=1) == pytest.approx(1, abs=1e-5)
    shifted = lid_geometry((sculpt.rest + np.float32((1, 2, 3))).astype(np.float32), rim)
    np.testing.assert_allclose(shifted.means - lines.means, np.tile((1, 2, 3), (LID_SPLATS, 1)), atol=1e-3)


def test_both_eyes_have_the_same_lines(sculpt: Sculpt) -> None:
    left, right = (lid_geometry(sculpt.rest, rim).means for rim in sculpt.lids)
    np.testing.assert_allclose(left * (-1, 1, 1), right, atol=0.08)


def test_lashes_are_dark_on_every_skin() -> None:
    for brows in ((0.9, 0.8, 0.6), (0.1, 0.08, 0.07), (0.7, 0.3, 0.2)):
        lash = lid_colors(np.float32(brows), np.float32((0.9, 0.7, 0.6)))[0]
        assert to_oklab(lash)[0] < 0.36
