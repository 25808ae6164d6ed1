"""The many ways in which trackers write ARKit's names."""

from collections.abc import Mapping

_PARTS = (
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("eyeBlinkLeft", "eyeBlinkRight", "jawLeft", "jawOpen", "jawRight", "mouthPucker"),
    *("mouthFrownLeft", "mouthFrownRight", "mouthSmileLeft", "mouthSmileRight"),
    *("mouthStretchLeft", "mouthStretchRight"),
    *("eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight"),
    *("eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight"),
)
_KNOWN: Mapping[str, str] = {name.lower(): name for name in _PARTS}
_SIDES = {"_l": "left", "_r": "right"}


def arkit_name(written: str) -> str | None:
    """ARKit's name for what a tracker wrote, ``EyeBlinkLeft`` or ``eyeBlink_L``; None if it moves nothing of ours."""
    name = written.strip().lower()
    if name[-2:] in _SIDES:
        name = name[:-2] + _SIDES[name[-2:]]
    return _KNOWN.get(name)
