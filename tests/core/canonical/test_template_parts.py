import numpy as np
import pytest

from core.canonical.template_parts import template_parts
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.portrait import FACE_PARTS
from tests.core.canonical.conftest import Standing, pixels


@pytest.fixture(scope="module")
def parts(standing: Standing) -> np.ndarray:
    return template_parts(standing.avatar, standing.camera)


def test_landmarks_name_their_parts(parts: np.ndarray, standing: Standing) -> None:
    at = pixels(standing.sculpt.landmarks, standing.camera).astype(int)
    nose, lower_lip, chin = 4, 17, 152
    names = {name: FACE_PARTS[parts[at[k][1], at[k][0]]] for name, k in (("nose", nose), ("lip", lower_lip))}
    assert names == {"nose": "skin", "lip": "lips"}
    assert FACE_PARTS[parts[at[chin][1] - 6, at[chin][0]]] == "skin"
    for eye in (LEFT_EYE, RIGHT_EYE):
        column, row = at[list(eye)].mean(0).astype(int)
        assert FACE_PARTS[parts[row, column]] == "eyes"


def test_a_head_has_hair_above_and_clothes_below_and_nothing_around(parts: np.ndarray, standing: Standing) -> None:
    top = np.flatnonzero(standing.view.rgba[:, 128, 3] > 0.9)[0]
    assert FACE_PARTS[parts[top + 5, 128]] == "hair"
    bottom = np.flatnonzero(standing.view.rgba[:, 128, 3] > 0.9)[-1]
    assert FACE_PARTS[parts[bottom - 8, 128]] == "clothes"
    np.testing.assert_array_equal((parts == 0)[standing.view.rgba[..., 3] < 0.2], True)
    assert (parts[standing.view.rgba[..., 3] > 0.9] != 0).all()
    assert not (parts == FACE_PARTS.index("headwear")).any()
