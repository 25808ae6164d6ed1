import pytest

from core.comics.layout import LAYOUTS, PAPERS, layout_pages
from core.errors import InvalidRequest


@pytest.mark.parametrize("name", ["auto", *LAYOUTS])
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 24])
def test_panels_lie_on_their_page_side_by_side(name: str, paper: str, count: int) -> None:
    pages = layout_pages(name, count, paper, titled=True)
    assert sum(len(page.panels) for page in pages) == count
    for number, page in enumerate(pages):
        boxes = [*page.panels, *([page.title] if page.title else [])]
        assert (page.title is not None) == (number == 0)
        for box in boxes:
            assert box.x >= 0 and box.y >= 0 and box.width > 0 and box.height > 0
            assert box.x + box.width <= page.width and box.y + box.height <= page.height
        for k, one in enumerate(boxes):
            for other in boxes[:k]:
                beside = one.x >= other.x + other.width or other.x >= one.x + one.width
                below = one.y >= other.y + other.height or other.y >= one.y + one.height
                assert beside or below
        assert all(0.5 < box.width / box.height < 4.5 for box in page.panels)


def test_panels_are_read_row_by_row() -> None:
    page = layout_pages("wide-2", 3, "screen", titled=False)[0]
    first, second, third = page.panels
    assert first.width > 1.9 * second.width
    assert second.y == third.y > first.y and third.x > second.x


def test_paper_has_its_own_size() -> None:
    upright = layout_pages("2x3", 6, "a4", titled=False)[0]
    assert (upright.width, upright.height, upright.dpi) == (1654, 2339, 200)
    lying = layout_pages("strip-4", 4, "letter", titled=False)[0]
    assert (lying.width, lying.height) == (2200, 1700)


def test_unknown_names_are_refused() -> None:
    for name, paper in (("ring", "screen"), ("2x2", "a0")):
        with pytest.raises(InvalidRequest, match="There is no"):
            layout_pages(name, 4, paper, titled=False)
