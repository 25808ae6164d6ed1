"""Accents on a real avatar: they are finite, few, labelled, stored, and move with what they sit on."""

import dataclasses

import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.expressions import SHAPES, weights_vector
from core.formats.bundle import decode, encode
from core.gaussians import DC, LOGIT, MEAN, SH_C0
from core.pipeline import Creation
from core.stylize.accents.build import KINDS, Wanted, dress
from core.stylize.accents.model import Accent, Dressed, Wearer
from core.stylize.accents.places import Places
from core.stylize.controls import StyleControls
from core.stylize.embedded import stylize
from core.stylize.materials import Material
from core.stylize.prompts import Understanding
from core.stylize.recipes import RECIPES
from tests.core.stylize.heads import head

MOST = 4000
GREY = np.array((0.6, 0.0, 0.0), np.float32)
ALL = StyleControls(strength=1.0)


def in_style(avatar: Avatar, name: str, controls: StyleControls = ALL) -> Avatar:
    return stylize(avatar, Understanding(((name, 1.0),)), controls)


def dressed(avatar: Avatar, kind: str) -> Dressed:
    places = Places(avatar.rest[:, MEAN].astype(float), avatar.labels)
    return KINDS[kind](Wearer(places, Accent(kind, "#808080"), lambda name: GREY))


def wearing(avatar: Avatar, kind: str, grown: float = 1.0) -> Avatar:
    return dress(avatar, avatar, [Wanted(Accent(kind, "#808080"), Material(), grown, lambda name: GREY)], 0)


def moved(avatar: Avatar, rows: np.ndarray, shape: str) -> np.ndarray:
    """How far rows (integers) move at weight 1 of a shape."""
    return (avatar.posed(weights_vector({shape: 1.0})).means - avatar.rest[:, MEAN])[rows]


def with_cap(avatar: Avatar) -> Avatar:
    """The avatar with the top of its hair called a hat."""
    labels = avatar.labels.copy()
    labels[(labels == PARTS.index("hair")) & (avatar.rest[:, 1] > 7)] = PARTS.index("headwear")
    return dataclasses.replace(avatar, labels=labels)


@pytest.mark.parametrize("name", [recipe.name for recipe in RECIPES])
def test_every_style_is_sound_on_a_real_avatar(creation: Creation, name: str):
    base = creation.base
    result = in_style(base, name)
    assert np.isfinite(result.rest).all()
    assert len(result) - len(base) <= MOST
    assert np.array_equal(result.labels[: len(base)], base.labels)
    assert set(result.labels[len(base) :]) <= {PARTS.index("accessory"), PARTS.index("headwear")}
    colours = result.rest[:, DC] * SH_C0 + 0.5
    assert colours.min() > -1e-3 and colours.max() < 1 + 1e-3
    for offset in result.offsets:
        assert np.isfinite(offset.delta).all() and (np.diff(offset.index) > 0).all()
        assert offset.index.max() < len(result)


def test_an_avatar_with_accents_is_stored_and_read_again(creation: Creation):
    result = in_style(creation.base, "pirate")
    again, _ = decode(encode(result))
    assert np.array_equal(again.labels, result.labels)
    assert np.abs(again.rest[:, MEAN] - result.rest[:, MEAN]).max() < 0.02
    patch = np.arange(len(creation.base), len(result))
    assert np.abs(moved(again, patch, "browUpRight") - moved(result, patch, "browUpRight")).max() < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made_on_any_head(creation: Creation, kind: str):
    for avatar in (creation.base, with_cap(creation.base), head()):
        pieces = dressed(avatar, kind).pieces
        assert pieces
        for piece in pieces:
            assert len(piece.lab) == len(piece.patch) > 0
            assert np.isfinite(piece.patch.points).all() and np.abs(piece.patch.points).max() < 30
            assert np.linalg.norm(piece.patch.normals, axis=1) == pytest.approx(1, abs=1e-5)
            assert piece.patch.sizes.min() > 0


def test_accents_grow_from_nothing(creation: Creation):
    base = creation.base
    assert wearing(base, "horns", 0.0) is base
    high = [wearing(base, "horns", grown).rest[len(base) :, 1].max() for grown in (0.1, 0.5, 1.0)]
    assert high[0] < high[1] < high[2]


def test_headwear_fades_in_at_its_size(creation: Creation):
    base = creation.base
    faint, whole = (wearing(base, "crown", grown).rest[len(base) :] for grown in (0.3, 1.0))
    assert np.array_equal(faint[:, MEAN], whole[:, MEAN])
    assert faint[:, LOGIT].max() < 0 < whole[:, LOGIT].min()


def test_fangs_follow_the_upper_lip(creation: Creation):
    base = creation.base
    result = wearing(base, "fangs")
    fangs = np.arange(len(base), len(result))
    means = base.rest[:, MEAN]
    roots = result.rest[fangs][:, MEAN].mean(0) + np.array((0, 0.7, 0))
    lip = np.flatnonzero((base.labels == PARTS.index("lips")) & (np.linalg.norm(means - roots, axis=1) < 2.0))
    lip = lip[means[lip, 1] > Places(means.astype(float), base.labels).lip_y]
    for shape in ("mouthSmileLeft", "lipsPucker", "mouthFrownRight"):
        assert np.linalg.norm(moved(result, fangs, shape).mean(0) - moved(base, lip, shape).mean(0)) < 0.35
    # The jaw takes the lower lip with it, and leaves the fangs.
    assert np.abs(moved(result, fangs, "jawOpen")[:, 1]).max() < 0.6


@pytest.mark.parametrize(("kind", "shape"), [("eye patch", "browUpRight"), ("eye patch", "browDownRight")])
def test_what_is_worn_on_the_face_moves_with_it(creation: Creation, kind: str, shape: str):
    base = creation.base
    result = wearing(base, kind)
    assert np.linalg.norm(moved(result, np.arange(len(base), len(result)), shape), axis=1).max() > 0.05


def test_a_rigid_accent_turns_with_its_anchors():
    avatar = head()
    quarter = 0.2
    turn = np.array(((np.cos(quarter), -np.sin(quarter), 0), (np.sin(quarter), np.cos(quarter), 0), (0, 0, 1)))
    rows = np.arange(len(avatar), dtype=np.int32)
    delta = np.zeros((len(avatar), 14), np.float32)
    delta[:, MEAN] = avatar.rest[:, MEAN] @ turn.T - avatar.rest[:, MEAN]
    avatar = Avatar(avatar.rest, (OffsetSet(rows, delta),), avatar.labels, ("turn",))
    result = wearing(avatar, "horns")
    added = slice(len(avatar), None)
    posed = result.posed(np.ones(1, np.float32))
    assert posed.means[added] == pytest.approx(result.rest[added, MEAN] @ turn.T, abs=0.02)


def test_a_hat_takes_the_place_of_a_hat_and_of_the_hair_in_it(creation: Creation):
    capped = with_cap(creation.base)
    result = wearing(capped, "bicorne")
    worn = capped.labels == PARTS.index("headwear")
    assert (result.rest[: len(capped)][worn, LOGIT] < -5).all()
    skin = (capped.labels == PARTS.index("skin")) & (capped.rest[:, 1] < 4)
    assert np.array_equal(result.rest[: len(capped)][skin], capped.rest[skin])


def test_a_hood_stays_on_under_a_hat():
    avatar = head()
    labels = avatar.labels.copy()
    labels[avatar.rest[:, 2] < 2] = PARTS.index("headwear")
    hooded = dataclasses.replace(avatar, labels=labels)
    result = wearing(hooded, "bicorne")
    low = (labels == PARTS.index("headwear")) & (avatar.rest[:, 1] < -2)
    assert np.array_equal(result.rest[: len(hooded)][low], hooded.rest[low])


def test_a_crown_lies_outside_whatever_is_on_the_head(creation: Creation):
    base = creation.base
    puffed = base.rest.copy()
    hair = base.labels == PARTS.index("hair")
    puffed[hair, MEAN] *= np.float32(1.25)
    wide = [
        np.hypot(*result.rest[len(base) :, [0, 2]].T).max()
        for result in (wearing(base, "crown"), wearing(dataclasses.replace(base, rest=puffed), "crown"))
    ]
    assert wide[1] > wide[0] + 0.3


def test_styles_that_mix_share_their_accents(creation: Creation):
    base = creation.base
    both = stylize(base, Understanding((("gold", 0.5), ("robot", 0.5))), ALL)
    gold, robot = (len(in_style(base, name)) - len(base) for name in ("gold", "robot"))
    assert len(both) - len(base) == gold + robot


def test_shapes_keep_their_order(creation: Creation):
    assert in_style(creation.base, "vampire").shapes == SHAPES
