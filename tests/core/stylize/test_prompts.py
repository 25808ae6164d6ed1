import pytest

from core.stylize.prompts import describe, understand
from core.stylize.recipes import RECIPES


@pytest.mark.parametrize(
    ("prompt", "styles", "coloured", "unknown"),
    [
        ("", (), set(), ()),
        ("a plastic toy", ("plastic toy",), set(), ()),
        ("green alien with red lips", ("alien",), {"skin", "lips"}, ()),
        ("marble statue with golden hair", ("marble statue",), {"hair"}, ()),
        ("ZOMBIES!", ("zombie",), set(), ()),
        ("Porcelan doll, pink hair", ("porcelain doll",), {"hair"}, ()),
        ("blue skin", (), {"skin"}, ()),
        ("make my hair dark blue", (), {"hair"}, ()),
        ("gold", ("gold",), set(), ()),
        ("golden eyes", (), {"eyes"}, ()),
        ("bronze statue", ("bronze",), set(), ()),
        ("sculpture", ("marble statue",), set(), ()),
        ("sparkly unicorn made of clay", ("clay",), set(), ("sparkly", "unicorn")),
        ("zombie carved from ice", ("zombie", "ice"), set(), ("carved",)),
        ("a crown of mice", (), set(), ("crown", "mice")),
    ],
)
def test_prompts(prompt: str, styles: tuple, coloured: set, unknown: tuple):
    understanding = understand(prompt)
    assert tuple(name for name, _ in understanding.recipes) == styles
    assert set(understanding.colours) == coloured
    assert understanding.unknown == unknown
    assert sum(weight for _, weight in understanding.recipes) == pytest.approx(1 if styles else 0)


def test_every_style_answers_to_its_name_and_keywords():
    for recipe in RECIPES:
        for words in (recipe.name, *recipe.keywords, *recipe.hints):
            assert understand(words).recipes == ((recipe.name, 1.0),), words


def test_colours_are_the_ones_named():
    red, green, blue = understand("blue eyes").colours["eyes"]
    assert blue > green > red
    light, dark = (sum(understand(f"{shade} green hair").colours["hair"]) for shade in ("light", "dark"))
    assert light > sum(understand("green hair").colours["hair"]) > dark


def test_the_sentence_names_everything():
    sentence = describe(understand("marble with dark blue hair and a wibble"))
    assert sentence == "Understood as marble statue with dark blue hair; not understood: wibble."
    assert describe(understand("")) == "No second style: the avatar stays as it is."
    assert describe(understand("wibble")) == "No second style was recognised; not understood: wibble."
