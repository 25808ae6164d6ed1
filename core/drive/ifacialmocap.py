"""iFacialMocap's packets: text over UDP, about sixty a second, from an iPhone.

``mouthSmile_R-12|eyeBlink_L-0|…|=head#rx,ry,rz,x,y,z|rightEye#…|leftEye#…|`` with values from 0 to 100 and angles in
degrees, Unity's Euler angles. Version 2 writes ``&`` where the first wrote ``-``.
"""

import math

from core.drive.arkit_names import arkit_name
from core.drive.signal import Signal, signal_from_scores

PORT = 49983
"""UDP, on the computer as on the phone."""
GREETING = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719|sendDataVersion=v2"
"""Sent to the phone's :data:`PORT`, asks it to send here."""

_MAX_BYTES = 8192
_MAX_PARTS = 200
_HEAD = "=head#"


class IFacialMocap:
    """Reads packets; each is whole by itself."""

    def take(self, packet: bytes, time_s: float) -> Signal | None:
        """The moment in a packet that came in at a time; None if it is none."""
        if len(packet) > _MAX_BYTES:
            return None
        try:
            parts = packet.decode("ascii").split("|")
        except UnicodeDecodeError:
            return None
        if len(parts) > _MAX_PARTS:
            return None
        scores: dict[str, float] = {}
        head = None
        for part in parts:
            if part.startswith(_HEAD):
                head = _head(part[len(_HEAD) :])
                continue
            # The name has neither sign; what follows a second one is a number below 0.
            name, _, value = part.partition("&" if "&" in part else "-")
            known, score = arkit_name(name), _number(value)
            if known is not None and score is not None:
                scores[known] = min(max(score / 100, 0.0), 1.0)
        return signal_from_scores(scores, time_s, head) if scores else None


def _head(text: str) -> tuple[float, float, float] | None:
    numbers = [_number(number) for number in text.split(",")[:3]]
    if len(numbers) < 3 or None in numbers:
        return None
    nod, turn, tilt = (number or 0.0 for number in numbers)
    # Unity's x points to the avatar's right, and its turns are left-handed.
    return -turn, -nod, tilt


def _number(text: str) -> float | None:
    # Python would also read 1_000 and digits of other scripts; the packet is ASCII, and underscores are refused.
    if not text or len(text) > 32 or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
