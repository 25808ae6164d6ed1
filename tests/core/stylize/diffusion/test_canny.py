import numpy as np
import pytest
from scipy import ndimage

from core.stylize.diffusion.canny import canny_edges


def disc(radius: float = 30.0, level: int = 200, size: int = 96) -> np.ndarray:
    rows, columns = np.mgrid[:size, :size] - (size - 1) / 2
    picture = np.full((size, size, 3), 40, np.uint8)
    picture[np.hypot(rows, columns) < radius] = level
    return picture


def test_the_outline_of_a_disc_is_found_once_and_in_its_place() -> None:
    edges = canny_edges(disc())
    rows, columns = np.nonzero(edges)
    distance = np.hypot(rows - 47.5, columns - 47.5)
    assert np.abs(distance - 30).max() < 1.5
    # One closed line, about as long as the circle is round, and thin.
    assert ndimage.label(edges, np.ones((3, 3)))[1] == 1
    assert 2 * np.pi * 30 * 0.85 < edges.sum() < 2 * np.pi * 30 * 1.25


def test_a_plain_picture_and_a_soft_slope_have_no_edges() -> None:
    slope = np.repeat(np.linspace(0, 255, 96)[None, :, None], 96, 0).repeat(3, 2).astype(np.uint8)
    assert not canny_edges(np.full((32, 32, 3), 128, np.uint8)).any() and not canny_edges(slope).any()


@pytest.mark.parametrize(("level", "found"), [(50, False), (65, False), (200, True)])
def test_only_steps_that_are_high_enough_count(level: int, found: bool) -> None:
    assert canny_edges(disc(level=level), 50.0, 120.0).any() == found


def test_a_line_is_followed_to_its_faint_end() -> None:
    # A step that grows from 20 to 180 grey levels along the way; alone, its beginning is too weak.
    picture = np.full((60, 96, 3), 40, np.uint8)
    picture[30:] = (40 + np.linspace(20, 180, 96)).astype(np.uint8)[None, :, None]
    assert canny_edges(picture, 50.0, 120.0)[29:31, 5:90].any(0).all()
    assert not canny_edges(picture[:, :12], 50.0, 120.0).any()


def test_the_picture_is_seen_as_grey_and_its_size_kept() -> None:
    red = disc()
    red[..., 1:] = 40
    assert canny_edges(red[:80]).shape == (80, 96) and canny_edges(red).any()
