"""People one would like to be for a day."""

from core.stylize.accents.model import Accent
from core.stylize.materials import Material
from core.stylize.paint import Paint
from core.stylize.recipe import Recipe
from core.stylize.themes.finishes import CLOTH, ENAMEL, METAL

ROLES: tuple[Recipe, ...] = (
    Recipe(
        "superhero",
        "A mask, a cape, and colours that can be seen from afar",
        ("superhero", "superheroine", "hero", "heroine", "superman", "supergirl", "batman"),
        ("super", "marvel", "strong", "brave"),
        palette={"clothes": "#1d4fc4"},
        vivid=1.3,
        material=Material(diffuse=0.36, gloss=0.3, sharpness=14.0, own_light=0.4, relief=1.2, shadow=(0.006, -0.03)),
        paints=(Paint("domino", "#d41c2a", on_dark="#f2c22e"),),
        accents=(
            Accent("cape", "#d21f2c", "#f6c32c", finish=CLOTH),
            Accent("emblem", "#f6c32c", "#d21f2c", finish=CLOTH),
        ),
        moods=("brave", "bold"),
    ),
    Recipe(
        "pirate",
        "A captain's hat with skull and bones, an eye patch and a ring of gold",
        ("pirate", "buccaneer", "corsair"),
        ("sea", "sailor", "captain", "arr"),
        palette={"clothes": "#7a1f26"},
        material=Material(diffuse=0.32, own_light=0.6, glow=(0.008, 0.012), light=(0.004, 0.012)),
        accents=(
            Accent("bicorne", "#1d1b22", "#e0b548", finish=CLOTH),
            Accent("eye patch", "#141317", finish=CLOTH),
            Accent("earring", "#e8b93c", finish=METAL),
        ),
        moods=("wild", "bold"),
    ),
    Recipe(
        "astronaut",
        "A clear helmet on a white suit",
        ("astronaut", "cosmonaut", "spaceman", "nasa"),
        ("space", "moon", "rocket", "galaxy"),
        palette={"clothes": "#eef0f3"},
        material=Material(diffuse=0.28, own_light=0.6, gloss=0.1, sharpness=10.0, shadow=(0.0, -0.02)),
        accents=(Accent("space helmet", "#f1f3f5", "#f0702a", finish=ENAMEL),),
        moods=("brave", "futuristic"),
    ),
    Recipe(
        "royal",
        "A jewelled crown and a collar of ermine",
        ("royal", "king", "queen", "prince", "princess", "monarch", "royalty", "emperor"),
        ("castle", "throne", "regal"),
        palette={"clothes": "#7a1430"},
        vivid=1.08,
        material=Material(diffuse=0.28, own_light=0.6, glow=(0.006, 0.012), gloss=0.1, sharpness=9.0),
        accents=(
            Accent("crown", "#e6b43a", "#c81e3c", finish=METAL),
            Accent("ruff", "#f7f4ec", "#26222a", finish=CLOTH),
        ),
        moods=("proud", "rich"),
    ),
    Recipe(
        "wizard",
        "A tall hat with stars, and lights that obey",
        ("wizard", "witch", "sorcerer", "sorceress", "merlin", "gandalf", "warlock"),
        ("magician", "spell", "potter", "hogwarts"),
        palette={"clothes": "#3a2a78", "eyes": "#6a4fd8"},
        material=Material(diffuse=0.3, own_light=0.6, shadow=(0.008, -0.04), light=(0.002, 0.01)),
        accents=(
            Accent("wizard hat", "#3b2b86", "#f2cf4a", finish=CLOTH),
            Accent("sparkles", "#ffe88a", "#b79cff", size=0.7),
        ),
        moods=("magical", "mysterious"),
    ),
    Recipe(
        "steampunk",
        "Brass goggles on a leather strap, in the light of a gas lamp",
        ("steampunk", "victorian", "aviator", "inventor"),
        ("gears", "steam", "clockwork"),
        palette={"clothes": "#5c3d26"},
        material=Material(
            diffuse=0.32, own_light=0.55, glow=(0.012, 0.024), light=(0.004, 0.022), gloss=0.12, sharpness=9.0
        ),
        accents=(
            Accent("goggles", "#c4923e", "#5a3720", finish=METAL),
            Accent("gears", "#b8863a", "#7d8590", finish=METAL),
        ),
        moods=("old", "adventurous"),
    ),
)
