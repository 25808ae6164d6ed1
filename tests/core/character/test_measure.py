from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from core.character.build import build_avatar
from core.character.colorless import is_colorless
from core.character.measure import Reading, read_character
from core.character.model import Character
from core.character.resemblance import apart_mm
from core.character.trust import trust
from core.oklab import to_oklab
from core.portrait import FACE_PARTS, Portrait
from core.rig.head import HeadRig
from core.rig.sight import Sight
from core.rig.style import HouseStyle
from core.rig.surface import SurfacePattern

PERSON = "beard"


def labelled(portrait: Portrait, part: str) -> Portrait:
    return replace(portrait, labels=np.full((512, 512), FACE_PARTS.index(part), np.uint8))


def painted(portrait: Portrait, image: np.ndarray) -> Portrait:
    return replace(portrait, image=np.broadcast_to(image, (512, 512, 3)).astype(np.uint8))


def gray(portrait: Portrait) -> Portrait:
    return painted(portrait, portrait.image.mean(2, keepdims=True))


def random_labels(portrait: Portrait) -> Portrait:
    labels = np.random.default_rng(0).integers(0, len(FACE_PARTS), (512, 512))
    return replace(portrait, labels=labels.astype(np.uint8))


def without(portrait: Portrait, *parts: str) -> Portrait:
    return replace(portrait, labels=np.where(portrait.mask(*parts), 0, portrait.labels).astype(np.uint8))


def specks(portrait: Portrait) -> Portrait:
    """Three pixels of each part on nothing."""
    labels = np.zeros((512, 512), np.uint8)
    for part in range(len(FACE_PARTS)):
        labels[250, 200 + 8 * part : 203 + 8 * part] = part
    return replace(portrait, labels=labels)


TROUBLES = {
    "black": lambda portrait: painted(portrait, np.zeros(3)),
    "white": lambda portrait: painted(portrait, np.full(3, 255)),
    "gray": gray,
    "noise": lambda portrait: painted(portrait, np.random.default_rng(1).integers(0, 256, (512, 512, 3))),
    "all background": lambda portrait: labelled(portrait, "background"),
    "all hair": lambda portrait: labelled(portrait, "hair"),
    "all skin": lambda portrait: labelled(portrait, "skin"),
    "all clothes": lambda portrait: labelled(portrait, "clothes"),
    "all headwear": lambda portrait: labelled(portrait, "headwear"),
    "all glasses": lambda portrait: labelled(portrait, "glasses"),
    "all ears": lambda portrait: labelled(portrait, "ears"),
    "random labels": random_labels,
    "specks": specks,
    "no skin": lambda portrait: without(portrait, "skin"),
    "no face": lambda portrait: without(portrait, "skin", "brows", "eyes", "lips", "mouth", "ears", "neck"),
    "upside down": lambda portrait: replace(portrait, labels=portrait.labels[::-1].copy()),
    "mirrored labels": lambda portrait: replace(portrait, labels=portrait.labels[:, ::-1].copy()),
    "all scores high": lambda portrait: replace(portrait, scores=dict.fromkeys(portrait.scores, 1.0)),
    "all landmarks in one place": lambda portrait: replace(
        portrait, points=(0.02 * portrait.points + 250).astype(np.float32)
    ),
    "outside the picture": lambda portrait: replace(portrait, points=portrait.points + np.float32((400, -300, 0))),
    "profile": lambda portrait: turned(portrait, 70),
    "from below": lambda portrait: turned(portrait, 40, "X"),
}


def turned(portrait: Portrait, degrees: float, axis: str = "Y") -> Portrait:
    """The landmarks as if the head had turned; the picture stays."""
    middle = portrait.points.mean(0)
    turn = Rotation.from_euler(axis, degrees, degrees=True).as_matrix()
    return replace(portrait, points=((portrait.points - middle) @ turn.T + middle).astype(np.float32))


@pytest.mark.parametrize("trouble", TROUBLES)
def test_reading_never_fails_and_says_what_it_doubts_in_sentences(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], trouble: str
) -> None:
    reading = read_character(rig, pattern, [TROUBLES[trouble](portraits["glasses"])])
    for doubt in reading.doubts:
        assert doubt[0].isupper() and doubt.endswith(".") and len(doubt.split()) > 3, doubt
    for color in vars(reading.character.palette).values():
        assert np.isfinite(color).all() and color.min() >= 0 and color.max() <= 1
    avatar = build_avatar(rig, pattern, reading.character, HouseStyle())
    assert np.isfinite(avatar.rest).all()
    assert all(np.isfinite(offset.delta).all() for offset in avatar.offsets)
    assert 20_000 < len(avatar) < 70_000


def test_a_photo_without_colours_is_noticed(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], readings: dict[str, Reading]
) -> None:
    assert not any("no colours" in doubt for reading in readings.values() for doubt in reading.doubts)
    faded = gray(portraits[PERSON])
    assert is_colorless(faded) and not is_colorless(portraits[PERSON])
    alone = read_character(rig, pattern, [faded])
    assert any("no colours" in doubt for doubt in alone.doubts)
    chroma = [np.hypot(*to_oklab(c.palette.skin)[1:]) for c in (alone.character, readings[PERSON].character)]
    assert chroma[0] > 0.4 * chroma[1], "skin is never gray"
    natural = [to_oklab(color) for color in (alone.character.palette.iris, alone.character.palette.brows)]
    assert all(lab[1] > 0.005 and lab[2] > 0.005 for lab in natural), "nor are eyes and brows"
    both = read_character(rig, pattern, [faded, portraits[PERSON]])
    assert both.doubts == readings[PERSON].doubts, "the other photo tells"
    np.testing.assert_allclose(both.character.palette.skin, readings[PERSON].character.palette.skin, atol=0.02)
    np.testing.assert_allclose(both.character.palette.iris, readings[PERSON].character.palette.iris, atol=0.02)


def test_one_photo_twice_is_the_same_person(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], characters: dict[str, Character]
) -> None:
    twice = read_character(rig, pattern, [portraits[PERSON]] * 2)
    one = characters[PERSON]
    assert twice.best == 0
    assert apart_mm(rig, twice.character.identity, one.identity) < 1.0
    for name, color in vars(one.palette).items():
        np.testing.assert_allclose(getattr(twice.character.palette, name), color, atol=2e-3)
    for name in ("moustache", "chin", "jaw"):
        assert getattr(twice.character.beard, name) == pytest.approx(getattr(one.beard, name), abs=0.1)
    assert (twice.character.glasses, twice.character.headwear) == (None, None)


def test_colours_are_what_most_photos_agree_on(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], characters: dict[str, Character]
) -> None:
    portrait = portraits[PERSON]
    blue = painted(portrait, portrait.image * np.float32((0.55, 0.7, 1.0)))
    warm = painted(portrait, np.clip(portrait.image * np.float32((1.06, 1.02, 0.98)), 0, 255))
    together = read_character(rig, pattern, [blue, portrait, warm]).character.palette
    alone = read_character(rig, pattern, [blue]).character.palette
    truth = to_oklab(characters[PERSON].palette.skin)
    missed = [np.linalg.norm(to_oklab(palette.skin) - truth) for palette in (together, alone)]
    assert missed[0] < 0.035 and missed[0] < 0.6 * missed[1]


def test_glasses_go_by_majority(rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait]) -> None:
    worn = portraits["glasses"]
    bare = replace(worn, labels=np.where(worn.mask("glasses"), FACE_PARTS.index("skin"), worn.labels).astype(np.uint8))
    for photos, wears in (([worn, bare, worn], True), ([bare, worn, bare], False)):
        assert (read_character(rig, pattern, photos).character.glasses is not None) == wears


def test_hair_and_clothes_come_from_the_photo_that_shows_them_best(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], characters: dict[str, Character]
) -> None:
    front = portraits["bob"]
    shirt = front.mask("clothes")[..., None]
    green = turned(painted(front, np.where(shirt, (20, 160, 40), front.image)), 30)
    reading = read_character(rig, pattern, [green, front])
    assert reading.best == 1
    np.testing.assert_allclose(reading.character.palette.clothes, characters["bob"].palette.clothes, atol=0.02)
    hair = [c.hair for c in (reading.character, characters["bob"])]
    assert hair[0] is not None and hair[1] is not None
    assert hair[0].is_long == hair[1].is_long


def test_a_brow_that_one_photo_hides_is_read_from_the_other(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], readings: dict[str, Reading]
) -> None:
    hidden = without(portraits[PERSON], "brows")
    doubts = read_character(rig, pattern, [hidden]).doubts
    assert len(doubts) > len(readings[PERSON].doubts)
    both = read_character(rig, pattern, [hidden, portraits[PERSON]])
    assert both.doubts == readings[PERSON].doubts
    twice = read_character(rig, pattern, [hidden, hidden])
    assert twice.doubts == doubts, "each doubt once"


def test_different_people_are_warned_of(rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait]) -> None:
    portrait = portraits[PERSON]
    middle = portrait.points.mean(0)
    narrow = replace(portrait, points=((portrait.points - middle) * np.float32((0.8, 1.1, 1)) + middle))
    warning = "use photos of one person"
    assert any(warning in doubt for doubt in read_character(rig, pattern, [portrait, narrow]).doubts)
    fine = read_character(rig, pattern, [portrait, turned(portrait, 20), turned(portrait, -20)])
    assert not any(warning in doubt for doubt in fine.doubts)


def test_photos_from_the_front_in_even_light_are_trusted_most(
    sights: dict[str, Sight], portraits: dict[str, Portrait]
) -> None:
    plain = trust(sights[PERSON])
    side = np.float32([[0.8, 0, 0.6], [0, 1, 0], [-0.6, 0, 0.8]])
    away = trust(replace(sights[PERSON], fit=replace(sights[PERSON].fit, rotation=side)))
    assert away.shape < 0.6 * plain.shape and away.color < 0.6 * plain.color
    shade = np.linspace(0.25, 1.3, 512)[None, :, None]
    lit = painted(portraits[PERSON], np.clip(portraits[PERSON].image * shade, 0, 255))
    sidelit = trust(replace(sights[PERSON], portrait=lit))
    assert sidelit.color < 0.5 * plain.color and sidelit.shape == plain.shape


def test_nobody_is_nobody(rig: HeadRig, pattern: SurfacePattern) -> None:
    with pytest.raises(ValueError, match="at least one"):
        read_character(rig, pattern, [])
