"""The generator's asymmetric U-Net (paper, section 3.3), cut where the driving expression comes in.

Five down blocks, a middle block, three up blocks; cross-attention to the driving tokens (Eq. 6) in the last two down
blocks, the middle and the first two up blocks. What lies before them sees only the picture, and runs once for all
expressions.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from core.nets.unet import Block, UNetConfig

_POSITIONS = 6
"""Channels of the posed rig's map: where the surface is, and by how much it moved."""


@dataclass(frozen=True)
class Drive:
    """What an expression looks like to the U-Net; one row for each expression of each person."""

    tokens: Float[Tensor, "n t w"]
    """From the expression encoder."""
    positions: Float[Tensor, "n 6 q q"]
    """The posed rig's map, of a quarter of the picture's side."""


class CrossAttention(nn.Module):
    """Every pixel looks at the driving tokens (Eq. 6), beside a short cut; changes nothing at first."""

    def __init__(self, channels: int, width: int, groups: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(groups, channels)
        self.query, self.key_value = nn.Linear(channels, channels), nn.Linear(width, 2 * channels)
        self.project_out = nn.Linear(channels, channels)
        nn.init.zeros_(self.project_out.weight)

    def forward(self, x: Float[Tensor, "b c h w"], tokens: Float[Tensor, "b t w2"]) -> Float[Tensor, "b c h w"]:
        """Features with what the tokens say added."""
        query = self.query(self.norm(x).flatten(2).transpose(1, 2)).unflatten(2, (self.heads, -1)).transpose(1, 2)
        key, value = self.key_value(tokens).unflatten(2, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)
        # Written out: for a handful of keys the fused kernel is many times slower.
        share = (query @ key.transpose(2, 3) * key.shape[-1] ** -0.5).softmax(-1)
        seen = (share @ value).transpose(1, 2).flatten(2)
        return x + self.project_out(seen).transpose(1, 2).reshape(x.shape)


class DrivenUNet(nn.Module):
    """Pictures, maps of half their side, and drives to maps of a quarter; all zeros before training."""

    def __init__(self, config: UNetConfig, maps: int, width: int) -> None:
        """Args: of the U-Net with ``inputs`` for the picture; channels of the maps; length of a driving token."""
        super().__init__()
        channels = config.channels
        self.entry = nn.Conv2d(4 * config.inputs + maps, channels[0], 3, padding=1)
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
        # Coarse where the drive comes in, fine where the maps come out.
        self.positions = nn.ModuleList(nn.Conv2d(_POSITIONS, channels[k], 1) for k in (2, 1))

        def attention(side: int) -> CrossAttention:
            return CrossAttention(side, width, config.groups, config.heads)

        self.down_attention = nn.ModuleList(attention(side) for side in channels[3:])
        self.middle_attention = attention(channels[-1])
        self.up_attention = nn.ModuleList(attention(side) for side, _ in across[:2])
        self.exit_norm = nn.GroupNorm(config.groups, channels[1])
        self.exit = nn.Conv2d(channels[1], config.outputs, 1)
        nn.init.zeros_(self.exit.weight)
        nn.init.zeros_(self.exit.bias)  # pyright: ignore[reportArgumentType]

    def encode(self, picture: Float[Tensor, "b i s s"], maps: Float[Tensor, "b m h h"]) -> tuple[Tensor, ...]:
        """What does not depend on the expression: features of the first three down blocks."""
        x = self.entry(torch.cat([F.pixel_unshuffle(picture, 2), maps], 1))
        found = []
        for number, block in enumerate(self.down[:3]):
            x = block(F.avg_pool2d(x, 2) if number else x)
            found.append(x)
        return tuple(found)

    def drive(self, encoded: tuple[Tensor, ...], drive: Drive) -> Float[Tensor, "n o q q"]:
        """Maps for each drive; as many drives for each person, those of one person together."""
        times = len(drive.tokens) // len(encoded[0])
        fine, coarse = (each if times == 1 else each.repeat_interleave(times, 0) for each in encoded[1:])
        x = coarse + self.positions[0](F.avg_pool2d(drive.positions, 2))
        across = [fine + self.positions[1](drive.positions), coarse]
        for block, attention in zip(self.down[3:], self.down_attention, strict=True):
            x = attention(block(F.avg_pool2d(x, 2)), drive.tokens)
            across.append(x)
        x = self.middle_attention(self.middle(across.pop()), drive.tokens)
        for number, block in enumerate(self.up):
            x = block(torch.cat([F.interpolate(x, scale_factor=2.0), across.pop()], 1))
            if number < 2:
                x = self.up_attention[number](x, drive.tokens)
        return self.exit(F.silu(self.exit_norm(x)))
