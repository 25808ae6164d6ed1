from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import save_checkpoint
from core.errors import MissingWeights
from core.nets.gda import GDA, PAPER, PARTS, SMALL, FrameBatch, GDAConfig, load_gda
from core.nets.plain import PlainConfig, PlainUNet, load_plain
from core.nets.precision import quick
from core.portrait import FACE_PARTS

TINY = GDAConfig(size=64, channels=(8, 8, 16, 16, 16))


def batch(size: int, device: str = "cpu") -> FrameBatch:
    with torch.device(device):
        torch.manual_seed(0)
        return FrameBatch(
            torch.rand(1, 3, size, size),
            torch.zeros(1, size, size, dtype=torch.int64),
            torch.ones(1, 1, size, size),
            torch.rand(1, 4, size, size),
            torch.rand(1, 3, size, size),
            torch.rand(1, 3, size, size),
        )


def test_the_paper_s_size_gives_the_paper_s_grid() -> None:
    """Without memory for its weights."""
    with torch.device("meta"):
        network = GDA(PAPER)
    maps = network(batch(512, "meta"))
    assert PAPER.grid == 128 and maps.color.shape == (1, 3, 128, 128) and maps.turn.shape == (1, 3, 128, 128)
    assert sum(weights.numel() for weights in network.parameters()) > 1e8


def test_the_small_one_is_small() -> None:
    with torch.device("meta"):
        network = GDA(SMALL)
    assert sum(weights.numel() for weights in network.parameters()) < 2e7, "in half precision at most 40 MB"
    assert len(FACE_PARTS) == PARTS


def test_before_training_it_gives_the_template() -> None:
    seen = batch(64)
    maps = GDA(TINY)(seen)
    np.testing.assert_allclose(maps.color.detach(), seen.rgba[:, :3], atol=1e-6)
    assert TINY.grid == 64 and maps.alpha.shape == (1, 1, 64, 64)


@pytest.mark.parametrize("name", ["selfie", "labels", "visible", "rgba", "position", "normals"])
def test_it_looks_at_everything(name: str) -> None:
    torch.manual_seed(0)
    network = GDA(TINY)
    torch.nn.init.normal_(network.unet.exit.weight)
    seen = batch(64)
    tensor = getattr(seen, name)
    other = FrameBatch(**{**vars(seen), name: 1 - tensor})
    assert (network(seen).shift - network(other).shift).abs().max() > 1e-3


def test_weights_survive_the_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = GDA(TINY)
    torch.nn.init.normal_(network.unet.exit.weight, std=0.1)
    save_checkpoint(network, TINY, tmp_path / "gda.safetensors")
    again = load_gda(tmp_path / "gda.safetensors")
    assert again.config == TINY and not again.training
    # The file holds halves, and what is loaded is rounded for this processor.
    quick(network.half().float().unet)
    with torch.inference_mode():
        np.testing.assert_allclose(again(batch(64)).color, network(batch(64)).color, atol=0.02)
    with pytest.raises(MissingWeights, match=r"plain U-Net's weights at .* cannot be read"):
        load_plain(tmp_path / "gda.safetensors")


def test_the_plain_one_makes_a_picture_of_a_selfie(tmp_path: Path) -> None:
    config = PlainConfig(64, TINY.channels)
    network = PlainUNet(config)
    picture = network(torch.rand(2, 3, 64, 64))
    assert picture.shape == (2, 4, 64, 64) and (picture == 0.5).all()
    save_checkpoint(network, config, tmp_path / "plain.safetensors")
    assert load_plain(tmp_path / "plain.safetensors").config == config
