import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drive.vmc import Vmc
from core.expressions import SHAPES
from tests.core.drive.packets import APPLY, blend, bundle, osc


def weight(signal, shape: str) -> float:
    return float(signal.weights[SHAPES.index(shape)])


@pytest.mark.parametrize("smile", ["mouthSmileLeft", "MouthSmileLeft", "mouthsmileleft", "mouthSmile_L"])
def test_perfect_sync_is_applied_when_the_sender_says_so(smile):
    vmc = Vmc()
    assert vmc.take(blend(smile, 0.75), 0.0) is None
    assert vmc.take(blend("jawOpen", 0.5), 0.0) is None
    signal = vmc.take(APPLY, 2.0)
    assert signal.time_s == 2.0
    assert (weight(signal, "mouthSmileLeft"), weight(signal, "jawOpen")) == (0.75, 0.5)
    # What is not said again stays.
    assert weight(vmc.take(bundle(blend("jawOpen", 0.25), APPLY), 2.1), "mouthSmileLeft") == 0.75


def test_the_few_names_of_vrm_move_the_face_unless_the_finer_ones_do():
    signal = Vmc().take(bundle(blend("A", 1.0), blend("Blink_L", 1.0), APPLY), 0.0)
    assert weight(signal, "jawOpen") > 0.5 and weight(signal, "eyeBlinkLeft") == 1
    fine = Vmc().take(bundle(blend("A", 1.0), blend("JawOpen", 0.1), APPLY), 0.0)
    assert weight(fine, "jawOpen") == pytest.approx(0.1)


def quarter(axis: int, sign: float = 1.0) -> list[float]:
    """Forty degrees about an axis of Unity's, as x y z w."""
    quat = [0.0, 0.0, 0.0, float(np.cos(np.radians(20)))]
    quat[axis] = sign * float(np.sin(np.radians(20)))
    return quat


@pytest.mark.parametrize(
    ("axis", "name", "degrees"), [(0, "pitch_deg", -40.0), (1, "yaw_deg", -40.0), (2, "roll_deg", 40.0)]
)
def test_the_head_turns_as_unity_means_it(axis, name, degrees):
    bone = osc("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, *quarter(axis))
    posture = Vmc().take(bundle(bone, blend("jawOpen", 0.0), APPLY), 0.0).posture
    turned = {"pitch_deg": 0.0, "yaw_deg": 0.0, "roll_deg": 0.0} | {name: degrees}
    assert vars(posture) | turned == pytest.approx(vars(posture), abs=1e-3)


@pytest.mark.parametrize(
    "bad",
    [
        osc("/VMC/Ext/Blend/Val", "jawOpen"),
        osc("/VMC/Ext/Blend/Val", 0.5, "jawOpen"),
        blend("jawOpen", float("nan")),
        blend("jawOpen", float("inf")),
        osc("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        osc("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, float("nan"), 0.0, 0.0, 1.0),
        b"no OSC at all",
    ],
)
def test_bad_values_change_nothing(bad):
    vmc = Vmc()
    vmc.take(blend("jawOpen", 0.5), 0.0)
    vmc.take(bad, 0.0)
    signal = vmc.take(APPLY, 0.0)
    assert weight(signal, "jawOpen") == 0.5 and signal.posture is None


@given(
    st.lists(
        st.tuples(st.text(max_size=8) | st.sampled_from(["jawOpen", "A", "Head"]), st.floats(width=32)), max_size=8
    )
)
def test_whatever_is_said_the_signal_is_one(values):
    clean = [(name.replace("\0", "").encode("utf-8", "ignore").decode(), value) for name, value in values]
    signal = Vmc().take(bundle(*(blend(name, value) for name, value in clean), APPLY), 0.0)
    assert signal.weights.min() >= 0 and signal.weights.max() <= 1


@given(st.binary(max_size=300))
def test_no_packet_breaks_it(packet):
    Vmc().take(packet, 0.0)
