import json
from dataclasses import replace

import numpy as np
import pytest

from core.character.document import RANGES, from_json, to_json
from core.character.edit import edited
from core.character.notes import Recipe, from_notes, to_notes
from core.character.remake import remake
from core.errors import UnreadableAvatar
from core.formats.bundle import encode
from core.stylize.controls import StyleControls
from core.stylize.reference import shrunk
from tests.core.character.made_up import made_up_character


def test_an_avatar_is_made_again_splat_by_splat(rig, creation):
    notes = json.loads(json.dumps(to_notes(Recipe(creation.character, creation.measured))))
    avatar, base = remake(rig, from_notes(notes))
    assert avatar is base
    np.testing.assert_array_equal(avatar.rest, creation.avatar.rest)
    for one, other in zip(avatar.offsets, creation.avatar.offsets, strict=True):
        np.testing.assert_array_equal(one.index, other.index)
        np.testing.assert_array_equal(one.delta, other.delta)


def test_the_style_comes_again_too(rig, creation, studio):
    recipe = Recipe(creation.character, creation.measured, "marble", StyleControls(0.8, 0.5, 0.2), 5)
    avatar, base = remake(rig, recipe)
    assert not np.array_equal(avatar.rest, base.rest)
    np.testing.assert_array_equal(base.rest, creation.base.rest)


@pytest.mark.parametrize("side", [0, 1], ids=["least", "most"])
def test_a_character_at_the_edge_of_every_range_can_be_built(rig, side):
    """What is read from a stranger's file may look odd, but it is an avatar that can be drawn and stored."""
    raw = to_json(
        edited(made_up_character(), {"hair": "long wavy", "glasses": "round", "hat": "cap", "earrings": "hoop"})
    )
    for fields in RANGES.values():
        trait = next(t for t in (raw, *raw.values()) if isinstance(t, dict) and set(fields) <= set(t))
        for field, bounds in fields.items():
            trait[field] = [] if field == "moles" else filled(trait[field], bounds[side])
    character = from_json(raw)
    avatar, _ = remake(rig, Recipe(character, character))
    assert len(encode(avatar)) > 10_000


def filled(value, number):
    return [filled(item, number) for item in value] if isinstance(value, list) else number


def test_a_character_of_another_head_is_refused(rig, creation):
    stranger = replace(creation.character, identity=np.zeros(7, np.float32))
    with pytest.raises(UnreadableAvatar, match="another head"):
        remake(rig, Recipe(stranger, stranger))


def test_a_style_picture_is_kept_small_and_comes_again(rig, creation, studio):
    stripes = np.zeros((600, 800, 3), np.uint8)
    stripes[::40], stripes[1::40] = (200, 60, 40), (220, 180, 60)
    recipe = Recipe(creation.character, creation.measured, reference=shrunk(stripes))
    notes = json.loads(json.dumps(to_notes(recipe)))
    assert len(notes["reference"]) < 60_000
    avatar, base = remake(rig, from_notes(notes))
    assert not np.array_equal(avatar.rest, base.rest)


@pytest.mark.parametrize(
    "raw", [7, "no base64!", "A" * 500_000, "Z2lmdA=="], ids=["number", "letters", "long", "no picture"]
)
def test_a_damaged_style_picture_is_one_sentence(rig, creation, raw):
    notes = to_notes(Recipe(creation.character, creation.measured)) | {"reference": raw}
    with pytest.raises(UnreadableAvatar, match="style picture"):
        remake(rig, from_notes(notes))
