from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.avatar.model import PARTS as AVATAR_PARTS
from core.checkpoint import save_checkpoint
from core.errors import MissingWeights
from core.nets.generator import (
    CHANNELS,
    COLOR,
    PAPER,
    PARTS,
    SHIFT,
    SMALL,
    Generator,
    GeneratorConfig,
    RigViews,
    load_generator,
)

TINY = GeneratorConfig(size=64, channels=(8, 8, 16, 16, 16))


def views(count: int = 1, size: int = 64, device: str = "cpu") -> RigViews:
    half, quarter = size // 2, size // 4
    with torch.device(device):
        torch.manual_seed(0)
        return RigViews(
            picture=torch.rand(count, 4, size, size),
            primary=torch.rand(count, 2, 3, half, half),
            lifted=torch.rand(count, 2, 3, half, half),
            parts=torch.randint(PARTS, (count, 2, half, half)),
            alpha=torch.rand(count, 1, half, half),
            depth=torch.rand(count, 2, half, half),
            revolved=torch.rand(count, 2, half, half),
            normals=torch.rand(count, 3, half, half),
            positions=torch.rand(count, 3, quarter, quarter),
            motion=torch.rand(count, 16, 3, quarter, quarter),
            identity=torch.rand(count, 93),
        )


def drives(count: int, *shapes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rest, then single shapes at weight 1, with codes that tell them apart."""
    weights = torch.zeros(count, 1 + len(shapes), 16)
    for row, shape in enumerate(shapes, 1):
        weights[:, row, shape] = 1
    generator = torch.Generator().manual_seed(1)
    return weights, weights @ torch.rand(16, 100, generator=generator)


def awake(config: GeneratorConfig = TINY) -> Generator:
    """A network whose zeros are none."""
    torch.manual_seed(2)
    network = Generator(config).eval()
    for name, parameter in network.named_parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.3 if "gate" not in name else 1.0)
    return network


def test_before_training_there_are_no_residuals() -> None:
    residuals = Generator(TINY)(views(2), *drives(2, 6))
    assert residuals.shape == (2, 2, 2, CHANNELS, 32, 32) and not residuals.any()


def test_what_does_not_see_the_expression_runs_once_and_gives_the_same() -> None:
    network, seen = awake(), views(2)
    weights, codes = drives(2, 4, 6)
    with torch.inference_mode():
        together = network.drive(network.encode(seen), seen, weights, codes)
        alone = torch.cat([network(seen, weights[:, k : k + 1], codes[:, k : k + 1]) for k in range(3)], 1)
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)
    assert (together[:, 1] - together[:, 0]).abs().max() > 1e-3, "a shape changes something"


@pytest.mark.parametrize("name", [*RigViews.__annotations__])
def test_it_looks_at_everything(name: str) -> None:
    seen, network = views(), awake()
    tensor = getattr(seen, name)
    other = replace(seen, **{name: (tensor + 1) % PARTS if name == "parts" else 1 - tensor})
    with torch.inference_mode():
        assert (network(seen, *drives(1, 6)) - network(other, *drives(1, 6))).abs().max() > 1e-4


def test_without_rig_maps_it_does_not_look_at_the_template() -> None:
    seen, network = views(), awake(replace(TINY, rig_maps=False))
    hidden = ("primary", "depth", "revolved", "normals", "motion")
    other = replace(views(), **{name: 1 - getattr(seen, name) for name in hidden})
    with torch.inference_mode():
        torch.testing.assert_close(network(seen, *drives(1, 6)), network(other, *drives(1, 6)))


def test_what_is_behind_may_take_any_colour_of_the_picture_and_no_other() -> None:
    network, seen = awake(), views()
    seen.picture[:, :3], seen.picture[:, 3] = torch.tensor((0.2, 0.7, 0.4))[:, None, None], 1.0
    with torch.inference_mode():
        encoded = network.encode(seen)
    torch.testing.assert_close(encoded.pointed, torch.tensor((0.2, 0.7, 0.4))[:, None, None].expand(1, 3, 32, 32))
    with torch.no_grad():
        network.pointer.gate.weight.zero_()
        network.pointer.gate.bias.fill_(1.0)  # pyright: ignore[reportCallIssue]
        for part in (network.unet.exit, network.rounding.gate):
            part.weight.zero_()
            part.bias.zero_()  # pyright: ignore[reportCallIssue, reportOptionalMemberAccess]
        residuals = network(seen, *drives(1))
    torch.testing.assert_close(seen.lifted[:, 1] + residuals[:, 0, 1, COLOR], encoded.pointed)
    assert not residuals[:, 0, 0].any()


def test_what_is_round_brings_both_layers_to_the_round_body_s_depths() -> None:
    network, seen = Generator(TINY), views()
    with torch.no_grad():
        network.rounding.gate.bias.fill_(1.0)  # pyright: ignore[reportCallIssue]
        residuals = network(seen, *drives(1))[0, 0]
    torch.testing.assert_close(seen.depth[0] - residuals[:, SHIFT][:, 2], seen.revolved[0])
    assert not residuals[:, SHIFT][:, :2].any() and not residuals[:, COLOR].any()


def test_sizes() -> None:
    with torch.device("meta"):
        small, paper = Generator(SMALL), Generator(PAPER)
    assert 4e6 < sum(weights.numel() for weights in small.parameters()) < 8e6, "at most 16 MB in half precision"
    assert sum(weights.numel() for weights in paper.parameters()) > 1e8
    assert (SMALL.grid, PAPER.grid, len(AVATAR_PARTS)) == (128, 256, PARTS)


def test_weights_survive_the_file(tmp_path: Path) -> None:
    network = awake()
    save_checkpoint(network, TINY, tmp_path / "generator.safetensors")
    again = load_generator(tmp_path / "generator.safetensors")
    assert again.config == TINY and not again.training
    with torch.inference_mode():
        made, same = (each(views(), *drives(1, 6)) for each in (network, again))
    assert (made - same).abs().mean() < 0.02 * made.abs().mean()
    (tmp_path / "other.safetensors").write_bytes(b"nothing")
    with pytest.raises(MissingWeights, match=r"generator's weights at .* cannot be read"):
        load_generator(tmp_path / "other.safetensors")
