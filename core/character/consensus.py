"""What several readings of one person agree on."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float32

from core.oklab import to_oklab, to_srgb


def merged(values: Sequence[Any], weights: Float[np.ndarray, " n"]) -> Any:
    """One trait made of several readings of it.

    Numbers meet in their weighted median, colours (fields and arrays named so) in OKLab; what is yes or no, a name or
    absent goes by vote, and numbers then come only from the readings that voted so. What cannot be mixed comes from
    the reading that weighs most.

    Args:
        values: of one kind: numbers, names, arrays, tuples, or dataclasses of these; None for what is absent.
        weights: how much each is trusted, >= 0.

    Raises:
        ValueError: if there are no values, or not as many weights.
    """
    if not values or len(values) != len(weights):
        raise ValueError(f"{len(values)} values and {len(weights)} weights")
    return _merged(list(values), weights, is_color=False)


def middle(values: Float[np.ndarray, "n ..."], weights: Float[np.ndarray, " n"]) -> Float[np.ndarray, "..."]:
    """The weighted median along the first axis; of two, their weighted mean."""
    flat = values.reshape(len(values), -1)
    order = flat.argsort(0, kind="stable")
    ranked, weight = np.take_along_axis(flat, order, 0), weights[order]
    places = (weight.cumsum(0) - weight / 2) / weight.sum(0)
    found = [np.interp(0.5, places[:, k], ranked[:, k]) for k in range(flat.shape[1])]
    return np.array(found, values.dtype).reshape(values.shape[1:])


def middle_color(colors: Float32[np.ndarray, "n 3"], weights: Float[np.ndarray, " n"]) -> Float32[np.ndarray, "3"]:
    """The weighted median of display sRGB colours in OKLab."""
    return to_srgb(middle(to_oklab(colors), weights)).astype(np.float32)


def votes(values: Sequence[Any], weights: Float[np.ndarray, " n"]) -> list[int]:
    """Which values the heaviest group of equal ones consists of; of equally heavy groups the one that comes first."""
    groups: dict[Any, list[int]] = {}
    for number, value in enumerate(values):
        groups.setdefault(value, []).append(number)
    return max(groups.values(), key=lambda group: weights[group].sum())


def _merged(values: list[Any], weights: np.ndarray, is_color: bool) -> Any:
    if len(values) == 1:
        return values[0]
    if not weights.sum() > 0:
        weights = np.ones(len(values))
    agreeing = votes([_kind(value) for value in values], weights)
    if len(agreeing) < len(values):
        return _merged([values[k] for k in agreeing], weights[agreeing], is_color)
    first = values[0]
    if isinstance(first, bool | str) or first is None:
        return first
    if isinstance(first, float):
        return float(middle(np.array(values), weights))
    if isinstance(first, np.ndarray) and np.issubdtype(first.dtype, np.floating):
        if is_color and first.shape == (3,):
            return middle_color(np.stack(values), weights)
        return middle(np.stack(values), weights)
    if isinstance(first, tuple):
        return tuple(_merged(list(items), weights, is_color) for items in zip(*values, strict=True))
    if is_dataclass(first) and not isinstance(first, type):
        return type(first)(
            **{
                field.name: _merged([getattr(value, field.name) for value in values], weights, "color" in field.name)
                for field in fields(first)
                if field.init
            }
        )
    return values[int(weights.argmax())]


def _kind(value: Any) -> Any:
    """What values must have in common to be mixed."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, np.ndarray):
        return value.shape
    if isinstance(value, tuple):
        return len(value)
    if is_dataclass(value) and not isinstance(value, type):
        # Names say what it is: rims of round glasses tell nothing of square ones.
        names = [getattr(value, field.name) for field in fields(value)]
        return (type(value), *(name for name in names if isinstance(name, str)))
    return type(value)
