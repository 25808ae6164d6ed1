"""Values as users write them."""

import argparse

from core.errors import InvalidRequest


def share(text: str) -> float:
    """A number from 0 to 1, for argparse's ``type``."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must lie between 0 and 1, not {text}")
    return value


def background(text: str) -> tuple[int, int, int] | None:
    """The colour that a user wrote, as sRGB from 0 to 255; None for transparent.

    Raises:
        InvalidRequest: if it is no colour.
    """
    from PIL import ImageColor

    if text == "transparent":
        return None
    try:
        red, green, blue, *_ = ImageColor.getrgb(text)
    except ValueError:
        raise InvalidRequest(f"{text!r} is no colour; write transparent, white or #rrggbb.") from None
    return red, green, blue
