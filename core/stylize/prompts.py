"""Reads a prompt: styles, colours of parts and moods by their words; what words do not settle, by its meaning."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.oklab import hex_to_oklab, to_oklab, to_srgb
from core.stylize.meaning import Meaning
from core.stylize.recipes import RECIPES
from core.stylize.vocabulary import COLOUR_FOLLOWS, COLOURS, ENGLISH, MOODS, SHADES, SKIPPED, USUAL, WORDS_OF_GROUPS

Rgb = tuple[float, float, float]
"""Display sRGB in [0, 1]."""

_STYLES = {word: recipe.name for recipe in RECIPES for word in recipe.keywords}
_HINTS = {word: recipe.name for recipe in RECIPES for word in recipe.hints}
_FEELS = frozenset(word for recipe in RECIPES for word in recipe.moods)
_GROUP_OF_WORD = {word: group for group, words in WORDS_OF_GROUPS.items() for word in words}
_MOOD_OF_WORD = {word: name for name, mood in MOODS.items() for word in mood.says}
_VOCABULARY = tuple(
    dict.fromkeys(
        (*_STYLES, *_HINTS, *_GROUP_OF_WORD, *COLOURS, *SHADES, *_MOOD_OF_WORD, *sorted(_FEELS), *sorted(SKIPPED))
    )
)
_ENDINGS = ("s", "es", "ish", "y", "ed")
# Close enough to forgive "mable" and "zomby", not so close that a "crown" turns brown.
_CLOSE = 0.81
# Cosines from which a meaning is believed: of a prompt without any style, and of words left over beside one.
_GUESS, _GUESS_BESIDE = 0.22, 0.45
_MOOD_GUESS = 0.55
# A second style is blended in when it is nearly as near; cosines this far apart count e times less.
_NEARLY, _SOFTNESS = 0.03, 0.05


@dataclass(frozen=True)
class Understanding:
    """What a prompt asks for."""

    recipes: tuple[tuple[str, float], ...] = ()
    """Names of styles with their weights, which sum to 1."""
    colours: Mapping[str, Rgb] = field(default_factory=dict)
    """Colours asked for, by group (:data:`core.stylize.recipes.GROUPS`)."""
    unknown: tuple[str, ...] = ()
    """Words that were not understood, in order."""
    moods: tuple[str, ...] = ()
    """Names of :data:`core.stylize.vocabulary.MOODS`."""
    guessed: tuple[str, ...] = ()
    """Those of the styles that no word names: they are the nearest in meaning."""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.recipes or self.colours or self.moods)


def understand(prompt: str, meaning: Callable[[], Meaning | None] = lambda: None) -> Understanding:
    """What a prompt asks for; plurals and small slips of spelling are forgiven.

    A colour belongs to the part named after it, else to the part named before it; a colour without a part is a
    style if there is one of that name ("gold"), else the colour of the skin.

    Args:
        prompt: any text.
        meaning: gives what compares meanings, or None; asked only if words leave something open.
    """
    named = _read_words(prompt)
    if not named.unknown:
        return named
    known = meaning()
    return _with_guesses(prompt, named, known) if known else named


def describe(understanding: Understanding) -> str:
    """One sentence that says how a prompt was understood."""
    shares = len({round(weight, 2) for _, weight in understanding.recipes}) > 1
    styles = [f"{name} {weight:.0%}" if shares else name for name, weight in understanding.recipes]
    guessed = [name in understanding.guessed for name, _ in understanding.recipes]
    if any(guessed):
        styles[-1] += " (nearest in meaning)" if all(guessed) else " (by meaning)"
    painted = ", ".join(f"{_name(rgb)} {group}" for group, rgb in understanding.colours.items())
    mood = f"a {' and '.join(understanding.moods)} mood" if understanding.moods else ""
    parts = [part for part in (" and ".join(styles), painted, mood) if part]
    if parts:
        sentence = "Understood as " + " with ".join(parts)
    else:
        sentence = "No second style" + (" was recognised" if understanding.unknown else ": the avatar stays as it is")
    if understanding.unknown:
        sentence += f"; not understood: {', '.join(understanding.unknown)}"
    return sentence + "."


def _read_words(prompt: str) -> Understanding:
    read = [(word, _known(word)) for word in re.findall(r"(?=\w{2})[^\W_]*[^\W\d_][^\W_]*", prompt.lower())]
    unknown = [word for word, known in read if known is None]
    asked = [(word, known) for word, known in read if known and known not in SKIPPED]
    words = [known for _, known in asked]
    colours: dict[str, Rgb] = {}
    styles: list[str] = []
    hints: list[str] = []
    feelings: list[str] = []
    for at, (said, word) in enumerate(asked):
        before, after = (words[k] if 0 <= k < len(words) else "" for k in (at - 1, at + 1))
        if word in COLOURS:
            shade = before if before in SHADES else None
            before = words[at - 2] if shade and at > 1 else before
            neighbours = (before,) if _plain(said) in COLOUR_FOLLOWS else (after, before)
            group = next((_GROUP_OF_WORD[other] for other in neighbours if other in _GROUP_OF_WORD), None)
            if group in colours:
                group = None
            if group or word not in _STYLES:
                colours[group or "skin"] = _shaded(COLOURS[word], shade)
                continue
        if word in SHADES and after in COLOURS:
            continue
        if (usual := USUAL.get((word, _GROUP_OF_WORD.get(after, "")))) and _GROUP_OF_WORD[after] not in colours:
            colours[_GROUP_OF_WORD[after]] = _shaded(usual, None)
            continue
        if word in SHADES and not {word} & (_STYLES.keys() | _MOOD_OF_WORD.keys() | _FEELS):
            unknown.append(word)
        feelings += [word] if word in _FEELS and word not in _MOOD_OF_WORD else []
        styles += [_STYLES[word]] if word in _STYLES else []
        hints += [_HINTS[word]] if word in _HINTS else []
    felt = () if styles or hints else _felt(feelings)
    names = tuple(dict.fromkeys(styles or hints[:1] or felt))
    return Understanding(
        tuple((n, 1 / len(names)) for n in names),
        colours,
        tuple(dict.fromkeys(sorted(unknown, key=prompt.lower().index))),
        tuple(dict.fromkeys(_MOOD_OF_WORD[word] for word in words if word in _MOOD_OF_WORD)),
        tuple(felt),
    )


def _felt(feelings: Sequence[str]) -> list[str]:
    """The one or two styles that most of these feelings belong to."""
    matches = {recipe.name: len(set(feelings) & set(recipe.moods)) for recipe in RECIPES}
    most = max(matches.values(), default=0)
    return [name for name, count in matches.items() if count == most][:2] if most else []


def _with_guesses(prompt: str, named: Understanding, meaning: Meaning) -> Understanding:
    """What the words say, completed by what they mean."""
    if named.guessed:
        named = replace(named, recipes=(), guessed=())
    beside = bool(named.recipes or named.colours)
    text = " ".join(named.unknown) if beside else prompt
    found = meaning.nearest("style", text)
    best = found[0][1]
    near = [(name, cosine) for name, cosine in found[:2] if cosine >= best - _NEARLY]
    styles = dict(near) if best >= (_GUESS_BESIDE if beside else _GUESS) else {}
    moods = named.moods
    if named.unknown:
        mood, cosine = meaning.nearest("mood", " ".join(named.unknown))[0]
        moods = tuple(dict.fromkeys((*moods, mood))) if cosine >= _MOOD_GUESS else moods
    guessed = tuple(name for name in styles if name not in dict(named.recipes))
    # All words went into the guess.
    unknown = () if styles or moods != named.moods else named.unknown
    if not guessed:
        return Understanding(named.recipes, named.colours, unknown, moods)
    weights = {name: 1.0 for name, _ in named.recipes}
    weights |= {name: float(np.exp((styles[name] - best) / _SOFTNESS)) for name in guessed}
    total = sum(weights.values())
    recipes = tuple((name, weight / total) for name, weight in weights.items())
    return Understanding(recipes, named.colours, unknown, moods, guessed)


def _known(word: str) -> str | None:
    """The word of the vocabulary that is meant."""
    plain = _plain(word)
    plain = plain if plain in _VOCABULARY else ENGLISH.get(plain, plain)
    stems = [plain, *(plain.removesuffix(ending) for ending in _ENDINGS)]
    for stem in stems:
        if stem in _VOCABULARY:
            return stem
    # Short words are too easily taken for one another ("ice", "mice").
    candidates = [w for w in _VOCABULARY if len(w) > 3] if len(plain) > 3 else []
    # The commonest slip swaps two letters, which the ratio below takes hard.
    swapped = (w for w in candidates if len(w) > 4 and w[0] == plain[0] and sorted(w) == sorted(plain))
    return next(swapped, None) or next(iter(difflib.get_close_matches(plain, candidates, 1, _CLOSE)), None)


def _plain(word: str) -> str:
    """Without accents."""
    letters = unicodedata.normalize("NFD", word.replace("ß", "ss"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _shaded(colour: str, shade: str | None) -> Rgb:
    lab = hex_to_oklab(colour)
    if shade:
        lightness, chroma = SHADES[shade]
        lab = np.array([lab[0] + lightness, *(lab[1:] * chroma)], np.float32)
    red, green, blue = to_srgb(lab).tolist()
    return red, green, blue


def _name(rgb: Rgb) -> str:
    """The nearest colour that has a name."""
    lab = to_oklab(np.array(rgb, np.float32))
    plain = {name: _shaded(colour, None) for name, colour in COLOURS.items()}
    shaded = {f"{shade} {name}": _shaded(COLOURS[name], shade) for shade in SHADES for name in COLOURS}
    named = plain | shaded
    return min(named, key=lambda name: float(((to_oklab(np.array(named[name], np.float32)) - lab) ** 2).sum()))
