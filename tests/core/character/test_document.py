import copy
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.character.document import MAX_NUMBERS, VERSION, from_json, same, to_json
from core.character.edit import edited
from core.errors import UnreadableAvatar
from core.traits.marks import Marks
from tests.core.character.made_up import made_up_character

PERSON = edited(made_up_character(), {"hair": "afro", "glasses": "round", "hat": "cap", "earrings": "drop"})
NOBODY = to_json(replace(PERSON, marks=Marks(moles=((1.0, 2.0, 0.2),))))

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


def paths_in(raw, path=()):
    """The ways to every value in a document."""
    yield path
    items = raw.items() if isinstance(raw, dict) else enumerate(raw[:3]) if isinstance(raw, list) else ()
    for key, value in items:
        yield from paths_in(value, (*path, key))


def changed(raw, path, value):
    if not path:
        return value
    raw = copy.deepcopy(raw)
    inner = raw
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return raw


def test_a_character_comes_back_bit_by_bit(characters):
    for name, character in characters.items():
        text = json.dumps(to_json(character), allow_nan=False)
        again = from_json(json.loads(text))
        assert same(again, character), name
        np.testing.assert_array_equal(again.identity, character.identity)
        assert again.palette.skin.dtype == np.float32
        assert len(text) < 20_000, "a few kilobytes"


def test_every_seed_comes_back():
    for seed in range(20):
        character = made_up_character(seed)
        assert same(from_json(json.loads(json.dumps(to_json(character)))), character)


def test_same_tells_apart():
    one = made_up_character()
    assert same(one, made_up_character()) and not same(one, made_up_character(1))
    assert not same(one, replace(one, marks=Marks(freckles=0.1)))


def test_what_is_missing_takes_its_default_and_what_is_unknown_is_passed_over():
    raw = copy.deepcopy(NOBODY)
    del raw["bust"], raw["marks"]["age"]
    raw["tail"], raw["marks"]["stripes"] = {"length": 3}, 1
    assert same(from_json(raw), replace(from_json(NOBODY), bust=True))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), None),
        (("headwear", "kind"), "crown"),
        (("hair", "updo"), ["bun"]),
        (("hair", "outline"), [0.5] * 71),
        (("hair", "hanging"), [[0.5] * 17, [0.5] * 16]),
        (("hair", "side_end"), [0.0, 0.0, 0.0]),
        (("hair", "top"), None),
        (("glasses", "width"), 40.0),
        (("marks", "moles"), [[0.0, 0.0, 0.1]] * 9),
        (("marks", "moles"), [[0.0, 0.0]]),
        ((), []),
        (("version",), VERSION + 1),
        (("version",), True),
        (("version",), "1"),
        (("palette",), None),
        (("palette", "skin"), [0.1, 0.2]),
        (("palette", "skin"), [0.1, 0.2, 1.5]),
        (("palette", "skin"), [0.1, 0.2, float("nan")]),
        (("palette", "skin"), [0.1, 0.2, True]),
        (("palette", "skin"), [[0.1, 0.2, 0.3]]),
        (("palette", "skin"), "#ffffff"),
        (("identity",), [0.0] * (MAX_NUMBERS + 1)),
        (("identity",), [10**400]),
        (("identity",), [float("inf")]),
        (("identity",), 3),
        (("marks", "freckles"), 1.01),
        (("marks", "freckles"), "many"),
        (("bust",), 1),
        (("glasses",), {}),
    ],
    ids=str,
)
def test_what_is_no_character_is_refused_in_one_sentence(path, value):
    with pytest.raises(UnreadableAvatar) as error:
        from_json(changed(NOBODY, path, value))
    sentence = str(error.value)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 120


def test_each_field_without_a_default_is_needed():
    for name in ("identity", "palette", "version"):
        with pytest.raises(UnreadableAvatar):
            from_json({key: value for key, value in NOBODY.items() if key != name})


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(paths_in(NOBODY))), anything)
def test_whatever_stands_in_a_file_is_read_or_refused(path, value):
    try:
        character = from_json(changed(NOBODY, path, value))
    except UnreadableAvatar:
        return
    # What was read is a character: it can be written, and read again.
    assert same(from_json(to_json(character)), character)
    assert np.isfinite(character.identity).all()


@settings(max_examples=100, deadline=None)
@given(anything)
def test_anything_else_is_refused(raw):
    with pytest.raises(UnreadableAvatar):
        from_json(raw)
