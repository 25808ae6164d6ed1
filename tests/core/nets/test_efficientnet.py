from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import MissingWeights
from core.nets.efficientnet import EfficientNetLite0, SameConv, load_efficientnet, picture_features
from core.weights.catalogue import weights_named
from core.weights.store import missing_files, weights_folder
from tests.conftest import CHECKPOINTS, EXAMPLES

WEIGHTS = weights_named("picture-features")
FOLDER = weights_folder(WEIGHTS, CHECKPOINTS)


def untrained() -> EfficientNetLite0:
    torch.manual_seed(0)
    return EfficientNetLite0()


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "before", "after"),
    [(5, 3, 2, 1, 1), (4, 3, 2, 0, 1), (6, 5, 2, 1, 2), (7, 5, 1, 2, 2), (7, 1, 1, 0, 0)],
)
def test_padding_is_tensorflow_s(side: int, kernel: int, stride: int, before: int, after: int) -> None:
    conv = SameConv(1, 1, kernel, stride, bias=False)
    x = torch.rand(1, 1, side, side)
    padded = torch.nn.functional.pad(x, (before, after, before, after))
    expected = torch.nn.functional.conv2d(padded, conv.weight, stride=stride)
    torch.testing.assert_close(conv(x), expected)
    assert conv(x).shape[-1] == -(-side // stride)


def test_pictures_of_any_size_have_features_of_their_own() -> None:
    """Also across batches: nobody's features depend on the others'."""
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (8 + k, 30, 3)).astype(np.uint8) for k in range(18)]
    network = untrained()
    features = picture_features(network, pictures)
    assert features.shape == (18, 1280) and features.min() >= 0 and features.std() > 0
    np.testing.assert_allclose(features[17:], picture_features(network, pictures[17:]), atol=1e-5)
    assert picture_features(network, []).shape == (0, 1280)


def test_it_is_the_network_of_the_paper() -> None:
    """4.65 million parameters with the classifier of 1,000 classes; 1/32 of the side at its end."""
    network = untrained()
    count = sum(parameter.numel() for parameter in network.parameters()) + 1281 * 1000
    assert count == 4_652_008
    stem = network._bn0(network._conv_stem(torch.zeros(1, 3, 224, 224)))
    assert network._blocks(stem).shape == (1, 320, 7, 7)


@pytest.mark.skipif(bool(missing_files(WEIGHTS, FOLDER)), reason="the weights picture-features are not here")
def test_features_tell_a_face_from_a_pattern() -> None:
    """Two portraits are nearer to each other than to noise or stripes, though they share no colour or pixel."""
    faces = [np.array(Image.open(EXAMPLES[name]).convert("RGB")) for name in ("beard", "bob")]
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    stripes = np.tile(np.array([[[0]], [[255]]], np.uint8).repeat(8, 0), (16, 256, 3))
    rows = picture_features(load_efficientnet(FOLDER), [*faces, noise, stripes])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows @ rows.T
    assert cosines[0, 1] > 0.6 and cosines[:2, 2:].max() < cosines[0, 1] - 0.2


def test_what_lacks_or_is_damaged_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"missing .*19 MB\); run: .* weights fetch picture-features$"):
        load_efficientnet(tmp_path)
    (tmp_path / WEIGHTS.files[0].path).write_bytes(b"no network")
    with pytest.raises(MissingWeights, match=r"damaged; delete it and run: .* weights fetch picture-features$"):
        load_efficientnet(tmp_path)
