"""What a file is, by its first bytes; names and types given by others are never looked at."""

from core.errors import UnreadablePhoto

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
"""What is read. JPEG includes the MPO of phones, whose first picture is taken; of GIF, too, it is the first."""

_AVIF = (b"avif", b"avis")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")
_EITHER = (b"mif1", b"msf1")
_REFUSED = (
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript drawing"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript drawing"),
    (b"8BPS", "a Photoshop file"),
    (b"II*\0", "a TIFF or a camera's raw picture"),
    (b"MM\0*", "a TIFF or a camera's raw picture"),
    (b"II+\0", "a TIFF or a camera's raw picture"),
    (b"MM\0+", "a TIFF or a camera's raw picture"),
    (b"BM", "a BMP picture"),
    (b"\0\0\1\0", "an icon"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"PK\3\4", "a ZIP archive"),
    (b"\x1f\x8b", "a packed file"),
    (b"\x1a\x45\xdf\xa3", "a film"),
    (b"SNAPMOJI", "an avatar"),
)
_MARKUP = ((b"<svg", "an SVG drawing"), (b"<html", "a web page"), (b"<!doctype html", "a web page"))
_LOOKED_AT = 1024


def kind_of(data: bytes) -> str:
    """Which of :data:`KINDS` the file is.

    Raises:
        UnreadablePhoto: if it is none of them; the sentence says what it is, where that can be told.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data[4:8] == b"ftyp":
        return _boxed(data)
    for start, name in _REFUSED:
        if data.startswith(start):
            raise _not_a_photo(name)
    text = data[:_LOOKED_AT].lower()
    for mark, name in _MARKUP:
        if mark in text:
            raise _not_a_photo(name)
    raise unreadable()


def unreadable() -> UnreadablePhoto:
    """The refusal of a file that is damaged, or of no kind that is known."""
    return UnreadablePhoto("The file is not a picture we can read; use a JPEG, PNG, WebP, AVIF or HEIC photo.")


def _boxed(data: bytes) -> str:
    """Which of the kinds that begin with an ``ftyp`` box: its brands say so."""
    size = min(int.from_bytes(data[:4]), _LOOKED_AT)
    brands = [data[at : at + 4] for at in (8, *range(16, size, 4))]
    if brands[0] in _AVIF or (brands[0] in _EITHER and any(brand in _AVIF for brand in brands)):
        return "AVIF"
    if brands[0] in _HEIF + _EITHER:
        return "HEIF"
    raise _not_a_photo("a film or a sound")


def _not_a_photo(name: str) -> UnreadablePhoto:
    return UnreadablePhoto(f"This is {name}, not a photo we can read; save the picture as a JPEG or PNG and use that.")
