import numpy as np

from core.rig.head import HeadRig
from core.rig.surface import SurfacePattern
from core.traits.mark_strokes import draw_marks, stroke_colors, stroke_geometry
from core.traits.marks import Marks

SKIN = np.float32((0.85, 0.65, 0.55))


def test_a_plain_face_has_no_strokes_and_an_older_one_more(rig: HeadRig, pattern: SurfacePattern) -> None:
    counts = [len(draw_marks(rig, pattern, Marks(age=age))) for age in (0.0, 0.3, 1.0)]
    assert counts[0] == 0 < counts[1] < counts[2]


def test_lines_are_mirrored_and_grow_darker_with_age(rig: HeadRig, pattern: SurfacePattern) -> None:
    mild, strong = (draw_marks(rig, pattern, Marks(age=age)) for age in (0.5, 1.0))
    means = stroke_geometry(rig, rig.neutral, strong).means
    assert abs(means[:, 0].mean()) < 0.05
    assert (means[:, 2] > 2).all()
    assert strong.opacities.mean() > mild.opacities.mean()
    assert strong.opacities.max() <= 1


def test_lines_are_darker_than_the_skin_beside_a_light_edge(rig: HeadRig, pattern: SurfacePattern) -> None:
    strokes = draw_marks(rig, pattern, Marks(age=1.0))
    colors = stroke_colors(SKIN, strokes, stroke_geometry(rig, rig.neutral, strokes))
    dark = strokes.shift[:, 0] < 0
    assert colors[dark].mean() < colors[~dark].mean() - 0.08
    assert strokes.opacities[dark].mean() > strokes.opacities[~dark].mean()


def test_freckles_lie_on_cheeks_and_nose(rig: HeadRig, pattern: SurfacePattern) -> None:
    few, many = (draw_marks(rig, pattern, Marks(freckles=strength)) for strength in (0.2, 1.0))
    assert 0 < len(few) < len(many)
    y = stroke_geometry(rig, rig.neutral, many).means[:, 1]
    assert y.min() > -3.5 and y.max() < 1.2


def test_a_mole_lies_where_it_is_said_and_moves_with_the_skin(rig: HeadRig, pattern: SurfacePattern) -> None:
    mole = draw_marks(rig, pattern, Marks(moles=((2.8, -4.2, 0.3),)))
    rest = stroke_geometry(rig, rig.neutral, mole).means
    assert len(mole) == 1
    np.testing.assert_allclose(rest[0, :2], (2.8, -4.2), atol=0.15)
    smiling = stroke_geometry(rig, rig.neutral + rig.shape_offsets("mouthSmileLeft"), mole).means
    assert np.linalg.norm(smiling - rest) > 0.2
