"""Photo files that people, telephones and attackers might bring, each with the answer it should get."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from tests.conftest import EXAMPLES
from tests.core.face.pictures import (
    DISPLAY_P3,
    after_jpeg_start,
    encoded,
    exif_bomb,
    icc_profile,
    png,
    png16,
    png_chunk,
)

FACE = r"a face of \d+ px"
NO_FACE = r"No face was found; use a photo that shows one face from the front, well lit and sharp\."
NO_PICTURE = r"The file is not a picture we can read; use a JPEG, PNG, WebP, AVIF or HEIC photo\."

File = tuple[str, bytes, str]
"""A name, the bytes, and a pattern of the whole answer."""


def corpus(front: Image.Image, side: Image.Image) -> Iterator[File]:
    """All files.

    Args:
        front: an avatar drawn from the front.
        side: the same from the side.
    """
    yield from _formats(_person())
    yield from _orientations(_person())
    yield from _damaged(_person())
    yield from _renamed()
    yield from _too_much(_person())
    yield from _floods(_person())
    yield from _people(front, side)


def _person(name: str = "short_hair") -> Image.Image:
    return Image.open(EXAMPLES[name]).convert("RGB")


def _formats(person: Image.Image) -> Iterator[File]:
    """Every kind that is read, with a face in it."""
    grey, deep = person.convert("L"), np.asarray(person, np.uint16) * 257
    half = person.copy()
    half.putalpha(Image.linear_gradient("L").resize(person.size).point(lambda value: 255 - value // 3))
    other = Image.new("RGB", person.size, "blue")
    films = {"save_all": True, "append_images": [other]}
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in np.asarray(grey, np.uint16) * 257)
    files = {
        "plain.jpg": encoded(person, "JPEG"),
        "grey.jpg": encoded(grey, "JPEG"),
        "inks.jpg": encoded(person.convert("CMYK"), "JPEG"),
        "passes.jpg": encoded(person, "JPEG", progressive=True),
        "full-colour.jpg": encoded(person, "JPEG", subsampling=0, quality=100),
        "telephone.mpo": encoded(person, "MPO", **films),
        "display-p3.jpg": encoded(person, "JPEG", icc_profile=DISPLAY_P3),
        "grey-profile.jpg": encoded(grey, "JPEG", icc_profile=icc_profile([(0.9642, 1.0, 0.8249)], 1.8)),
        "broken-profile.jpg": encoded(person, "JPEG", icc_profile=DISPLAY_P3[:300]),
        "plain.png": encoded(person),
        "grey.png": encoded(grey),
        "grey-alpha.png": encoded(half.convert("LA")),
        "alpha.png": encoded(half),
        "palette.png": encoded(person.quantize(200)),
        "palette-alpha.png": encoded(half.quantize(200)),
        "one-colour-gone.png": encoded(person, transparency=(0, 0, 0)),
        "sixteen-grey.png": png(*person.size, 16, 0, lines),
        "sixteen.png": png16(deep),
        "animated.png": encoded(person, **films),
        "plain.webp": encoded(person, "WEBP"),
        "exact.webp": encoded(person, "WEBP", lossless=True, method=0),
        "alpha.webp": encoded(half, "WEBP"),
        "animated.webp": encoded(person, "WEBP", **films),
        "plain.avif": encoded(person, "AVIF", speed=10),
        "alpha.avif": encoded(half, "AVIF", speed=10),
        "animated.avif": encoded(person, "AVIF", speed=10, **films),
        "plain.heic": encoded(person, "HEIF"),
        "alpha.heic": encoded(half, "HEIF"),
        "plain.gif": encoded(person, "GIF"),
        "animated.gif": encoded(person, "GIF", **films),
        "named-otherwise.pdf": encoded(person, "JPEG"),
    }
    yield from ((name, data, FACE) for name, data in files.items())


def _orientations(person: Image.Image) -> Iterator[File]:
    """Held every way; turned wrongly, mirrored ones would still show a face, which test_photo looks at."""
    turns = [Image.Transpose(number) for number in (0, 3, 1, 5, 4, 6, 2)]
    for orientation, turn in enumerate(turns, 2):
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = orientation, "maker"
        yield f"held-{orientation}.jpg", encoded(person.transpose(turn), "JPEG", exif=exif), FACE


def _damaged(person: Image.Image) -> Iterator[File]:
    """Cut off, empty, or not what they say."""
    yield "empty.jpg", b"", r"The photo file is empty; choose another one\."
    yield "one-byte.jpg", b"\xff", NO_PICTURE
    yield "zeros.png", bytes(100_000), NO_PICTURE
    yield "noise.jpg", b"\xff\xd8\xff\xe0" + np.random.default_rng(0).bytes(200_000), NO_PICTURE
    yield "words.jpg", "Heute schrieb ich in mein Tagebuch. ".encode("utf-16") * 50, NO_PICTURE
    for format in ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF"):
        whole = encoded(person, format)
        yield f"half.{format.lower()}", whole[: len(whole) // 2], NO_PICTURE
        yield f"beginning.{format.lower()}", whole[:24], NO_PICTURE


def _renamed() -> Iterator[File]:
    """Other files under a photo's name."""
    small = Image.new("RGB", (64, 64), "red")
    not_numbers = np.full((64, 64), np.nan, np.float32)
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    files = {
        "document.jpg": (encoded(small, "PDF"), "a PDF document"),
        "drawing.jpg": (svg, "an SVG drawing"),
        "page.jpg": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "a web page"),
        "print.jpg": (encoded(small, "EPS"), "a PostScript drawing"),
        "shell.jpg": (b"%!PS\n(/etc/passwd) (r) file run", "a PostScript drawing"),
        "layers.jpg": (b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\0\x40\0\0\0\x40\0\x08\0\3" + bytes(100), "a Photoshop file"),
        "raw.jpg": (encoded(small, "TIFF"), "a TIFF or a camera's raw picture"),
        "not-numbers.tiff": (encoded(Image.fromarray(not_numbers), "TIFF"), "a TIFF or a camera's raw picture"),
        "windows.jpg": (encoded(small, "BMP"), "a BMP picture"),
        "icon.jpg": (encoded(small, "ICO"), "an icon"),
        "cinema.jpg": (encoded(small, "JPEG2000"), "a JPEG 2000 picture"),
        "archive.jpg": (b"PK\3\4" + bytes(60), "a ZIP archive"),
        "film.jpg": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(99), "a film or a sound"),
    }
    for name, (data, what) in files.items():
        yield (
            name,
            data,
            re.escape(f"This is {what}, not a photo we can read; save the picture as a JPEG or PNG and use that."),
        )


def _too_much(person: Image.Image) -> Iterator[File]:
    """Few bytes that stand for much, and the other way about."""
    fifty, plain = r"The photo has more than 50 megapixels; choose a smaller one\.", encoded(person, "JPEG")
    frame = plain.index(b"\xff\xc0")
    huge = plain[: frame + 5] + struct.pack(">HH", 30_000, 30_000) + plain[frame + 9 :]
    yield "30000.png", encoded(Image.new("1", (30_000, 30_000))), fifty
    yield "30000.jpg", huge, fifty.replace("50", "120")
    yield "65535.gif", b"GIF89a" + b"\xff" * 4 + b"\0\0\0" + encoded(person, "GIF")[13:], f"{fifty}|{NO_PICTURE}"
    yield "widest.webp", _vp8x(16_384, 16_384), fifty.replace("50", "25") + f"|{NO_PICTURE}"
    heic = encoded(person, "HEIF")
    claimed = heic.replace(b"ispe" + bytes(4) + struct.pack(">II", 512, 512), b"ispe" + bytes(4) + b"\0\0\x75\x30" * 2)
    yield "30000.heic", claimed, f"{fifty}|{NO_PICTURE}"
    avif = encoded(person, "AVIF", speed=10)
    claimed = avif.replace(b"ispe" + bytes(4) + struct.pack(">II", 512, 512), b"ispe" + bytes(4) + b"\0\0\x75\x30" * 2)
    yield "30000.avif", claimed, f"{fifty}|{NO_PICTURE}"
    yield "most.png", encoded(Image.new("RGBA", (7000, 7000), (9, 9, 9, 99)), compress_level=1), NO_FACE
    yield "most.jpg", encoded(Image.new("RGB", (8000, 6000)), "JPEG", progressive=True, subsampling=0), NO_FACE
    yield "more-than-told.png", png(64, 64, 8, 2, bytes(100_000_000)), f"{NO_FACE}|.*64 × 64 px.*"
    yield "strip.png", encoded(Image.new("L", (20_000, 10))), r"The photo is more than 20 times as long as wide; crop.*"
    yield "tower.jpg", encoded(Image.new("L", (10, 20_000)), "JPEG"), r"The photo is more than 20 times .*"
    small = r"The photo has only 1 × 1 px; use one whose face is 72 px or taller\."
    yield "dot.png", encoded(Image.new("RGB", (1, 1))), small
    yield "dot.jpg", encoded(Image.new("RGB", (1, 1)), "JPEG"), small
    yield "dot.gif", encoded(Image.new("L", (1, 1)), "GIF"), small
    yield "heavy.jpg", plain + bytes(40_000_000), r"The photo is larger than 40 MB; choose a smaller one\."
    # The bits of "not a number" in half precision, as 16-bit greys.
    not_numbers = b"".join(b"\0" + b"\x7e\x00" * 512 for _ in range(512))
    yield "not-numbers.png", png(512, 512, 16, 0, not_numbers), NO_FACE


def _vp8x(width: int, height: int) -> bytes:
    """A WebP that declares a large canvas, and holds next to nothing."""
    chunk = b"VP8X" + struct.pack("<II", 10, 2) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBP" + chunk + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _floods(person: Image.Image) -> Iterator[File]:
    """What costs a careless reader time or memory out of all proportion."""
    jpeg, picture, gif = encoded(person, "JPEG"), encoded(person), encoded(person, "GIF")
    bomb = exif_bomb()
    yield "exif.jpg", after_jpeg_start(jpeg, (0xE1, b"Exif\0\0" + exif_bomb(4000, 17_000))), FACE + "|" + NO_FACE
    yield "exif.png", picture[:33] + png_chunk(b"eXIf", bomb) + picture[33:], FACE + "|" + NO_FACE
    yield "exif.webp", encoded(person, "WEBP", exif=bomb), FACE + "|" + NO_FACE
    yield "exif.avif", _avif_with_exif(person, exif_bomb(30_000, 100_000)), FACE
    zeros = zlib.compress(bytes(100_000_000), 1)
    yield "text.png", picture[:33] + png_chunk(b"zTXt", b"Comment\0\0" + zeros) + picture[33:], FACE
    yield "long-profile.png", picture[:33] + png_chunk(b"iCCP", b"p\0\0" + zeros) + picture[33:], f"{FACE}|{NO_PICTURE}"
    yield "segments.jpg", jpeg[:2] + b"\xff\xe3\0\2" * 5_000_000 + jpeg[2:], NO_PICTURE
    yield "between.jpg", jpeg[:2] + b"\xff\0" + b"a" * 20_000_000 + jpeg[2:], FACE
    yield "fill.jpg", jpeg[:2] + b"\xff" * 20_000_000 + jpeg[2:], f"{FACE}|{NO_PICTURE}"
    yield "chunks.png", picture[:33] + png_chunk(b"prVt", b"") * 1_000_000 + picture[33:], NO_PICTURE
    table = 13 + 3 * (2 << (gif[10] & 7))
    comments = b"\x21\xfe" + (b"\xff" + b"c" * 255) * 60_000 + b"\0"
    yield "comments.gif", gif[:table] + comments + gif[table:], FACE
    yield "blocks.gif", gif[:table] + b"\x21\xfe" + b"\1c" * 9_000_000, NO_PICTURE
    passes = encoded(Image.new("RGB", (4000, 3000)), "JPEG", progressive=True)
    last = passes[passes.rindex(b"\xff\xda") : -2]
    many = r"The photo is stored in too many passes; save it again as a plain JPEG or PNG\."
    yield "20000-passes.jpg", passes[:-2] + last * 20_000 + b"\xff\xd9", many


def _avif_with_exif(person: Image.Image, notes: bytes) -> bytes:
    """Pillow would read the notes before it writes them: others of the same length are written and replaced."""
    exif = Image.Exif()
    exif[0x010E] = "x" * len(notes)
    data = encoded(person, "AVIF", speed=10, exif=exif.tobytes())
    start = data.rindex(b"MM\0*" if b"MM\0*" in data else b"II*\0", 0, data.index(b"x" * 1000))
    return data[:start] + notes + data[start + len(notes) :]


def _people(front: Image.Image, side: Image.Image) -> Iterator[File]:
    """What is in the picture."""
    several = Image.new("RGB", (1536, 1024))
    for number, name in enumerate(EXAMPLES):
        several.paste(_person(name), (512 * (number % 3), 512 * (number // 3)))
    far = Image.new("RGB", (1600, 1200), (150, 160, 170))
    far.paste(_person("bob").resize((70, 70)), (800, 500))
    numbers = r"crop it to one, or choose one by its number \(0 is the leftmost\)\."
    pictures: dict[str, tuple[Image.Image, str]] = {
        "wall": (Image.new("RGB", (640, 480), (120, 130, 140)), NO_FACE),
        "static": (Image.effect_noise((512, 512), 90).convert("RGB"), NO_FACE),
        "six-people": (several, rf"The photo shows 5 or more faces; {numbers}"),
        "two-people": (several.crop((0, 0, 1024, 512)), rf"The photo shows 2 faces; {numbers}"),
        "far-away": (far, rf"{NO_FACE}|The face is only \d+ px tall; .*"),
        "profile": (side, NO_FACE),
        "half-a-face": (_person().crop((0, 0, 256, 512)), NO_FACE),
        "masked": (_masked(_person("bob")), FACE),
        "sunglasses": (_in_sunglasses(_person("bob")), FACE),
        "upside-down": (_person().rotate(180), FACE),
        "at-night": (_person().point(lambda value: value // 20), FACE),
        "out-of-focus": (_person("bob").filter(ImageFilter.GaussianBlur(14)), FACE),
        "toon": (front, FACE),
        "drawing": (_drawn(_person("bob")), FACE),
        "smiley": (_smiley(), NO_FACE),
        "pet": (_cat(), NO_FACE),
    }
    yield from ((f"{name}.png", encoded(image), answer) for name, (image, answer) in pictures.items())


def _painted(image: Image.Image, paint: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    painted = image.copy()
    paint(ImageDraw.Draw(painted))
    return painted


def _masked(person: Image.Image) -> Image.Image:
    """A surgeon's mask over mouth and nose of an aligned picture."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        outline = [(150, 300), (256, 265), (362, 300), (350, 400), (256, 450), (162, 400)]
        draw.polygon(outline, fill=(120, 170, 210))
        for ear in ([(150, 300), (95, 280)], [(362, 300), (417, 280)]):
            draw.line(ear, fill=(240, 240, 240), width=6)

    return _painted(person, paint)


def _in_sunglasses(person: Image.Image) -> Image.Image:
    def paint(draw: ImageDraw.ImageDraw) -> None:
        for x in (192, 320):
            draw.ellipse([x - 62, 190, x + 62, 290], fill=(12, 12, 14))
        draw.line([(90, 220), (422, 220)], fill=(12, 12, 14), width=10)

    return _painted(person, paint)


def _drawn(person: Image.Image) -> Image.Image:
    """Ink lines where the picture changes."""
    edges = person.convert("L").filter(ImageFilter.GaussianBlur(2)).filter(ImageFilter.FIND_EDGES)
    return ImageOps.invert(edges.point(lambda value: min(255, value * 6))).convert("RGB")


def _smiley() -> Image.Image:
    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse([60, 60, 452, 452], fill=(255, 220, 60), outline="black", width=6)
        for x in (190, 322):
            draw.ellipse([x - 22, 180, x + 22, 250], fill="black")
        draw.arc([150, 200, 362, 390], 20, 160, fill="black", width=10)

    return _painted(Image.new("RGB", (512, 512), "white"), paint)


def _cat() -> Image.Image:
    fur, nose = (190, 130, 70), (230, 140, 140)

    def paint(draw: ImageDraw.ImageDraw) -> None:
        for ear in ([(110, 200), (120, 50), (220, 130)], [(402, 200), (392, 50), (292, 130)]):
            draw.polygon(ear, fill=fur)
        draw.ellipse([90, 110, 422, 430], fill=fur)
        for x in (185, 327):
            draw.ellipse([x - 38, 210, x + 38, 270], fill=(200, 220, 90))
            draw.ellipse([x - 8, 212, x + 8, 268], fill="black")
        draw.polygon([(236, 300), (276, 300), (256, 325)], fill=nose)
        for y in (-20, 0, 20):
            draw.line([(200, 330), (60, 330 + y)], fill="white", width=3)
            draw.line([(312, 330), (452, 330 + y)], fill="white", width=3)

    return _painted(Image.new("RGB", (512, 512), (120, 150, 90)), paint)
