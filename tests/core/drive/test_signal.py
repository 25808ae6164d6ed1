import numpy as np
import pytest

from core.drive.signal import Signal, signal_from_scores


@pytest.mark.parametrize("weight", [-0.01, 1.01, np.nan, np.inf])
def test_what_is_no_weight_is_refused(weight):
    with pytest.raises(ValueError):
        Signal(0.0, np.full(16, weight, np.float32))


def test_eyes_turn_where_both_look():
    to_the_left = {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}
    assert signal_from_scores(to_the_left, 0.0, (0.0, 0.0, 0.0)).posture.gaze_yaw_deg == pytest.approx(20)
    crossed = {"eyeLookInLeft": 1.0, "eyeLookInRight": 1.0}
    assert signal_from_scores(crossed, 0.0, (0.0, 0.0, 0.0)).posture.gaze_yaw_deg == 0
    down = {"eyeLookDownLeft": 0.5, "eyeLookDownRight": 0.5}
    assert signal_from_scores(down, 0.0, (0.0, 0.0, 0.0)).posture.gaze_pitch_deg == pytest.approx(-10)


def test_no_head_turns_beyond_what_a_neck_can():
    posture = signal_from_scores({}, 0.0, (900.0, -900.0, 1.0)).posture
    assert (posture.yaw_deg, posture.pitch_deg, posture.roll_deg) == (60.0, -60.0, 1.0)
    assert signal_from_scores({}, 0.0).posture is None
