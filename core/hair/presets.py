"""Heads of hair to choose by name."""

import numpy as np
from jaxtyping import Float32

from core.errors import InvalidRequest
from core.hair.shape import OPENING_RAD, OUTLINE_RAD, ROWS_Y_CM, HairShape

_LOOKS = {
    "buzz cut": dict(volume=0.25),
    "short": dict(volume=1.2, sides=0.7, swept=0.2),
    "crew cut": dict(volume=1.5, sides=0.35, swept=0.9),
    "side part": dict(volume=1.5, sides=0.7, swept=0.6, skew=0.12),
    "quiff": dict(volume=2.4, sides=0.5, swept=0.8, hairline=0.78),
    "fringe": dict(volume=1.3, sides=0.9, fringe=0.34),
    "curly short": dict(volume=2.2, sides=1.3, curl=0.66),
    "afro": dict(volume=3.8, sides=3.8, curl=1.0, side_end=-3.0),
    "bob": dict(volume=1.4, sides=1.5, end=-7.0, width=9.0, cheek=0.86),
    "bob with fringe": dict(volume=1.4, sides=1.5, end=-7.0, width=9.0, cheek=0.86, fringe=0.34),
    "long straight": dict(volume=1.2, sides=1.3, end=-13.0, width=9.2, cheek=0.92, parting=0.0),
    "long with fringe": dict(volume=1.3, sides=1.4, end=-13.0, width=9.4, cheek=0.88, fringe=0.32),
    "long wavy": dict(volume=1.6, sides=1.8, end=-12.5, width=10.2, cheek=0.9, curl=0.42, parting=1.2),
    "long curly": dict(volume=2.4, sides=2.8, end=-10.5, width=11.2, cheek=0.9, curl=0.66),
    "bun": dict(volume=0.55, sides=0.5, updo="bun"),
    "low bun": dict(volume=0.6, sides=0.5, updo="low bun"),
    "ponytail": dict(volume=0.6, sides=0.5, updo="ponytail"),
    "receding": dict(volume=0.8, sides=0.7, swept=0.5, hairline=0.92),
    "bald top": dict(volume=0.4, sides=0.7, hairline=1.0, top=False),
}

HAIR_STYLES = ("bald", *_LOOKS)
"""Names of all of them."""


def preset_hair(name: str) -> HairShape | None:
    """The hair of a name from :data:`HAIR_STYLES`; None for a bald head.

    Raises:
        InvalidRequest: if there is no such style.
    """
    if name == "bald":
        return None
    if name not in _LOOKS:
        raise InvalidRequest(f"There is no hair style {name!r}; choose one of {', '.join(HAIR_STYLES)}.")
    return _designed(**_LOOKS[name])


def _designed(
    *,
    volume: float,
    sides: float | None = None,
    hairline: float = 0.7,
    skew: float = 0.0,
    fringe: float | None = None,
    cheek: float | None = None,
    end: float | None = None,
    width: float = 8.6,
    side_end: float = 0.5,
    **others,
) -> HairShape:
    """A symmetric head of hair.

    Args:
        volume: thickness on the top, in cm.
        sides: thickness over the ears, in cm; as on the top by default.
        hairline: how high the forehead is bare, in parts of the head.
        skew: how much higher it is at the parting's side.
        fringe: how far down the forehead a fringe leaves bare, likewise; None for none.
        cheek: how much of the width of the cheeks hanging hair leaves bare; None for short hair.
        end: height at which long hair ends, in cm; None for short hair.
        width: half width of long hair, in cm.
        side_end: height down to which short hair reaches beside the face, in cm.
        others: of :class:`HairShape`.
    """
    sides = volume if sides is None else sides
    long = end is not None
    upper = np.sin(OUTLINE_RAD)
    outline = np.interp(upper, (-0.8, -0.2, 0.2, 0.75), (0.0, sides if long else 0.0, sides, volume))
    top = hairline if fringe is None else fringe
    rise, across = np.sin(OPENING_RAD), np.cos(OPENING_RAD)
    temple = 0.84 if cheek is None else cheek
    opening = np.interp(
        rise, (-0.6, 0.0, 0.45, 0.8, 1.0), (cheek or 1.2, cheek or 1.0, temple, (top + temple) / 2, top)
    )
    opening += skew * across * np.clip(rise, 0, 1)
    # Below the chin nothing is covered; beside the face only by hair that hangs there.
    opening = np.where(rise < (-0.75 if long else -0.05), 2.0, opening)
    return HairShape(
        outline=outline.astype(np.float32),
        opening=opening.astype(np.float32),
        side_end=(end, end) if end is not None else (side_end, side_end),
        back_end=end if end is not None else -4.6,
        hanging=_widths(width),
        parting_x=others.pop("parting", None),
        fringe=fringe is not None,
        **others,
    )


def _widths(width: float) -> Float32[np.ndarray, "2 17"]:
    return np.tile(np.interp(ROWS_Y_CM, (-13, 3), (width, width - 0.6)).astype(np.float32), (2, 1))
