import numpy as np

from core.unit import unit


def test_vectors_keep_their_directions_and_types_and_get_length_one() -> None:
    rng = np.random.default_rng(0)
    for shape in ((3,), (7, 3), (2, 5, 4)):
        vectors = rng.normal(size=shape).astype(np.float32) * 40
        directions = unit(vectors)
        assert directions.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(directions, axis=-1), 1, atol=1e-6)
        np.testing.assert_allclose(directions * np.linalg.norm(vectors, axis=-1, keepdims=True), vectors, rtol=1e-5)


def test_what_has_no_direction_stays_finite() -> None:
    short = unit(np.array([[0.0, 0.0, 0.0], [1e-15, 0.0, 0.0], [1e-9, 0.0, 0.0]]))
    np.testing.assert_allclose(short, [[0, 0, 0], [1e-3, 0, 0], [1, 0, 0]])
