"""All styles: a new one is one more entry in one of the themes."""

from core.stylize.materials import Material
from core.stylize.recipe import ALIVE, GROUP_OF_PART, GROUPS, Recipe
from core.stylize.themes.creatures import CREATURES
from core.stylize.themes.drawn import DRAWN
from core.stylize.themes.materials import MATERIALS
from core.stylize.themes.roles import ROLES

__all__ = ["ALIVE", "AS_IS", "GROUPS", "GROUP_OF_PART", "RECIPES", "Recipe", "recipe"]

AS_IS = Recipe("as it is", "The primary avatar", (), material=Material(own_light=1.0))
"""No style: what a prompt of colours alone is painted on."""

RECIPES: tuple[Recipe, ...] = (*MATERIALS, *DRAWN, *CREATURES, *ROLES)
"""Every style that the embedded stylizer knows, in the order in which a list shows them."""

_BY_NAME = {recipe.name: recipe for recipe in RECIPES}


def recipe(name: str) -> Recipe:
    """The style of that name.

    Raises:
        KeyError: if there is none.
    """
    return _BY_NAME[name]
