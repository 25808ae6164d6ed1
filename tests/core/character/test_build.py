from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from core.avatar.model import PARTS, Avatar
from core.camera import orbit
from core.character.build import build_avatar
from core.character.measure import Reading
from core.character.model import Character
from core.expressions import SHAPES, weights_vector
from core.gaussians import covariances, rotation_matrices
from core.render.splats import render
from core.rig.head import HeadRig
from core.rig.lids import closing
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern, place
from core.rig.typical import typical_identity
from core.traits.eyes import BLINK_RETREAT_CM
from tests.conftest import EXAMPLES, PERSON

PLAIN = HouseStyle(
    exaggeration=1.0,
    emphases=(),
    singled_out={},
    depth_share=1.0,
    most_cm=1e6,
    pushes={},
    friendliness={},
    softness=(0.0, 0.0, 0),
    eye_growth=(0.0, 0.0, 0.0),
    eye_shift=(0.0, 0.0, 0.0),
    nose_growth=(0.0, 0.0, 0.0),
    jaw_slimming=0.0,
    neck_slimming=0.0,
)
"""No style at all."""


@pytest.fixture(scope="module")
def avatar(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Avatar:
    return build_avatar(rig, pattern, characters[PERSON], HouseStyle())


def motion(avatar: Avatar, **weights: float) -> np.ndarray:
    """How far each splat moves, in cm."""
    rest = avatar.posed(weights_vector({})).means
    return np.linalg.norm(avatar.posed(weights_vector(weights)).means - rest, axis=1)


def shown(avatar: Avatar, part: str, **weights: float) -> np.ndarray:
    """Where a part of the avatar shows in a picture from the front, (256, 256)."""
    posed = avatar.posed(weights_vector(weights))
    mark = np.zeros_like(posed.colors)
    mark[avatar.labels == PARTS.index(part)] = 1
    return render(replace(posed, colors=mark), orbit(size=256)).color[..., 0] > 0.5


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_avatar_is_sound(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character], name: str
) -> None:
    avatar = build_avatar(rig, pattern, characters[name], HouseStyle())
    assert 20_000 <= len(avatar) <= 48_000
    assert len(avatar.labels) == len(avatar) and avatar.labels.max() < len(PARTS)
    must = {"skin", "ear", "neck", "lips", "sclera", "iris", "brow", "lash", "teeth", "tongue", "mouth", "clothes"}
    present = {PARTS[label] for label in np.unique(avatar.labels)}
    assert must <= present
    assert ("glasses" in present) == (name == "glasses")
    assert ("beard" in present) == (name == "beard")
    assert len(avatar.offsets) == len(SHAPES)
    for weights in (np.zeros(16, np.float32), np.ones(16, np.float32)):
        posed = avatar.posed(weights)
        for values in vars(posed).values():
            assert np.isfinite(values).all()
        assert posed.scales.min() > 0
        np.testing.assert_allclose(np.linalg.norm(posed.quats, axis=1), 1, atol=1e-4)
        assert np.abs(posed.means).max() < 30, "nothing flies off"
    for offset in avatar.offsets:
        assert np.isfinite(offset.delta).all()
        assert (np.diff(offset.index) > 0).all() and offset.index[-1] < len(avatar)


@pytest.mark.parametrize("shape", ["jawOpen", "mouthSmileLeft", "browUpRight", "eyeBlinkLeft", "lipsPucker"])
def test_an_expression_is_exactly_the_rigs(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character], shape: str
) -> None:
    # Nothing of a bald head is buried, so that its rows begin with the whole pattern.
    avatar = build_avatar(rig, pattern, replace(characters[PERSON], hair=None, headwear=None), HouseStyle())
    head = cartoon_head(rig, characters[PERSON].identity, HouseStyle())
    offset = rig.shape_offsets(shape) * np.float32(head.style.liveliness.get(shape, 1.0))
    if shape == "eyeBlinkLeft":
        # The one thing that is not the rig's alone: where large eyes close.
        offset = closing(rig, offset, Sculpt(rig, pattern, head).lids[0], head.style.lids_meet)
    truth = place(pattern, rig, head.warp(head.vertices + offset))
    posed = avatar.posed(weights_vector({shape: 1.0}))
    surface = len(pattern.corners)
    changed = avatar.offsets[SHAPES.index(shape)].index
    changed = changed[changed < surface]
    assert len(changed) > 500
    np.testing.assert_allclose(posed.means[changed], truth.means[changed], atol=1e-3)
    np.testing.assert_allclose(posed.scales[changed], truth.scales[changed], rtol=1e-3)
    np.testing.assert_allclose(rotation_matrices(posed.quats[changed])[:, :, 2], truth.normals[changed], atol=2e-3)
    # What was left out moves less than 0.03 mm along each axis.
    np.testing.assert_allclose(posed.means[:surface], truth.means, atol=3.5e-3)


def test_what_thick_hair_hides_is_left_out_and_nothing_that_shows(
    rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]
) -> None:
    character = replace(characters[PERSON], headwear=None)
    avatar = build_avatar(rig, pattern, character, HouseStyle())
    sculpt = Sculpt(rig, pattern, cartoon_head(rig, character.identity, HouseStyle()))
    whole = {tuple(row) for row in np.round(sculpt.surface.means, 3)}
    kept = {tuple(row) for row in np.round(avatar.rest[:, :3], 3)}
    gone = np.array([row for row in whole - kept])
    assert 300 < len(gone) < 6000
    assert (gone[:, 1] > -4).all() and not ((gone[:, 2] > 7) & (gone[:, 1] < 6)).any(), "never a face"


def test_half_an_expression_is_half_the_way(avatar: Avatar) -> None:
    np.testing.assert_allclose(motion(avatar, jawOpen=0.5), motion(avatar, jawOpen=1.0) / 2, atol=1e-3)


@pytest.mark.parametrize("name", [name for name in SHAPES if name.endswith("Left") and name != "jawLeft"])
def test_a_side_moves_on_its_own(avatar: Avatar, name: str) -> None:
    x = avatar.posed(weights_vector({})).means[:, 0]
    for shape, sign in ((name, 1), (name.removesuffix("Left") + "Right", -1)):
        moved = motion(avatar, **{shape: 1.0})
        own, other = sign * x > 1.5, sign * x < -1.5
        assert moved[own].max() > 0.3
        # Both brows share browInnerUp.
        assert moved[other].sum() < (0.25 if "browUp" in shape else 0.12) * moved[own].sum()
        assert np.quantile(moved[other], 0.999) < 0.35 * moved[own].max()


def test_the_jaw_leaves_the_brow_and_the_back_alone(avatar: Avatar) -> None:
    rest = avatar.posed(weights_vector({})).means
    moved = motion(avatar, jawOpen=1.0)
    assert moved[(rest[:, 1] > 4) | (rest[:, 2] < -5)].max() < 0.05
    chin = (np.abs(rest[:, 0]) < 1) & (rest[:, 1] < -6) & (rest[:, 1] > -9) & (rest[:, 2] > 7)
    assert moved[chin].min() > 1
    assert moved[avatar.labels == PARTS.index("clothes")].max() == 0
    assert (moved[avatar.labels == PARTS.index("hair")] == 0).mean() > 0.95, "all but the scalp's edge"


def test_a_blink_hides_its_own_eye(avatar: Avatar) -> None:
    half = np.s_[:, 128:], np.s_[:, :128]  # the avatar's left eye is on the viewer's right
    open_ = [shown(avatar, "iris")[side].sum() for side in half]
    assert min(open_) > 100
    assert 0.8 < open_[0] / open_[1] < 1.25
    for shape, side, other in (("eyeBlinkLeft", 0, 1), ("eyeBlinkRight", 1, 0)):
        closed = shown(avatar, "iris", **{shape: 1.0}) | shown(avatar, "sclera", **{shape: 1.0})
        assert closed[half[side]].sum() < 0.02 * open_[side]
        iris = shown(avatar, "iris", **{shape: 1.0})
        assert iris[half[other]].sum() == pytest.approx(open_[other], rel=0.02)


def test_a_closed_eye_draws_back_behind_its_lid(avatar: Avatar) -> None:
    ball = np.isin(avatar.labels, [PARTS.index("iris"), PARTS.index("sclera")])
    rest = avatar.posed(weights_vector({})).means[ball]
    moved = avatar.posed(weights_vector({"eyeBlinkLeft": 1.0})).means[ball] - rest
    left = rest[:, 0] > 0
    np.testing.assert_allclose(moved[left], np.tile((0, 0, -BLINK_RETREAT_CM), (left.sum(), 1)), atol=1e-5)
    np.testing.assert_array_equal(moved[~left], 0)


def test_the_mouth_opens_on_teeth_and_tongue_and_is_closed_at_rest(avatar: Avatar) -> None:
    inside = ("teeth", "tongue", "mouth")
    assert sum(shown(avatar, part).sum() for part in inside) < 10
    opened = {part: shown(avatar, part, jawOpen=1.0).sum() for part in inside}
    assert opened["teeth"] > 20 and opened["tongue"] > 20 and sum(opened.values()) > 250


def test_no_hole_shows_from_the_front(avatar: Avatar) -> None:
    for weights in ({}, {"jawOpen": 1.0}, {"eyeBlinkLeft": 1.0, "mouthSmileRight": 1.0}):
        solid = render(avatar.posed(weights_vector(weights)), orbit(size=256)).alpha > 0.8
        assert solid.sum() > 10_000
        assert (ndimage.binary_fill_holes(solid) == solid).all(), weights


def test_proportions_are_a_cartoons(rig: HeadRig, readings: dict[str, Reading]) -> None:
    fit = readings[PERSON].fit
    head = cartoon_head(rig, fit.identity, HouseStyle())
    person = rig.landmarks(fit.vertices(rig))
    cartoon = rig.landmarks(head.warp(head.vertices))

    def eye_size(landmarks: np.ndarray) -> float:
        return float(np.linalg.norm(landmarks[263] - landmarks[362]) * np.linalg.norm(landmarks[386] - landmarks[374]))

    assert eye_size(cartoon) > 1.5 * eye_size(person), "large eyes"
    skin = rig.vertices_of("skin")
    as_measured = cartoon_head(rig, fit.identity, PLAIN)
    # What everybody has in a photo is taken off, and how high and deep the face sits.
    own = fit.vertices(rig) - np.tensordot(typical_identity(rig), rig.identity, 1)
    shifted = (as_measured.warp(as_measured.vertices) - own)[skin]
    np.testing.assert_allclose(shifted, np.tile(shifted[0], (len(skin), 1)), atol=1e-4)
    assert abs(shifted[0, 0]) < 1e-4


def test_the_growth_of_the_eyes_fades_out(rig: HeadRig, characters: dict[str, Character]) -> None:
    in_place = replace(HouseStyle(), eye_shift=(0.0, 0.0, 0.0), nose_growth=(0.0, 0.0, 0.0))
    head = cartoon_head(rig, characters[PERSON].identity, in_place)
    np.testing.assert_allclose(head.warp(head.eye_centres), head.eye_centres, atol=0.05)
    head = cartoon_head(rig, characters[PERSON].identity, HouseStyle())
    far = np.float32([[0, -9, 8], [0, 12, 0], [8, 0, -3]])
    np.testing.assert_allclose(head.warp(far), far, atol=0.02)
    # It never folds space over: neighbours keep their order.
    line = head.eye_centres[0] + np.linspace(-5, 5, 400, dtype=np.float32)[:, None] * np.float32((1, 0, 0))
    assert (np.diff(head.warp(line)[:, 0]) > 0).all()


def test_splats_are_thin_and_never_vast(avatar: Avatar) -> None:
    posed = avatar.posed(weights_vector({}))
    assert posed.scales.max() < 1.5
    assert np.linalg.eigvalsh(covariances(posed)[::50].astype(float))[:, 0].min() > 0
