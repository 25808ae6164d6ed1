"""The styles, as data: a new one is one more entry in :data:`RECIPES`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.avatar.model import PARTS
from core.stylize.materials import Material, Pattern

GROUPS: Mapping[str, tuple[str, ...]] = {
    "skin": ("skin", "ear", "neck"),
    "lips": ("lips",),
    "hair": ("hair", "beard"),
    "brows": ("brow", "lash"),
    "eyes": ("iris",),
    "sclera": ("sclera",),
    "teeth": ("teeth",),
    "mouth": ("tongue", "mouth"),
    "glasses": ("glasses",),
    "headwear": ("headwear",),
    "clothes": ("clothes", "accessory"),
}
"""Groups of parts that take one colour, and the parts (:data:`core.avatar.model.PARTS`) in each."""

GROUP_OF_PART = tuple(next(g for g, parts in GROUPS.items() if part in parts) for part in PARTS)
"""Group of every part, in the order of ``PARTS``."""

ALIVE = ("eyes", "sclera", "teeth", "mouth")
"""Groups that no material covers: they take a tint and keep their own light, so that the face stays readable."""


@dataclass(frozen=True)
class Recipe:
    """One style."""

    name: str
    caption: str
    """One line for a list of styles."""
    keywords: tuple[str, ...]
    """Words that ask for the style."""
    hints: tuple[str, ...] = ()
    """Words that ask for it when no keyword of any style is there."""
    palette: Mapping[str, str] = field(default_factory=dict)
    """``#rrggbb`` of groups. ``all`` stands for the groups not named, and tints :data:`ALIVE`; a group with
    neither keeps the person's own colour."""
    vivid: float = 1.0
    """Multiplies the chroma of the person's own colours where the palette leaves them."""
    material: Material = field(default_factory=Material)


AS_IS = Recipe("as it is", "The primary avatar", (), material=Material(own_light=1.0))
"""No style: what a prompt of colours alone is painted on."""

RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "plastic toy",
        "Glossy moulded plastic in bright, flat colours",
        ("plastic", "vinyl", "figurine", "lego", "playmobil"),
        ("toy", "figure"),
        vivid=1.45,
        material=Material(diffuse=0.4, gloss=0.85, sharpness=17.0, own_light=0.2, relief=0.6, shadow=(0.012, 0.0)),
    ),
    Recipe(
        "alien",
        "Green visitor with violet eyes and mottled skin",
        ("alien", "martian", "extraterrestrial", "ufo"),
        palette={
            "skin": "#6fbf5a",
            "lips": "#4a7d52",
            "hair": "#2f6b5e",
            "brows": "#24543f",
            "eyes": "#7a2bd6",
            "sclera": "#f2f7c9",
            "teeth": "#e6efc2",
            "mouth": "#4c1f52",
            "clothes": "#4b4f78",
        },
        material=Material(
            diffuse=0.38,
            gloss=0.35,
            sharpness=14.0,
            glow=(-0.02, 0.02),
            shadow=(-0.01, -0.03),
            own_light=0.2,
            pattern=Pattern("blotches", "#3f8f6b", 1.9, 0.5, skin_only=True),
        ),
    ),
    Recipe(
        "zombie",
        "Grey-green, bruised and not quite rested",
        ("zombie", "undead", "ghoul"),
        ("halloween", "monster", "dead"),
        palette={
            "skin": "#8f9f7e",
            "lips": "#6a4a55",
            "hair": "#3a3a30",
            "brows": "#33332a",
            "eyes": "#7f9b3a",
            "sclera": "#e8dfa8",
            "teeth": "#c9b876",
            "mouth": "#3d1a20",
            "clothes": "#5b5647",
        },
        material=Material(
            diffuse=0.34,
            own_light=0.6,
            shadow=(0.012, -0.025),
            gloss=0.08,
            sharpness=8.0,
            pattern=Pattern("blotches", "#6d4f5c", 1.7, 0.45, skin_only=True),
        ),
    ),
    Recipe(
        "marble statue",
        "White marble with grey veins",
        ("marble", "roman", "greek"),
        ("statue", "sculpture", "bust", "stone"),
        palette={"all": "#dfe0e2", "eyes": "#8a93a0", "sclera": "#f4f2ec"},
        material=Material(
            diffuse=0.46,
            gloss=0.3,
            sharpness=26.0,
            glow=(0.002, 0.006),
            shadow=(0.0, -0.01),
            own_light=0.25,
            pattern=Pattern("veins", "#6f737c", 4.5, 0.7),
        ),
    ),
    Recipe(
        "bronze",
        "Old bronze with green patina",
        ("bronze", "copper", "brass"),
        ("metal", "metallic"),
        palette={"all": "#8c5a2e", "eyes": "#3d2a1c", "sclera": "#ecd9b4", "teeth": "#d8bd8c"},
        material=Material(
            diffuse=0.4,
            mirror=0.14,
            gloss=0.5,
            sharpness=18.0,
            shadow=(0.01, -0.01),
            own_light=0.2,
            pattern=Pattern("blotches", "#5f9c8b", 1.6, 0.6),
        ),
    ),
    Recipe(
        "gold",
        "Polished gold",
        ("gold", "golden", "gilded", "oscar"),
        ("trophy",),
        palette={"all": "#d9a126", "eyes": "#5a3410", "sclera": "#fff1c4", "teeth": "#f6e2a8"},
        material=Material(
            diffuse=0.34,
            mirror=0.26,
            gloss=0.8,
            sharpness=26.0,
            shadow=(0.03, 0.01),
            light=(-0.01, 0.01),
            own_light=0.15,
        ),
    ),
    Recipe(
        "clay",
        "Modelling clay with fingerprints",
        ("clay", "claymation", "plasticine", "playdough", "dough", "terracotta"),
        ("stopmotion",),
        vivid=1.3,
        material=Material(
            diffuse=0.36,
            own_light=0.3,
            relief=0.8,
            gloss=0.08,
            sharpness=6.0,
            glow=(0.008, 0.008),
            pattern=Pattern("prints", None, 0.5, 0.16),
        ),
    ),
    Recipe(
        "porcelain doll",
        "Glazed white porcelain, rosy and finely cracked",
        ("porcelain", "china", "ceramic"),
        ("doll",),
        palette={"skin": "#f3e4dc", "lips": "#c8323f", "sclera": "#ffffff", "teeth": "#fbf7ee"},
        vivid=1.2,
        material=Material(
            diffuse=0.24,
            gloss=0.75,
            sharpness=30.0,
            glow=(0.018, 0.004),
            own_light=0.35,
            pattern=Pattern("veins", "#b79c92", 3.2, 0.4, skin_only=True),
        ),
    ),
    Recipe(
        "ice",
        "Carved from clear blue ice",
        ("ice", "icy", "frozen", "frost", "crystal", "glass"),
        ("cold", "winter", "snow"),
        palette={"all": "#a4d6ec", "eyes": "#1f5f9c", "sclera": "#eefaff"},
        material=Material(
            diffuse=0.36,
            gloss=0.8,
            sharpness=30.0,
            rim=0.2,
            mirror=0.1,
            shadow=(-0.01, -0.04),
            own_light=0.15,
            opacity=0.97,
            pattern=Pattern("veins", "#f4fbff", 2.6, 0.7),
        ),
    ),
    Recipe(
        "lava",
        "Dark crust over glowing rock",
        ("lava", "magma", "volcano", "volcanic"),
        ("fire", "burning", "hell", "demon"),
        palette={
            "all": "#4a332f",
            "lips": "#b8431a",
            "hair": "#33211f",
            "eyes": "#c2300a",
            "sclera": "#ffe9a0",
            "teeth": "#ffdf9a",
        },
        material=Material(
            diffuse=0.3, gloss=0.15, sharpness=10.0, own_light=0.2, pattern=Pattern("cracks", "#ff7a1a", 2.2, 0.95)
        ),
    ),
    Recipe(
        "comic ink",
        "Flat tones, strong lines and printed dots",
        ("comic", "comics", "ink", "manga", "cartoon", "popart"),
        ("drawing", "drawn"),
        vivid=1.35,
        material=Material(
            diffuse=0.4, bands=3, relief=2.0, shadow=(0.0, -0.03), pattern=Pattern("dots", "#3b2a4a", 0.6, 0.5)
        ),
    ),
    Recipe(
        "hologram",
        "A projection of cyan light with scan lines",
        ("hologram", "holographic", "ghost", "projection"),
        ("scifi", "cyber", "futuristic"),
        palette={"all": "#3fb8e8", "eyes": "#0a4a8c", "sclera": "#e2fbff"},
        material=Material(
            diffuse=0.3,
            rim=0.35,
            shadow=(0.02, -0.06),
            own_light=0.2,
            opacity=0.93,
            pattern=Pattern("lines", "#c6f6ff", 0.55, 0.45),
        ),
    ),
)
"""Every style that the embedded stylizer knows, in the order in which a list shows them."""


def recipe(name: str) -> Recipe:
    """The style of that name.

    Raises:
        KeyError: if there is none.
    """
    return {r.name: r for r in RECIPES}[name]
