"""How a photo is to be turned, by the one EXIF tag that says so.

Pillow's reader of EXIF keeps a copy of what every tag points to, and a thousand tags may point to the same place: a
file of 65 kB takes 300 MB. This one looks at twelve bytes a tag and copies nothing.
"""

from PIL import Image

_TAG = 0x0112
_SHORT = 3
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation_of(exif: bytes) -> int:
    """EXIF's number from 1 to 8; 1, upright as stored, where nothing sensible is said.

    Args:
        exif: a TIFF header and what follows, with or without the word Exif and two zeros before it.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(exif[:4])
    if order is None:
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], "little" if order == "little" else "big")

    start = number(4, 4)
    for entry in range(start + 2, min(start + 2 + 12 * number(start, 2), len(exif) - 11), 12):
        if number(entry, 2) == _TAG:
            found = number(entry + 8, 2) if number(entry + 2, 2) == _SHORT else 1
            return found if 1 <= found <= 8 else 1
    return 1


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The picture turned and mirrored as the number says."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
