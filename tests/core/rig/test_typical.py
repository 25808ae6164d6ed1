import numpy as np
import pytest

from core.rig.fit import HeadFit
from core.rig.head import HeadRig
from core.rig.typical import calm_identity, typical_identity


def fitted(rig: HeadRig, identity: np.ndarray, **actions: float) -> HeadFit:
    weights = np.float32([actions.get(name, 0.0) for name in rig.action_names])
    return HeadFit(identity, weights, 20.0, np.eye(3, dtype=np.float32), np.zeros(3, np.float32), 0.0)


def usual_eyes(**actions: float) -> dict[str, float]:
    closing = {
        f"{name}{side}": w for name, w in (("eyeBlink", 0.14), ("eyeSquint", 0.42)) for side in ("Left", "Right")
    }
    return closing | actions


def eye_cm(rig: HeadRig, coefficients: np.ndarray) -> float:
    upper, lower = rig.landmarks(rig.neutral + np.tensordot(coefficients, rig.identity, 1))[[386, 374]]
    return float(upper[1] - lower[1])


def test_a_calm_face_is_taken_as_it_is(rig: HeadRig) -> None:
    identity = np.random.default_rng(0).normal(0, 0.2, len(rig.identity)).astype(np.float32)
    np.testing.assert_allclose(calm_identity(rig, fitted(rig, identity, **usual_eyes())), identity, atol=1e-6)


def test_narrow_eyes_are_the_persons_and_not_a_blink(rig: HeadRig) -> None:
    usual = typical_identity(rig)
    at_rest = eye_cm(rig, calm_identity(rig, fitted(rig, usual, **usual_eyes())))
    narrow = fitted(rig, usual, **usual_eyes(eyeBlinkLeft=0.24, eyeBlinkRight=0.24))
    assert eye_cm(rig, calm_identity(rig, narrow)) == pytest.approx(at_rest - 0.12, abs=0.03)
    closed = fitted(rig, usual, **usual_eyes(eyeBlinkLeft=1.0, eyeBlinkRight=1.0))
    assert eye_cm(rig, calm_identity(rig, closed)) > 0.5 * at_rest, "whoever blinks is not drawn asleep"


def test_a_smile_does_not_leave_a_wide_mouth(rig: HeadRig) -> None:
    identity = typical_identity(rig)
    smiling = calm_identity(rig, fitted(rig, identity, **usual_eyes(mouthSmileLeft=1.0, mouthSmileRight=1.0)))
    half = calm_identity(rig, fitted(rig, identity, **usual_eyes(mouthSmileLeft=0.5, mouthSmileRight=0.5)))
    np.testing.assert_allclose(identity - half, (identity - smiling) / 2, atol=1e-6)

    def mouth_cm(coefficients: np.ndarray) -> float:
        left, right = rig.landmarks(rig.neutral + np.tensordot(coefficients, rig.identity, 1))[[291, 61]]
        return float(np.linalg.norm(left - right))

    assert mouth_cm(smiling) < mouth_cm(identity) - 0.2


def test_the_usual_person_is_somebody(rig: HeadRig) -> None:
    usual = typical_identity(rig)
    assert usual.shape == (len(rig.identity),) and np.abs(usual).max() < 1
    assert np.count_nonzero(usual) > 30
    assert usual[rig.identity_names.index("mouth-trans-forward")] == pytest.approx(-0.47, abs=0.1)
