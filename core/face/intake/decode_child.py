"""Decodes one AVIF or HEIC picture: the file comes in, pixels go out. Run by ``apart``; knows nothing of the program.

Usage: ``python -I decode_child.py KIND MAX_PIXELS SIDE_PX``. It writes a line of JSON, the pixels, and the colour
profile. The status is 3 for more than MAX_PIXELS, and not 0 for anything else that went wrong.
"""

import io
import json
import os
import sys

from PIL import Image

_MAX_MEMORY_BYTES = 1_000_000_000
_MAX_CPU_S = 10
_THREADS = 2
_TOO_LARGE = 3


def main(kind: str, max_pixels: int, side_px: int) -> None:
    """Reads standard input and answers on standard output."""
    _limit_resources()
    # In these containers the turn stands elsewhere, and a reader of EXIF may take a thousand times the file's size.
    data = sys.stdin.buffer.read().replace(b"Exif", b"none")
    image, orientation = _avif(data, max_pixels) if kind == "AVIF" else _heif(data, max_pixels)
    image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=3)
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.mode.endswith(("A", "a")) else "RGB")
    told = {"mode": image.mode, "size": image.size, "orientation": orientation}
    profile = image.info.get("icc_profile") or b""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + image.tobytes() + profile)


def _limit_resources() -> None:
    """What a hostile file may take: not more memory or time than this, and no file of any size."""
    try:
        import resource
    except ImportError:  # Not on Windows, where only the parent's patience is a limit.
        return
    for limit, value in (
        (resource.RLIMIT_AS, _MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, _MAX_CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _avif(data: bytes, max_pixels: int) -> tuple[Image.Image, int]:
    """The picture, and EXIF's number for the turn that its container asks for."""
    from PIL import AvifImagePlugin

    AvifImagePlugin.DEFAULT_MAX_THREADS = _THREADS
    image = AvifImagePlugin.AvifImageFile(io.BytesIO(data))
    _check_size(image.size, max_pixels)
    image.load()
    return image, image.getexif().get(0x0112, 1)


def _heif(data: bytes, max_pixels: int) -> tuple[Image.Image, int]:
    """The main picture, which the decoder turns upright itself."""
    import pillow_heif

    options = pillow_heif.options
    options.DECODE_THREADS = _THREADS
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    heif = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    main_picture = heif[heif.primary_index]
    _check_size(main_picture.size, max_pixels)
    image = main_picture.to_pillow()
    if main_picture.premultiplied_alpha:
        image = image.convert("RGBA")
    return image, 1


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        sys.stdout.flush()
        # At once: taking the decoders down in order is no use.
        os._exit(_TOO_LARGE)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
