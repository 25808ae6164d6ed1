"""JSON from strangers, taken apart with suspicion."""

import json
from typing import Any, NoReturn

from core.errors import UnreadableAvatar


def parse_json(text: bytes) -> Any:
    """What the text says.

    Raises:
        UnreadableAvatar: if it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableAvatar("The file is damaged: its header is not valid JSON.") from error


def member(raw: Any, key: str) -> Any:
    """A member of an object; None where there is no object or no such member."""
    return raw.get(key) if isinstance(raw, dict) else None


def names(raw: Any, what: str, limit: int) -> tuple[str, ...]:
    """A list of different short names.

    Raises:
        UnreadableAvatar: if it is anything else.
    """
    fits = isinstance(raw, list) and len(raw) <= limit and all(isinstance(x, str) and 0 < len(x) <= 64 for x in raw)
    if not fits or len(set(raw)) != len(raw):
        raise UnreadableAvatar(f"The file is damaged: its list of {what} is not a list of names.")
    return tuple(raw)


def whole(raw: Any, low: int, high: int, what: str) -> int:
    """A whole number in a range; JSON's true and false are not numbers.

    Raises:
        UnreadableAvatar: if it is anything else.
    """
    if type(raw) is not int or not low <= raw <= high:
        raise UnreadableAvatar(f"The file is damaged or too large: a {what} must lie from {low:,} to {high:,}.")
    return raw


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
