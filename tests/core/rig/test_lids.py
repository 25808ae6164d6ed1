import numpy as np
import pytest

from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.rig.head import HeadRig
from core.rig.lids import LidRim, closing, lid_rims

BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")


@pytest.fixture(scope="module")
def rims(rig: HeadRig) -> tuple[LidRim, LidRim]:
    return lid_rims(rig)


def test_a_rim_runs_round_its_eye_once_from_the_outer_corner(rig: HeadRig, rims: tuple[LidRim, LidRim]) -> None:
    for rim, landmarks, outward in zip(rims, (LEFT_EYE, RIGHT_EYE), (1, -1), strict=True):
        points = rig.neutral[rim.edge]
        assert len(np.unique(rim.edge)) == len(rim.edge) > 20
        steps = np.linalg.norm(np.diff(points, axis=0, append=points[:1]), axis=1)
        assert steps.max() < 0.6 and steps.sum() < 9, "neighbours follow one another"
        half = len(points) // 2
        assert outward * points[0, 0] == pytest.approx((outward * points[:, 0]).max(), abs=0.1)
        assert points[1:half, 1].mean() > points[half + 1 :, 1].mean() + 0.5, "the upper lid comes first"
        lids = rig.landmarks(rig.neutral)[list(landmarks)]
        apart = np.linalg.norm(points[:, None] - lids, axis=2).min(0)
        assert apart.max() < 0.35, "it is where landmarks see the edge"


def test_skin_beside_the_rim_lies_outside_of_it(rig: HeadRig, rims: tuple[LidRim, LidRim]) -> None:
    for rim in rims:
        points, skin = rig.neutral[rim.edge], rig.neutral[rim.skin]
        middle = points.mean(0)
        further = np.linalg.norm((skin - middle)[:, :2], axis=1) - np.linalg.norm((points - middle)[:, :2], axis=1)
        assert (further > 0).mean() > 0.9


@pytest.mark.parametrize("meeting", [0.0, 0.12, 0.3])
def test_closed_lids_meet_where_they_are_told(rig: HeadRig, rims: tuple[LidRim, LidRim], meeting: float) -> None:
    for rim, shape in zip(rims, BLINKS, strict=True):
        plain = rig.shape_offsets(shape)
        moved = closing(rig, plain, rim, meeting)
        edge = rig.neutral[rim.edge]
        half = len(edge) // 2
        top, bottom = rim.edge[edge[:, 1].argmax()], rim.edge[half + half // 2]
        drop = -plain[top, 1]
        assert -moved[top, 1] == pytest.approx((1 - meeting) * drop, rel=0.02)
        assert moved[bottom, 1] == pytest.approx(meeting * drop, rel=0.15, abs=0.02)
        posed = rig.neutral + moved
        gap = posed[rim.edge[1:half], 1].mean() - posed[rim.edge[half + 1 :], 1].mean()
        assert -0.25 < gap < 0.05, "closed, the upper lid a little over the lower"


def test_a_lid_unrolls_from_under_a_fold_that_stays(rig: HeadRig, rims: tuple[LidRim, LidRim]) -> None:
    plain = rig.shape_offsets(BLINKS[0])
    moved = closing(rig, plain, rims[0], 0.0)
    distance = np.linalg.norm(rig.neutral[:, None] - rig.neutral[rims[0].edge], axis=2).min(1)
    travelled = np.linalg.norm(plain, axis=1)
    share = np.linalg.norm(moved, axis=1)[travelled > 0.3] / travelled[travelled > 0.3]
    near, far = distance[travelled > 0.3] < 0.05, distance[travelled > 0.3] > 0.35
    assert share[near].min() > 0.95 > 0.7 > share[far].mean()
    other = np.isin(np.arange(len(moved)), rig.vertices_of("skin")) & (rig.neutral[:, 0] < -1)
    assert np.linalg.norm(moved[other], axis=1).max() < 0.01, "the other eye stays"
