"""Pages of panels, and their files."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from core.avatar.model import Avatar
from core.comics.layout import Box, PageLayout, layout_pages, scaled
from core.comics.lettering import blocks
from core.comics.model import Panel, Script
from core.comics.panel import Composition, compose, draw_panel
from core.comics.players import Player, facing, take_posture
from core.errors import InvalidRequest
from core.formats.files import replacing
from core.stickers.hand import INK

SUFFIXES = (".png", ".webp", ".pdf")
"""What :func:`save_comic` can write."""

Progress = Callable[[float], None]
"""Called with the share of the work done; may raise Cancelled to stop it."""

_PAPER = (255, 253, 248)
_LETTER_PX = (33.0, 30.5, 28.0, 25.5, 23.0, 21.0, 19.0, 17.0, 15.0)
"""Heights of letters to try, at the width of a screen page."""
_SKETCHED_PX = (30.5, 23.0, 15.0)
_EVEN = 1.22
"""How much larger letters may be in one panel than in another of its page."""
_SMALL = 4.0
"""How much worse a panel becomes on the way from the largest letters to none."""
_BORDER_PX = 5.0


def draw_comic(script: Script, avatars: Sequence[Avatar], progress: Progress = lambda share: None) -> list[Image.Image]:
    """All pages of a comic.

    Args:
        script: what happens.
        avatars: the cast, in its order; further ones do not appear.
        progress: called after each panel.

    Returns:
        RGB pictures that know their resolution (``info["dpi"]``).

    Raises:
        InvalidRequest: if avatars are missing, a panel has too many words for its size, or no font can write them.
    """
    layouts = _layouts(script, avatars)
    pages, start = [], 0
    for layout in layouts:
        numbers = range(start, start + len(layout.panels))
        start = numbers.stop

        def tell(share: float, numbers: range = numbers) -> None:
            progress((numbers.start + share * len(numbers)) / len(script.panels))

        pages.append(_draw_page(script, [(n, script.panels[n]) for n in numbers], avatars, layout, _LETTER_PX, tell))
    return pages


def sketch_comic(script: Script, avatars: Sequence[Avatar], width: int) -> Image.Image:
    """What the first page would look like, so many pixels wide, in a moment: few sizes of letters are tried.

    Raises:
        InvalidRequest: as :func:`draw_comic`.
    """
    layout = _layouts(script, avatars)[0]
    small = scaled(layout, width / layout.width)
    panels = list(enumerate(script.panels[: len(layout.panels)]))
    return _draw_page(script, panels, avatars, small, _SKETCHED_PX, lambda share: None)


def _layouts(script: Script, avatars: Sequence[Avatar]) -> list[PageLayout]:
    if len(avatars) < len(script.cast):
        names = ", ".join(script.cast)
        raise InvalidRequest(f"This comic needs {len(script.cast)} avatars ({names}), not {len(avatars)}.")
    return layout_pages(script.layout, len(script.panels), script.paper, bool(script.title))


def save_comic(pages: Sequence[Image.Image], path: Path) -> None:
    """Writes pages as a PNG, a WebP or a PDF.

    Args:
        pages: from :func:`draw_comic`.
        path: ends in one of :data:`SUFFIXES`; only a PDF holds more than one page.

    Raises:
        InvalidRequest: if there is no such format, or it cannot hold so many pages.
        OSError: if the file cannot be written.
    """
    suffix = path.suffix.lower()
    check_suffix(suffix, len(pages))
    first, dpi = pages[0], pages[0].info["dpi"][0]
    with replacing(path) as unfinished:
        if suffix == ".pdf":
            first.save(unfinished, "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi, quality=92)
        elif suffix == ".png":
            first.save(unfinished, "PNG", dpi=(dpi, dpi), compress_level=6)
        else:
            first.save(unfinished, "WEBP", quality=88, method=4)


def check_suffix(suffix: str, pages: int) -> None:
    """Nothing, if so many pages can be saved so.

    Raises:
        InvalidRequest: if not.
    """
    if suffix not in SUFFIXES:
        raise InvalidRequest(f"There is no comic format {suffix or 'without a suffix'}; choose .png, .webp or .pdf.")
    if suffix != ".pdf" and pages > 1:
        raise InvalidRequest(f"This comic has {pages} pages, and a {suffix} file holds one; choose .pdf.")


def compose_panels(
    panels: Sequence[tuple[int, Panel]],
    people: Sequence[Sequence[Player]],
    layout: PageLayout,
    capitals: bool,
    letters_px: Sequence[float] = _LETTER_PX,
) -> list[Composition]:
    """Where everything is in the panels of a page, lettered in sizes that do not differ much.

    Args:
        panels: each with its number in the comic, from 0.
        people: the players of each.
        layout: of the page.
        capitals: whether all is lettered in capitals.
        letters_px: heights of letters to try, the largest first, at the width of a screen page.

    Raises:
        InvalidRequest: if a panel has too many words for its size, or no font can write them.
    """
    best = []
    for (number, panel), players, box in zip(panels, people, layout.panels, strict=True):
        found = _compose_at(letters_px, panel, players, box, layout.unit, number, capitals)
        if found is None:
            raise InvalidRequest(
                f"Panel {number + 1} has too many words for its size; shorten them, or choose larger panels."
            )
        best.append(found)
    lettered = [size for (size, _), (_, panel) in zip(best, panels, strict=True) if panel.lines]
    largest = _EVEN * min(lettered, default=letters_px[0])
    sizes = [size for size in letters_px if size <= largest]
    compositions = []
    for (size, chosen), (number, panel), players, box in zip(best, panels, people, layout.panels, strict=True):
        again = _compose_at(sizes, panel, players, box, layout.unit, number, capitals) if size > largest else None
        compositions.append(again[1] if again else chosen)
    return compositions


def _compose_at(
    sizes: Sequence[float],
    panel: Panel,
    players: Sequence[Player],
    box: Box,
    unit: float,
    number: int,
    capitals: bool,
) -> tuple[float, Composition] | None:
    """The best of these sizes of letters for a panel; None if none fits."""
    best: tuple[float, Composition] | None = None
    least = np.inf
    for size in sizes:
        small = _SMALL * (1 - size / _LETTER_PX[0])
        if small >= least:
            break
        found = compose(panel, players, box.width, box.height, size * unit, side_of(number), capitals)
        if found is not None and found.cost + small < least:
            best, least = (size, found), found.cost + small
    return best


def side_of(number: int) -> int:
    """On which side a panel is looked at from, by its number: in turns."""
    return -1 if number % 2 == 0 else 1


def _draw_page(
    script: Script,
    panels: list[tuple[int, Panel]],
    avatars: Sequence[Avatar],
    layout: PageLayout,
    letters_px: Sequence[float],
    progress: Progress,
) -> Image.Image:
    people = []
    for _, panel in panels:
        count = len(panel.actors)
        people.append([take_posture(avatars[a.who], a, facing(count, k)) for k, a in enumerate(panel.actors)])
        progress(0.3 * len(people) / len(panels))
    compositions = compose_panels(panels, people, layout, script.capitals, letters_px)
    progress(0.4)
    page = Image.new("RGB", (layout.width, layout.height), _PAPER)
    for done, ((number, panel), composition, box) in enumerate(
        zip(panels, compositions, layout.panels, strict=True), 1
    ):
        picture = draw_panel(panel, composition, box.width, box.height, side_of(number))
        _paste(page, picture, box, _BORDER_PX * layout.unit)
        progress(0.4 + 0.6 * done / len(panels))
    if layout.title is not None:
        _write_title(page, script.title.upper() if script.capitals else script.title, layout.title)
    page.info["dpi"] = (layout.dpi, layout.dpi)
    return page


def _paste(page: Image.Image, picture: np.ndarray, box: Box, border: float) -> None:
    """A panel with rounded corners and its frame, smooth by drawing it finer."""
    fine, radius = 4, 2.2 * border
    size = (box.width * fine, box.height * fine)
    outer, inner = Image.new("L", size), Image.new("L", size)
    ImageDraw.Draw(outer).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius * fine, fill=255)
    edge = round(border * fine)
    ImageDraw.Draw(inner).rounded_rectangle(
        (edge, edge, size[0] - 1 - edge, size[1] - 1 - edge), (radius - border) * fine, fill=255
    )
    ink: tuple[int, int, int] = tuple(round(255 * value) for value in INK)  # pyright: ignore[reportAssignmentType]
    page.paste(ink, (box.x, box.y), outer.reduce(fine))
    pixels: UInt8[np.ndarray, "h w 3"] = np.rint(picture * 255).astype(np.uint8)
    page.paste(Image.fromarray(pixels), (box.x, box.y), inner.reduce(fine))


def _write_title(page: Image.Image, title: str, box: Box) -> None:
    """As large as it fits on one line, or on two."""
    for share in (0.72, 0.62, 0.54, 0.46, 0.4, 0.34, 0.28):
        fitting = [
            block
            for block in blocks(title, share * box.height, float(box.width))
            if len(block.lines) <= (1 if share > 0.4 else 2)
        ]
        if fitting:
            block = min(fitting, key=lambda block: len(block.lines))
            if block.width <= box.width and block.height <= box.height:
                break
    else:
        raise InvalidRequest("The title is too long for the page; shorten it.")
    cover = Image.fromarray((255 * block.cover()).astype(np.uint8))
    ink: tuple[int, int, int] = tuple(round(255 * value) for value in INK)  # pyright: ignore[reportAssignmentType]
    place = box.x + (box.width - cover.width) // 2, box.y + (box.height - cover.height) // 2
    page.paste(ink, place, cover)
