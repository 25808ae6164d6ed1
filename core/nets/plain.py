"""A U-Net from pictures to pictures, without rig and without Gaussians: what GDA is compared with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from core.checkpoint import load_checkpoint
from core.nets.unet import AsymmetricUNet, UNetConfig


@dataclass(frozen=True)
class PlainConfig:
    """Size of a :class:`PlainUNet`."""

    size: int = 256
    """Side of the pictures, taken in and made; a multiple of 32."""
    channels: tuple[int, int, int, int, int] = (32, 64, 96, 128, 192)
    """Of the U-Net's down blocks."""


class PlainUNet(nn.Module):
    """The same U-Net as GDA's, from the aligned selfie itself to the primary-style front view."""

    def __init__(self, config: PlainConfig) -> None:
        super().__init__()
        self.config = config
        self.unet = AsymmetricUNet(UNetConfig(3, 4 * 16, config.channels))

    def forward(self, selfie: Float[Tensor, "b 3 s s"]) -> Float[Tensor, "b 4 s s"]:
        """Display sRGB and straight alpha, from a selfie in [0, 1]."""
        seen = (2 * selfie - 1).contiguous(memory_format=torch.channels_last)
        return torch.sigmoid(F.pixel_shuffle(self.unet(seen), 4).float())


def load_plain(path: Path) -> PlainUNet:
    """A trained network, ready to use.

    Raises:
        MissingWeights: if the file is absent or damaged.
    """

    def build(values: dict[str, Any]) -> PlainUNet:
        return PlainUNet(PlainConfig(**{**values, "channels": tuple(values["channels"])}))

    return load_checkpoint(path, "plain U-Net", build).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
