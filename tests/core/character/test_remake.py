import json
from dataclasses import replace

import numpy as np
import pytest

from core.character.notes import Recipe, from_notes, to_notes
from core.character.remake import remake
from core.errors import UnreadableAvatar
from core.stylize.controls import StyleControls


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


def test_a_character_of_another_head_is_refused(rig, creation):
    stranger = replace(creation.character, identity=np.zeros(7, np.float32))
    with pytest.raises(UnreadableAvatar, match="another head"):
        remake(rig, Recipe(stranger, stranger))
