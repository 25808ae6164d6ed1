from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.avatar.posture import Posture
from core.drive.calibration import Calibration, for_pictures
from core.drive.signal import Signal
from core.errors import InvalidRequest
from core.expressions import SHAPES

WEIGHTS = st.lists(st.floats(0, 1, width=32), min_size=16, max_size=16).map(lambda w: np.array(w, np.float32))


def signal(weights, posture=None) -> Signal:
    return Signal(0.0, weights, posture)


@given(WEIGHTS)
def test_as_it_is_it_changes_nothing(weights):
    np.testing.assert_array_equal(Calibration().apply(signal(weights)).weights, weights)


@given(WEIGHTS)
def test_the_neutral_face_becomes_zero_and_a_full_expression_stays_full(weights):
    calibration = Calibration().with_neutral([signal(weights)])
    rest = calibration.apply(signal(np.minimum(weights, np.float32(0.6)))).weights
    np.testing.assert_allclose(rest, 0, atol=1e-6)
    np.testing.assert_allclose(calibration.apply(signal(np.ones(16, np.float32))).weights, 1, atol=1e-6)


@given(WEIGHTS, st.floats(-50, 50))
def test_a_mirror_undoes_itself(weights, angle):
    mirror = replace(Calibration(), mirror=True)
    there = mirror.apply(signal(weights, Posture(angle, 5.0, -angle, 3.0, 2.0)))
    np.testing.assert_array_equal(there.weights[SHAPES.index("jawLeft")], weights[SHAPES.index("jawRight")])
    np.testing.assert_array_equal(there.weights[SHAPES.index("jawOpen")], weights[SHAPES.index("jawOpen")])
    assert (there.posture.yaw_deg, there.posture.pitch_deg, there.posture.roll_deg) == (-angle, 5.0, angle)
    back = mirror.apply(there)
    np.testing.assert_array_equal(back.weights, weights)


def test_one_odd_moment_does_not_spoil_the_neutral():
    calm, odd = np.full(16, 0.1, np.float32), np.ones(16, np.float32)
    calibration = Calibration().with_neutral([signal(calm), signal(odd), signal(calm, Posture(yaw_deg=8.0))])
    np.testing.assert_allclose(calibration.neutral, 0.1)
    assert calibration.apply(signal(calm, Posture(yaw_deg=10.0))).posture.yaw_deg == pytest.approx(2.0)
    with pytest.raises(ValueError):
        Calibration().with_neutral([])


def test_gains_multiply_each_shape_and_have_a_limit():
    half = np.full(16, 0.4, np.float32)
    driven = for_pictures().apply(signal(half)).weights
    assert driven[SHAPES.index("browDownLeft")] == pytest.approx(0.64)
    # Open eyes, which the landmarker reads as a little closed, stay open.
    assert for_pictures().apply(signal(np.full(16, 0.12, np.float32))).weights[SHAPES.index("eyeBlinkLeft")] == 0
    assert Calibration().times(0.0).apply(signal(half)).weights.max() == 0
    assert for_pictures().times(3.0).gains.max() <= 3
    with pytest.raises(InvalidRequest):
        Calibration().times(-1.0)


def test_a_wink_is_one_from_the_front_and_from_aside_both_lids_agree():
    wink = np.zeros(16, np.float32)
    left, right = SHAPES.index("eyeBlinkLeft"), SHAPES.index("eyeBlinkRight")
    wink[left] = 0.6
    front, aside = (for_pictures().apply(signal(wink, Posture(yaw_deg=yaw))).weights for yaw in (5.0, -30.0))
    assert front[right] == 0 and front[left] > 0.7
    assert aside[left] == pytest.approx(aside[right]) and aside[left] == pytest.approx(front[left] / 2)
