"""Recordings of signals in files: JSON and tables."""

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from core.drive.csv_recordings import csv_from_signals, signals_from_csv
from core.drive.signal import Signal, bounded_posture
from core.errors import InvalidRequest
from core.expressions import SHAPES
from core.formats.files import replacing

SUFFIXES = (".json", ".csv")
"""Of files that are taken for recordings."""

_MAX_BYTES = 256 << 20
_KIND = "snapmoji recording"
_TURNS = 5


def read_recording(path: Path) -> list[Signal]:
    """The moments in a file, in order, the first at time 0: our JSON, or any table of :mod:`core.drive.csv_recordings`.

    Raises:
        InvalidRequest: if there is no such file, or it is no recording.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidRequest(f"{path.name} is larger than {_MAX_BYTES >> 20} MB, too large for a recording.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{path.name} is no recording: it is not text.") from error
    return signals_from_json(text) if path.suffix.lower() == ".json" else signals_from_csv(text)


def save_recording(signals: Sequence[Signal], path: Path) -> None:
    """Writes moments to a file that ends in .json or .csv.

    Raises:
        InvalidRequest: if it ends in something else.
        OSError: if it cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidRequest(f"There is no format {suffix or 'without a suffix'} for recordings; choose .json or .csv.")
    with replacing(path) as unfinished:
        unfinished.write_text(json_from_signals(signals) if suffix == ".json" else csv_from_signals(signals))


def json_from_signals(signals: Sequence[Signal]) -> str:
    """Our own JSON: a frame a line."""
    frames = ",\n".join(json.dumps(_described(signal)) for signal in signals)
    head = json.dumps({"kind": _KIND, "version": 1, "shapes": SHAPES})
    return f'{head[:-1]}, "frames": [\n{frames}\n]}}\n'


def signals_from_json(text: str) -> list[Signal]:
    """The moments in our own JSON, whose shapes may be any of ours in any order.

    Raises:
        InvalidRequest: if it is anything else.
    """
    try:
        raw = json.loads(text, parse_constant=_refuse)
        if raw["kind"] != _KIND or raw["version"] != 1:
            raise ValueError("it is of another kind or version")
        places = [SHAPES.index(name) for name in raw["shapes"]]
        signals = [_moment(frame, places) for frame in raw["frames"]]
        if not signals or any(b.time_s < a.time_s for a, b in pairwise(signals)):
            raise ValueError("it has no frames, or their times go backwards")
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InvalidRequest("The recording is damaged, or no recording of Snapmoji.") from error
    return [Signal(signal.time_s - signals[0].time_s, signal.weights, signal.posture) for signal in signals]


def _described(signal: Signal) -> dict[str, Any]:
    frame: dict[str, Any] = {"time_s": round(signal.time_s, 4)}
    frame["weights"] = [round(float(weight), 4) for weight in signal.weights]
    if signal.posture is not None:
        frame["turns_deg"] = [round(turn, 2) for turn in vars(signal.posture).values()]
    return frame


def _moment(frame: dict[str, Any], places: list[int]) -> Signal:
    weights = np.zeros(len(SHAPES), np.float32)
    weights[places] = [_number(weight) for weight in _listed(frame["weights"], len(places))]
    turns = frame.get("turns_deg")
    posture = None if turns is None else bounded_posture(*(_number(turn) for turn in _listed(turns, _TURNS)))
    return Signal(_number(frame["time_s"]), weights, posture)


def _listed(raw: Any, count: int) -> list[Any]:
    if not isinstance(raw, list) or len(raw) != count:
        raise ValueError(f"expected a list of {count} numbers")
    return raw


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise ValueError("expected a number")
    return float(raw)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
