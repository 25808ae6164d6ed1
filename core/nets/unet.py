"""The asymmetric U-Net (paper, section 3.2; after LGM): five down blocks, a middle block and three up blocks.

So it gives maps of a quarter of its input's side.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class UNetConfig:
    """Shape of an :class:`AsymmetricUNet`."""

    inputs: int
    """Channels of the input."""
    outputs: int
    """Channels of the output, which has a quarter of the input's side."""
    channels: tuple[int, int, int, int, int] = (32, 64, 96, 128, 192)
    """Of the down blocks, each of which halves the side; up blocks, which double it, mirror those before the last."""
    attention: tuple[bool, bool, bool, bool, bool] = (False, False, False, True, True)
    """Which down blocks attend, and which up blocks across from them; the middle block always does."""
    layers: int = 2
    """Residual layers a block."""
    groups: int = 8
    """Of group normalisation; divides all channels."""
    heads: int = 4
    """Of attention; divides the channels of blocks that attend."""


class Residual(nn.Module):
    """Two convolutions with group normalisation and SiLU, beside a short cut; changes nothing at first but channels."""

    def __init__(self, inputs: int, outputs: int, groups: int) -> None:
        super().__init__()
        self.norm_in, self.norm_out = nn.GroupNorm(groups, inputs), nn.GroupNorm(groups, outputs)
        self.conv_in = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.conv_out = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.short_cut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.conv_out.weight)

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o h w"]:
        """Refined features."""
        hidden = self.conv_in(F.silu(self.norm_in(x)))
        return self.short_cut(x) + self.conv_out(F.silu(self.norm_out(hidden)))


class SelfAttention(nn.Module):
    """Every pixel looks at all others, beside a short cut; changes nothing at first."""

    def __init__(self, channels: int, groups: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(groups, channels)
        self.project_in, self.project_out = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
        nn.init.zeros_(self.project_out.weight)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Features with what was seen elsewhere added."""
        batch, channels, height, width = x.shape
        tokens = self.project_in(self.norm(x).flatten(2).transpose(1, 2))
        query, key, value = tokens.unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        return x + self.project_out(seen).transpose(1, 2).reshape(batch, channels, height, width)


class Block(nn.Module):
    """Residual layers, each followed by attention if asked for; up blocks also take in what is across from them."""

    def __init__(self, inputs: int, outputs: int, attends: bool, config: UNetConfig) -> None:
        super().__init__()
        sides = [inputs, *[outputs] * (config.layers - 1)]
        self.residuals = nn.ModuleList(Residual(side, outputs, config.groups) for side in sides)
        self.attentions = nn.ModuleList(
            SelfAttention(outputs, config.groups, config.heads) if attends else nn.Identity() for _ in sides
        )

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o h w"]:
        """Features of the same side."""
        for residual, attention in zip(self.residuals, self.attentions, strict=True):
            x = attention(residual(x))
        return x


class AsymmetricUNet(nn.Module):
    """Pictures to maps of a quarter of their side; all zeros before training."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.channels
        self.entry = nn.Conv2d(4 * config.inputs, channels[0], 3, padding=1)
        self.down = nn.ModuleList(
            Block(before, after, attends, config)
            for before, after, attends in zip((channels[0], *channels), channels, config.attention, strict=False)
        )
        self.middle = Block(channels[-1], channels[-1], True, config)
        across = list(zip(channels, config.attention, strict=True))[3:0:-1]
        below = (channels[-1], *(side for side, _ in across))
        self.up = nn.ModuleList(
            Block(before + side, side, attends, config) for before, (side, attends) in zip(below, across, strict=False)
        )
        self.exit_norm = nn.GroupNorm(config.groups, channels[1])
        self.exit = nn.Conv2d(channels[1], config.outputs, 1)
        nn.init.zeros_(self.exit.weight)
        nn.init.zeros_(self.exit.bias)  # pyright: ignore[reportArgumentType]

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o h/4 w/4"]:
        """Maps for pictures whose sides are multiples of 32."""
        # The first halving keeps all pixels, as channels: fine lines would not survive a mean.
        x = self.entry(F.pixel_unshuffle(x, 2))
        across = []
        for number, block in enumerate(self.down):
            x = block(F.avg_pool2d(x, 2) if number else x)
            across.append(x)
        x = self.middle(across.pop())
        for block in self.up:
            x = block(torch.cat([F.interpolate(x, scale_factor=2.0), across.pop()], 1))
        return self.exit(F.silu(self.exit_norm(x)))
