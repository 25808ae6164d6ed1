"""A character as plain JSON: a few kilobytes from which its avatar is built anew.

What stands in the JSON follows from the dataclasses themselves. Files come from strangers, so that reading
believes nothing: every value is checked against its field's type, shape and range before anything is built.
"""

import math
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

import numpy as np

from core.character.model import Character
from core.errors import UnreadableAvatar
from core.hair.shape import UPDOS
from core.traits.earrings import KINDS as EARRING_KINDS
from core.traits.headwear import KINDS
from core.traits.marks import MAX_MOLES

VERSION = 1
"""Of the JSON: raised only when an old reader would misunderstand, not when a trait gains a field."""

MAX_NUMBERS = 4096
"""In one list; the largest of ours has a few hundred."""

_MAX_NUMBER = 1000.0
_MAX_LETTERS = 64

RANGES: dict[str, dict[str, tuple[float, float]]] = {
    "Character": {"identity": (-3.0, 3.0)},
    "Beard": dict(moustache=(0.0, 1.0), chin=(0.0, 1.0), jaw=(0.0, 1.0), soul_patch=(0.0, 1.0), length_cm=(0.0, 3.0)),
    "Brows": dict(thickness=(0.0, 3.0), height=(-2.0, 2.0), reach=(-2.0, 2.0), density=(0.0, 1.0)),
    "Marks": dict(freckles=(0.0, 1.0), age=(0.0, 1.0), eye_shadow=(0.0, 1.0), moles=(-15.0, 15.0)),
    "Earrings": dict(size=(0.2, 3.0)),
    "HairShape": dict(
        outline=(0.0, 10.0),
        opening=(0.0, 2.0),
        side_end=(-20.0, 10.0),
        back_end=(-20.0, 10.0),
        hanging=(0.0, 25.0),
        parting_x=(-8.0, 8.0),
        swept=(-1.0, 1.0),
        curl=(0.0, 1.0),
    ),
    "Glasses": dict(
        width=(0.3, 1.5),
        aspect=(0.2, 1.5),
        corners=(1.0, 10.0),
        lift=(-1.0, 1.0),
        drop=(-2.0, 2.0),
        rim=(0.0, 1.0),
        tint=(0.0, 1.0),
    ),
    "Headwear": dict(
        front=(-0.5, 1.5),
        drop=(-5.0, 5.0),
        rise=(-1.0, 10.0),
        ease=(0.0, 4.0),
        brim=(0.0, 12.0),
        tilt=(-30.0, 30.0),
        knit=(0.0, 1.0),
    ),
}
"""What a field's type does not say: lowest and highest number, by trait and field."""

_CHOICES = {("HairShape", "updo"): UPDOS, ("Headwear", "kind"): KINDS, ("Earrings", "kind"): EARRING_KINDS}
_LENGTHS = {("Marks", "moles"): MAX_MOLES}


def to_json(character: Character) -> dict[str, Any]:
    """All of a character in what JSON has a form for; :func:`from_json` gives the very same character back.

    Raises:
        TypeError: if a trait holds something that is not data.
    """
    return {"version": VERSION, **_written(character)}


def from_json(raw: Any) -> Character:
    """The character that a JSON object describes.

    Fields that are not known are passed over, and missing ones take their defaults where they have any, so that
    characters of other versions of this program stay readable.

    Args:
        raw: what a JSON parser made of a file: anything.

    Raises:
        UnreadableAvatar: in one sentence, if it describes no character.
    """
    version = raw.get("version") if isinstance(raw, dict) else None
    if type(version) is int and version > VERSION:
        raise UnreadableAvatar("The character in this file is from a newer version of Snapmoji; please update.")
    if version != VERSION or type(version) is not int:
        raise UnreadableAvatar("The file is damaged: what it says of the character cannot be read.")
    return _read(Character, raw, "character", {})


def same(one: Any, other: Any) -> bool:
    """Whether two traits, or two characters, are alike in everything."""
    return one is other or _written(one) == _written(other)


def _written(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return _written(value.tolist()) if value.dtype != np.float32 else _short(value)
    if isinstance(value, np.generic):
        return _written(value.item())
    if isinstance(value, tuple | list):
        return [_written(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a character holds plain data, not {type(value).__name__}")


def _short(values: np.ndarray) -> Any:
    """float32 numbers in as few digits as tell them apart: read again they are the same, bit by bit."""
    flat = [float(str(number)) for number in values.ravel()]
    return np.array(flat, np.float64).reshape(values.shape).tolist()


def _read(kind: Any, raw: Any, name: str, sizes: dict[str, int], bounds: tuple[float, float] | None = None) -> Any:
    """A value of a type.

    Args:
        kind: a type as it stands in an annotation.
        raw: what the file says.
        name: of the field, for the sentence.
        sizes: lengths of the axes that annotations in one dataclass name.
        bounds: lowest and highest number, if the field states them.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if raw is None and NoneType in arguments:
            return None
        (kind,) = (argument for argument in arguments if argument is not NoneType)
        return _read(kind, raw, name, sizes, bounds)
    if origin is Literal:
        return raw if isinstance(raw, str) and raw in arguments else _refuse(name)
    if origin is tuple:
        return _read_tuple(arguments, raw, name, sizes, bounds)
    if is_dataclass(kind):
        return _read_fields(kind, raw, name)
    if kind is bool or kind is str:
        return raw if type(raw) is kind and len(str(raw)) <= _MAX_LETTERS else _refuse(name)
    if kind is int or kind is float:
        return _read_number(kind, raw, name, bounds)
    if getattr(kind, "array_type", None) is np.ndarray:
        return _read_array(kind, raw, name, sizes, bounds)
    raise TypeError(f"no JSON is known for the type of {name}: {kind}")


def _read_fields(kind: Any, raw: Any, name: str) -> Any:
    if not isinstance(raw, dict):
        _refuse(name)
    hints, sizes, values = get_type_hints(kind), {}, {}
    for field in fields(kind):
        if field.name in raw:
            bounds = RANGES.get(kind.__name__, {}).get(field.name)
            values[field.name] = _read(hints[field.name], raw[field.name], field.name, sizes, bounds)
            place = (kind.__name__, field.name)
            if place in _CHOICES and values[field.name] not in _CHOICES[place]:
                _refuse(field.name)
            if place in _LENGTHS and len(values[field.name]) > _LENGTHS[place]:
                _refuse(field.name)
        elif field.default is MISSING and field.default_factory is MISSING:
            _refuse(field.name)
    return kind(**values)


def _read_tuple(kinds: tuple, raw: Any, name: str, sizes: dict[str, int], bounds: tuple[float, float] | None) -> tuple:
    if not isinstance(raw, list) or len(raw) > MAX_NUMBERS:
        _refuse(name)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(raw)
    if len(raw) != len(kinds):
        _refuse(name)
    return tuple(_read(kind, item, name, sizes, bounds) for kind, item in zip(kinds, raw, strict=True))


def _read_number(kind: type, raw: Any, name: str, bounds: tuple[float, float] | None) -> float | int:
    low, high = bounds or (-_MAX_NUMBER, _MAX_NUMBER)
    # JSON's true and false are not numbers, and whole numbers may be any length.
    if type(raw) not in ((int,) if kind is int else (int, float)) or not low <= raw <= high:
        _refuse(name)
    return kind(raw)


def _read_array(
    kind: Any, raw: Any, name: str, sizes: dict[str, int], bounds: tuple[float, float] | None
) -> np.ndarray:
    """An array whose shape jaxtyping states; without stated bounds a colour's channels lie in [0, 1]."""
    dims = kind.dims
    fixed = [getattr(dim, "size", None) for dim in dims]
    if bounds is None and fixed == [3]:
        bounds = (0.0, 1.0)
    number = float if kind.dtypes and "float" in kind.dtypes[0] else int
    shape: list[int] = []
    numbers = [_read_number(number, item, name, bounds) for item in _flat(raw, len(dims), name, shape)]
    for dim, size, length in zip(dims, fixed, shape, strict=True):
        expected = sizes.setdefault(dim.name, length) if size is None else size
        if length != expected:
            _refuse(name)
    return np.array(numbers, kind.dtypes[0]).reshape(shape)


def _flat(raw: Any, depth: int, name: str, shape: list[int]) -> list:
    """The items of lists nested to a depth, all of one length on each level, which is noted in ``shape``."""
    level = [raw]
    for _ in range(depth):
        if not level:
            shape.append(0)
            continue
        if not all(isinstance(part, list) for part in level) or len({len(part) for part in level}) > 1:
            _refuse(name)
        shape.append(len(level[0]))
        if math.prod(shape) > MAX_NUMBERS:
            _refuse(name)
        level = [item for part in level for item in part]
    return level


def _refuse(name: str) -> NoReturn:
    raise UnreadableAvatar(f"The file is damaged: its character has no usable {name.replace('_', ' ')}.")
