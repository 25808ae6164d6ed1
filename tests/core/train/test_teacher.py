from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from core.canonical.frame import Frame, TemplateView
from core.portrait import FACE_PARTS
from core.train.teacher import PICTURE_CM, TeacherStyle, teach

SIZE = 128
CM = SIZE / PICTURE_CM
SKIN, HAIR, HEADWEAR, GLASSES = (FACE_PARTS.index(name) for name in ("skin", "hair", "headwear", "glasses"))
ROWS, COLUMNS = np.indices((SIZE, SIZE))
HEAD = (ROWS - 72) ** 2 + (COLUMNS - 64) ** 2 < 34**2
PARTS = np.where(HEAD, np.where(ROWS < 56, HAIR, SKIN), 0).astype(np.uint8)


@pytest.fixture
def frame() -> Frame:
    """A head whose photo shows just what the template does, in other colours."""
    colors = np.linspace(0.2, 0.9, 3 * len(FACE_PARTS)).reshape(-1, 3).astype(np.float32)
    rgba = np.concatenate([colors[PARTS], HEAD[..., None]], 2).astype(np.float32)
    normals = np.zeros((SIZE, SIZE, 3), np.float32)
    normals[..., 2] = 1
    view = TemplateView(rgba, np.full((SIZE, SIZE), 100, np.float32), normals)
    selfie = (0.8 * colors[PARTS] + 0.05).astype(np.float32)
    return Frame(selfie, PARTS.copy(), np.ones((SIZE, SIZE), bool), HEAD, view)


def wearing(frame: Frame, part: int, where: np.ndarray, color: tuple[float, float, float]) -> Frame:
    labels, selfie = frame.labels.copy(), frame.selfie.copy()
    labels[where], selfie[where] = part, color
    return replace(frame, labels=labels, selfie=selfie)


def test_what_agrees_is_the_template(frame: Frame) -> None:
    picture = teach(frame, PARTS)
    np.testing.assert_array_equal(picture[..., 3], frame.template.rgba[..., 3])
    assert np.abs(picture - frame.template.rgba)[HEAD].max() < 0.1
    assert np.abs(picture - frame.template.rgba)[HEAD].mean() < 0.01


def test_headwear_that_the_template_lacks_is_kept(frame: Frame) -> None:
    hat = (ROWS > 28) & (ROWS < 50) & (abs(COLUMNS - 64) < 26)
    picture = teach(wearing(frame, HEADWEAR, hat, (0.1, 0.2, 0.9)), PARTS)
    inner = ndimage.binary_erosion(hat, iterations=4)
    assert picture[inner][:, 3].min() > 0.95
    np.testing.assert_allclose(picture[inner][:, :3].mean(0), (0.1, 0.2, 0.9), atol=0.05)
    outside = ~ndimage.binary_dilation(hat, np.ones((3, 3)), iterations=4)
    np.testing.assert_array_equal(picture[outside][:, 3], frame.template.rgba[outside][:, 3])


def test_headwear_that_the_template_has_stays_the_template_s(frame: Frame) -> None:
    hat = HEAD & (ROWS < 56)
    parts = np.where(hat, HEADWEAR, PARTS).astype(np.uint8)
    own = frame.template.rgba[60, 64, :3]
    picture = teach(wearing(frame, HEADWEAR, hat, tuple(own)), parts)
    np.testing.assert_array_equal(picture[..., 3], frame.template.rgba[..., 3])


@pytest.mark.parametrize("reach_cm", [2.0, 5.0])
def test_nothing_is_added_out_of_reach(frame: Frame, reach_cm: float) -> None:
    everywhere = wearing(frame, HEADWEAR, ~HEAD, (0.1, 0.2, 0.9))
    alpha = teach(everywhere, PARTS, TeacherStyle(reach_cm=reach_cm))[..., 3]
    beside = np.asarray(ndimage.distance_transform_edt(~HEAD))
    assert alpha[beside > reach_cm * CM + 5].max() == 0
    assert alpha[(beside > 3) & (beside < reach_cm * CM - 3)].min() > 0.9


def test_nothing_is_believed_where_the_photo_does_not_show(frame: Frame) -> None:
    hat = (ROWS > 28) & (ROWS < 50) & (abs(COLUMNS - 64) < 26)
    hidden = replace(wearing(frame, HEADWEAR, hat, (0.1, 0.2, 0.9)), visible=~hat)
    np.testing.assert_array_equal(teach(hidden, PARTS)[..., 3], frame.template.rgba[..., 3])


def test_glasses_are_kept_only_if_the_template_has_none(frame: Frame) -> None:
    ring = abs(np.hypot(ROWS - 70, COLUMNS - 50) - 8) < 2
    worn = wearing(frame, GLASSES, ring, (0.05, 0.05, 0.05))
    inner = ndimage.binary_erosion(ring)
    assert teach(worn, PARTS)[inner][:, :3].mean() < 0.25
    drawn = PARTS.copy()
    drawn[70, 64] = GLASSES
    # Skin beside glasses keeps no modelling, but the frame itself is not painted either.
    assert np.abs(teach(worn, drawn) - frame.template.rgba)[inner].mean() < 0.05


def test_slim_disagreement_is_a_border_and_no_fringe(frame: Frame) -> None:
    for reach, kept in ((1, False), (10, True)):
        fringe = HEAD & (ROWS >= 56) & (56 + reach > ROWS) & (abs(COLUMNS - 64) < 20)
        parts = PARTS.copy()
        parts[75, 64] = FACE_PARTS.index("brows")
        picture = teach(wearing(frame, HAIR, fringe, tuple(frame.selfie[50, 64])), parts)
        changed = np.abs(picture - frame.template.rgba)[fringe].mean()
        assert (changed > 0.1) == kept, (reach, changed)
