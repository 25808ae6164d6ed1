import numpy as np
import pytest

from core.rig.head import HeadRig
from core.rig.style import CartoonHead, HouseStyle, cartoon_head
from core.rig.typical import typical_identity
from core.smoothstep import smoothstep


@pytest.fixture(scope="module")
def usual(rig: HeadRig) -> CartoonHead:
    return cartoon_head(rig, typical_identity(rig), HouseStyle())


def person(rig: HeadRig, **changes: float) -> np.ndarray:
    identity = typical_identity(rig)
    for name, change in changes.items():
        identity[rig.identity_names.index(name.replace("_", "-"))] += change
    return identity


def width(rig: HeadRig, head: CartoonHead, left: int, right: int) -> float:
    places = rig.landmarks(head.vertices)
    return float(np.linalg.norm(places[left] - places[right]))


def test_what_is_characteristic_is_exaggerated(rig: HeadRig, usual: CartoonHead) -> None:
    plain = HouseStyle(exaggeration=1.0, emphases=(), singled_out={}, depth_share=1.0)
    for name, (left, right) in {"nose-scale-horiz-incr": (278, 48), "chin-bones-incr": (397, 172)}.items():
        identity = person(rig, **{name: 0.15})
        usual_cm = width(rig, usual, left, right)
        as_is = width(rig, cartoon_head(rig, identity, plain), left, right) - usual_cm
        drawn = width(rig, cartoon_head(rig, identity, HouseStyle()), left, right) - usual_cm
        assert drawn > 1.3 * as_is > 0, name


def test_nobody_is_exaggerated_beyond_bounds(rig: HeadRig, usual: CartoonHead) -> None:
    style = HouseStyle()
    extreme = np.clip(np.random.default_rng(0).normal(0, 1, len(rig.identity)), -1.3, 1.3).astype(np.float32)
    head = cartoon_head(rig, extreme, style)
    moved = np.linalg.norm(head.vertices - usual.vertices, axis=1)
    assert moved.max() < style.most_cm * 1.3
    assert 0.5 < head.eye_radius / usual.eye_radius < 1.6


def test_people_stay_as_symmetric_as_the_rig(rig: HeadRig) -> None:
    identity = np.random.default_rng(1).normal(0, 0.2, len(rig.identity)).astype(np.float32)
    head = cartoon_head(rig, identity, HouseStyle())
    warped = head.warp(head.vertices)
    np.testing.assert_allclose(warped[rig.mirror] * (-1, 1, 1), warped, atol=5e-3)


def test_the_warp_slims_the_neck_and_the_nose_and_nothing_else_far_off(usual: CartoonHead) -> None:
    style = usual.style
    neck = np.float32([[5.0, -11.0, 0.0]])
    assert usual.warp(neck)[0, 0] == pytest.approx(5 * (1 - style.neck_slimming) * (1 - style.jaw_slimming), rel=0.02)
    tip = np.float32([[0.0, style.nose_root[1], style.nose_root[2] + 1.5]])
    assert usual.warp(tip)[0, 2] < tip[0, 2] - 0.05
    top = np.float32([[0, 12, 0], [7, 8, -3], [-5, 9, -6]])
    np.testing.assert_allclose(usual.warp(top), top, atol=0.02)


def test_teeth_stay_behind_lips_and_above_the_chin(rig: HeadRig) -> None:
    for name in ("chin-height-incr", "chin-prominent-incr", "mouth-scale-vert-incr"):
        head = cartoon_head(rig, person(rig, **{name: -0.4}), HouseStyle())
        chin = rig.landmarks(head.vertices)[152]
        lower = head.vertices[rig.vertices_of("teeth_lower")]
        assert lower[:, 1].min() > chin[1] + 1.0, name
        lips = rig.landmarks(head.vertices)[[13, 14]]
        for part in ("teeth_lower", "teeth_upper"):
            assert head.vertices[rig.vertices_of(part), 2].max() < lips[:, 2].mean(), (name, part)


def test_a_step_is_smooth() -> None:
    t = np.linspace(-1, 2, 301)
    step = smoothstep(0.0, 1.0, t)
    assert step.min() == 0 and step.max() == 1 and np.abs(np.diff(step, 2)).max() < 1e-3
