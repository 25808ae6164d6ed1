import numpy as np

from core.landmarks import INNER_LIPS, LEFT_EYE, OUTER_LIPS, RIGHT_EYE
from core.rig.head import HeadRig
from core.rig.soften import softened


def test_nothing_moves_without_softness(rig: HeadRig) -> None:
    np.testing.assert_array_equal(softened(rig, rig.neutral, 0.0, 0.0, 5), rig.neutral)
    np.testing.assert_array_equal(softened(rig, rig.neutral, 0.5, 0.9, 0), rig.neutral)


def test_lids_and_lips_teeth_and_eyeballs_keep_their_shape(rig: HeadRig) -> None:
    soft = softened(rig, rig.neutral, 0.5, 0.9, 8)
    rims = [*LEFT_EYE, *RIGHT_EYE, *INNER_LIPS, *OUTER_LIPS]
    apart = np.linalg.norm((rig.landmarks(soft) - rig.landmarks(rig.neutral))[rims], axis=1)
    assert apart.max() < 0.02
    for part in ("teeth_upper", "tongue", "eye_left", "eye_right"):
        vertices = rig.vertices_of(part)
        np.testing.assert_allclose(soft[vertices], rig.neutral[vertices], atol=1e-6)


def test_a_dent_is_smoothed_out(rig: HeadRig) -> None:
    forehead = np.flatnonzero((np.abs(rig.neutral[:, 0]) < 0.5) & (np.abs(rig.neutral[:, 1] - 6) < 0.6))
    vertex = forehead[rig.neutral[forehead, 2].argmax()]
    dented = rig.neutral.copy()
    dented[vertex, 2] -= 0.5
    plain, soft = softened(rig, rig.neutral, 0.5, 0.9, 8), softened(rig, dented, 0.5, 0.9, 8)
    assert abs(soft[vertex, 2] - plain[vertex, 2]) < 0.1


def test_ears_become_simpler_than_faces(rig: HeadRig) -> None:
    soft = softened(rig, rig.neutral, 0.3, 0.9, 6)
    moved = np.linalg.norm(soft - rig.neutral, axis=1)
    x, y, z = rig.neutral.T
    ear = (np.abs(x) > 7.8) & (np.abs(y) < 2)
    cheek = (np.abs(np.abs(x) - 4.5) < 0.8) & (np.abs(y + 2) < 1) & (z > 4)
    assert moved[ear].mean() > 3 * moved[cheek].mean()
    np.testing.assert_allclose(soft[rig.mirror] * (-1, 1, 1), soft, atol=1e-3, err_msg="both sides alike")
