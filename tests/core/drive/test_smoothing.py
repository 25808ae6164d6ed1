import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.avatar.posture import Posture
from core.drive.signal import Signal
from core.drive.smoothing import OneEuro, OneEuroSettings, Smoother

VALUES = st.lists(st.floats(0, 1), min_size=2, max_size=30)


def filtered(settings: OneEuroSettings, values: list[float], fps: float = 30.0) -> np.ndarray:
    one_euro = OneEuro(settings)
    return np.array([one_euro.filter(np.array([value]), number / fps)[0] for number, value in enumerate(values)])


def test_it_is_the_papers_filter():
    # The paper's recursion, written down once more for one channel.
    settings, rate, values = OneEuroSettings(1.2, 0.7, 1.0), 60.0, [0.0, 0.1, 0.5, 0.45, 0.9]

    def alpha(cutoff: float) -> float:
        return 1 / (1 + rate / (2 * np.pi * cutoff))

    expected, speed = [values[0]], 0.0
    for value in values[1:]:
        speed = alpha(1.0) * (value - expected[-1]) * rate + (1 - alpha(1.0)) * speed
        share = alpha(settings.min_cutoff_hz + settings.beta * abs(speed))
        expected.append(share * value + (1 - share) * expected[-1])
    np.testing.assert_allclose(filtered(settings, values, rate), expected, rtol=1e-9)


@given(VALUES)
def test_it_never_leaves_the_values_it_was_given(values):
    out = filtered(OneEuroSettings(), values)
    assert out.min() >= min(values) - 1e-9 and out.max() <= max(values) + 1e-9


def test_trembling_is_calmed_and_a_higher_beta_follows_a_jump_sooner():
    tremble = [0.5 + 0.02 * (-1) ** number for number in range(60)]
    assert np.ptp(filtered(OneEuroSettings(1.0, 0.5), tremble)[30:]) < 0.2 * np.ptp(tremble)
    jump = [0.0] * 10 + [1.0] * 5
    assert filtered(OneEuroSettings(1.0, 4.0), jump)[12] > filtered(OneEuroSettings(1.0, 0.0), jump)[12] + 0.2


def test_channels_do_not_touch_one_another():
    both = OneEuro(OneEuroSettings(beta=2.0))
    out = [both.filter(np.array([0.3, float(number % 2)]), number / 30) for number in range(10)]
    np.testing.assert_allclose([row[0] for row in out], 0.3)


def test_after_a_pause_it_begins_afresh_and_time_that_stands_still_changes_nothing():
    one_euro = OneEuro(OneEuroSettings())
    one_euro.filter(np.array([0.0]), 0.0)
    assert one_euro.filter(np.array([1.0]), 0.0)[0] == 0.0
    assert one_euro.filter(np.array([1.0]), 5.0)[0] == 1.0


def signal(time_s: float, weight: float, yaw: float) -> Signal:
    return Signal(time_s, np.full(16, weight, np.float32), Posture(yaw_deg=yaw))


@pytest.mark.parametrize("strength", [0.0, 1.0, 3.0])
def test_signals_are_smoothed_more_the_stronger(strength):
    smoother = Smoother(strength)
    smoother.take(signal(0.0, 0.0, 0.0))
    out = smoother.take(signal(1 / 30, 1.0, 20.0))
    weaker = Smoother(strength / 2)
    weaker.take(signal(0.0, 0.0, 0.0))
    sooner = weaker.take(signal(1 / 30, 1.0, 20.0))
    assert out.time_s == 1 / 30
    if strength == 0:
        assert out.weights[0] == 1 and out.posture.yaw_deg == 20
    else:
        assert 0 < out.weights[0] < sooner.weights[0] <= 1
        assert 0 < out.posture.yaw_deg < sooner.posture.yaw_deg < 20
