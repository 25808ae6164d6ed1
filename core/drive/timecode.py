"""SMPTE timecode, as Live Link Face writes it: ``HH:MM:SS:FF.fff``."""

import re
from collections.abc import Sequence

_SHAPE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})[:;](\d{1,3})(\.\d{1,6})?", re.ASCII)
_RATES = (24.0, 25.0, 30.0, 50.0, 60.0, 120.0)
_USUAL_RATE = 60.0
_DAY_S = 24 * 3600.0


def seconds_of(timecodes: Sequence[str]) -> list[float] | None:
    """Seconds from the first of some timecodes; None unless all of them are timecodes.

    How many frames make a second is not written: it is the lowest usual rate that holds the highest frame number, and
    60, a phone's, where the recording does not reach over a whole second.
    """
    found = [_SHAPE.fullmatch(timecode.strip()) for timecode in timecodes]
    fields = [match.groups() for match in found if match is not None]
    if not fields or len(fields) < len(found):
        return None
    clock = [3600 * int(hours) + 60 * int(minutes) + int(seconds) for hours, minutes, seconds, _, _ in fields]
    frames = [int(frame) + float(part or 0) for *_, frame, part in fields]
    rate = next((rate for rate in _RATES if max(frames) < rate), max(frames) + 1)
    if len(set(clock)) < 3:
        rate = max(rate, _USUAL_RATE)
    times = [second + frame / rate for second, frame in zip(clock, frames, strict=True)]
    # A recording may pass midnight.
    return [(time - times[0]) % _DAY_S for time in times]
