"""Columns, rotations and covariances keep their laws."""

import numpy as np
import pytest

from core.gaussians import (
    COLUMNS,
    DC,
    LOG_SCALE,
    LOGIT,
    QUAT,
    SH_C0,
    Gaussians,
    concatenate,
    covariances,
    from_columns,
    quats_from_axes,
    rotation_matrices,
    to_columns,
)


def assert_same(a: Gaussians, b: Gaussians) -> None:
    for name in ("means", "quats", "scales", "opacities", "colors"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-5, atol=1e-6, err_msg=name)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_columns_and_splats_are_inverse(tiny_gaussians: Gaussians):
    rows = to_columns(tiny_gaussians)
    assert rows.dtype == np.float32 and rows.shape == (64, len(COLUMNS))
    assert_same(from_columns(rows), tiny_gaussians)
    np.testing.assert_allclose(to_columns(from_columns(rows)), rows, atol=1e-5)


def test_columns_are_in_the_spaces_of_a_3dgs_ply(tiny_gaussians: Gaussians):
    rows = to_columns(tiny_gaussians)
    np.testing.assert_allclose(0.5 + SH_C0 * rows[:, DC], tiny_gaussians.colors, atol=1e-6)
    np.testing.assert_allclose(1 / (1 + np.exp(-rows[:, LOGIT])), tiny_gaussians.opacities, atol=1e-6)
    np.testing.assert_allclose(np.exp(rows[:, LOG_SCALE]), tiny_gaussians.scales, rtol=1e-5)


def test_extremes_stay_finite(tiny_gaussians: Gaussians):
    g = tiny_gaussians
    flat = Gaussians(g.means, g.quats, np.zeros_like(g.scales), np.arange(64, dtype=np.float32) % 2, g.colors)
    assert np.isfinite(to_columns(flat)).all()
    np.testing.assert_allclose(from_columns(to_columns(flat)).opacities, flat.opacities, atol=2e-6)


def test_reading_columns_clips_colours_and_normalises(tiny_gaussians: Gaussians):
    rows = to_columns(tiny_gaussians)
    rows[:, DC] *= 10
    rows[:, QUAT] *= 3
    read = from_columns(rows)
    assert read.colors.min() == 0 and read.colors.max() == 1
    np.testing.assert_allclose(read.quats, tiny_gaussians.quats, atol=1e-6)


def test_selecting_and_concatenating(tiny_gaussians: Gaussians):
    odd = np.arange(64) % 2 == 1
    joined = concatenate([tiny_gaussians.select(odd), tiny_gaussians.select(~odd)])
    order = np.concatenate([np.flatnonzero(odd), np.flatnonzero(~odd)])
    assert_same(joined, tiny_gaussians.select(order))
    with pytest.raises(ValueError, match="at least one"):
        concatenate([])


def test_quaternions_give_rotations(tiny_gaussians: Gaussians):
    R = rotation_matrices(tiny_gaussians.quats)
    np.testing.assert_allclose(R @ R.transpose(0, 2, 1), np.broadcast_to(np.eye(3), R.shape), atol=1e-5)
    np.testing.assert_allclose(np.linalg.det(R), 1, atol=1e-5)
    np.testing.assert_allclose(rotation_matrices(-tiny_gaussians.quats), R, atol=1e-6)


def test_a_quarter_turn_about_z_takes_x_to_y():
    half = np.sqrt(0.5)
    R = rotation_matrices(np.array([[half, 0, 0, half]]))[0]
    np.testing.assert_allclose(R[:, 0], (0, 1, 0), atol=1e-7)


def test_quats_from_axes_have_the_axes_wanted():
    rng = np.random.default_rng(0)
    normals, tangents = unit(rng.normal(size=(500, 3))), rng.normal(size=(500, 3))
    R = rotation_matrices(quats_from_axes(tangents, normals))
    np.testing.assert_allclose(R[:, :, 2], normals, atol=1e-5)
    across = unit(tangents - (tangents * normals).sum(1, keepdims=True) * normals)
    np.testing.assert_allclose(R[:, :, 0], across, atol=1e-5)


def test_quats_from_axes_hold_for_every_half_turn():
    """Where the trace is -1 the usual formula divides by zero."""
    axes = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1]], float)
    pairs = [(t, n) for t in axes for n in axes if abs(t @ n) < 0.5]
    tangents, normals = np.array([t for t, _ in pairs]), np.array([n for _, n in pairs])
    R = rotation_matrices(quats_from_axes(tangents, normals))
    np.testing.assert_allclose(R[:, :, 0], tangents, atol=1e-6)
    np.testing.assert_allclose(R[:, :, 2], normals, atol=1e-6)


def test_covariances_are_symmetric_and_have_the_scales_as_roots(tiny_gaussians: Gaussians):
    matrices = covariances(tiny_gaussians).astype(np.float64)
    np.testing.assert_allclose(matrices, matrices.transpose(0, 2, 1), atol=1e-6)
    roots = np.linalg.eigvalsh(matrices)
    wanted = np.sort(tiny_gaussians.scales**2, axis=1)
    np.testing.assert_allclose(roots, wanted, atol=1e-6 * wanted.max(1, keepdims=True).max())
    R, s = rotation_matrices(tiny_gaussians.quats), tiny_gaussians.scales
    np.testing.assert_allclose(matrices @ R, R * s[:, None, :] ** 2, atol=1e-5)
