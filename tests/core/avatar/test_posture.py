"""Heads turn as told, shoulders stay, and nothing is stretched."""

import numpy as np
import pytest

from core.avatar.model import PARTS
from core.avatar.posture import Posture, assume, turned_points
from core.expressions import pose_weights

EYES = [PARTS.index("sclera"), PARTS.index("iris")]


@pytest.fixture(scope="module")
def avatar(creation):
    return creation.avatar


@pytest.fixture(scope="module")
def rest(avatar):
    return avatar.posed(pose_weights("neutral"))


def face_of(avatar):
    return np.isin(avatar.labels, [PARTS.index(part) for part in ("iris", "brow", "lips", "lash")])


def test_looking_ahead_changes_nothing(avatar, rest):
    assert assume(rest, avatar.labels, Posture()) is rest


@pytest.mark.parametrize(
    ("posture", "axis", "sign"),
    [(Posture(yaw_deg=20.0), 0, 1), (Posture(pitch_deg=20.0), 1, 1), (Posture(roll_deg=20.0), 0, 1)],
)
def test_positive_angles_go_where_they_say(avatar, rest, posture, axis, sign):
    moved = assume(rest, avatar.labels, posture).means - rest.means
    brow = avatar.labels == PARTS.index("brow")
    assert sign * moved[brow, axis].mean() > 1


def test_the_face_turns_as_one_and_the_clothes_stay(avatar, rest):
    turned = assume(rest, avatar.labels, Posture(12.0, -8.0, 15.0))
    face, clothes = face_of(avatar), avatar.labels == PARTS.index("clothes")
    np.testing.assert_allclose(turned.means[clothes], rest.means[clothes], atol=1e-5)
    before, after = rest.means[face], turned.means[face]
    pick = np.random.default_rng(0).integers(0, len(before), (200, 2))
    lengths = [np.linalg.norm(points[pick[:, 0]] - points[pick[:, 1]], axis=1) for points in (before, after)]
    np.testing.assert_allclose(*lengths, atol=1e-3)
    expected = turned_points(before, Posture(12.0, -8.0, 15.0))
    np.testing.assert_allclose(after, expected, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(turned.quats, axis=1), 1, atol=1e-4)


def test_the_neck_bends_without_a_tear(avatar, rest):
    turned = assume(rest, avatar.labels, Posture(roll_deg=15.0))
    neck = np.flatnonzero(avatar.labels == PARTS.index("neck"))
    order = neck[np.argsort(rest.means[neck, 1])]
    shift = np.linalg.norm(turned.means[order] - rest.means[order], axis=1)
    assert shift[:20].max() < 0.3 and shift[-20:].min() > 0.05
    # Splats side by side move alike.
    from scipy.spatial import cKDTree

    _, near = cKDTree(rest.means[order]).query(rest.means[order], k=2)
    assert np.abs(shift - shift[near[:, 1]]).max() < 0.35


def test_eyes_turn_alone_and_keep_their_distance(avatar, rest):
    looking = assume(rest, avatar.labels, Posture(gaze_yaw_deg=20.0, gaze_pitch_deg=10.0))
    eyes, iris = np.isin(avatar.labels, EYES), avatar.labels == PARTS.index("iris")
    np.testing.assert_allclose(looking.means[~eyes], rest.means[~eyes], atol=1e-5)
    moved = (looking.means - rest.means)[iris].mean(0)
    assert moved[0] > 0.3 and moved[1] > 0.1
    farther = assume(rest, avatar.labels, Posture(gaze_yaw_deg=80.0))
    held = assume(rest, avatar.labels, Posture(gaze_yaw_deg=30.0))
    np.testing.assert_allclose(farther.means, held.means, atol=1e-4)


def test_postures_add_up():
    both = Posture(yaw_deg=4.0).plus(Posture(yaw_deg=2.0, roll_deg=6.0), 0.5)
    assert both == Posture(yaw_deg=5.0, roll_deg=3.0)
