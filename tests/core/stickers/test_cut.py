"""What is cut out has a clean white edge, on black as on white."""

import numpy as np
import pytest

from core.stickers.cut import OUTLINES, Cut, cut_out, outline_named, to_rgba8

SIZE = 256


def disc(radius: float = 60.0, color: tuple[float, float, float] = (0.1, 0.1, 0.1)) -> np.ndarray:
    rows, columns = np.mgrid[:SIZE, :SIZE] + 0.5
    alpha = np.clip(radius + 0.5 - np.hypot(rows - 128, columns - 128), 0, 1).astype(np.float32)[..., None]
    return np.concatenate([alpha * np.array(color, np.float32), alpha], -1)


def over(rgba: np.ndarray, ground: float) -> np.ndarray:
    alpha = rgba[..., 3:] / 255
    return rgba[..., :3] / 255 * alpha + ground * (1 - alpha)


@pytest.fixture(scope="module")
def sticker() -> np.ndarray:
    return to_rgba8(cut_out(disc()))


def test_the_outline_is_white_even_and_as_wide_as_said(sticker):
    row = sticker[128]
    white = (row[:, :3] > 250).all(-1) & (row[:, 3] > 250)
    left = np.flatnonzero(white[:128])
    assert len(left) == pytest.approx(Cut().outline_px / 2, abs=1.1)
    on_black = over(sticker, 0.0)
    # A quarter of a pixel at most.
    assert np.abs(on_black[:, ::-1] - on_black).max() < 0.25


def test_no_halo_on_black_or_white(sticker):
    # Along a ray from the picture outwards: on black, from the white outline on it only gets darker, and on white
    # there is no dark line but the shadow, which is never darker than its strength.
    on_black, on_white = over(sticker, 0.0)[128, :, 0], over(sticker, 1.0)[128, :, 0]
    edge = 128 + 60 + 3
    assert on_black[edge] > 0.97
    assert (np.diff(on_black[edge:]) <= 0.004).all()
    assert on_white[edge:].min() >= 1 - Cut().shadow - 0.02
    assert on_black[edge + 25 :].max() < 0.01 and on_white[edge + 25 :].min() > 0.98


def test_the_inner_edge_mixes_only_picture_and_white(sticker):
    values = over(sticker, 0.5)[128, 128 + 50 : 128 + 63, 0]
    assert (np.diff(values) >= -0.004).all(), "from dark picture to white outline without a fringe"


def test_the_shadow_lies_below_and_fades(sticker):
    alpha = sticker[..., 3].astype(int)
    below, above = alpha[128 + 60 + 8, 128], alpha[128 - 60 - 9, 128]
    assert below > above and sticker[0].max() == 0 and alpha[:, 0].max() == 0


def test_narrow_notches_and_holes_are_filled():
    canvas = disc()
    canvas[100:156, 124:130] = 0
    canvas[128 - 62 : 100, 126:129] = 0
    rgba = to_rgba8(cut_out(canvas))
    assert (rgba[100:156, 125:129] > 250).all(), "the hole is white"
    assert (rgba[70:100, 127] > 250).all(), "so is the notch"


@pytest.mark.parametrize("gap", [4, 8, 14])
def test_the_outline_is_as_wide_near_the_edge_of_the_picture(gap: int):
    canvas = np.zeros((SIZE, SIZE, 4), np.float32)
    canvas[SIZE - gap - 60 : SIZE - gap, 60:196] = (0.1, 0.1, 0.1, 1)
    alpha = to_rgba8(cut_out(canvas, Cut(shadow=0.0)))[..., 3].astype(int)
    outline = round(Cut().outline_px / 2)
    assert (alpha[SIZE - gap + outline + 1 :] < 20).all() and (alpha[SIZE - gap : SIZE - gap + 3, 70:186] > 250).all()


def test_nothing_gives_nothing():
    assert not cut_out(np.zeros((64, 64, 4), np.float32)).any()


@pytest.mark.parametrize("name", list(OUTLINES))
def test_outlines_to_choose_from_are_as_wide_as_they_say_and_have_no_halo(name: str):
    cut = outline_named(name)
    sticker = to_rgba8(cut_out(disc(), cut))
    row = sticker[128]
    white = (row[:128, :3] > 250).all(-1) & (row[:128, 3] > 250)
    assert white.sum() == pytest.approx(cut.outline_px / 2, abs=1.1)
    edge = 128 + 60 + 3
    on_black, on_white = over(sticker, 0.0)[128, :, 0], over(sticker, 1.0)[128, :, 0]
    assert (np.diff(on_black[edge:]) <= 0.004).all() and on_white[edge:].min() >= 1 - cut.shadow - 0.02
