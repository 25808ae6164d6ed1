import numpy as np
import pytest

from core.character.document import same
from core.character.model import Character
from core.train.weaken import weakened


@pytest.mark.parametrize("seed", range(8))
def test_something_is_missing_but_never_the_person(characters: dict[str, Character], seed: int) -> None:
    for name, character in characters.items():
        poor = weakened(character, np.random.default_rng(seed))
        assert not same(poor, character), name
        np.testing.assert_array_equal(poor.identity, character.identity)
        assert same(poor.palette, character.palette)
        for trait in ("headwear", "glasses", "earrings"):
            assert getattr(poor, trait) is None or same(getattr(poor, trait), getattr(character, trait)), "none is new"


def test_the_seed_decides(characters: dict[str, Character]) -> None:
    (character, *_) = characters.values()
    first = [weakened(character, np.random.default_rng(seed)) for seed in range(6)]
    again = [weakened(character, np.random.default_rng(seed)) for seed in range(6)]
    assert all(same(one, other) for one, other in zip(first, again, strict=True))
    assert not all(same(first[0], other) for other in first[1:])
