from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from core.errors import MissingWeights
from core.expressions import ARKIT_PARTS, SHAPES
from core.landmarks import (
    INNER_LIPS,
    LANDMARKS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_IRIS,
    OUTER_LIPS,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_IRIS,
)
from core.rig.head import RIG_PARTS, HeadRig, load_head_rig, vertex_normals
from tests.conftest import CHECKPOINTS


def reflected(rig: HeadRig, values: np.ndarray) -> np.ndarray:
    """A field on the vertices (..., v, 3) as a mirror would show it."""
    return values[..., rig.mirror, :] * np.float32((-1, 1, 1))


def opposite(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def unordered(triangles: np.ndarray) -> set[tuple[int, ...]]:
    return set(map(tuple, np.sort(triangles, axis=1).tolist()))


def test_the_head_is_its_own_mirror_image(rig: HeadRig) -> None:
    np.testing.assert_array_equal(rig.mirror[rig.mirror], np.arange(len(rig.neutral)))
    np.testing.assert_allclose(reflected(rig, rig.neutral), rig.neutral, atol=1e-5)
    np.testing.assert_allclose(reflected(rig, rig.identity), rig.identity, atol=1e-5)
    assert unordered(rig.mirror[rig.triangles]) == unordered(rig.triangles)


def test_left_actions_are_the_mirror_images_of_right_ones(rig: HeadRig) -> None:
    for name, action in zip(rig.action_names, rig.actions, strict=True):
        other = rig.actions[rig.action_names.index(opposite(name))]
        np.testing.assert_allclose(reflected(rig, action), other, atol=1e-4, err_msg=name)


def test_the_head_is_as_large_as_heads_are(rig: HeadRig) -> None:
    size = np.ptp(rig.neutral[rig.vertices_of("skin")], axis=0)
    assert 14 < size[0] < 20 and 22 < size[1] < 34 and 17 < size[2] < 26
    eyes = [rig.neutral[rig.vertices_of(f"eye_{side}")].mean(0) for side in ("left", "right")]
    assert 5.5 < eyes[0][0] - eyes[1][0] < 7.5, "the left eye is at +x"
    assert eyes[0][2] > 5, "the face looks to +z"


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_eyeball_is_whole(rig: HeadRig, side: str) -> None:
    triangles = rig.triangles[rig.triangle_part == RIG_PARTS.index(f"eye_{side}")]
    edges = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, count = np.unique(edges, axis=0, return_counts=True)
    assert (count == 2).all(), "its surface is closed"
    ball = rig.neutral[np.unique(triangles)]
    assert np.ptp(ball, axis=0).min() > 0.85 * np.ptp(ball, axis=0).max() > 2.4


def test_triangles_face_outwards(rig: HeadRig) -> None:
    normals = vertex_normals(rig.neutral, rig.triangles)
    np.testing.assert_allclose(np.linalg.norm(normals[rig.vertices_of("skin")], axis=1), 1, atol=1e-5)
    for name in ("eye_left", "eye_right"):
        eye = rig.vertices_of(name)
        assert ((rig.neutral[eye] - rig.neutral[eye].mean(0)) * normals[eye]).sum(1).min() > 0
    outer = rig.vertices_of("skin")
    away = rig.neutral[outer] - (0, 0, rig.neutral[outer, 2].mean())
    assert ((away * normals[outer]).sum(1) > 0).mean() > 0.85


def test_every_shape_moves_something_and_none_does_at_zero(rig: HeadRig) -> None:
    for shape in SHAPES:
        offsets = rig.shape_offsets(shape)
        assert np.linalg.norm(offsets, axis=1).max() > 0.2, shape
        np.testing.assert_array_equal(rig.neutral + 0 * offsets, rig.neutral)
    assert set(name for parts in ARKIT_PARTS.values() for name in parts) <= set(rig.action_names)


def test_actions_move_what_they_name(rig: HeadRig) -> None:
    at_rest = rig.landmarks(rig.neutral)

    def moved(shape: str) -> np.ndarray:
        return rig.landmarks(rig.neutral + rig.shape_offsets(shape)) - at_rest

    lower_lip, chin = 17, 152
    assert moved("jawOpen")[[lower_lip, chin], 1].max() < -1
    assert moved("jawLeft")[chin, 0] > 0.3 > -0.3 > moved("jawRight")[chin, 0]
    assert moved("mouthSmileLeft")[291, 1] > 0.3 and moved("mouthFrownLeft")[291, 1] < -0.1
    assert moved("mouthSmileRight")[61, 1] > 0.3 and moved("mouthFrownRight")[61, 1] < -0.1
    assert moved("lipsPucker")[291, 0] < -0.3 < 0.3 < moved("mouthStretchLeft")[291, 0]
    assert moved("browUpLeft")[list(LEFT_BROW[1]), 1].mean() > 0.2
    assert moved("browDownRight")[list(RIGHT_BROW[1]), 1].mean() < -0.2
    upper_lid = LEFT_EYE[4]
    assert moved("eyeBlinkLeft")[upper_lid, 1] < -0.5


def test_landmarks_lie_on_the_face(rig: HeadRig) -> None:
    assert rig.landmark_hit.sum() >= 460
    assert not rig.landmark_hit[[*LEFT_IRIS, *RIGHT_IRIS]].any()
    used = (*LEFT_EYE, *RIGHT_EYE, *OUTER_LIPS, *INNER_LIPS, *LEFT_BROW[0], *LEFT_BROW[1], *RIGHT_BROW[0])
    assert rig.landmark_hit[list(used)].all()
    np.testing.assert_allclose(rig.landmark_barycentric[rig.landmark_hit].sum(1), 1, atol=1e-4)
    places = rig.landmarks(rig.neutral)
    assert places.shape == (LANDMARKS, 3) and places[rig.landmark_hit, 2].min() > 0
    for left, right in ((LEFT_EYE, RIGHT_EYE), (LEFT_BROW[1], RIGHT_BROW[1]), ((291,), (61,))):
        away = places[list(left)] - places[list(right)] * (-1, 1, 1)
        assert np.linalg.norm(away, axis=1).max() < 0.4


def test_landmarks_of_many_heads_at_once(rig: HeadRig) -> None:
    heads = rig.neutral + rig.actions[:5]
    np.testing.assert_allclose(rig.landmarks(heads)[3], rig.landmarks(heads[3]), atol=1e-5)


def test_splats_are_spread_over_all_that_shows(rig: HeadRig) -> None:
    counts = dict(zip(RIG_PARTS, np.bincount(rig.splat_part, minlength=len(RIG_PARTS)), strict=True))
    assert counts["eye_left"] == counts["eye_right"] == counts["lash_upper"] == 0, "they have splats of their own"
    assert min(count for part, count in counts.items() if not part.startswith(("eye", "lash"))) > 300
    np.testing.assert_allclose(rig.splat_barycentric.sum(1), 1, atol=1e-4)
    for values in (rig.splat_lips, rig.splat_occlusion):
        assert values.min() >= 0 and values.max() <= 1
    assert rig.splat_spacing.min() > 0.05
    lips = rig.splat_part == RIG_PARTS.index("lips")
    assert rig.splat_lips[lips].mean() > 0.7 > 0.1 > rig.splat_lips[~lips].mean()


def test_a_damaged_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match="cannot be read"):
        load_head_rig(tmp_path / "absent.safetensors")
    whole = (CHECKPOINTS / "head_rig.safetensors").read_bytes()
    for damage in (whole[: len(whole) // 2], b"", b"not a rig at all"):
        (tmp_path / "damaged.safetensors").write_bytes(damage)
        with pytest.raises(MissingWeights, match="cannot be read"):
            load_head_rig(tmp_path / "damaged.safetensors")


def test_a_rig_of_another_version_is_explained(tmp_path: Path) -> None:
    with safe_open(CHECKPOINTS / "head_rig.safetensors", framework="numpy") as file:
        metadata = file.metadata()
    for change in ({"version": "0"}, {"parts": '["skin"]'}):
        save_file({"neutral": np.zeros((4, 3), np.float32)}, tmp_path / "old.safetensors", metadata | change)
        with pytest.raises(MissingWeights, match="of another version"):
            load_head_rig(tmp_path / "old.safetensors")


def test_a_pyramids_normals() -> None:
    """At the tip of a regular pyramid the normal points straight up; a vertex in no triangle has none."""
    vertices = np.float32([[1, 1, 0], [-1, 1, 0], [-1, -1, 0], [1, -1, 0], [0, 0, 1], [9, 9, 9]])
    triangles = np.int32([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
    normals = vertex_normals(vertices, triangles)
    np.testing.assert_allclose(normals[4], (0, 0, 1), atol=1e-6)
    np.testing.assert_allclose(normals[0], np.array((1, 1, 2)) / np.sqrt(6), atol=1e-6)
    np.testing.assert_array_equal(normals[5], 0)


def test_vertices_of_a_part(rig: HeadRig) -> None:
    tiny = replace(rig, triangles=rig.triangles[:3], triangle_part=np.uint8([0, 6, 0]))
    np.testing.assert_array_equal(tiny.vertices_of("tongue"), np.unique(rig.triangles[1]))
    assert len(tiny.vertices_of("lash_upper")) == 0
