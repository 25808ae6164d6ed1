from dataclasses import replace

import numpy as np
import pytest

from core.character.document import same
from core.character.edit import PHOTO, TRAITS, edited, hex_of, offered, parse_color, shown, trait_named
from core.errors import InvalidRequest
from core.oklab import to_oklab
from tests.core.character.made_up import made_up_character

PLAIN = made_up_character()
DRESSED = edited(PLAIN, {"hair": "bob", "glasses": "round", "hat": "hat", "beard": "full", "earrings": "hoop"})
VALUES = {"choice": lambda trait: trait.choices[1], "color": lambda trait: "#a07050"}
VALUES |= {"share": lambda trait: 0.25, "switch": lambda trait: False}


def by_kind(kind: str) -> list[str]:
    return [trait.name for trait in TRAITS if trait.kind == kind]


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_a_trait_changes_to_what_is_asked_and_back(trait):
    value = VALUES[trait.kind](trait)
    changed = edited(DRESSED, {trait.name: value}, DRESSED)
    assert not same(changed, DRESSED)
    assert shown(trait, changed, DRESSED) == value
    back = edited(changed, {trait.name: PHOTO}, DRESSED)
    assert shown(trait, back, DRESSED) == shown(trait, DRESSED, DRESSED)
    # Lips go with the skin, within what rounding leaves.
    np.testing.assert_allclose(back.palette.lips, DRESSED.palette.lips, atol=2e-3)
    assert same(replace(back, palette=DRESSED.palette), replace(DRESSED, palette=DRESSED.palette))


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_a_trait_leaves_all_others_as_they_are(trait):
    changed = edited(DRESSED, {trait.name: VALUES[trait.kind](trait)}, DRESSED)
    together = {"skin": {"lips"}}.get(trait.name, set())
    for other in TRAITS:
        if other is not trait and other.name not in together:
            assert shown(other, changed, DRESSED) == shown(other, DRESSED, DRESSED), other.name


@pytest.mark.parametrize("name", by_kind("choice"))
def test_every_choice_can_be_made_and_is_recognised(name):
    trait = trait_named(name)
    assert len(trait.choices) >= 3
    for choice in trait.choices:
        changed = edited(PLAIN, {name: choice})
        assert shown(trait, changed, PLAIN) == choice
        assert shown(trait, edited(PLAIN, {name: choice.upper().replace(" ", "-")}), PLAIN) == choice


@pytest.mark.parametrize("name", by_kind("color"))
def test_every_swatch_is_a_colour_that_can_be_given_by_name(name):
    trait = trait_named(name)
    for swatch, value in trait.swatches.items():
        assert shown(trait, edited(DRESSED, {name: swatch}), DRESSED) == value


def test_what_the_photo_shows_is_offered_unless_a_preset_is_the_same():
    hat = trait_named("hat")
    assert offered(hat, PLAIN)[0] == "none" and PHOTO not in offered(hat, PLAIN)
    tilted = replace(DRESSED, headwear=replace(DRESSED.headwear, tilt=5.0))
    assert offered(hat, tilted)[0] == PHOTO and shown(hat, tilted, tilted) == PHOTO


def test_presets_count_before_their_colours():
    one = edited(PLAIN, {"hat-color": "navy", "hat": "beanie"})
    assert same(one, edited(edited(PLAIN, {"hat": "beanie"}), {"hat-color": "navy"}))


def test_a_thing_keeps_its_colour_when_its_kind_changes():
    blue = edited(PLAIN, {"glasses": "round", "glasses-color": "blue"})
    assert hex_of(edited(blue, {"glasses": "square"}).glasses.color) == hex_of(blue.glasses.color)


def test_the_colour_of_what_is_not_there_is_not_shown_and_cannot_be_changed():
    for name in ("glasses-color", "hat-color", "earring-color", "beard-color"):
        assert shown(trait_named(name), PLAIN, PLAIN) is None
        with pytest.raises(InvalidRequest, match="choose it first"):
            edited(PLAIN, {name: "red"})
        assert same(edited(PLAIN, {name: PHOTO}), PLAIN)


def test_a_new_beard_has_the_colour_of_the_brows():
    assert hex_of(edited(PLAIN, {"beard": "full"}).beard.color) == hex_of(PLAIN.palette.brows)


def test_lips_go_with_the_skin_and_stay_lips():
    fair = edited(PLAIN, {"skin": "fair", "lips": "rose"})
    for skin in ("porcelain", "tan", "deep"):
        palette = edited(fair, {"skin": skin}).palette
        lips, around = to_oklab(palette.lips), to_oklab(palette.skin)
        assert 0.05 < around[0] - lips[0] < 0.3 and lips[1] > around[1] + 0.02, skin


def test_highlights_and_roots_go_with_the_hair():
    palette = edited(PLAIN, {"hair-color": "blond"}).palette
    roots, middle, light = (to_oklab(c)[0] for c in (palette.hair_roots, palette.hair, palette.hair_light))
    assert roots < middle < light
    back = edited(edited(PLAIN, {"hair-color": "blond"}), {"hair-color": PHOTO}, PLAIN)
    assert same(back, PLAIN)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tail": "long"}, "no trait 'tail'; choose hair, hair-color"),
        ({"hair": "mullet"}, "no hair 'mullet'; choose photo, bald"),
        ({"eyes": "sparkling"}, "'sparkling' is no colour; write dark brown"),
        ({"skin": "#12"}, "'#12' is no colour"),
        ({"freckles": 1.5}, "Freckles must lie between 0 and 1"),
        ({"freckles": "many"}, "Freckles must lie between 0 and 1"),
        ({"age": float("nan")}, "Age lines must lie between 0 and 1"),
        ({"bust": "yes"}, "is on or off"),
    ],
    ids=str,
)
def test_a_bad_value_is_explained_in_one_sentence(changes, says):
    with pytest.raises(InvalidRequest, match=says) as error:
        edited(PLAIN, changes)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_colours_are_read_by_name_or_number():
    np.testing.assert_allclose(parse_color("#ff8000"), (1, 128 / 255, 0))
    assert hex_of(parse_color(" Teal ", {"teal": "#123456"})) == "#123456"
    assert hex_of(parse_color("teal")) == "#008080"
    assert parse_color("#336699").dtype == np.float32


def test_editing_nothing_changes_nothing():
    assert edited(PLAIN, {}) is PLAIN
