import pytest
import torch

from core.nets.unet import AsymmetricUNet, UNetConfig

CONFIG = UNetConfig(inputs=5, outputs=6, channels=(8, 8, 16, 16, 16))


@pytest.fixture
def network() -> AsymmetricUNet:
    """As if trained: nothing in it is zero any more."""
    torch.manual_seed(0)
    network = AsymmetricUNet(CONFIG)
    for weights in network.parameters():
        torch.nn.init.normal_(weights, std=0.1)
    return network


@pytest.mark.parametrize("side", [32, 96])
def test_maps_have_a_quarter_of_the_side_and_are_zero_before_training(side: int) -> None:
    torch.manual_seed(0)
    maps = AsymmetricUNet(CONFIG)(torch.randn(2, 5, side, side))
    assert maps.shape == (2, 6, side // 4, side // 4) and (maps == 0).all()


def test_every_weight_learns(network: AsymmetricUNet) -> None:
    network(torch.randn(1, 5, 64, 64)).square().sum().backward()
    idle = [name for name, weights in network.named_parameters() if not weights.grad.abs().sum() > 0]  # pyright: ignore
    assert idle == []


def test_it_has_the_blocks_of_the_paper(network: AsymmetricUNet) -> None:
    assert (len(network.down), len(network.up)) == (5, 3)
    blocks = [*network.down, network.middle, *network.up]
    attending = [sum("SelfAttention" in type(part).__name__ for part in block.attentions) for block in blocks]  # pyright: ignore
    assert attending == [0, 0, 0, 2, 2, 2, 2, 0, 0]
    assert all(len(block.residuals) == 2 for block in blocks)  # pyright: ignore


def test_every_pixel_is_seen_from_everywhere(network: AsymmetricUNet) -> None:
    picture = torch.randn(1, 5, 64, 64)
    other = picture.clone()
    other[..., -1, -1] += 3
    changed = (network(other) - network(picture)).abs().amax(1)[0]
    assert (changed > 0).all() and changed[-1, -1] > changed.median()
