"""A comic's script: TOML in, plain data out. Scripts come from anybody, so everything is checked and bounded."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from core.comics.layout import LAYOUTS, PAPERS
from core.comics.model import EFFECTS, FEELINGS, SHOTS, Actor, Effect, Kind, Line, Panel, Script, Shot
from core.comics.scenes import SCENES
from core.errors import InvalidRequest
from core.expressions import SHAPES

MAX_BYTES = 64 << 10
"""Of a script."""
MAX_PANELS, MAX_CAST, MAX_ACTORS, MAX_LINES = 24, 4, 3, 4
"""In a comic, in a cast, and in a panel."""
MAX_TITLE, MAX_NAME, MAX_TEXT, MAX_PANEL_TEXT = 60, 24, 120, 220
"""Letters of a title, a name, a line, and all lines of a panel together."""

_TOO_LARGE = f"The script is larger than {MAX_BYTES >> 10} kB, too long for a comic."
_LONGEST_LINE = 400
"""With name, way to speak and spaces, so that the pattern below has little to search."""
_HOW: Mapping[str, Kind] = {
    **dict.fromkeys(("says", "speech"), "speech"),
    **dict.fromkeys(("thinks", "thought"), "thought"),
    **dict.fromkeys(("shouts", "shout"), "shout"),
    **dict.fromkeys(("whispers", "whisper"), "whisper"),
}
_NOBODY: Mapping[str, Kind] = {"caption": "caption", "sound": "sound"}
_LINE = re.compile(r"\s*(?P<who>[^:(]+?)\s*(?:\((?P<how>[^)]*)\))?\s*:(?P<text>.*)", re.DOTALL)
_AT = re.compile(r"(.*) \(at (line \d+, column \d+|end of document)\)", re.DOTALL)


def decode_script(data: bytes) -> str:
    """The text of a script's file.

    Raises:
        InvalidRequest: if it is too large, or no text in UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise InvalidRequest(_TOO_LARGE)
    try:
        # TOML wants line feeds; editors on Windows may add a mark at the start.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InvalidRequest("The script is no text in UTF-8; save it so.") from None


def read_script(text: str) -> Script:
    """The comic that a script describes; docs/comics.md has the format.

    Args:
        text: TOML.

    Raises:
        InvalidRequest: if anything in it cannot be used, naming the line of the file or the panel.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise InvalidRequest(_TOO_LARGE)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(_syntax(error)) from None
    _known(data, ("title", "layout", "paper", "cast", "lettering", "panel"), "The script")
    cast = _cast(data.get("cast", ["A"]))
    panels = data.get("panel", [])
    if not isinstance(panels, list) or not panels or not all(isinstance(panel, dict) for panel in panels):
        raise InvalidRequest("The script has no panels; write each as [[panel]].")
    if len(panels) > MAX_PANELS:
        raise InvalidRequest(f"A comic may have at most {MAX_PANELS} panels, not {len(panels)}.")
    lettering = _choice(data.get("lettering", "as written"), ("as written", "capitals"), "The script", "lettering")
    return Script(
        cast,
        tuple(_panel(panel, f"Panel {number}", cast) for number, panel in enumerate(panels, 1)),
        _text(data.get("title", ""), MAX_TITLE, "The title"),
        _choice(data.get("layout", "auto"), ("auto", *LAYOUTS), "The script", "layout"),
        _choice(data.get("paper", "screen"), PAPERS, "The script", "paper"),
        lettering == "capitals",
    )


def _syntax(error: Exception) -> str:
    found = _AT.match(str(error))
    if isinstance(error, RecursionError) or not found:
        return "The script is not valid TOML: a value in it is nested too deeply or too long."
    what, where = " ".join(found[1].split())[:120], found[2]
    return f"The script is not valid TOML at {where}: {what[:1].lower()}{what[1:]}."


def _cast(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not 1 <= len(names) <= MAX_CAST:
        raise InvalidRequest(f'The cast must be a list of 1 to {MAX_CAST} names, such as cast = ["Ann", "Bo"].')
    cast = tuple(_text(name, MAX_NAME, "A name of the cast") for name in names)
    taken = [name.casefold() for name in cast]
    if "" in taken or len(set(taken)) < len(taken) or any(name in _NOBODY for name in taken):
        raise InvalidRequest("Names of the cast must all differ, and none may be empty, caption or sound.")
    if any(mark in name for name in cast for mark in ":()"):
        raise InvalidRequest("Names of the cast may not hold colons or brackets.")
    return cast


def _panel(data: dict[str, Any], where: str, cast: tuple[str, ...]) -> Panel:
    _known(data, ("scene", "shot", "actors", "lines", "effect"), where)
    actors = _actors(data.get("actors", {}), where, cast)
    lines = data.get("lines", [])
    if not isinstance(lines, list) or len(lines) > MAX_LINES:
        raise InvalidRequest(f"{where}: lines must be a list of at most {MAX_LINES} texts.")
    spoken = tuple(_line(line, f"{where}, line {number}", cast) for number, line in enumerate(lines, 1))
    if sum(len(line.text) for line in spoken) > MAX_PANEL_TEXT:
        raise InvalidRequest(f"{where} has too many words: at most {MAX_PANEL_TEXT} letters fit in a panel.")
    shot: Shot = _choice(data.get("shot", "medium"), SHOTS, where, "shot")  # pyright: ignore[reportAssignmentType]
    effect: Effect = _choice(data.get("effect", ""), EFFECTS, where, "effect")  # pyright: ignore[reportAssignmentType]
    return Panel(_choice(data.get("scene", "room"), SCENES, where, "scene"), shot, actors, spoken, effect)


def _actors(data: Any, where: str, cast: tuple[str, ...]) -> tuple[Actor, ...]:
    if not isinstance(data, dict) or len(data) > MAX_ACTORS:
        raise InvalidRequest(
            f'{where}: actors must name at most {MAX_ACTORS} people, such as {{ {cast[0]} = "happy" }}.'
        )
    actors = tuple(_actor(_who(name, where, cast), how, f"{where}, {name}") for name, how in data.items())
    if len({actor.who for actor in actors}) < len(actors):
        raise InvalidRequest(f"{where}: nobody can be in a panel twice.")
    return actors


def _actor(who: int, how: Any, where: str) -> Actor:
    if isinstance(how, str):
        how = {"feeling": how}
    if not isinstance(how, dict):
        raise InvalidRequest(f'{where}: write a feeling, or a table such as {{ feeling = "happy", tilt = 8 }}.')
    _known(how, ("feeling", "tilt", "turn", "weights"), where)
    weights = how.get("weights", {})
    if not isinstance(weights, dict):
        raise InvalidRequest(f"{where}: weights must be a table such as {{ jawOpen = 0.5 }}.")
    for name in weights:
        _choice(name, SHAPES, where, "shape")
    return Actor(
        who,
        _choice(how.get("feeling", "neutral"), FEELINGS, where, "feeling"),
        _number(how.get("tilt", 0), -25.0, 25.0, where, "tilt"),
        _number(how["turn"], -60.0, 60.0, where, "turn") if "turn" in how else None,
        {name: _number(value, 0.0, 1.0, where, name) for name, value in weights.items()},
    )


def _line(text: Any, where: str, cast: tuple[str, ...]) -> Line:
    if isinstance(text, str) and len(text) > _LONGEST_LINE:
        raise InvalidRequest(f"{where} is too long: at most {MAX_TEXT} letters.")
    found = _LINE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise InvalidRequest(f'{where}: write who says it before a colon, such as "{cast[0]}: Hello!".')
    who, how = found["who"].strip(), found["how"]
    words = _text(found["text"], MAX_TEXT, where)
    if not words:
        raise InvalidRequest(f"{where} has no words after the colon.")
    if who.casefold() in _NOBODY and how is None:
        return Line(_NOBODY[who.casefold()], words)
    speaker = _who(who, where, cast)
    return Line(
        _HOW[_choice("says" if how is None else how.strip().casefold(), _HOW, where, "way to speak")], words, speaker
    )


def _who(name: str, where: str, cast: tuple[str, ...]) -> int:
    for number, known in enumerate(cast):
        if name.casefold() == known.casefold():
            return number
    raise InvalidRequest(f"{where}: nobody in the cast is called {_short(name)}; there are {', '.join(cast)}.")


def _text(value: Any, longest: int, where: str) -> str:
    """One line, composed, without control characters."""
    if not isinstance(value, str):
        raise InvalidRequest(f"{where} must be a text in quotation marks.")
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in text):
        raise InvalidRequest(f"{where} holds control characters, which cannot be written.")
    if len(text) > longest:
        raise InvalidRequest(f"{where} is too long: at most {longest} letters, not {len(text)}.")
    return text


def _number(value: Any, low: float, high: float, where: str, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InvalidRequest(f"{where}: {name} must be a number from {low:g} to {high:g}.")
    return float(value)


def _choice(value: Any, choices: Iterable[str], where: str, name: str) -> str:
    if not isinstance(value, str) or value not in choices:
        listed = ", ".join(choice for choice in choices if choice)
        raise InvalidRequest(f"{where}: there is no {name} called {_short(value)}; choose one of {listed}.")
    return value


def _known(data: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in keys:
            raise InvalidRequest(f"{where} has an entry {_short(key)} that means nothing; there are {', '.join(keys)}.")


def _short(value: Any) -> str:
    """A foreign value as it may stand in a sentence."""
    text = repr(value) if isinstance(value, str | int | float) else "this"
    return text if len(text) <= 40 else text[:36] + "…'"
