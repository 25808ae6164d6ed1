import numpy as np

from core.canonical.fill import push_pull


def plane(height: int = 61, width: int = 83) -> np.ndarray:
    rows, columns = np.indices((height, width))
    return np.stack([0.01 * columns, 0.5 - 0.004 * rows + 0.002 * columns], -1).astype(np.float32)


def test_what_is_known_stays_and_scattered_holes_close() -> None:
    wanted = plane()
    known = np.random.default_rng(0).random(wanted.shape[:2]) < 0.4
    filled = push_pull(np.where(known[..., None], wanted, 7.0).astype(np.float32), known)
    np.testing.assert_array_equal(filled[known], wanted[known])
    missed = np.abs(filled - wanted)[~known]
    assert missed.max() < 0.05 and missed.mean() < 0.008, "what is unknown does not leak in"


def test_a_large_hole_is_filled_smoothly() -> None:
    wanted = plane(64, 64)
    known = np.ones((64, 64), bool)
    known[16:48, 16:48] = False
    filled = push_pull(wanted, known)
    assert np.abs(filled - wanted).max() < 0.1, "of a range of 0.63"
    for axis in (0, 1):
        steps = np.abs(np.diff(filled, axis=axis))
        assert steps.max() < 0.05, "no edges of blocks"


def test_one_pixel_is_enough_and_none_gives_nothing() -> None:
    known = np.zeros((9, 14), bool)
    color = np.full((9, 14, 3), 0.3, np.float32)
    assert (push_pull(color, known) == 0).all()
    known[7, 2] = True
    np.testing.assert_allclose(push_pull(color, known), color, atol=1e-6)
