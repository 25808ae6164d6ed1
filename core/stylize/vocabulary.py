"""The words that a prompt is read by, other than the styles' own: colours, parts, moods, and some other languages'."""

from collections.abc import Mapping
from dataclasses import dataclass

COLOURS: Mapping[str, str] = {
    "red": "#cf2e2e",
    "scarlet": "#d5281c",
    "crimson": "#a8152f",
    "orange": "#ee8022",
    "ginger": "#b5562a",
    "copper": "#b06a3b",
    "bronze": "#8c5a2e",
    "brown": "#6b4226",
    "hazel": "#8a6a3a",
    "amber": "#d98e1f",
    "gold": "#d9a62e",
    "golden": "#d9a62e",
    "blond": "#dcb872",
    "blonde": "#dcb872",
    "yellow": "#f0d02e",
    "lime": "#9fd62e",
    "green": "#3f9f4a",
    "emerald": "#1f8f5f",
    "mint": "#9fe0c0",
    "teal": "#1f8f8f",
    "turquoise": "#3fc8c0",
    "cyan": "#3fd0e8",
    "blue": "#2f6fd0",
    "navy": "#1f2f66",
    "indigo": "#4632a8",
    "purple": "#7a35b8",
    "violet": "#8a3fd0",
    "lilac": "#b89adc",
    "lavender": "#b8a6e0",
    "magenta": "#cc2fa0",
    "pink": "#f07fb2",
    "rose": "#e0708a",
    "rosy": "#e0708a",
    "white": "#f4f4f2",
    "silver": "#c0c4ca",
    "grey": "#8a8c90",
    "gray": "#8a8c90",
    "black": "#17161a",
    "ruby": "#a8122f",
    "burgundy": "#6d1a2e",
    "maroon": "#6a1f24",
    "coral": "#f2765a",
    "salmon": "#f0907a",
    "peach": "#f6bf98",
    "rust": "#9c4a22",
    "chestnut": "#6b3a24",
    "chocolate": "#4f2e1c",
    "coffee": "#5c4030",
    "caramel": "#b5763a",
    "honey": "#d09a3a",
    "tan": "#c79a6b",
    "beige": "#dccbb0",
    "cream": "#f3e8d0",
    "ivory": "#f2ecdc",
    "mustard": "#c99a2a",
    "olive": "#7a7a35",
    "jade": "#2f9a72",
    "sapphire": "#1f4fa8",
    "plum": "#6a2a5a",
    "charcoal": "#333539",
}
"""Names of colours, ``#rrggbb``."""

SHADES: Mapping[str, tuple[float, float]] = {
    "light": (0.13, 0.8),
    "pale": (0.15, 0.6),
    "pastel": (0.17, 0.6),
    "dark": (-0.14, 0.9),
    "deep": (-0.1, 1.1),
    "bright": (0.05, 1.25),
    "vivid": (0.0, 1.35),
    "neon": (0.08, 1.5),
}
"""Words before a colour: lightness (OKLab) to add, and factor of the chroma."""

USUAL: Mapping[tuple[str, str], str] = {
    ("pale", "skin"): "#f4e2d8",
    ("light", "skin"): "#efcdb4",
    ("dark", "skin"): "#6a4330",
    ("light", "hair"): "#d8b47c",
    ("dark", "hair"): "#2c1e18",
    ("light", "eyes"): "#8fb0c4",
    ("dark", "eyes"): "#3a2418",
    ("bright", "eyes"): "#3fb0e8",
    ("pale", "lips"): "#e0aaa2",
    ("dark", "lips"): "#5c1f2a",
    ("bright", "lips"): "#d8243a",
}
"""What a shade without a colour means for a group of parts, ``#rrggbb``."""

WORDS_OF_GROUPS: Mapping[str, tuple[str, ...]] = {
    "skin": ("skin", "face", "head", "complexion"),
    "hair": ("hair", "haired", "hairstyle", "beard", "bearded", "moustache", "mustache"),
    "eyes": ("eye", "eyes", "eyed", "iris", "irises"),
    "sclera": ("eyeball",),
    "lips": ("lip", "lips", "lipped", "lipstick"),
    "brows": ("brow", "eyebrow", "lash", "lashes", "eyelash", "eyelashes"),
    "teeth": ("tooth", "teeth"),
    "mouth": ("mouth", "tongue"),
    "glasses": ("glasses", "spectacles", "sunglasses"),
    "headwear": ("hat", "cap", "beanie", "headwear"),
    "clothes": ("clothes", "clothing", "shirt", "dress", "jacket", "jumper", "suit", "top"),
}
"""Groups of parts (:data:`core.stylize.recipes.GROUPS`) and the words for them."""

_ASKS_FOR_NOTHING = """
a an and are as at avatar be become character colour coloured color colored for from full give glossy glowing half
have having i in into is it looking like look looks made make man me my of on one out person picture boy girl
please portrait render rendered shiny some someone style styled stylised stylized that the to turn very want
wearing who with woman
"""
SKIPPED = frozenset(_ASKS_FOR_NOTHING.split())
"""Words that ask for nothing."""


@dataclass(frozen=True)
class Mood:
    """What a mood does to every colour but those asked for by name."""

    says: tuple[str, ...]
    """Words that ask for it."""
    lightness: float = 0.0
    """Added (OKLab)."""
    chroma: float = 1.0
    """Factor."""
    tint: tuple[float, float] = (0.0, 0.0)
    """Added to green-red and blue-yellow."""


MOODS: Mapping[str, Mood] = {
    "gloomy": Mood(("gloomy", "sad", "sombre", "melancholy", "brooding", "grim", "bleak"), -0.06, 0.6, (0.0, -0.01)),
    "cheerful": Mood(("cheerful", "happy", "joyful", "colourful", "colorful", "lively", "fun"), 0.02, 1.35),
    "dreamy": Mood(("dreamy", "soft", "gentle", "pastel", "delicate", "romantic"), 0.07, 0.7, (0.008, 0.0)),
    "warm": Mood(("warm", "cosy", "cozy", "autumn", "sunset", "sunny", "summer"), 0.01, 1.1, (0.012, 0.03)),
    "cool": Mood(("cool", "chilly", "moonlit", "moonlight", "night", "underwater"), -0.02, 0.9, (-0.01, -0.035)),
    "faded": Mood(("faded", "vintage", "retro", "sepia", "nostalgic", "antique"), 0.02, 0.5, (0.01, 0.03)),
    "monochrome": Mood(("monochrome", "noir", "greyscale", "grayscale"), 0.0, 0.0),
}
"""Moods by name."""

# Spanish, French, Italian, Portuguese; German. Without accents; words that mean something else in English (German
# "rot", French "or") are left out.
_ROMANCE: Mapping[str, str] = {
    "red": "rojo roja rojos rojas rouge rouges rosso rossa rossi vermelho vermelha",
    "blue": "azul azules azuis bleu bleue bleus bleues blu azzurro azzurra azzurri",
    "green": "verde verdes verdi vert verte verts vertes",
    "yellow": "amarillo amarilla jaune jaunes giallo gialla amarelo amarela",
    "golden": "dorado dorada dorados dore doree dorato dorata dourado dourada oro",
    "silver": "plateado plateada argente argentee argento argentato prateado",
    "black": "negro negra negros noire noirs nero nera neri preto preta",
    "white": "blanco blanca blanc blanche blancs bianco bianca bianchi branco branca",
    "brown": "marrone marroni castano castana castanho",
    "pink": "rosa",
    "purple": "morado morada violeta viola roxo roxa",
    "orange": "naranja arancione laranja",
    "grey": "gris grises grigio grigia cinza",
    "hair": "pelo cabello cabellos cheveux capelli cabelo cabelos barba barbe",
    "eyes": "ojos yeux occhi olhos",
    "skin": "piel peau pelle pele",
    "lips": "labios levres labbra labios",
    "glasses": "gafas lunettes occhiali oculos",
    "clothes": "ropa vetements vestiti roupa",
    "marble": "marmol marbre marmo marmore",
    "wood": "madera bois legno madeira",
    "ice": "hielo glace ghiaccio gelo",
    "clay": "arcilla argile argilla argila",
    "toy": "juguete jouet giocattolo brinquedo",
    "the": "un una une uno um uma el la le les los las il lo gli du de del della di da con com avec et en",
}
_GERMAN: Mapping[str, str] = {
    "red": "rote roten roter rotes",
    "blue": "blau blaue blauen blauer blaues",
    "green": "grun grune grunen gruner grunes gruen gruene gruenen",
    "yellow": "gelb gelbe gelben gelber gelbes",
    "golden": "goldene goldenen goldener goldenes",
    "silver": "silber silbern silberne silbernen",
    "black": "schwarz schwarze schwarzen schwarzer",
    "white": "weiss weisse weissen weisser",
    "brown": "braun braune braunen brauner",
    "purple": "violett violette violetten lila",
    "grey": "grau graue grauen grauer",
    "hair": "haar haare haaren bart",
    "eyes": "auge augen",
    "skin": "haut",
    "lips": "lippen",
    "glasses": "brille",
    "clothes": "kleidung",
    "marble": "marmor",
    "wood": "holz holzern",
    "ice": "eis",
    "clay": "ton",
    "toy": "spielzeug",
    "the": "ein eine einen einem einer der das den dem des mit und im aus",
}
ENGLISH: Mapping[str, str] = {
    word: meaning for language in (_ROMANCE, _GERMAN) for meaning, words in language.items() for word in words.split()
}
"""Words of other languages, without accents, and their English."""
COLOUR_FOLLOWS = frozenset(word for words in _ROMANCE.values() for word in words.split())
"""Words of languages that name the thing before its colour."""
