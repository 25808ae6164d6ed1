"""The plain data of a comic, as a script says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.stickers.pose import Pose
from core.stickers.poses import POSES

Shot = Literal["close-up", "medium", "wide"]
"""How near the camera is."""
Kind = Literal["speech", "thought", "shout", "whisper", "caption", "sound"]
"""How words are shown; captions and sounds are nobody's."""
Effect = Literal["", "speed", "burst", "dots"]
"""Drawn between scene and people."""
SHOTS: tuple[Shot, ...] = ("close-up", "medium", "wide")
EFFECTS: tuple[Effect, ...] = ("", "speed", "burst", "dots")
_WORDY = ("speech", "speech heart", "thought")


def _feelings() -> dict[str, Pose]:
    plain = {
        "neutral": Pose("neutral", "", {}),
        "smile": Pose("smile", "", {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8}),
    }
    return plain | {pose.name: pose for pose in POSES}


FEELINGS: Mapping[str, Pose] = _feelings()
"""Faces, head and drawn accents by name: those of the stickers, and two calm ones."""


def is_wordy(accent: str) -> bool:
    """Whether a sticker's accent is a balloon, which a comic draws in its own way."""
    return accent in _WORDY


@dataclass(frozen=True)
class Actor:
    """Someone in a panel."""

    who: int
    """Index into the cast."""
    feeling: str = "neutral"
    """One of :data:`FEELINGS`."""
    tilt_deg: float = 0.0
    """The head leans so much more to the viewer's right, -25 to 25."""
    turn_deg: float | None = None
    """The body faces so far to the viewer's right, -60 to 60; None lets people face each other."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Of the 16 shapes, instead of the feeling's, 0 to 1."""


@dataclass(frozen=True)
class Line:
    """Some words in a panel."""

    kind: Kind
    text: str
    who: int | None = None
    """Index into the cast; None for captions and sounds."""


@dataclass(frozen=True)
class Panel:
    """One picture."""

    scene: str
    """One of :data:`core.comics.scenes.SCENES`."""
    shot: Shot = "medium"
    actors: tuple[Actor, ...] = ()
    """From left to right, at most three; the first stands in front."""
    lines: tuple[Line, ...] = ()
    """In the order of reading."""
    effect: Effect = ""


@dataclass(frozen=True)
class Script:
    """A whole comic."""

    cast: tuple[str, ...]
    """Names of the avatars, in the order in which they are given."""
    panels: tuple[Panel, ...]
    title: str = ""
    layout: str = "auto"
    """One of :data:`core.comics.layout.LAYOUTS`, or auto."""
    paper: str = "screen"
    """One of :data:`core.comics.layout.PAPERS`."""
    capitals: bool = False
    """Whether all is lettered in capitals."""
