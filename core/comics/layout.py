"""Where panels are on a page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.errors import InvalidRequest

MARGIN_PX, GUTTER_PX, TITLE_PX = 40, 22, 104
"""At the width of a screen page; paper pages scale them."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, x right and y down."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Row:
    """Panels side by side."""

    height_px: int
    """On a screen page."""
    widths: tuple[float, ...]
    """Relative widths of its panels."""


@dataclass(frozen=True)
class Grid:
    """Rows from the top."""

    width_px: int
    """Of a screen page, with margins."""
    rows: tuple[Row, ...]

    @property
    def count(self) -> int:
        """How many panels it has."""
        return sum(len(row.widths) for row in self.rows)


LAYOUTS: Mapping[str, Grid] = {
    "single": Grid(1080, (Row(1000, (1.0,)),)),
    "strip-2": Grid(1500, (Row(700, (1.0, 1.0)),)),
    "strip-3": Grid(1920, (Row(640, (1.0, 1.0, 1.0)),)),
    "strip-4": Grid(2240, (Row(600, (1.0, 1.0, 1.0, 1.0)),)),
    "2x2": Grid(1400, (Row(620, (1.0, 1.0)), Row(620, (1.0, 1.0)))),
    "wide-2": Grid(1400, (Row(600, (1.0,)), Row(620, (1.0, 1.0)))),
    "2-wide": Grid(1400, (Row(620, (1.0, 1.0)), Row(600, (1.0,)))),
    "2-wide-2": Grid(1400, (Row(600, (1.0, 1.0)), Row(560, (1.0,)), Row(600, (1.0, 1.0)))),
    "uneven": Grid(1400, (Row(600, (1.25, 1.0)), Row(600, (1.0, 1.25)))),
    "2x3": Grid(1400, (Row(580, (1.0, 1.0)), Row(580, (1.0, 1.0)), Row(580, (1.0, 1.0)))),
    "column": Grid(900, (Row(620, (1.0,)), Row(620, (1.0,)), Row(620, (1.0,)), Row(620, (1.0,)))),
}
"""Grids by name."""

AUTO = {1: "single", 2: "strip-2", 3: "wide-2", 4: "2x2", 5: "2-wide-2", 6: "2x3"}
"""By number of panels; more go onto several pages of six."""


@dataclass(frozen=True)
class Paper:
    """A sheet to print on."""

    width_mm: float
    height_mm: float


PAPERS: Mapping[str, Paper | None] = {"screen": None, "a4": Paper(210.0, 297.0), "letter": Paper(215.9, 279.4)}
"""``screen`` is as large as the grid; the others stand upright, or lie if the grid is wide."""
PRINT_DPI, SCREEN_DPI = 200, 150


@dataclass(frozen=True)
class PageLayout:
    """A page without its pictures."""

    width: int
    height: int
    panels: tuple[Box, ...]
    title: Box | None
    unit: float
    """Pixels to a pixel of a screen page: lines and letters scale with it."""
    dpi: int


def layout_pages(name: str, count: int, paper: str, titled: bool) -> list[PageLayout]:
    """The pages for so many panels; a last row with fewer panels makes them wider.

    Args:
        name: one of :data:`LAYOUTS`, or ``auto``.
        count: number of panels, at least 1.
        paper: one of :data:`PAPERS`.
        titled: whether the first page has a title.

    Raises:
        InvalidRequest: if there is no such layout or paper.
    """
    if name != "auto" and name not in LAYOUTS:
        raise InvalidRequest(f"There is no layout called {name!r}; choose auto, {', '.join(LAYOUTS)}.")
    if paper not in PAPERS:
        raise InvalidRequest(f"There is no paper called {paper!r}; choose {', '.join(PAPERS)}.")
    grid = LAYOUTS[AUTO.get(count, "2x3") if name == "auto" else name]
    pages = []
    for start in range(0, count, grid.count):
        rows = _filled(grid.rows, min(grid.count, count - start))
        pages.append(_page(grid, rows, PAPERS[paper], titled and start == 0))
    return pages


def scaled(layout: PageLayout, share: float) -> PageLayout:
    """The same page, so many times as large."""

    def box(given: Box) -> Box:
        left, top = round(given.x * share), round(given.y * share)
        right, bottom = round((given.x + given.width) * share), round((given.y + given.height) * share)
        return Box(left, top, right - left, bottom - top)

    return replace(
        layout,
        width=round(layout.width * share),
        height=round(layout.height * share),
        panels=tuple(box(panel) for panel in layout.panels),
        title=None if layout.title is None else box(layout.title),
        unit=layout.unit * share,
    )


def _filled(rows: tuple[Row, ...], count: int) -> list[Row]:
    """The rows that so many panels fill."""
    kept = []
    for row in rows:
        if count > 0:
            kept.append(Row(row.height_px, row.widths[:count]))
        count -= len(row.widths)
    return kept


def _page(grid: Grid, rows: list[Row], paper: Paper | None, titled: bool) -> PageLayout:
    head = TITLE_PX if titled else 0
    inner = sum(row.height_px for row in rows) + GUTTER_PX * (len(rows) - 1)
    width, height, unit, stretch, dpi = grid.width_px, inner + 2 * MARGIN_PX + head, 1.0, 1.0, SCREEN_DPI
    top = float(MARGIN_PX)
    if paper is not None:
        dpi = PRINT_DPI
        sides = round(paper.width_mm / 25.4 * dpi), round(paper.height_mm / 25.4 * dpi)
        # A page may be stretched to the paper's height, but not so far that panels become towers.
        width, height = sorted(sides, reverse=grid.width_px > 1.2 * height)
        unit = min(width / grid.width_px, height / (inner + 2 * MARGIN_PX + head))
        free = height / unit - 2 * MARGIN_PX - head
        stretch = min(free / inner, 1.3)
        top = MARGIN_PX + (free - inner * stretch) / 2
    left = (width / unit - (grid.width_px - 2 * MARGIN_PX)) / 2
    across = float(grid.width_px - 2 * MARGIN_PX)
    title = _box(left, top, across, head - 20.0, unit) if titled else None
    y, boxes = top + head, []
    for row in rows:
        high = row.height_px * stretch
        share = (across - GUTTER_PX * (len(row.widths) - 1)) / sum(row.widths)
        x = left
        for part in row.widths:
            boxes.append(_box(x, y, part * share, high, unit))
            x += part * share + GUTTER_PX
        y += high + GUTTER_PX * stretch
    return PageLayout(width, height, tuple(boxes), title, unit, dpi)


def _box(x: float, y: float, width: float, height: float, unit: float) -> Box:
    left, top = round(x * unit), round(y * unit)
    return Box(left, top, round((x + width) * unit) - left, round((y + height) * unit) - top)
