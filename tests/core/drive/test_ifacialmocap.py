import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drive.ifacialmocap import IFacialMocap
from core.expressions import SHAPES
from tests.core.drive.packets import IFACIALMOCAP, IFACIALMOCAP_V2


def weight(signal, shape: str) -> float:
    return float(signal.weights[SHAPES.index(shape)])


def test_a_phones_packet_is_read():
    signal = IFacialMocap().take(IFACIALMOCAP, 1.5)
    assert signal is not None and signal.time_s == 1.5
    expected = {
        "mouthSmileRight": 0.62,
        "eyeBlinkLeft": 1.0,
        "eyeBlinkRight": 0.07,
        "jawOpen": 0.48,
        "browUpRight": 0.55,
    }
    for shape, value in (expected | {"browUpLeft": 0.2, "jawLeft": 0.03, "mouthStretchLeft": 0.0}).items():
        assert weight(signal, shape) == pytest.approx(value), shape


def test_the_head_turns_as_unity_means_it():
    posture = IFacialMocap().take(IFACIALMOCAP, 0.0).posture
    # Unity: about x downwards, about y to the avatar's right, about z the right side up.
    assert (posture.pitch_deg, posture.yaw_deg, posture.roll_deg) == (12.5, -20.25, 5.5)


def test_version_two_is_read_and_what_is_below_zero_is_zero():
    signal = IFacialMocap().take(IFACIALMOCAP_V2, 0.0)
    assert weight(signal, "mouthSmileRight") == pytest.approx(0.62) and weight(signal, "jawOpen") == 0


@pytest.mark.parametrize(
    "bad", [b"jawOpen-nan", b"jawOpen-1e999", b"jawOpen-1_0", b"jawOpen-", b"jawOpen", b"jawOpen-x"]
)
def test_a_bad_value_is_left_out_and_the_rest_counts(bad):
    signal = IFacialMocap().take(bad + b"|eyeBlink_L-40|=head#nan,0,0,0,0,0|", 0.0)
    assert weight(signal, "jawOpen") == 0 and weight(signal, "eyeBlinkLeft") == pytest.approx(0.4)
    assert signal.posture is None


@pytest.mark.parametrize(
    "packet", [b"", b"|||", b"hello", b"\xff\xfe", b"jawOpen-10|" * 1000, b"x-1|" * 300 + b"jawOpen-1"]
)
def test_what_is_no_packet_gives_nothing(packet):
    assert IFacialMocap().take(packet, 0.0) is None


@given(st.binary(max_size=400) | st.text("jawOpen_LR-&|=#head,0123456789.einf", max_size=200).map(str.encode))
def test_no_packet_breaks_it(packet):
    signal = IFacialMocap().take(packet, 0.0)
    if signal is not None:
        assert np.isfinite(signal.weights).all() and signal.weights.min() >= 0 and signal.weights.max() <= 1
        assert signal.posture is None or np.isfinite(list(vars(signal.posture).values())).all()


@given(st.integers(0, len(IFACIALMOCAP) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_packet_is_survived(place, dirt):
    IFacialMocap().take(IFACIALMOCAP[:place] + dirt + IFACIALMOCAP[place + len(dirt) :], 0.0)
