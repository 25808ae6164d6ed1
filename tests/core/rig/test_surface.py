import numpy as np

from core.gaussians import rotation_matrices
from core.rig.head import RIG_PARTS, HeadRig
from core.rig.surface import SurfacePattern, place


def test_splats_lie_flat_on_the_head(rig: HeadRig, pattern: SurfacePattern) -> None:
    placed = place(pattern, rig, rig.neutral)
    np.testing.assert_allclose(np.linalg.norm(placed.quats, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(placed.normals, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rotation_matrices(placed.quats)[:, :, 2], placed.normals, atol=1e-5)
    assert placed.scales.min() > 0
    assert (placed.scales.argmin(1) == 2).all(), "the normal is the thinnest axis"
    for part in ("scalp", "neck"):
        on = rig.splat_part == RIG_PARTS.index(part)
        assert ((placed.means[on] * placed.normals[on]).sum(1) > 0).mean() > 0.98, part
    skin = rig.splat_part == RIG_PARTS.index("skin")
    assert ((placed.means[skin] * placed.normals[skin]).sum(1) > 0).mean() > 0.95


def test_on_the_neutral_head_splats_are_round(rig: HeadRig, pattern: SurfacePattern) -> None:
    """But at creases, where the smooth normal is not the triangle's own."""
    scales = place(pattern, rig, rig.neutral).scales
    assert (np.abs(scales[:, 0] / scales[:, 1] - 1) < 0.05).mean() > 0.9
    # As wide as their neighbours are away, so that no hole shows.
    share = scales[:, 0] / pattern.spacing
    assert (share > 0.88).mean() > 0.95 and (share < 1.25).mean() > 0.95
    fine = pattern.spacing < 0.1
    assert share[fine].mean() < 1.0 < share[~fine].mean(), "fine detail keeps its edges"


def test_splats_turn_and_grow_with_the_head(rig: HeadRig, pattern: SurfacePattern) -> None:
    turn = np.float32([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    before, after = place(pattern, rig, rig.neutral), place(pattern, rig, 2 * rig.neutral @ turn.T)
    np.testing.assert_allclose(after.means, 2 * before.means @ turn.T, atol=1e-4)
    np.testing.assert_allclose(after.normals, before.normals @ turn.T, atol=1e-4)
    # Their shrinking is limited, so in creases the smallest do not double.
    assert np.isclose(after.scales[:, :2], 2 * before.scales[:, :2], rtol=1e-3).mean() > 0.99
    np.testing.assert_allclose(after.scales[:, 2], before.scales[:, 2], rtol=1e-5)
    turned = turn @ rotation_matrices(before.quats)
    np.testing.assert_allclose(np.abs((rotation_matrices(after.quats) * turned).sum(1)), 1, atol=1e-3)


def test_a_stretch_along_one_direction_stretches_one_axis(rig: HeadRig, pattern: SurfacePattern) -> None:
    wide = rig.neutral * np.float32((1.5, 1, 1))
    before, after = place(pattern, rig, rig.neutral), place(pattern, rig, wide)
    # Where the head faces straight ahead, x lies in the surface along the first axis.
    ahead = before.normals[:, 2] > 0.998
    assert ahead.sum() > 20
    np.testing.assert_allclose(after.scales[ahead, 0] / before.scales[ahead, 0], 1.5, rtol=0.04)
    np.testing.assert_allclose(after.scales[ahead, 1] / before.scales[ahead, 1], 1.0, rtol=0.04)


def test_a_shear_keeps_the_area_of_splats(rig: HeadRig, pattern: SurfacePattern) -> None:
    sheared = rig.neutral.copy()
    sheared[:, 0] += 0.6 * rig.neutral[:, 1]
    before, after = place(pattern, rig, rig.neutral), place(pattern, rig, sheared)
    ahead = before.normals[:, 2] > 0.998
    area = after.scales[ahead, :2].prod(1) / before.scales[ahead, :2].prod(1)
    np.testing.assert_allclose(area, 1, rtol=0.06)


def test_some_splats_are_placed_as_all_are(rig: HeadRig, pattern: SurfacePattern) -> None:
    rows = np.array([5, 17, 4000], np.int32)
    some, every = place(pattern, rig, rig.neutral, rows), place(pattern, rig, rig.neutral)
    for field in ("means", "quats", "scales", "normals"):
        np.testing.assert_allclose(getattr(some, field), getattr(every, field)[rows], atol=1e-6)
