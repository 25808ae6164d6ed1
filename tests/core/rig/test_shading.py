import numpy as np

from core.oklab import to_oklab
from core.rig.masks import dilated, eroded
from core.rig.shading import highlight, lit


def directions(count: int = 400) -> np.ndarray:
    normals = np.random.default_rng(0).normal(size=(count, 3))
    return (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32)


def lightness(colors: np.ndarray) -> np.ndarray:
    return to_oklab(colors)[:, 0]


def test_light_comes_from_above_the_avatars_left() -> None:
    grey = np.full((4, 3), 0.5, np.float32)
    towards, away, up, down = lightness(
        lit(grey, np.float32([[0.32, 0.58, 0.75], [-0.32, -0.58, -0.75], [0, 1, 0], [0, -1, 0]]))
    )
    assert towards > away + 0.05 and up > down


def test_depth_zero_leaves_colours_as_they_are() -> None:
    normals = directions()
    colors = np.random.default_rng(1).uniform(0, 1, (len(normals), 3)).astype(np.float32)
    np.testing.assert_allclose(lit(colors, normals, 0.7, depth=0.0, warmth=1.0), colors, atol=3e-4)


def test_occlusion_darkens_and_warmth_reddens_shadows() -> None:
    normals = directions()
    grey = np.full((len(normals), 3), 0.5, np.float32)
    free, hidden = lit(grey, normals, 0.0), lit(grey, normals, np.full(len(normals), 0.8, np.float32))
    assert (lightness(hidden) < lightness(free)).all()
    warm = lit(grey, normals, 0.8, warmth=1.0)
    assert (to_oklab(warm)[:, 1] > to_oklab(hidden)[:, 1]).all()
    for colors in (free, hidden, warm):
        assert colors.min() >= 0 and colors.max() <= 1 and colors.dtype == np.float32


def test_a_highlight_is_where_light_is_mirrored() -> None:
    normals = directions(4000)
    soft, sharp = highlight(normals, 10.0), highlight(normals, 100.0)
    assert sharp.min() >= 0 and soft.max() <= 1
    assert (sharp <= soft + 1e-6).all()
    brightest = normals[soft.argmax()]
    assert brightest[2] > 0.85 and brightest[1] > 0.1
    assert soft[normals[:, 2] < -0.3].max() < 1e-6


def test_masks_grow_and_shrink_by_pixels() -> None:
    mask = np.zeros((40, 40), bool)
    mask[10:30, 12:28] = True
    smaller = np.zeros_like(mask)
    smaller[13:27, 15:25] = True
    np.testing.assert_array_equal(eroded(mask, 3), smaller)
    assert dilated(mask, 3)[7, 20] and not dilated(mask, 3)[6, 20]
