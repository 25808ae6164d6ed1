"""The rig's expression code: 100 numbers that follow linearly from its 52 actions, as a 3DMM's do from its own."""

import numpy as np
from jaxtyping import Float32

from core.expressions import ARKIT_PARTS, SHAPES
from core.rig.head import HeadRig

CODE_LENGTH = 100

# MediaPipe's names: chin, corners and middles of the lips, lids and brows, wings of the nose, cheeks.
_PLACES = (152, 61, 291, 13, 14, 159, 386, 145, 374, 105, 334, 107, 336, 50, 280, 2)


def expression_basis(rig: HeadRig) -> Float32[np.ndarray, "100 e"]:
    """The fixed matrix from the weights of the rig's actions to the code (the paper's ``f_mm``).

    The first numbers are the weights of the 52 actions themselves, gaze and jaw among them. The other 48 say what these
    do: by how many centimetres 16 landmarks move (chin, lips, lids, brows, nose, cheeks), so that expressions which
    look alike have codes that are alike. From a picture the weights come from fitting the head to its landmarks
    (:func:`core.rig.fit.fit_head`), from the 16 shapes through :data:`core.expressions.ARKIT_PARTS`.
    """
    count = len(rig.action_names)
    moved = rig.landmarks(rig.actions)[:, list(_PLACES)].reshape(count, -1).T
    basis = np.concatenate([np.eye(count, dtype=np.float32), moved])
    assert len(basis) == CODE_LENGTH
    return basis.astype(np.float32)


def shape_codes(rig: HeadRig) -> Float32[np.ndarray, "k 100"]:
    """The codes of the 16 shapes at weight 1; that of a mixture of them is the same mixture of their codes."""
    weights = np.zeros((len(SHAPES), len(rig.action_names)), np.float32)
    for row, shape in enumerate(SHAPES):
        for name, weight in ARKIT_PARTS[shape].items():
            weights[row, rig.action_names.index(name)] = weight
    return weights @ expression_basis(rig).T
