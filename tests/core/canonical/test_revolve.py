import numpy as np

from core.canonical.revolve import revolved


def test_a_brim_seen_from_the_front_becomes_a_disc_about_the_head() -> None:
    depth = np.stack([np.full((20, 20), -1.0, np.float32), np.full((20, 20), 3.0, np.float32)])
    coverage = np.zeros((20, 20), np.float32)
    coverage[3, 2:18] = 1.0
    found = revolved(depth, coverage, 0.5)
    across = 0.5 * (np.arange(2, 18) + 0.5 - 10)
    np.testing.assert_allclose((found[1] - found[0])[3, 2:18] / 2, np.sqrt(16 - across**2), rtol=1e-5)
    np.testing.assert_allclose(found.mean(0)[3, 2:18], 1.0, atol=1e-6)


def test_stretches_of_a_row_are_bodies_of_their_own_and_beside_them_nothing_changes() -> None:
    rng = np.random.default_rng(0)
    depth = rng.normal(size=(2, 12, 12)).astype(np.float32)
    coverage = np.zeros((12, 12), np.float32)
    coverage[5, 1:3] = coverage[5, 8:12] = coverage[7, 6] = 1.0
    found = revolved(depth, coverage, 1.0)
    np.testing.assert_array_equal(found[:, coverage < 0.5], depth[:, coverage < 0.5])
    thick = (found[1] - found[0])[5]
    assert thick[1:3].max() < 2.001 < thick[8:12].max() < 4.001 and np.ptp(thick[9:11]) < 1e-5
    np.testing.assert_allclose((found[1] - found[0])[7, 6], 1.0, rtol=1e-6)


def test_an_empty_picture_has_nothing_round() -> None:
    depth = np.ones((2, 4, 4), np.float32)
    np.testing.assert_array_equal(revolved(depth, np.zeros((4, 4), np.float32), 1.0), depth)
