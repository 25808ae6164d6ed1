import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from app.liveliness import about_neck, blink, sway, with_blink
from core.avatar.posture import Posture, turned_points
from core.expressions import SHAPES

MINUTE = np.arange(0, 60, 0.01)


def test_lids_close_fully_some_fifteen_times_a_minute_and_are_open_most_of_the_time():
    closed = np.array([blink(t) for t in MINUTE])
    starts = int(((closed[1:] > 0) & (closed[:-1] == 0)).sum())
    assert 10 <= starts <= 20 and closed.max() > 0.85 and closed.min() == 0
    assert (closed == 0).mean() > 0.9


def test_lids_never_jump():
    steps = np.abs(np.diff([blink(t) for t in MINUTE]))
    assert steps.max() < 0.15


def test_a_blink_closes_both_lids_and_nothing_else():
    time_s = next(t for t in MINUTE if blink(t) > 0.8)
    weights = np.full(len(SHAPES), 0.25, np.float32)
    changed = np.flatnonzero(with_blink(weights, time_s) != weights)
    assert [SHAPES[i] for i in changed] == ["eyeBlinkLeft", "eyeBlinkRight"]
    assert weights.max() == 0.25, "what is given is left alone"
    assert with_blink(np.ones(len(SHAPES), np.float32), time_s).max() == 1


def test_the_head_sways_a_little_about_the_neck():
    angles = []
    for t in MINUTE[::20]:
        quat, shift = sway(t)
        assert abs(np.linalg.norm(quat) - 1) < 1e-6
        angles.append(np.degrees(2 * np.arccos(min(quat[0], 1.0))))
        assert np.linalg.norm(shift) < 1
    assert 1 < max(angles) < 4
    quat, shift = sway(0.0)
    assert quat == (1, 0, 0, 0) and np.allclose(shift, 0)


@pytest.mark.parametrize("angles", [(30.0, 0.0, 0.0), (0.0, 20.0, 0.0), (0.0, 0.0, -25.0), (20.0, -15.0, 10.0)])
def test_a_turn_about_the_neck_is_that_of_a_posture(angles):
    (w, x, y, z), shift = about_neck(*angles)
    turn = Rotation.from_quat((x, y, z, w))
    face = np.array([[0.0, 0.0, 10.0], [5.0, 3.0, 1.0], [0.0, 0.0, 0.0]], np.float32)
    expected = turned_points(face, Posture(*angles))
    np.testing.assert_allclose(turn.apply(face[:2] - face[2]), expected[:2] - expected[2], atol=1e-4)
    neck = np.array([0.0, -12.0, -1.0])
    np.testing.assert_allclose(turn.apply(neck) + shift, neck, atol=1e-9)
