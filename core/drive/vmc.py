"""The Virtual Motion Capture protocol: OSC over UDP, as programs for VTubers send it.

``/VMC/Ext/Blend/Val name value`` sets a shape, and ``/VMC/Ext/Blend/Apply`` says that all of this moment are set. Names
are ARKit's ("Perfect Sync") or VRM's few. ``/VMC/Ext/Bone/Pos Head …`` turns the head.
"""

import math

from scipy.spatial.transform import Rotation

from core.drive.arkit_names import arkit_name
from core.drive.head_turn import angles_of
from core.drive.osc import BadPacket, Message, messages_in
from core.drive.signal import Signal, signal_from_scores

PORT = 39539
"""UDP, where the protocol has its receivers listen."""

# VRM's presets, old names and new, for senders without Perfect Sync.
_PRESETS: dict[str, dict[str, float]] = {
    "a": {"jawOpen": 0.7},
    "i": {"jawOpen": 0.15, "mouthStretchLeft": 0.6, "mouthStretchRight": 0.6},
    "u": {"jawOpen": 0.15, "mouthPucker": 0.8},
    "e": {"jawOpen": 0.3, "mouthStretchLeft": 0.4, "mouthStretchRight": 0.4},
    "o": {"jawOpen": 0.45, "mouthPucker": 0.5},
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "blink_l": {"eyeBlinkLeft": 1.0},
    "blink_r": {"eyeBlinkRight": 1.0},
    "joy": {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9},
    "angry": {"browDownLeft": 1.0, "browDownRight": 1.0, "mouthFrownLeft": 0.5, "mouthFrownRight": 0.5},
    "sorrow": {"browInnerUp": 0.5, "mouthFrownLeft": 0.8, "mouthFrownRight": 0.8},
    "fun": {"mouthSmileLeft": 0.6, "mouthSmileRight": 0.6},
}
_PRESETS |= {new: _PRESETS[old] for new, old in (("aa", "a"), ("ih", "i"), ("ou", "u"), ("ee", "e"), ("oh", "o"))}
_PRESETS |= {new: _PRESETS[old] for new, old in (("blinkleft", "blink_l"), ("blinkright", "blink_r"))}
_PRESETS |= {new: _PRESETS[old] for new, old in (("happy", "joy"), ("sad", "sorrow"), ("relaxed", "fun"))}


class Vmc:
    """Reads packets, and remembers what was said before, until it is applied and after."""

    def __init__(self) -> None:
        """Begins with a neutral face."""
        self._own: dict[str, float] = {}
        self._presets: dict[str, float] = {}
        self._head: tuple[float, float, float] | None = None

    def take(self, packet: bytes, time_s: float) -> Signal | None:
        """The moment that a packet completes, at the time it came in; None if it completes none."""
        try:
            messages = messages_in(packet)
        except BadPacket:
            return None
        complete = False
        for message in messages:
            if message.address == "/VMC/Ext/Blend/Val":
                self._set(message)
            elif message.address == "/VMC/Ext/Bone/Pos":
                self._turn(message)
            elif message.address == "/VMC/Ext/Blend/Apply":
                complete = True
        return signal_from_scores(self._scores(), time_s, self._head) if complete else None

    def _set(self, message: Message) -> None:
        if len(message.arguments) < 2:
            return
        name, value = message.arguments[:2]
        if not isinstance(name, str) or not _is_number(value):
            return
        share = min(max(float(value or 0), 0.0), 1.0)
        known = arkit_name(name)
        if known is not None:
            self._own[known] = share
        elif name.strip().lower() in _PRESETS:
            self._presets[name.strip().lower()] = share

    def _turn(self, message: Message) -> None:
        # The name, a place, and a turn in Unity's frame: x to the avatar's right, left-handed.
        if len(message.arguments) < 8 or message.arguments[0] != "Head":
            return
        numbers = message.arguments[4:8]
        if not all(_is_number(number) for number in numbers):
            return
        x, y, z, w = (float(number or 0) for number in numbers)
        if not 0.5 < math.hypot(x, y, z, w) < 2:
            return
        self._head = angles_of(Rotation.from_quat((x, -y, -z, w)))

    def _scores(self) -> dict[str, float]:
        # Senders of Perfect Sync send the presets, too, and mean the finer names.
        if self._own:
            return self._own
        scores: dict[str, float] = {}
        for preset, share in self._presets.items():
            for name, weight in _PRESETS[preset].items():
                scores[name] = max(scores.get(name, 0.0), share * weight)
        return scores


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
