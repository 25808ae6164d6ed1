import numpy as np
import torch

from core.canonical.adapt import adapt, front_view_of
from core.canonical.batch import frame_anchors, frame_batch, pooled
from core.canonical.frame import canonical_frame
from core.canonical.unpose import unpose
from core.nets.gda import GDA, GDAConfig
from core.nets.pixel_gaussians import to_gaussians
from core.portrait import Portrait
from core.render.splats import render
from core.rig.head import HeadRig
from tests.conftest import PERSON
from tests.core.canonical.conftest import Standing

UNTRAINED = GDAConfig(channels=(8, 8, 16, 16, 16))


def test_an_untrained_network_draws_the_template(
    rig: HeadRig, standing: Standing, portraits: dict[str, Portrait]
) -> None:
    fit, view = standing.reading.fit, standing.view
    frame = canonical_frame(portraits[PERSON], unpose(rig, fit, standing.sculpt.rest, standing.camera), view)
    with torch.inference_mode():
        maps = GDA(UNTRAINED)(frame_batch([frame], standing.camera))
    drawn = render(to_gaussians(maps, 0, frame_anchors(frame, UNTRAINED.grid)), standing.camera)
    error = np.square(drawn.color - view.rgba[..., :3] * view.rgba[..., 3:]).mean()
    assert -10 * np.log10(error) > 30
    assert np.abs(drawn.alpha - view.rgba[..., 3]).mean() < 0.02


def test_adapting_changes_nothing_before_training(
    rig: HeadRig, standing: Standing, portraits: dict[str, Portrait]
) -> None:
    network = GDA(UNTRAINED).eval()
    adapted = adapt(network, portraits[PERSON], rig, standing.reading.fit, standing.sculpt.rest, standing.avatar)
    assert np.abs(adapted.change).max() < 0.03
    picture = front_view_of(adapted, standing.camera)
    assert np.abs(picture[..., 3] / 255 - standing.view.rgba[..., 3]).mean() < 0.02


def test_positions_are_those_of_the_surface(rig: HeadRig, standing: Standing, portraits: dict[str, Portrait]) -> None:
    unposing = unpose(rig, standing.reading.fit, standing.sculpt.rest, standing.camera)
    seen = frame_batch([canonical_frame(portraits[PERSON], unposing, standing.view)] * 2, standing.camera)
    assert seen.selfie.shape == (2, 3, 256, 256) and seen.labels.dtype == torch.int64
    distance = float(np.linalg.norm(standing.camera.world_to_camera[:3, 3]))
    point = seen.position[1, :, 150, 90].numpy() + np.array((0, 0, distance))
    at = standing.camera.K @ point
    np.testing.assert_allclose(at[:2] / at[2], (90.5, 150.5), atol=1e-2)


def test_pooling_is_a_mean() -> None:
    picture = np.arange(16, dtype=np.float32).reshape(4, 4, 1)
    np.testing.assert_array_equal(pooled(picture, 2)[..., 0], [[2.5, 4.5], [10.5, 12.5]])
