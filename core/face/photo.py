"""Photo files to pixels: decoded within limits, upright, sRGB, nothing else kept."""

import io
import struct
import zlib

import numpy as np
from jaxtyping import UInt8
from PIL import GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from core.errors import UnreadablePhoto
from core.face.intake.apart import decode_apart
from core.face.intake.color_profile import to_srgb
from core.face.intake.gif import read_gif
from core.face.intake.jpeg import Jpeg, read_jpeg
from core.face.intake.kinds import kind_of, unreadable
from core.face.intake.orientation import orientation_of, upright
from core.face.intake.png import read_png

_MAX_BYTES = 40_000_000
_MAX_PIXELS = 50_000_000
# Its decoder holds the picture four times.
_MAX_PIXELS_WEBP = 25_000_000
# Where row after row is decoded and reduced, the whole picture is never in memory.
_MAX_PIXELS_IN_ROWS = 120_000_000
# Pixels times passes over them: a photo of 12 megapixels has ten passes, a hostile one thousands.
_MAX_PIXELS_SCANNED = 500_000_000
_MAX_ASPECT = 20
_WORKING_SIDE_PX = 2048
# Pillow reports damage as any of these, depending on the format and on where the damage is.
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError, RuntimeError, KeyError, TypeError)


def decode_photo(data: bytes) -> UInt8[np.ndarray, "h w 3"]:
    """The picture in ``data``, turned upright, in sRGB, on white where it was transparent.

    Reads JPEG (also grey, CMYK, MPO), PNG, WebP, GIF, AVIF and HEIC; of several pictures in a file the first. The
    pixels are new ones: nothing else of the file is in them. Pictures larger than 2048 px are reduced to that: the
    aligned face has 512 px. Thread-safe.

    Raises:
        UnreadablePhoto: if the file is empty, too large, too long and narrow, or no picture of these kinds.
    """
    if not data:
        raise UnreadablePhoto("The photo file is empty; choose another one.")
    if len(data) > _MAX_BYTES:
        raise UnreadablePhoto(f"The photo is larger than {_MAX_BYTES // 1_000_000} MB; choose a smaller one.")
    kind = kind_of(data)
    try:
        # Each step gives up the picture before it: two of full size at once are enough.
        image, orientation, profile = _apart(data, kind) if kind in ("AVIF", "HEIF") else _here(data, kind)
        image = _eight_bit(image)
        image = upright(_reduced(image), orientation)
        return np.array(_on_white(image, profile))
    except UnreadablePhoto:
        raise
    except (*_DAMAGE, struct.error, zlib.error) as error:
        raise unreadable() from error


def _here(data: bytes, kind: str) -> tuple[Image.Image, int, bytes | None]:
    """The decoded picture, EXIF's number for its turn, and its colour profile."""
    if kind == "JPEG":
        jpeg = read_jpeg(data)
        _check_passes(jpeg)
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg.data))
        exif, limit = jpeg.exif, _MAX_PIXELS_IN_ROWS if jpeg.in_rows else _MAX_PIXELS
    elif kind == "PNG":
        stripped, exif = read_png(data)
        image, limit = PngImagePlugin.PngImageFile(io.BytesIO(stripped)), _MAX_PIXELS
    elif kind == "WEBP":
        image, limit = WebPImagePlugin.WebPImageFile(io.BytesIO(data)), _MAX_PIXELS_WEBP
        exif = image.info.get("exif", b"")
    else:
        image, limit = GifImagePlugin.GifImageFile(io.BytesIO(read_gif(data))), _MAX_PIXELS
        exif = b""
    _check_size(image, limit)
    # JPEG can be decoded at a fraction of its size, which saves most of the time for camera files.
    image.draft("RGB", (_WORKING_SIDE_PX, _WORKING_SIDE_PX))
    image.load()
    return image, orientation_of(exif), image.info.get("icc_profile")


def _apart(data: bytes, kind: str) -> tuple[Image.Image, int, bytes | None]:
    """As :func:`_here`, by another process."""
    decoded = decode_apart(data, kind, _MAX_PIXELS, _WORKING_SIDE_PX)
    if decoded is None:
        raise _too_many(_MAX_PIXELS)
    _check_aspect(decoded.image.size)
    return decoded.image, decoded.orientation, decoded.profile


def _check_passes(jpeg: Jpeg) -> None:
    if not jpeg.in_rows and jpeg.pixels * jpeg.scans > _MAX_PIXELS_SCANNED:
        raise UnreadablePhoto("The photo is stored in too many passes; save it again as a plain JPEG or PNG.")


def _check_size(image: ImageFile.ImageFile, limit: int) -> None:
    if image.width * image.height > limit:
        raise _too_many(limit)
    _check_aspect(image.size)


def _check_aspect(size: tuple[int, int]) -> None:
    if max(size) > _MAX_ASPECT * min(size):
        raise UnreadablePhoto(f"The photo is more than {_MAX_ASPECT} times as long as wide; crop it to the face.")


def _too_many(limit: int) -> UnreadablePhoto:
    return UnreadablePhoto(f"The photo has more than {limit // 1_000_000} megapixels; choose a smaller one.")


def _eight_bit(image: Image.Image) -> Image.Image:
    """The picture as ``L``, ``LA``, ``RGB``, ``RGBA`` or ``CMYK``."""
    if image.mode.startswith("I"):
        # 16-bit grey, which Pillow would clip rather than scale.
        return Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "L" if image.mode == "1" else "RGB")


def _reduced(image: Image.Image) -> Image.Image:
    image.thumbnail((_WORKING_SIDE_PX, _WORKING_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=3)
    return image


def _on_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB, on white where it is transparent."""
    if image.mode not in ("LA", "RGBA"):
        return to_srgb(image, profile)
    alpha = image.getchannel("A")
    white = Image.new("RGB", image.size, "white")
    white.paste(to_srgb(image.convert(image.mode[:-1]), profile), mask=alpha)
    return white
