import json
from pathlib import Path

import numpy as np
import pytest

from core.character.document import same, to_json
from core.character.model import Character
from core.errors import InvalidRequest
from core.train.characters import HELD_OUT, load_characters, mixed, read_characters
from tests.conftest import CHECKPOINTS, EXAMPLES


def test_characters_are_read_of_all_portraits_but_the_last(tmp_path: Path) -> None:
    faces, out = tmp_path / "faces", tmp_path / "out"
    faces.mkdir()
    photo = next(iter(EXAMPLES.values())).read_bytes()
    for k in range(HELD_OUT + 2):
        (faces / f"{k:05d}.jpg").write_bytes(photo if k == 1 else b"no picture")
    assert read_characters(faces, out, CHECKPOINTS) == 1
    assert [file.name for file in out.iterdir()] == ["00001.json"]
    (out / "00001.json").write_text("kept")
    assert read_characters(faces, out, CHECKPOINTS) == 1 and (out / "00001.json").read_text() == "kept"
    with pytest.raises(InvalidRequest, match="must hold more than 100 portraits"):
        read_characters(out, tmp_path / "none", CHECKPOINTS)


def test_they_come_back_from_their_files(tmp_path: Path, characters: dict[str, Character]) -> None:
    people = list(characters.values())[:2]
    for k, person in enumerate(people):
        (tmp_path / f"{k}.json").write_text(json.dumps(to_json(person)))
    again = load_characters(tmp_path)
    assert all(same(one, other) for one, other in zip(people, again, strict=True))


def test_a_mixture_has_traits_of_several_and_the_head_of_one(characters: dict[str, Character]) -> None:
    people = list(characters.values())
    mixtures = [mixed(people, np.random.default_rng(seed)) for seed in range(20)]
    assert any(all(not same(mixture, person) for person in people) for mixture in mixtures)
    for mixture in mixtures:
        assert any(np.array_equal(mixture.identity, person.identity) for person in people)
        assert any(same(mixture.hair, person.hair) for person in people)
