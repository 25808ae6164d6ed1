"""Pixels in the colours of the profile that came with them, to sRGB."""

import io
import logging

from PIL import Image, ImageCms

logger = logging.getLogger(__name__)

_MODES = {b"GRAY": "L", b"RGB ": "RGB", b"CMYK": "CMYK"}
_COLORS = slice(16, 20)
# Profiles of printing presses have up to 3 MB.
_MAX_BYTES = 4_000_000


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB.

    A profile that is damaged, or made for other colours than the picture's, is passed over: most people would
    rather have slightly wrong colours than none.

    Args:
        image: grey (``L``), ``RGB`` or ``CMYK``.
        profile: an ICC profile; None counts as sRGB.
    """
    if not profile or len(profile) > _MAX_BYTES:
        return image.convert("RGB")
    mode = _MODES.get(profile[_COLORS])
    if mode == "RGB" and image.mode == "L":
        image = image.convert("RGB")
    if mode != image.mode:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        logger.info("a colour profile was passed over: %s", error)
        return image.convert("RGB")
    return image.convert("RGB") if changed is None else changed
