from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from core.character.measure import Reading
from core.portrait import Portrait
from core.rig.fit import HeadFit, fit_head, fit_heads
from core.rig.head import HeadRig

EXPRESSION = {"jawOpen": 0.4, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.6, "browInnerUp": 0.3}
NOISE_PX = 1.0


def somebody(rig: HeadRig, seed: int) -> HeadFit:
    """A head of random shape and pose, with an expression."""
    rng = np.random.default_rng(seed)
    yaw, pitch, roll = rng.uniform((-20, -12, -8), (20, 12, 8))
    return HeadFit(
        identity=np.clip(rng.normal(0, 0.15, len(rig.identity)), -1, 1).astype(np.float32),
        actions=np.float32([EXPRESSION.get(name, 0) for name in rig.action_names]),
        scale=21.0,
        rotation=Rotation.from_euler("YXZ", (yaw, -pitch, roll), degrees=True).as_matrix().astype(np.float32),
        translation=np.float32((250, -262, 30)),
        residual_mm=0.0,
    )


def seen(rig: HeadRig, head: HeadFit, seed: int) -> np.ndarray:
    """A head's landmarks in its picture, off by about a pixel."""
    noise = np.random.default_rng(100 + seed).normal(0, NOISE_PX, (478, 3))
    return (head.to_pixels(rig.landmarks(head.photo_vertices(rig))) + noise).astype(np.float32)


def angle_deg(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.linalg.norm(Rotation.from_matrix(a.T @ b).as_rotvec())))


def face_of(rig: HeadRig) -> np.ndarray:
    skin = rig.vertices_of("skin")
    return skin[rig.neutral[skin, 2] > 3]


def same_but_for_placing(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """``a`` shifted, turned and scaled onto ``b``: a picture does not tell a head's size from its distance."""
    source, target = a - a.mean(0), b - b.mean(0)
    turn, _ = Rotation.align_vectors(target, source)
    turned = turn.apply(source)
    return turned * (turned * target).sum() / (turned**2).sum() + b.mean(0)


@pytest.mark.parametrize("seed", range(6))
def test_a_made_up_head_is_found_again(rig: HeadRig, seed: int) -> None:
    truth = somebody(rig, seed)
    fit = fit_head(rig, seen(rig, truth, seed), EXPRESSION)
    assert fit.residual_mm < 1.0
    assert angle_deg(fit.rotation, truth.rotation) < 2
    assert fit.yaw_deg == pytest.approx(truth.yaw_deg, abs=1.5)
    face = face_of(rig)
    expected = truth.vertices(rig)[face]
    missed = np.linalg.norm(same_but_for_placing(fit.vertices(rig)[face], expected) - expected, axis=1)
    assert missed.mean() < 0.2, "under 2 mm, with the expression taken off"
    assert fit.actions[rig.action_names.index("jawOpen")] == pytest.approx(0.4, abs=0.15)


@pytest.mark.parametrize("yaw_deg", [-30, -15, 0, 15, 30])
def test_a_turned_head_is_as_turned_as_it_is(rig: HeadRig, yaw_deg: float) -> None:
    turn = Rotation.from_euler("Y", yaw_deg, degrees=True).as_matrix().astype(np.float32)
    nobody = np.zeros(len(rig.identity), np.float32), np.zeros(len(rig.actions), np.float32)
    truth = HeadFit(*nobody, 21.0, turn, np.float32((256, -256, 0)), 0.0)
    assert truth.yaw_deg == pytest.approx(yaw_deg, abs=1e-4)
    fit = fit_head(rig, seen(rig, truth, 0), {})
    assert fit.yaw_deg == pytest.approx(yaw_deg, abs=1)
    assert angle_deg(fit.rotation, turn) < 1.5


def test_an_expression_does_not_become_the_person(rig: HeadRig) -> None:
    """The same person with and without an expression has the same head."""
    smiling = somebody(rig, 3)
    calm = replace(smiling, actions=np.zeros_like(smiling.actions))
    face = face_of(rig)
    found = [
        fit_head(rig, seen(rig, head, 3), scores).vertices(rig)[face]
        for head, scores in ((smiling, EXPRESSION), (calm, {}))
    ]
    change = np.linalg.norm(same_but_for_placing(*found) - found[1], axis=1).mean()
    expressed = np.linalg.norm((smiling.photo_vertices(rig) - smiling.vertices(rig))[face], axis=1).mean()
    assert change < 0.35 * expressed


def test_the_fit_stays_within_its_bounds(rig: HeadRig) -> None:
    points = seen(rig, somebody(rig, 0), 0)
    stretched = points * np.float32((1.4, 0.8, 1.0))
    fit = fit_head(rig, stretched, {name: 1.0 for name in rig.action_names})
    assert np.abs(fit.identity).max() <= 1.3 + 1e-6
    assert fit.actions.min() >= 0 and fit.actions.max() <= 1
    np.testing.assert_allclose(fit.rotation @ fit.rotation.T, np.eye(3), atol=1e-5)
    assert np.linalg.det(fit.rotation) == pytest.approx(1, abs=1e-5)


def test_where_the_face_lies_in_the_picture_does_not_matter(rig: HeadRig) -> None:
    points = seen(rig, somebody(rig, 1), 1)
    here = fit_head(rig, points, EXPRESSION)
    there = fit_head(rig, (1.5 * points + (70, -30, 500)).astype(np.float32), EXPRESSION)
    np.testing.assert_allclose(there.identity, here.identity, atol=1e-2)
    np.testing.assert_allclose(there.rotation, here.rotation, atol=1e-3)
    assert there.scale == pytest.approx(1.5 * here.scale, rel=1e-3)
    assert there.residual_mm == pytest.approx(here.residual_mm, rel=1e-2)


def turned(head: HeadFit, yaw_deg: float) -> HeadFit:
    rotation = Rotation.from_euler("YXZ", (yaw_deg, 5, 3), degrees=True).as_matrix()
    return replace(head, rotation=rotation.astype(np.float32))


def missed_cm(rig: HeadRig, fit: HeadFit, truth: HeadFit) -> float:
    face = face_of(rig)
    expected = truth.vertices(rig)[face]
    return float(np.linalg.norm(same_but_for_placing(fit.vertices(rig)[face], expected) - expected, axis=1).mean())


@pytest.mark.parametrize("seed", range(4))
def test_several_pictures_tell_more_than_any_one(rig: HeadRig, seed: int) -> None:
    calm = replace(somebody(rig, seed), actions=np.zeros(len(rig.actions), np.float32))
    people = [turned(somebody(rig, seed), 0), turned(calm, -30), turned(calm, 30)]
    pictures = [
        (seen(rig, head, 10 * seed + k), EXPRESSION if head.actions.any() else {}) for k, head in enumerate(people)
    ]
    together = fit_heads(rig, pictures)
    alone = [missed_cm(rig, fit_head(rig, *picture), people[0]) for picture in pictures]
    assert missed_cm(rig, together[0], people[0]) < 0.97 * min(alone)
    jaw = rig.action_names.index("jawOpen")
    for fit, head in zip(together, people, strict=True):
        np.testing.assert_array_equal(fit.identity, together[0].identity)
        assert fit.yaw_deg == pytest.approx(head.yaw_deg, abs=1.5)
        assert fit.actions[jaw] == pytest.approx(head.actions[jaw], abs=0.15), "each picture has its own expression"


def test_the_order_of_pictures_does_not_matter(rig: HeadRig) -> None:
    head = somebody(rig, 2)
    pictures = [(seen(rig, turned(head, yaw), k), EXPRESSION) for k, yaw in enumerate((0, -25, 15))]
    there, back = fit_heads(rig, pictures), fit_heads(rig, pictures[::-1])
    np.testing.assert_allclose(there[0].identity, back[0].identity, atol=1e-4)
    np.testing.assert_allclose(there[2].rotation, back[0].rotation, atol=1e-4)


def test_the_examples_are_fitted_well(
    rig: HeadRig, portraits: dict[str, Portrait], readings: dict[str, Reading]
) -> None:
    fits = {name: reading.fit for name, reading in readings.items()}
    assert np.mean([fit.residual_mm for fit in fits.values()]) < 1.5
    assert max(fit.residual_mm for fit in fits.values()) < 2.5
    for name, fit in fits.items():
        pixels = fit.to_pixels(rig.landmarks(fit.photo_vertices(rig)))
        away = np.linalg.norm((pixels - portraits[name].points)[rig.landmark_hit, :2], axis=1).mean()
        assert away / fit.scale * 10 == pytest.approx(fit.residual_mm, rel=0.02), name
        assert abs(fit.yaw_deg) < 20, name
