"""The buffer is the one Viser itself would send."""

import numpy as np
from viser import GaussianSplatHandle

from core.avatar.blend import Blender
from core.avatar.kernels import half
from core.avatar.model import Avatar
from core.avatar.pack import pack
from core.gaussians import LOG_SCALE, Gaussians, covariances, from_columns, to_columns


def packed_by_viser(gaussians: Gaussians) -> np.ndarray:
    """Viser's own packing, given colours already rounded to bytes."""
    buffer = np.zeros((len(gaussians), 8), np.uint32)
    GaussianSplatHandle._pack_centers(buffer, gaussians.means)
    GaussianSplatHandle._pack_covariances(buffer, covariances(gaussians))
    rgba = np.column_stack([gaussians.colors, gaussians.opacities])
    rgba = np.rint(rgba * 255).astype(np.uint8)
    GaussianSplatHandle._pack_rgba(buffer, rgbs=rgba[:, :3], opacities=rgba[:, 3:])
    return buffer


def assert_same_picture(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_array_equal(ours[:, :4], theirs[:, :4])
    mine, wanted = ours[:, 4:7].copy().view(np.float16), theirs[:, 4:7].copy().view(np.float16)
    # Off the diagonal terms cancel, so float32 rounding is relative to the diagonal and not to the term.
    largest = np.abs(wanted).max(1, keepdims=True)
    step = np.maximum(np.spacing(np.abs(wanted)), 1e-6 * largest)
    assert (np.abs(mine.astype(np.float32) - wanted.astype(np.float32)) <= step).all()
    np.testing.assert_array_equal(ours[:, 7:].copy().view(np.uint8), theirs[:, 7:].copy().view(np.uint8))


def test_packs_as_viser_does(tiny_gaussians: Gaussians):
    assert_same_picture(pack(to_columns(tiny_gaussians)), packed_by_viser(tiny_gaussians))


def test_packs_a_posed_avatar_and_a_part_of_it(tiny_avatar: Avatar):
    weights = np.linspace(0, 1, 16)
    blender = Blender(tiny_avatar)
    columns, moving = blender.blend(weights), blender.moving
    assert_same_picture(pack(columns), packed_by_viser(tiny_avatar.posed(weights)))
    np.testing.assert_array_equal(pack(columns, moving), pack(columns)[moving])


def test_axis_aligned_splats_pack_to_the_bit(tiny_gaussians: Gaussians):
    """Without a rotation the covariance is exact, so float16 rounding alone is compared, tiny and huge."""
    columns = to_columns(tiny_gaussians)
    columns[:, 10:14] = (1, 0, 0, 0)
    columns[:, LOG_SCALE] = np.linspace(-9, 7, 192, dtype=np.float32).reshape(64, 3)
    exact = np.exp(columns[:, LOG_SCALE].astype(np.float64)) ** 2
    with np.errstate(over="ignore"):
        wanted = exact.astype(np.float16)
    halves = pack(columns)[:, 4:7].copy().view(np.float16)
    assert np.isinf(wanted).any() and (wanted < 6e-5).any()
    np.testing.assert_array_max_ulp(halves[:, [0, 3, 5]], wanted, 1)
    assert (halves[:, [1, 2, 4]] == 0).all()


def test_out_of_range_colours_are_clipped(tiny_gaussians: Gaussians):
    columns = to_columns(tiny_gaussians)
    columns[:, 3], columns[:, 4], columns[:, 6] = 9, -9, 60
    rgba = pack(columns)[:, 7:].copy().view(np.uint8)
    assert (rgba[:, 0] == 255).all() and (rgba[:, 1] == 0).all() and (rgba[:, 3] == 255).all()


def test_bytes_of_colour_survive_a_round_trip(tiny_gaussians: Gaussians):
    """Cutting off instead of rounding would lose a step of most colours."""
    colors = (np.arange(192).reshape(64, 3) / 255).astype(np.float32)
    g = tiny_gaussians
    gaussians = from_columns(to_columns(Gaussians(g.means, g.quats, g.scales, g.opacities, colors)))
    packed = pack(to_columns(gaussians))[:, 7:].copy().view(np.uint8)
    np.testing.assert_array_equal(packed[:, :3], np.arange(192).reshape(64, 3))


def test_moving_rows_are_those_of_the_sets(tiny_avatar: Avatar):
    assert set(Blender(tiny_avatar).moving.tolist()) == {int(i) for s in tiny_avatar.offsets for i in s.index}


def test_float16_rounding_is_that_of_numpy_to_the_bit():
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 1 << 32, 20_000, dtype=np.uint32)
    # Numbers half way between two float16, and their neighbours, are where rounding goes wrong.
    halfway = (rng.integers(0x38800, 0x47800, 3000, dtype=np.uint32) << np.uint32(12)) | np.uint32(0x1000)
    tiny = (np.arange(3000, dtype=np.float32) / 2 / (1 << 24)).view(np.uint32)
    bits = np.concatenate([bits, halfway, halfway - 1, halfway + 1, tiny, tiny | np.uint32(0x80000000)])
    floats = bits.view(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = floats.astype(np.float16)
    ours = np.array([half(f) for f in floats], np.uint16).view(np.float16)
    np.testing.assert_array_equal(ours[~np.isnan(floats)].view(np.uint16), wanted[~np.isnan(floats)].view(np.uint16))
    assert np.isnan(ours[np.isnan(floats)]).all()


def test_a_splat_packs_to_the_same_bits_wherever_it_stands(tiny_gaussians: Gaussians):
    columns = to_columns(tiny_gaussians)
    whole = pack(columns)
    for count in (1, 5, 16, 17, 40):
        rows = np.random.default_rng(count).permutation(64)[:count]
        np.testing.assert_array_equal(pack(columns, rows), whole[rows])
    assert pack(columns, np.zeros(0, np.int32)).shape == (0, 8)


def test_enormous_and_vanishing_splats_pack_as_infinity_and_nothing(tiny_gaussians: Gaussians):
    columns = to_columns(tiny_gaussians)
    columns[:, 10:14] = (1, 0, 0, 0)
    columns[:32, LOG_SCALE], columns[32:, LOG_SCALE] = 1e4, -1e4
    columns[:32, 6], columns[32:, 6] = 1e4, -1e4
    packed = pack(columns)
    halves = packed[:, 4:7].copy().view(np.float16)[:, [0, 3, 5]]
    assert np.isinf(halves[:32]).all() and (halves[32:] == 0).all()
    alpha = packed[:, 7:].copy().view(np.uint8)[:, 3]
    assert (alpha[:32] == 255).all() and (alpha[32:] == 0).all()
