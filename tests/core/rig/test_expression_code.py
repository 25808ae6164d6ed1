import numpy as np

from core.expressions import SHAPES
from core.rig.expression_code import CODE_LENGTH, expression_basis, shape_codes
from core.rig.head import HeadRig


def test_a_code_begins_with_the_actions_and_ends_with_what_they_move(rig: HeadRig) -> None:
    basis = expression_basis(rig)
    assert basis.shape == (CODE_LENGTH, len(rig.action_names)) == (100, 52)
    np.testing.assert_array_equal(basis[:52], np.eye(52))
    jaw = basis[52:, rig.action_names.index("jawOpen")].reshape(16, 3)
    assert jaw[0, 1] < -1, "the chin falls by more than a centimetre"
    assert np.abs(jaw[9:13]).max() < 0.05, "the brows stay"


def test_shapes_have_codes_of_their_own(rig: HeadRig) -> None:
    codes = shape_codes(rig)
    assert codes.shape == (len(SHAPES), CODE_LENGTH)
    up = codes[SHAPES.index("browUpLeft")]
    assert up[rig.action_names.index("browOuterUpLeft")] == 1 and up[rig.action_names.index("browInnerUp")] == 0.5
    apart = np.linalg.norm(codes[:, None] - codes[None], axis=2)
    assert apart[~np.eye(len(SHAPES), dtype=bool)].min() > 0.5
