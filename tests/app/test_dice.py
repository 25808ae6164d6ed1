from app.dice import new_seed, roll
from core.stylize.prompts import understand
from core.stylize.recipes import RECIPES

STYLES = tuple(recipe.name for recipe in RECIPES)


def test_a_seed_gives_the_same_style_again_and_others_give_others():
    rolled = [roll(seed, STYLES) for seed in range(100)]
    assert rolled == [roll(seed, STYLES) for seed in range(100)]
    assert len(set(rolled)) > 40
    assert any(" and " in prompt for prompt in rolled) and any("hair" in prompt for prompt in rolled)


def test_every_roll_is_understood_in_full():
    for seed in range(300):
        prompt = roll(seed, STYLES)
        understood = understand(prompt)
        assert not understood.guessed, prompt
        said = prompt.split(" with ")[0].split(" and ")
        assert {name for name, _ in understood.recipes} == set(said), prompt
        assert (set(understood.colours) == {"hair"}) == prompt.endswith("hair"), prompt


def test_seeds_fit_the_seed_box():
    assert all(0 <= new_seed() < 2**31 for _ in range(100))
    assert len({new_seed() for _ in range(20)}) > 10
