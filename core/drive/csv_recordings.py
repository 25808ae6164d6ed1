"""Recordings as tables: our own, ARKit's names as columns, and those of Live Link Face."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from core.drive.arkit_names import arkit_name
from core.drive.signal import Signal, bounded_posture, signal_from_scores
from core.drive.timecode import seconds_of
from core.errors import InvalidRequest
from core.expressions import SHAPES

TURNS = ("yaw_deg", "pitch_deg", "roll_deg", "gaze_yaw_deg", "gaze_pitch_deg")
"""Our own columns after the shapes; empty where the driver did not say."""

_MOST_ROWS, _MOST_COLUMNS = 500_000, 400
_TIMES = {"time_s": 1.0, "time": 1.0, "timestamp": 1.0, "seconds": 1.0, "time_ms": 1e-3, "timestamp_ms": 1e-3}
_USUAL_FPS = 60.0


def signals_from_csv(text: str) -> list[Signal]:
    """The moments in a table with a header.

    Ours has the columns ``time_s``, the 16 shapes, and :data:`TURNS`. Any other needs columns named after ARKit's
    shapes, in [0, 1], in whatever case; its time is a column ``Timecode`` or one of seconds, else 60 rows make a
    second.

    Raises:
        InvalidRequest: naming the line, if it is no such table.
    """
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise InvalidRequest(f"The recording is no table that can be read: {error}.") from error
    rows = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if len(rows) < 2 or len(rows) > _MOST_ROWS or len(rows[0][1]) > _MOST_COLUMNS:
        raise InvalidRequest("The recording has no line of numbers under its header, or far too many.")
    header = [cell.strip().lower() for cell in rows[0][1]]
    table = [_row(number, header, row) for number, row in rows[1:]]
    times = _times(table)
    own = {shape.lower(): shape for shape in SHAPES}
    if set(own) <= set(header):
        return [_own(row, time) for row, time in zip(table, times, strict=True)]
    columns = {name: arkit for name in header if (arkit := arkit_name(name)) is not None}
    if not columns:
        raise InvalidRequest("The recording has no columns named after the shapes of ARKit, such as jawOpen.")
    in_radians = _in_radians(table)
    return [_arkit(row, time, columns, in_radians) for row, time in zip(table, times, strict=True)]


def csv_from_signals(signals: Sequence[Signal]) -> str:
    """Our own table."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["time_s", *SHAPES, *TURNS])
    for signal in signals:
        turns = (
            [""] * len(TURNS) if signal.posture is None else [f"{turn:.2f}" for turn in vars(signal.posture).values()]
        )
        writer.writerow([f"{signal.time_s:.4f}", *(f"{weight:.4f}" for weight in signal.weights), *turns])
    return file.getvalue()


class _Row:
    """Cells by the lower-case name of their column."""

    def __init__(self, line: int, cells: Mapping[str, str]):
        self.line, self.cells = line, cells

    def number(self, name: str, usual: float = 0.0) -> float:
        text = self.cells.get(name, "")
        if not text:
            return usual
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InvalidRequest(f"Line {self.line} of the recording has {text[:20]!r} where {name} should be.")
        return value


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> _Row:
    if len(cells) > len(header):
        raise InvalidRequest(f"Line {line} of the recording has {len(cells)} values under {len(header)} columns.")
    return _Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=False)})


def _times(table: Sequence[_Row]) -> list[float]:
    codes = seconds_of([row.cells.get("timecode", "") for row in table])
    column = next((name for name in _TIMES if name in table[0].cells), None)
    if codes is None and column is not None:
        own = [row.number(column) * _TIMES[column] for row in table]
        codes = [time - own[0] for time in own]
    # Timecodes that stand still, as some programs write them, say nothing.
    if codes is None or (len(codes) > 1 and not any(codes)):
        codes = [number / _USUAL_FPS for number in range(len(table))]
    if any(later < earlier for earlier, later in pairwise(codes)):
        raise InvalidRequest("The times of the recording go backwards.")
    return codes


def _own(row: _Row, time_s: float) -> Signal:
    weights = np.array([row.number(shape.lower()) for shape in SHAPES], np.float32)
    said = any(row.cells.get(name) for name in TURNS)
    posture = bounded_posture(*(row.number(name) for name in TURNS)) if said else None
    return Signal(time_s, np.clip(weights, 0, 1), posture)


def _arkit(row: _Row, time_s: float, columns: Mapping[str, str], in_radians: bool) -> Signal:
    scores = {arkit: min(max(row.number(name), 0.0), 1.0) for name, arkit in columns.items()}
    if "headyaw" not in row.cells:
        return signal_from_scores(scores, time_s)
    yaw, pitch, roll = (row.number(name) for name in ("headyaw", "headpitch", "headroll"))
    unit = 180 / math.pi if in_radians else 1.0
    # Unreal's turns: to the right, up, and to the right shoulder.
    return signal_from_scores(scores, time_s, (-yaw * unit, pitch * unit, -roll * unit))


def _in_radians(table: Sequence[_Row]) -> bool:
    """Live Link Face writes radians; a head that would turn further than half a turn is given in degrees."""
    turns = (abs(row.number(name)) for row in table for name in ("headyaw", "headpitch", "headroll"))
    return max(turns) <= math.pi
