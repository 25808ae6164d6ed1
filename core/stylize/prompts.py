"""Reads a prompt, word by word: styles, colours of parts, and what was not understood."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.oklab import hex_to_oklab, to_oklab, to_srgb
from core.stylize.recipes import RECIPES

Rgb = tuple[float, float, float]
"""Display sRGB in [0, 1]."""

_COLOURS: Mapping[str, str] = {
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
    "white": "#f4f4f2",
    "silver": "#c0c4ca",
    "grey": "#8a8c90",
    "gray": "#8a8c90",
    "black": "#17161a",
}
_SHADES: Mapping[str, tuple[float, float]] = {
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

_PARTS: Mapping[str, tuple[str, ...]] = {
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
_SKIPPED = frozenset(
    " ".join(
        (
            "a an and are as at avatar be become character colour coloured color colored for from give glossy have",
            "having i in into is it man woman boy girl like look looking looks made make me my of on one out person",
            "picture please portrait render rendered shiny some style styled stylised stylized that the to turn very",
            "want wearing who with",
        )
    ).split()
)
_STYLES = {word: recipe.name for recipe in RECIPES for word in recipe.keywords}
_HINTS = {word: recipe.name for recipe in RECIPES for word in recipe.hints}
_GROUP_OF_WORD = {word: group for group, words in _PARTS.items() for word in words}
_VOCABULARY = tuple(dict.fromkeys((*_STYLES, *_HINTS, *_GROUP_OF_WORD, *_COLOURS, *_SHADES, *sorted(_SKIPPED))))
_ENDINGS = ("s", "es", "ish", "y", "ed")
# Close enough to forgive "mable" and "zomby", not so close that a "crown" turns brown.
_CLOSE = 0.81


@dataclass(frozen=True)
class Understanding:
    """What a prompt asks for."""

    recipes: tuple[tuple[str, float], ...] = ()
    """Names of styles with their weights, which sum to 1."""
    colours: Mapping[str, Rgb] = field(default_factory=dict)
    """Colours asked for, by group (:data:`core.stylize.recipes.GROUPS`)."""
    unknown: tuple[str, ...] = ()
    """Words that were not understood, in order."""


def understand(prompt: str) -> Understanding:
    """Styles, colours and unknown words of a prompt; plurals and small slips of spelling are forgiven.

    A colour belongs to the part named after it, else to the part named before it; a colour without a part is a
    style if there is one of that name ("gold"), else the colour of the skin.
    """
    read = [(word, _known(word)) for word in re.findall(r"[^\W\d_]{2,}", prompt.lower())]
    unknown = [word for word, known in read if known is None]
    words = [known for _, known in read if known and known not in _SKIPPED]
    colours: dict[str, Rgb] = {}
    styles: list[str] = []
    hints: list[str] = []
    for at, word in enumerate(words):
        before, after = (words[k] if 0 <= k < len(words) else "" for k in (at - 1, at + 1))
        if word in _COLOURS:
            shade = before if before in _SHADES else None
            before = words[at - 2] if shade and at > 1 else before
            group = _GROUP_OF_WORD.get(after) or _GROUP_OF_WORD.get(before)
            if group in colours:
                group = None
            if group or word not in _STYLES:
                colours[group or "skin"] = _shaded(_COLOURS[word], shade)
                continue
        if word in _SHADES and after not in _COLOURS:
            unknown.append(word)
        styles += [_STYLES[word]] if word in _STYLES else []
        hints += [_HINTS[word]] if word in _HINTS else []
    names = tuple(dict.fromkeys(styles or hints[:1]))
    return Understanding(
        tuple((n, 1 / len(names)) for n in names),
        colours,
        tuple(dict.fromkeys(sorted(unknown, key=prompt.lower().index))),
    )


def describe(understanding: Understanding) -> str:
    """One sentence that says how a prompt was understood."""
    named = " and ".join(name for name, _ in understanding.recipes)
    painted = ", ".join(f"{_name(rgb)} {group}" for group, rgb in understanding.colours.items())
    if named or painted:
        sentence = "Understood as " + " with ".join(part for part in (named, painted) if part)
    else:
        sentence = "No second style" + (" was recognised" if understanding.unknown else ": the avatar stays as it is")
    if understanding.unknown:
        sentence += f"; not understood: {', '.join(understanding.unknown)}"
    return sentence + "."


def _known(word: str) -> str | None:
    """The word of the vocabulary that is meant."""
    stems = [word, *(word.removesuffix(ending) for ending in _ENDINGS)]
    for stem in stems:
        if stem in _VOCABULARY:
            return stem
    # Short words are too easily taken for one another ("ice", "mice").
    candidates = [w for w in _VOCABULARY if len(w) > 3] if len(word) > 3 else []
    return next(iter(difflib.get_close_matches(word, candidates, 1, _CLOSE)), None)


def _shaded(colour: str, shade: str | None) -> Rgb:
    lab = hex_to_oklab(colour)
    if shade:
        lightness, chroma = _SHADES[shade]
        lab = np.array([lab[0] + lightness, *(lab[1:] * chroma)], np.float32)
    red, green, blue = to_srgb(lab).tolist()
    return red, green, blue


def _name(rgb: Rgb) -> str:
    """The nearest colour that has a name."""
    lab = to_oklab(np.array(rgb, np.float32))
    plain = {name: _shaded(colour, None) for name, colour in _COLOURS.items()}
    shaded = {f"{shade} {name}": _shaded(_COLOURS[name], shade) for shade in _SHADES for name in _COLOURS}
    named = plain | shaded
    return min(named, key=lambda name: float(((to_oklab(np.array(named[name], np.float32)) - lab) ** 2).sum()))
