from pathlib import Path

import numpy as np
import pytest

from core.camera import orbit
from core.evaluate import expressions
from core.evaluate.expressions import evaluate_expressions
from core.expressions import READABLE_SHAPES, SHAPES
from core.pipeline import Studio
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from core.rig.typical import typical_identity
from tests.conftest import EXAMPLES, PERSON


@pytest.fixture(scope="module")
def result(studio: Studio) -> dict:
    return evaluate_expressions(studio, [EXAMPLES[PERSON]])


def test_a_posed_face_reads_as_posed(result: dict) -> None:
    assert result["people"] == 1
    assert tuple(result["per_shape"]) == SHAPES
    for name in ("jawOpen", "mouthSmileLeft", "mouthSmileRight"):
        row = result["per_shape"][name]
        assert row["posed"] > row["rest"] + 0.2, name
    rises = [result["per_shape"][name]["posed"] - result["per_shape"][name]["rest"] for name in READABLE_SHAPES]
    assert result["mean_rise"] == pytest.approx(np.mean(rises), abs=2e-3)
    assert result["raised"] == sum(rise >= 0.1 for rise in rises) >= 6


def test_landmarks_move_as_the_rigs_do(result: dict) -> None:
    for row in result["per_shape"].values():
        assert set(row) == {"rest", "posed", "cosine", "ratio"}
        assert -1 <= row["cosine"] <= 1 and row["ratio"] > 0
    assert result["per_shape"]["jawOpen"]["cosine"] > 0.8
    assert 0.5 < result["per_shape"]["jawOpen"]["ratio"] < 2
    assert result["motion_ok"] >= 8


def test_only_the_lid_that_closes_moves_truly(rig: HeadRig, pattern: SurfacePattern) -> None:
    sculpt = Sculpt(rig, pattern, cartoon_head(rig, typical_identity(rig), HouseStyle()))
    motion = expressions._true_motion(sculpt, "eyeBlinkLeft", orbit(size=512))
    assert motion.shape == (478, 2)
    lid, fold, brow, other_lid, chin = (motion[k, 1] for k in (386, 257, 334, 159, 152))
    assert lid > 10, "down, in pixels"
    assert 2 < fold < 0.8 * lid, "skin above the lid stays behind its edge"
    assert abs(brow) < 1 and abs(other_lid) < 0.5 and abs(chin) < 0.1
    assert np.abs(motion[386, 0]) < 3


def test_nobody_is_an_empty_result(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "no_face.jpg").write_bytes(b"no picture")
    result = evaluate_expressions(studio, [tmp_path / "no_face.jpg"])
    assert result == {"people": 0, "raised": 0, "mean_rise": 0.0, "motion_ok": 0, "per_shape": {}}


@pytest.fixture
def motion() -> np.ndarray:
    """Part of the landmarks move, most stand still."""
    moved = np.zeros((478, 2))
    angle = np.linspace(0, 4, 120)
    moved[:120] = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.linspace(1, 2, 120)[:, None]
    return moved


def test_equal_motions_agree(motion: np.ndarray) -> None:
    assert expressions._agreement(motion, motion) == pytest.approx((1, 1))


def test_opposite_motions_disagree(motion: np.ndarray) -> None:
    assert expressions._agreement(-motion, motion) == pytest.approx((-1, 1))


def test_a_larger_motion_is_as_much_larger(motion: np.ndarray) -> None:
    assert expressions._agreement(2.5 * motion, motion) == pytest.approx((1, 2.5))


def test_another_direction_is_no_agreement(motion: np.ndarray) -> None:
    across = np.stack([-motion[:, 1], motion[:, 0]], axis=1)
    cosine, ratio = expressions._agreement(across, motion)
    assert cosine == pytest.approx(0, abs=1e-9) and ratio == pytest.approx(1)


def test_no_motion_is_no_agreement(motion: np.ndarray) -> None:
    assert expressions._agreement(np.zeros_like(motion), motion) == (0.0, 0.0)
