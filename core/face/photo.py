"""Photo files to pixels: decoded, upright, RGB, nothing else kept."""

import io
import warnings

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps

from core.errors import UnreadablePhoto

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
"""What Pillow may decode; everything else it knows is refused unread. JPEG includes phones' MPO."""

_MAX_BYTES = 40_000_000
_MAX_PIXELS = 80_000_000
_TOO_MANY_PIXELS = f"The photo has more than {_MAX_PIXELS // 1_000_000} megapixels; choose a smaller one."
_WORKING_SIDE_PX = 2048


def decode_photo(data: bytes) -> UInt8[np.ndarray, "h w 3"]:
    """The picture in ``data``, turned upright, on white where it was transparent.

    Pictures larger than 2048 px are reduced to that: the aligned face has 512 px.

    Raises:
        UnreadablePhoto: if the file is empty, too large, or no picture.
    """
    if not data:
        raise UnreadablePhoto("The photo file is empty; choose another one.")
    if len(data) > _MAX_BYTES:
        raise UnreadablePhoto(f"The photo is larger than {_MAX_BYTES // 1_000_000} MB; choose a smaller one.")
    try:
        with warnings.catch_warnings():
            # Damaged notes in a file are of no interest; a picture that would fill the memory is.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _upright_rgb(image)
    except UnreadablePhoto:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadablePhoto(_TOO_MANY_PIXELS) from error
    # Pillow reports damage as any of these, depending on the format and on where the damage is.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError, RuntimeError) as error:
        raise UnreadablePhoto("The file is not a picture we can read; use a JPEG, PNG or WebP photo.") from error


def _upright_rgb(image: Image.Image) -> np.ndarray:
    if image.width * image.height > _MAX_PIXELS:
        raise UnreadablePhoto(_TOO_MANY_PIXELS)
    # JPEG can be decoded at a fraction of its size, which saves most of the time for camera files.
    image.draft("RGB", (_WORKING_SIDE_PX, _WORKING_SIDE_PX))
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    if upright.mode.startswith("I"):
        # 16-bit grey, which Pillow would clip rather than scale.
        upright = Image.fromarray((np.asarray(upright) // 257).astype(np.uint8))
    upright = upright.convert("RGB")
    upright.thumbnail((_WORKING_SIDE_PX, _WORKING_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=3)
    return np.asarray(upright)
