"""The plain data of a sticker: expression, posture, accents and motion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.avatar.posture import Posture

At = Literal["eye left", "eye right", "eyes", "brow", "mouth", "cheek left", "cheek right", "chin", "crown", "rim"]
"""Where an accent belongs; left and right are the avatar's. The rim is the silhouette of head and hair."""


STRAIGHT = Posture()
"""Looking ahead."""


@dataclass(frozen=True)
class Accent:
    """One drawn thing and its place; lengths in centimetres as seen at the face, x to the viewer's right, y down."""

    name: str
    """One of :data:`core.stickers.accents.ACCENTS`."""
    at: At
    """The point it is placed from."""
    size_cm: float
    """Half its width."""
    x_cm: float = 0.0
    """From that point; along the head if it is worn."""
    y_cm: float = 0.0
    """From that point; along the head if it is worn."""
    bearing_deg: float = 0.0
    """On the rim: from the head's middle, 0 is up, positive to the viewer's right."""
    out_cm: float = 0.0
    """On the rim: how far outside its middle lies."""
    turn_deg: float = 0.0
    """Clockwise."""
    flip: bool = False
    """Whether left and right change places."""
    worn: bool = False
    """Whether it leans with the head."""
    behind: bool = False
    """Whether the head covers it."""
    drift_cm: tuple[float, float] = (0.0, 0.0)
    """How far it travels within a loop, coming and going at the ends; 0 stays."""
    start: float = 0.0
    """Share of the loop by which it is ahead of the others."""
    pulse: float = 0.0
    """How much it swells, as a share of its size."""
    swing_deg: float = 0.0
    """How far it rocks to each side."""
    bordered: bool = True
    """Whether a white border sets it off from the face."""


@dataclass(frozen=True)
class Motion:
    """What changes in a loop: everything swings there and back."""

    weights: Mapping[str, float] = field(default_factory=dict)
    """Weights at the far end, for the shapes that change."""
    head: Posture = STRAIGHT
    """Added at one end and taken away at the other."""
    beats: int = 1
    """Swings in a loop."""


STILL = Motion()
"""Only the accents move."""


@dataclass(frozen=True)
class Pose:
    """One sticker."""

    name: str
    """For commands and file names."""
    emoji: str
    """The emoji that messengers file it under."""
    weights: Mapping[str, float]
    """Of the 16 shapes, absent ones 0. Stickers exaggerate: up to 1.4, and lids down to -0.4, wide open."""
    head: Posture = STRAIGHT
    """Head and eyes."""
    accents: tuple[Accent, ...] = ()
    """From back to front."""
    view: tuple[float, float] = (0.0, 2.0)
    """Yaw and pitch in degrees that the camera looks from."""
    distance_cm: float = 80.0
    """Of the camera: near ones make large noses."""
    tint: tuple[float, float, float, float] | None = None
    """Display sRGB and strength, 0 to 1, of a tint that comes down the face from the forehead."""
    hides: tuple[str, ...] = ()
    """Parts of the avatar that are left out: worn glasses under sunglasses."""
    motion: Motion = STILL
    """For animated stickers."""


def both(name: str, value: float) -> dict[str, float]:
    """The same weight left and right."""
    return {f"{name}Left": value, f"{name}Right": value}


SMILE = both("mouthSmile", 1.2)
"""Further than the slider goes."""
GRIN = {**SMILE, "jawOpen": 0.3}
"""With teeth."""
SHUT = both("eyeBlink", 1.0)
"""Closed eyes."""
STARE = both("eyeBlink", -0.3)
"""Eyes wide open."""
UP, DOWN = both("browUp", 1.3), both("browDown", 1.3)
"""Brows."""
WORRY = both("browUp", 0.75)
"""Brows that ask."""
FROWN, WIDE = both("mouthFrown", 1.4), both("mouthStretch", 1.2)
"""Corners of the mouth down, and apart."""
NOD = Motion(head=Posture(pitch_deg=4.0))
"""Up and down."""
SWAY = Motion(head=Posture(roll_deg=5.0, yaw_deg=2.0))
"""From side to side."""


def rising(
    name: str, places: tuple[tuple[float, float, float], ...], drift_cm: tuple[float, float], swing_deg: float = 0.0
) -> tuple[Accent, ...]:
    """The same accent at several bearings, distances and sizes, each ahead of the one before."""
    return tuple(
        Accent(
            name,
            "rim",
            size,
            bearing_deg=bearing,
            out_cm=out,
            drift_cm=drift_cm,
            start=k / len(places),
            swing_deg=swing_deg,
        )
        for k, (bearing, out, size) in enumerate(places)
    )
